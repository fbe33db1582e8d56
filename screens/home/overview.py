"""All units of an institution on one page: sorted, filtered, taken away as a file."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil

import streamlit as st

from analysis.disclosure import SMALLEST_GROUP
from analysis.rulebook.certainty import load_certainty
from desk.home.overview import InstitutionOverview, OverviewLine, overview
from desk.places import periods_seen, units_within
from desk.unit.steps import keep_steps_of
from screens.choices import (
    ANSWERED_FIRST,
    choose_institution_seen,
    choose_period,
    warn_of_demonstration,
)
from screens.home.overview_file import offer
from screens.home.overview_table import grade_of, show_lines
from screens.looks import look
from screens.plain import plain
from screens.shell import engine, number, say, signed_in

MOST_ROWS = 50
ONLY = ("short", "late", "report")
FEWEST_TO_FILTER = 6
NOWHERE = float("inf")  # units without a figure come last


def _score(line: OverviewLine) -> float:
    return NOWHERE if line.index is None or line.index.index is None else float(line.index.index)


def _moved(line: OverviewLine) -> float:
    moved = line.change.difference if line.change else None
    return NOWHERE if moved is None else moved


# By what the lines are ordered; of the same, by name.
ORDERS: Mapping[str, Callable[[OverviewLine], float]] = {
    "name": lambda line: 0,
    "lowest": _score,
    "highest": lambda line: NOWHERE if _score(line) == NOWHERE else -_score(line),
    "fallen": _moved,
    "risen": lambda line: NOWHERE if _moved(line) == NOWHERE else -_moved(line),
    "short": lambda line: NOWHERE if line.short is None else -line.short,
    "late": lambda line: -line.plan.late,
    "report": lambda line: NOWHERE if line.report is None else -line.report.toordinal(),
}


def screen() -> None:
    """Asks for institution and period; the table, below it what its figures mean."""
    st.title(say("shell.page_ikhtisar"))
    st.markdown(say("overview.lead"))
    actor = signed_in()
    with look() as (session, _):
        left, right = st.columns(2)
        with left:
            institution = choose_institution_seen(session, actor, "overview")
        if institution is None:
            return
        with right:
            periods = periods_seen(session, actor, institution.id)
            period = choose_period(periods, "overview", ANSWERED_FIRST)
        warn_of_demonstration(institution.demonstration)
        if period is None:
            return
        units = [unit.id for unit in units_within(session, actor, institution.id)]
    kept = keep_steps_of(engine(), actor, units)
    with look() as (session, _):
        found = overview(session, actor, period.id)
    if not kept:
        st.info(say("words.busy"), icon=":material/hourglass_top:")
    lines = _filtered(found.lines)
    told = {"found": number(len(lines), 0), "all": number(len(found.lines), 0)}
    st.caption(say("overview.found", **told))
    if not lines:
        st.info(say("overview.none"), icon=":material/filter_alt_off:")
        return
    pages = ceil(len(lines) / MOST_ROWS)
    page = st.pagination(pages, key="overview_page") if pages > 1 else 1
    show_lines(found, lines[MOST_ROWS * (page - 1) : MOST_ROWS * page])
    _explain(found)
    offer(found, lines)


def _filtered(lines: Sequence[OverviewLine]) -> list[OverviewLine]:
    """The lines in the order asked for; of many, those with a word, a grade, a thing to do."""
    if len(lines) == 1:
        return list(lines)
    many = len(lines) >= FEWEST_TO_FILTER
    columns = st.columns(4) if many else [st.container()]
    order = columns[0].selectbox(
        say("overview.order"),
        list(ORDERS),
        format_func=lambda key: say(f"overview.order_{key}"),
        key="overview_order",
    )
    ordered = sorted(lines, key=lambda line: (ORDERS[order](line), line.name.casefold()))
    if not many:
        return ordered
    word = columns[1].text_input(say("overview.search"), key="overview_search").strip().casefold()
    grades = sorted({grade for line in lines if (grade := grade_of(line))})
    wanted = columns[2].multiselect(
        say("overview.grade"), grades, placeholder=say("words.all"), key="overview_grades"
    )
    only = columns[3].multiselect(
        say("overview.only"),
        ONLY,
        format_func=lambda key: say(f"overview.only_{key}"),
        placeholder=say("words.all"),
        key="overview_only",
    )
    return [
        line
        for line in ordered
        if word in line.name.casefold()
        and (not wanted or grade_of(line) in wanted)
        and all(_is_wanted(line, key) for key in only)
    ]


def _is_wanted(line: OverviewLine, only: str) -> bool:
    if only == "short":
        return bool(line.short)
    return line.plan.late > 0 if only == "late" else line.report is None


def _explain(found: InstitutionOverview) -> None:
    """What the figures mean, in a few lines."""
    told = [say("overview.hidden", smallest=SMALLEST_GROUP)]
    if found.period.closed_at is None:
        told.append(say("overview.steps", smallest=SMALLEST_GROUP))
    before = found.before
    told.append(
        say("overview.since", period=plain(before.name)) if before else say("overview.no_before")
    )
    told.append(say("overview.level", level=number(100 * load_certainty().level, 0)))
    for one in told:
        st.caption(one)
