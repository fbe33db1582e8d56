"""Who answered a unit's survey: against its visits, and in groups that are large enough."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analysis.disclosure import SMALLEST_GROUP
from analysis.rulebook.instrument import Instrument
from desk.unit.respondents import HOW, LEFT_EMPTY, Respondents
from reports.contents import NOT_ASKED
from screens.plain import show_table
from screens.shell import language, number, say


def show(told: Respondents, instrument: Instrument) -> None:
    """A sentence, and a table for each question; nothing where too few answered."""
    if told.n is None:
        return
    st.header(say("respondents.title"))
    st.markdown(_sentence(told))
    if not told.groups:
        st.info(say("respondents.after_closing"), icon=":material/lock_clock:")
        return
    show_groups(told.groups, instrument)


def show_groups(groups: Mapping[str, Mapping[str, int | None]], instrument: Instrument) -> None:
    """A table for each question of which there are ``groups``, and for how it was answered."""
    st.caption(say("respondents.hidden_note", smallest=SMALLEST_GROUP))
    for field in instrument.respondent.fields:
        if field.key in groups:
            names = {value: text[language()] for value, text in field.options.items()}
            _table(field.text[language()], groups[field.key], names)
    for name, values in HOW.items():
        if name in groups:
            names = {value: say(f"respondents.{value}") for value in values}
            _table(say(f"respondents.{name}"), groups[name], names)


def _sentence(told: Respondents) -> str:
    n = number(told.n, 0)
    if told.visits is None or told.minimum is None:
        said = say("respondents.no_visits", n=n)
    else:
        numbers = {"visits": number(told.visits, 0), "minimum": number(told.minimum, 0)}
        said = say("respondents.sentence", n=n, **numbers)
    if told.days_left is None:
        return said
    return f"{said} {say('respondents.days_left', days=number(told.days_left, 0))}"


def _table(title: str, groups: Mapping[str, int | None], names: Mapping[str, str]) -> None:
    words = {
        **names,
        LEFT_EMPTY: say("respondents.left_empty"),
        NOT_ASKED: say("respondents.not_asked"),
    }
    hidden = say("dashboard.hidden")
    rows = [
        (words[value], hidden if count is None else number(count, 0))
        for value, count in groups.items()
    ]
    with st.expander(title):
        headings = [say("respondents.value"), say("dashboard.respondents")]
        show_table(pd.DataFrame(rows, columns=headings))
