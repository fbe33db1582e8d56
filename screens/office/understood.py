"""What was understood of a file: how many answers, the index, what is left out and why."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from screens.plain import plain, show_table
from screens.shell import language, number, say
from survey.reading.telling import warning, why_left_out
from survey.reading.understood import LeftOut, Understood

SHOWN = 50


def show(understood: Understood) -> None:
    """The headline of a file, its warnings, and the rows that are no respondents."""
    st.header(say("imports.preview"))
    index = understood.index
    with st.container(horizontal=True):
        st.metric(say("imports.respondents"), number(index.n, 0), border=True)
        st.metric(say("imports.index"), number(index.shown) if index.shown else "–", border=True)
        grade = str(index.band.grade) if index.band else "–"
        st.metric(say("imports.grade"), grade, border=True)
    where = say("imports.where_sheet", sheet=plain(understood.sheet)) if understood.sheet else ""
    st.markdown(where + say("imports.where_row", row=understood.heading_row))
    if understood.warnings:
        told = [f"- {plain(warning(language(), one))}" for one in understood.warnings]
        st.warning("\n".join(told), icon=":material/info:")
    if understood.left_out:
        _show_left_out(understood.left_out)


def _show_left_out(left_out: Sequence[LeftOut]) -> None:
    with st.expander(
        say("imports.left_out", number=number(len(left_out), 0)), icon=":material/remove_done:"
    ):
        rows = [(str(one.row), why_left_out(language(), one)) for one in left_out[:SHOWN]]
        show_table(pd.DataFrame(rows, columns=[say("imports.row"), say("imports.why")]))
        if len(left_out) > SHOWN:
            st.caption(say("imports.left_out_more", number=number(len(left_out) - SHOWN, 0)))
