"""How a figure was computed, in the words of statistics: folded away, for those who ask."""

import streamlit as st

from screens.shell import say


def show_workings(*told: str) -> None:
    """The sentences, one below another, behind a heading that opens them."""
    with st.expander(say("words.workings")):
        for one in told:
            st.caption(one)
