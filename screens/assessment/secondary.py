"""Secondary data: analysts enter other bodies' figures, institutions see what stands of them."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from accounts.actors import Actor, require_analyst
from analysis.errors import BadInput
from analysis.rulebook.scheme import Node, Scheme, load_scheme, scheme_ids
from desk.assessment.secondary import (
    SOURCE_LENGTH,
    NewSecondary,
    enter_secondary,
    secondary_indicators,
    secondary_of,
    withdraw_secondary,
)
from desk.assessment.secondary_file import COLUMNS, SecondaryFile, read_secondary
from desk.people import name_of
from desk.reasons import LONGEST
from models import Session
from models.opinion import LONGEST_VALUE
from reports.cells import csv_of
from screens.acts import act, fresh, tell_done
from screens.assessment.of_place import ask_institution, ask_unit
from screens.handing import CSV, NamedFile, hand_out
from screens.looks import look
from screens.offers import kept_for
from screens.plain import plain, show_table
from screens.problems import show_problems
from screens.shell import day, language, number, say, today


def screen() -> None:
    """Asks for the year; shows the figures with their sources; an analyst enters them."""
    st.title(say("shell.page_sekunder"))
    st.markdown(say("secondary.lead"))
    tell_done()
    scheme = _scheme()
    years = range(today().year, scheme.valid.start.year - 1, -1)
    year = st.selectbox(say("secondary.round_year"), years, format_func=str, key="secondary_year")
    known = secondary_indicators(scheme)
    with look() as (session, actor):
        if actor.analyst:
            _ask_figure(session, actor, scheme, year)
            _ask_file(session, actor, scheme, year)
        _show(session, actor, year, known)


def _scheme() -> Scheme:
    """The newest scheme that asks for secondary data."""
    asking = [one for one in map(load_scheme, scheme_ids()) if secondary_indicators(one)]
    return max(asking, key=lambda one: one.valid.start)


def _show(session: Session, actor: Actor, year: int, known: dict[str, Node]) -> None:
    found = secondary_of(session, actor, year)
    if not found:
        st.info(say("secondary.none", year=year), icon=":material/info:")
        return
    of_places: dict[str, list[tuple[str, str, str]]] = {}
    figures: dict[int, str] = {}
    whole = set()  # of all units of an institution
    for one, place, unit in found:
        name = known[one.indicator].name[language()] if one.indicator in known else one.indicator
        value = one.value.replace(".", ",") if language() == "id" else one.value
        cited = say(
            "secondary.cited",
            source=one.source,
            year=one.source_year,
            who=name_of(session, one.user_id),
            date=day(one.created_at),
        )
        of = f"{place.name} · {unit.name if unit else say('secondary.all_units')}"
        of_places.setdefault(of, []).append((name, value, cited))
        if unit is None:
            whole.add(of)
        figures[one.id] = f"{of} · {name} · {value}"
    headings = [say(f"secondary.{key}") for key in ("indicator", "value", "source")]
    for of, rows in of_places.items():
        st.markdown(f"**{plain(of)}**")
        show_table(pd.DataFrame(rows, columns=headings))
        entered = {indicator for indicator, _, _ in rows}
        names = [node.name[language()] for node in known.values()]
        if of in whole and (lacking := [name for name in names if name not in entered]):
            st.caption(say("secondary.lacking", indicators=", ".join(lacking)))
    if actor.analyst:
        _ask_withdrawal(figures)


def _ask_withdrawal(figures: Mapping[int, str]) -> None:
    with st.expander(say("secondary.withdraw"), icon=":material/undo:"):
        key = fresh("secondary_withdraw")
        with st.form(key, border=False, enter_to_submit=False):
            figure = st.selectbox(
                say("secondary.figure"),
                list(figures),
                format_func=figures.__getitem__,
                key=f"{key}_figure",
            )
            reason = st.text_area(
                say("secondary.withdraw_reason"), max_chars=LONGEST, key=f"{key}_reason"
            )
            sent = st.form_submit_button(say("secondary.withdraw_button"), key=f"{key}_send")
        if sent:
            act(
                say("secondary.withdrawn"),
                lambda session, actor: withdraw_secondary(session, actor, figure, reason),
            )


def _ask_figure(session: Session, actor: Actor, scheme: Scheme, year: int) -> None:
    known = secondary_indicators(scheme)
    with st.expander(say("secondary.new"), icon=":material/add:", key=fresh("secondary_open")):
        key = fresh("secondary")
        place = ask_institution(session, actor, key)
        if place is None:
            return
        with st.form(key, border=False, enter_to_submit=False):
            unit = ask_unit(place, say("secondary.of_unit"), say("secondary.all_units"), key)
            indicator = st.selectbox(
                say("secondary.indicator"),
                list(known),
                format_func=lambda word: known[word].name[language()],
                key=f"{key}_indicator",
            )
            value = st.text_input(
                say("secondary.value"), max_chars=LONGEST_VALUE, key=f"{key}_value"
            )
            source = st.text_input(
                say("secondary.source"),
                max_chars=SOURCE_LENGTH[1],
                placeholder=say("secondary.source_hint"),
                key=f"{key}_source",
            )
            source_year = st.number_input(
                say("secondary.year"), value=year, step=1, key=f"{key}_source_year"
            )
            sent = st.form_submit_button(say("words.save"), type="primary", key=f"{key}_save")
        if sent:
            of = place.institution, unit
            new = NewSecondary(year, *of, indicator, value, source, str(source_year))
            _save(scheme, [new])


def _ask_file(session: Session, actor: Actor, scheme: Scheme, year: int) -> None:
    with st.expander(say("secondary.by_file"), icon=":material/upload_file:"):
        keys = ", ".join(f"`{key}`" for key in secondary_indicators(scheme))
        st.markdown(say("secondary.file_lead", indicators=keys))
        empty = csv_of(pd.DataFrame(columns=[say(f"secondary.{key}") for key in COLUMNS]))
        make = kept_for(empty, lambda _, asking: require_analyst(asking))
        file = NamedFile("data-sekunder.csv", CSV)
        hand_out(say("secondary.template"), file, make, "secondary_template")
        sent = st.file_uploader(
            say("secondary.file"), type=["csv", "xlsx"], key=fresh("secondary_file")
        )
        if sent is None:
            return
        try:
            asked = SecondaryFile(sent.getvalue(), sent.name, scheme, year)
            found = read_secondary(session, actor, asked)
        except BadInput as error:
            show_problems(error)
            return
        rows = number(len(found), 0)
        if st.button(say("secondary.store", rows=rows), type="primary", key="secondary_store"):
            _save(scheme, found)


def _save(scheme: Scheme, figures: Sequence[NewSecondary]) -> None:
    act(
        say("secondary.saved", rows=number(len(figures), 0)),
        lambda session, actor: enter_secondary(session, actor, scheme, figures),
    )
