"""What changed since the period before, and the index over the years: never arrows for noise."""

from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise

import pandas as pd
import streamlit as st

from analysis.uncertainty.change import Change
from desk.unit.changes import Moment, PeriodComparison, same_words, with_year
from desk.unit.results import UnitResults
from locales import show_range
from locales.refusals import show_value
from screens import charts
from screens.plain import plain
from screens.shell import language, level, number, say, signed
from screens.workings import show_workings


def show(results: UnitResults, compared: PeriodComparison | None, moments: list[Moment]) -> None:
    """The index against the period before, its elements and services, and the trend."""
    short = results.scheme.short
    if compared is None:
        st.info(say("change.none"), icon=":material/event_busy:")
    else:
        _index(compared, short)
        first, last = results.instrument.scale
        _differences(
            "elements", _elements(results, compared), say("change.points", first=first, last=last)
        )
        services = {
            name or say("dashboard.no_service"): change
            for name, change in compared.services.items()
        }
        _differences("services", services, say("change.index_points", short=short))
        show_workings(say("change.method", level=level()))
    _trend(moments)


def _index(compared: PeriodComparison, short: str) -> None:
    change = compared.index
    with st.container(border=True):
        st.metric(
            say("change.since", short=short, period=plain(compared.before.period.name)),
            signed(change.difference),
        )
        st.markdown(f"**{show_value(language(), change.verdict).capitalize()}**{_interval(change)}")


def _interval(change: Change) -> str:
    if change.interval is None:
        return ""
    low, high = map(signed, change.interval)
    return " · " + say("change.interval", level=level(), low=low, high=high)


def _elements(results: UnitResults, compared: PeriodComparison) -> Mapping[str, Change]:
    names = {node.key: node.name[language()] for node in results.scheme.children}
    return {names[key]: change for key, change in compared.elements.items()}


def _differences(kind: str, changes: Mapping[str, Change], axis: str) -> None:
    known = {name: one for name, one in changes.items() if one.difference is not None}
    if not known:
        return
    st.header(say(f"change.{kind}"))
    rows = [
        charts.difference(name, one)
        | {
            "told": show_value(language(), one.verdict),
            "between": _between(one.interval, signed),
        }
        for name, one in known.items()
    ]
    frame = pd.DataFrame(rows)
    changed = [name for name, one in known.items() if one.changed]
    sentence = (
        say(f"change.{kind}_changed", names=", ".join(changed), level=level())
        if changed
        else say(f"change.{kind}_same", level=level())
    )
    headings = [say(f"change.{column}") for column in (kind[:-1], "difference")]
    headings += [say("change.between_all", level=level()), say("change.told")]
    table = frame[["name", "text", "between", "told"]].set_axis(headings, axis=1)
    charts.show(charts.differences(frame, axis), sentence, table, f"change_{kind}")


def _trend(moments: list[Moment]) -> None:
    if len(moments) < 2:
        return
    scheme = moments[-1].index.scheme
    st.header(say("change.trend", short=scheme.short))
    rows = []
    other_words = [not same_words(before.period, one.period) for before, one in pairwise(moments)]
    runs = accumulate([0, *other_words])
    for one, run in zip(moments, runs, strict=True):
        found = one.certainty.bounded if one.certainty else None
        rows.append(
            {
                "name": with_year(one.period),
                "run": run,
                "value": float(one.index.index or 0),
                "low": found[0] if found else None,
                "high": found[1] if found else None,
                "text": number(one.index.shown),
                "between": _between(found, number),
            }
        )
    frame = pd.DataFrame(rows)
    table = frame[["name", "text", "between"]].set_axis(
        [say("change.period"), scheme.short, say("change.between", level=level())], axis=1
    )
    chart = charts.series(frame, scheme)
    sentence = say("change.trend_sentence", short=scheme.short, level=level())
    charts.show(chart, sentence, table, "trend")
    if any(other_words):
        st.caption(say("change.other_words"))


def _between(interval: tuple[float, float] | None, shown: Callable[[float], str]) -> str:
    return show_range(*map(shown, interval)) if interval else "–"
