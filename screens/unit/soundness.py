"""Whether the questionnaire measures one thing: each figure with the sentence that reads it."""

import pandas as pd
import streamlit as st

from analysis.errors import Problem
from analysis.rulebook.conventions import StatisticName, conventions
from analysis.soundness.reliability import Reliability, ReliabilityFigure
from desk.unit.results import UnitResults
from screens.plain import show_table
from screens.problems import refusal_told
from screens.shell import language, number, say
from screens.workings import show_workings

WHOLE: tuple[StatisticName, ...] = ("alpha", "omega", "kmo")
OF_ITEMS: tuple[StatisticName, ...] = ("item_rest", "loading")


def show(results: UnitResults, found: Reliability | None) -> None:
    """Figures of the whole with their sentences, then a table of the items."""
    if found is None:
        st.info(say("dashboard.after_closing"), icon=":material/lock_clock:")
        return
    st.markdown(say("soundness.lead", n=number(found.n, 0), left_out=number(found.left_out, 0)))
    for column, name in zip(st.columns(len(WHOLE)), WHOLE, strict=True):
        with column.container(border=True, height="stretch"):
            _figure(found, name)
    st.header(say("soundness.items"))
    weak = [name for name, low in _lowest(results, found) if low]
    told = say("soundness.weak", names=", ".join(weak)) if weak else say("soundness.none_weak")
    st.markdown(told)
    show_table(_table(results, found))
    if found.constant:
        names = _item_names(results)
        st.caption(say("soundness.constant", names=", ".join(names[key] for key in found.constant)))
    st.caption(conventions().note[language()])


def _figure(found: Reliability, name: StatisticName) -> None:
    value: ReliabilityFigure = getattr(found, name)
    convention = conventions().figures[name]
    st.metric(convention.name[language()], _shown(value))
    if isinstance(value, Problem):
        st.caption(refusal_told(value).capitalize())
        return
    reading = conventions().read(name, value)
    st.markdown(f"**{reading.word[language()].capitalize()}.** {reading.sentence[language()]}")
    if name == "alpha" and not isinstance(found.interval, Problem):
        low, high = map(number, found.interval)
        level = number(100 * found.level, 0)
        show_workings(say("soundness.interval", level=level, low=low, high=high))


def _lowest(results: UnitResults, found: Reliability) -> list[tuple[str, bool]]:
    """Each item's name, and whether its item-rest correlation has the lowest reading."""
    lowest = conventions().figures["item_rest"].readings[-1]
    names = _item_names(results)
    return [
        (names[one.item], conventions().read("item_rest", one.item_rest) is lowest)
        for one in found.items
        if not isinstance(one.item_rest, Problem)
    ]


def _item_names(results: UnitResults) -> dict[str, str]:
    elements = {node.key: node.name[language()] for node in results.scheme.children}
    alone = {element: len(items) == 1 for element, items in results.instrument.items_of.items()}
    return {
        item.key: elements[item.element]
        if alone[item.element]
        else f"{elements[item.element]} ({item.key})"
        for item in results.instrument.items
    }


def _table(results: UnitResults, found: Reliability) -> pd.DataFrame:
    names, figures = _item_names(results), (*OF_ITEMS, "kmo")
    rows = [
        (names[item.item], *(_shown(getattr(item, figure)) for figure in figures))
        for item in found.items
    ]
    headings = [conventions().figures[figure].name[language()] for figure in (*OF_ITEMS, WHOLE[2])]
    return pd.DataFrame(rows, columns=[say("soundness.item"), *headings])


def _shown(value: ReliabilityFigure) -> str:
    return "–" if isinstance(value, Problem) else number(value)
