"""A unit's results, for its officials, its coordinator and the Ombudsman."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil, isnan
from urllib.parse import quote

import pandas as pd
import streamlit as st

from accounts.actors import Actor, runs_unit
from analysis.disclosure import SMALLEST_GROUP
from analysis.index.disclosed import DisclosedExperience, DisclosedIndex
from analysis.uncertainty.uncertainty import Uncertainty
from desk.office.visits import VisitCount, record_visits, service_visits
from desk.places import kept_elsewhere
from desk.unit.changes import Moment, compare, moment_before, moments_of
from desk.unit.drivers import drivers_of
from desk.unit.respondents import respondents
from desk.unit.results import ResultGroup, UnitResults, batches_of, unit_results
from desk.unit.steps import keep_steps
from desk.unit.weighted import beside_headline, units_beside
from models import Session
from reports.style import ACCENT, INK, ticks
from screens import charts
from screens.acts import act
from screens.choices import ANSWERED_FIRST, choose_survey
from screens.looks import look
from screens.plain import plain
from screens.shell import engine, language, level, month, number, percent, say
from screens.unit import change, headline, mending, soundness, weighted
from screens.unit.respondents import show as show_respondents
from survey.counts import OPEN_LINK
from survey.finishing import finish_unless_busy

SUMMARY = "summary"
VIEWS = (SUMMARY, "change", "mending", "soundness", "respondents", "weighted")


def screen() -> None:
    """Asks for unit and period, then shows what may be shown."""
    st.title(say("shell.page_unit"))
    with look() as (session, actor):
        chosen = choose_survey(session, actor, "dashboard", ANSWERED_FIRST)
        elsewhere = chosen is not None and kept_elsewhere(session, chosen[1].id)
    if chosen is None:
        return
    if elsewhere:
        st.info(say("received.elsewhere"), icon=":material/inbox:")
        return
    unit, period = (one.id for one in chosen)
    kept = keep_steps(engine(), actor, unit)
    finish_unless_busy(engine(), units=[unit])
    body, foot = st.container(), st.container()
    with look() as (session, actor):
        with foot:
            without = _choose_without(session, actor, unit, period)
        with body:
            results = unit_results(session, actor, unit, period, without)
            if _introduce(results, without, kept):
                _show(session, actor, results, without)
        services = service_visits(session, actor, unit, period)
        names = results.names.of_services(results.unit)
    _ask_visits(actor, results, names, services)


def _choose_without(session: Session, actor: Actor, unit: int, period: int) -> Collection[str]:
    sources = {OPEN_LINK: say("dashboard.open_link")} | {
        str(batch.id): f"{batch.file_name} ({batch.rows})"
        for batch in batches_of(session, actor, unit, period)
    }
    return st.multiselect(
        say("dashboard.without"),
        list(sources),
        format_func=sources.__getitem__,
        placeholder=say("dashboard.without_nothing"),
        key=f"dashboard_without_{unit}_{period}",
        help=say("dashboard.without_help"),
    )


def _introduce(results: UnitResults, without: Collection[str], kept: bool) -> bool:
    """How the unit was called, if otherwise than now; whether there is anything to show of it.

    ``kept``: whether its steps are the newest.
    """
    institution = results.unit.institution
    then, now = (results.name, results.names.of(institution)), (results.unit.name, institution.name)
    if then != now:
        st.caption(say("dashboard.name_then", unit=plain(then[0]), institution=plain(then[1])))
    busy = not kept and results.period.closed_at is None
    if busy:
        st.info(say("words.busy"), icon=":material/hourglass_top:")
    if without:
        st.warning(say("dashboard.without_some"), icon=":material/filter_alt:")
    if results.index is not None or busy:
        return results.index is not None
    told = "dashboard.too_few_apart" if without else "dashboard.too_few"
    st.info(say(told, smallest=SMALLEST_GROUP), icon=":material/hourglass_top:")
    st.caption(say("dashboard.link", path=f"/s/{results.unit.code}"))
    return False


def _show(session: Session, actor: Actor, results: UnitResults, without: Collection[str]) -> None:
    """The view that was chosen; with a source left out there is only the summary."""
    view = SUMMARY
    if not without:
        view = st.segmented_control(
            say("dashboard.view"),
            VIEWS,
            default=SUMMARY,
            required=True,
            format_func=lambda one: say(f"dashboard.view_{one}"),
            label_visibility="collapsed",
            key="dashboard_view",
        )
    if view == "change":
        compared = compare(session, actor, results)
        change.show(results, compared, moments_of(session, actor, results, compared))
    elif view == "mending":
        mending.show(results, drivers_of(session, actor, results))
    elif view == "soundness":
        drivers = drivers_of(session, actor, results)
        soundness.show(results, drivers.soundness if drivers else None)
    elif view == "respondents":
        show_respondents(respondents(session, results), results.instrument)
    elif view == "weighted":
        beside = beside_headline(session, actor, results)
        weighted.show(results, beside, units_beside(session, actor, results))
    elif results.index:
        _summary(results, results.index, moment_before(session, results))


def _summary(results: UnitResults, index: DisclosedIndex, earlier: Moment | None) -> None:
    headline.show(results, index, earlier)
    _elements(results, index)
    _services(results)
    _months(results)
    _experiences(results)
    address = f"/komentar?unit={quote(results.unit.code)}&lang={language()}"
    st.markdown(f"[{say('dashboard.comments')}]({address})")


def _elements(results: UnitResults, index: DisclosedIndex) -> None:
    st.header(say("dashboard.elements"))
    if index.apart:
        st.caption(say("dashboard.apart", smallest=SMALLEST_GROUP))
    rows = [
        {
            "code": f"U{node.number.list}" if node.number else "",
            "name": node.name[language()],
            "value": float(mean) if mean is not None else None,
            "text": _mean(mean, node.key in index.hidden),
            "answered": number(index.answered[node.key], 0) if mean is not None else "–",
            **_reach(mean, results.errors.get(node.key)),
        }
        for node in results.scheme.children
        if node.key in index.means
        for mean in [index.means[node.key]]
    ]
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return
    weakest = min(known, key=lambda row: float(row["value"] or 0))
    frame = pd.DataFrame(rows)
    colours = [INK if row is not weakest else ACCENT for row in rows]
    first, last = results.instrument.scale
    axis = say("dashboard.mean_axis", first=first, last=last)
    told = {"weakest": weakest["name"], "mean": weakest["text"], "last": last}
    sentence = say("dashboard.elements_sentence", **told)
    if any(row["low"] is not None for row in rows):
        sentence += " " + say("dashboard.errors_note")
    table = frame[["code", "name", "answered", "text"]].set_axis(
        [say(f"dashboard.{key}") for key in ("code", "element", "answered", "mean")], axis=1
    )
    charts.show(
        charts.bars(frame, ticks(first, last), axis, colours),
        sentence,
        table,
        "elements",
    )


def _reach(mean: Fraction | None, error: float | None) -> dict[str, float | None]:
    """The mean with one standard error to each side."""
    if mean is None or error is None or isnan(error):
        return {"low": None, "high": None}
    return {"low": float(mean) - error, "high": float(mean) + error}


def _mean(mean: Fraction | None, hidden: bool) -> str:
    if mean is not None:
        return number(mean)
    return say("dashboard.hidden") if hidden else "–"


def _services(results: UnitResults) -> None:
    st.header(say("dashboard.services"))
    names = [group.name or say("dashboard.no_service") for group in results.services]
    frame = _group_frame(names, results.services)
    short = results.scheme.short
    sentence = say("dashboard.services_sentence", short=short, level=level())
    if results.averaged is not None and len(results.services) > 1:
        averaged = number(results.scheme.round(results.averaged))
        sentence += " " + say("dashboard.averaged", short=short, index=averaged)
    chart = charts.bars(frame, _ticks(results), short)
    _show_groups(frame, chart, sentence, "service", short)


def _months(results: UnitResults) -> None:
    dated = [group.name is not None for group in results.months]
    if not any(dated):
        return
    st.header(say("dashboard.months"))
    names = [_month(group.name) for group in results.months]
    frame = _group_frame(names, results.months)
    short = results.scheme.short
    chart = charts.series(frame[dated], results.scheme)
    sentence = say("dashboard.months_sentence", short=short, level=level())
    _show_groups(frame, chart, sentence, "month", short)


def _ticks(results: UnitResults) -> list[float]:
    return ticks(*results.scheme.span)


def _month(name: str | None) -> str:
    """The words for a month such as "2026-05"."""
    return month(date.fromisoformat(f"{name}-01")) if name else say("dashboard.no_month")


def _group_frame(names: Sequence[str], groups: Sequence[ResultGroup]) -> pd.DataFrame:
    """One row a group; one that is too small has neither its number nor its index."""
    hidden = say("dashboard.hidden")
    rows = [
        {
            "name": name,
            "value": float(group.index.index) if group.index and group.index.index else None,
            **_ends(group.certainty),
            "text": number(group.index.shown) if group.index and group.index.shown else hidden,
            "n": number(group.index.n, 0) if group.index else hidden,
        }
        for name, group in zip(names, groups, strict=True)
    ]
    return pd.DataFrame(rows)


def _ends(found: Uncertainty | None) -> dict[str, float | None]:
    low, high = (found.bounded if found else None) or (None, None)
    return {"low": low, "high": high}


def _show_groups(
    frame: pd.DataFrame, chart: charts.Chart, sentence: str, kind: str, short: str
) -> None:
    headings = [say(f"dashboard.{kind}"), say("dashboard.respondents"), short]
    charts.show(chart, sentence, frame[["name", "n", "text"]].set_axis(headings, axis=1), kind)


def _experiences(results: UnitResults) -> None:
    st.header(say("dashboard.experiences"))
    if results.period.closed_at is None:
        st.info(say("dashboard.after_closing"), icon=":material/lock_clock:")
        return
    experienced = results.experienced
    if experienced is None:
        st.info(say("dashboard.too_few", smallest=SMALLEST_GROUP), icon=":material/info:")
        return
    forms = results.instrument.experience.forms
    few = say("dashboard.few", smallest=SMALLEST_GROUP)
    rows = []
    for form, text in forms.items():
        share = float(experienced.share(form) or 0)
        count = experienced.forms[form]
        shown = few if count is None else f"{percent(share, 1)} ({count})"
        rows.append({"name": text[language()], "value": 100 * share, "text": shown})
    frame = pd.DataFrame(rows)
    sentence = say(
        "dashboard.experiences_sentence",
        score=_score(experienced),
        answered=number(experienced.answered, 0),
    )
    table = frame[["name", "text"]].set_axis(
        [say("dashboard.form"), say("dashboard.share")], axis=1
    )
    top = 10 * max(1, ceil(frame["value"].max() / 10))
    charts.show(charts.bars(frame, (0, top / 2, top), "%"), sentence, table, "experience")
    st.caption(say("dashboard.experiences_note"))


def _score(experienced: DisclosedExperience) -> str:
    """The perceived-maladministration score, or that it is above a bound."""
    if experienced.above:
        return say("dashboard.above", score=number(experienced.score, 0))
    return number(experienced.score)


def _ask_visits(
    actor: Actor, results: UnitResults, names: Mapping[int, str], known: Mapping[int, int]
) -> None:
    """The visits of each service as far as they are known, and of the unit: else their sum."""
    if not runs_unit(actor, results.unit):
        return
    place = results.unit.id, results.period.id
    with st.expander(say("dashboard.visits_title")), st.form("visits", border=False):
        st.caption(say("weighted.ask"))
        asked = {
            service: _visits(name, known.get(service), f"service_visits_{service}_{place[1]}")
            for service, name in names.items()
        }
        whole = _visits(say("dashboard.visits"), results.visits, f"visits_{place[0]}_{place[1]}")
        reason = ""
        if results.period.closed_at is not None:
            st.caption(say("dashboard.visits_late"))
            reason = st.text_input(say("dashboard.visits_reason"), key="visits_reason")
        if not st.form_submit_button(say("words.save")):
            return
        services = {service: visits for service, visits in asked.items() if visits}
        number_of_visits = whole or sum(services.values())
        visits = VisitCount(number_of_visits, services, reason)
        act(None, lambda session, actor: record_visits(session, actor, *place, visits))


def _visits(label: str, known: int | None, key: str) -> int | None:
    return st.number_input(plain(label), min_value=1, step=1, value=known, key=key)
