"""What each column of a file means, changed by hand where it was not recognised."""

from collections.abc import Mapping

import streamlit as st

from screens.plain import plain
from screens.shell import language, say
from survey.reading.meanings import OF_VISIT
from survey.reading.tables import LEFT_OUT, Asked
from survey.reading.view import ShownColumn, View

SAID = "imports_said"
UNKNOWN = "unknown"
ABREAST = 2


def said(file_id: str) -> Mapping[str, str]:
    """What was said of the file's headings so far."""
    of, found = st.session_state.get(SAID, (None, {}))
    return found if of == file_id else {}


def ask(view: View, asked: Asked, file_id: str, open_at_first: bool) -> None:
    """Every column with its meaning, which may be changed."""
    names = _names(asked)
    with st.expander(
        say("imports.columns", number=len(view.columns)),
        expanded=open_at_first,
        icon=":material/view_column:",
    ):
        st.caption(say("imports.columns_lead"))
        places = [
            place for _ in range(0, len(view.columns), ABREAST) for place in st.columns(ABREAST)
        ]
        for at, (column, place) in enumerate(zip(view.columns, places, strict=False)):
            with place:
                _ask_one(column, names, file_id, at)


def _ask_one(column: ShownColumn, names: Mapping[str, str], file_id: str, at: int) -> None:
    held = column.key or UNKNOWN
    choices = [*([] if held in names else [held]), *names]
    widget = f"import_column_{file_id}_{at}"
    st.selectbox(
        plain(column.heading),
        choices,
        index=choices.index(held),
        format_func=lambda key: names.get(key) or say(f"meanings.{key}"),
        key=widget,
        on_change=_keep,
        args=(file_id, column.heading, widget),
    )
    if column.examples:
        st.caption(plain(say("imports.examples", texts=" · ".join(column.examples))[:120]))


def _keep(file_id: str, heading: str, widget: str) -> None:
    st.session_state[SAID] = (file_id, {**said(file_id), heading: st.session_state[widget]})


def _names(asked: Asked) -> dict[str, str]:
    """What a column may hold, by key: first the questions."""
    about = asked.about()
    fields = {one.key: one.text[language()] for one in asked.instrument.respondent.fields}
    return {
        **{key: about[key][language()] for key in asked.instrument.allowed},
        **fields,
        **{key: say(f"meanings.{key}") for key in (*OF_VISIT, LEFT_OUT)},
    }
