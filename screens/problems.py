"""Bad input, told in the visitor's language: where, what was found, what is expected."""

import pandas as pd
import streamlit as st

from analysis.errors import BadInput
from locales import translate
from locales.refusals import parts
from screens.plain import show_table
from screens.shell import language, say


def show_problems(error: BadInput) -> None:
    """The problems of a refused input as a table; nothing was stored."""
    st.error(say("problems.refused"), icon=":material/error:")
    rows = [parts(language(), one) for one in error.problems]
    headings = [say("problems.place"), say("problems.found"), say("problems.expected")]
    spoken = [[translate(language(), text) for text in row] for row in rows]
    show_table(pd.DataFrame(spoken, columns=headings))
    if error.more:
        st.caption(say("problems.more", number=error.more))
