"""Bad input, told in the visitor's language: where, what was found, what is expected."""

import pandas as pd
import streamlit as st

from analysis.errors import BadInput
from locales.refusals import Refusal, has_parts, parts, sentence
from screens.plain import plain, show_table
from screens.shell import language, say


def refusal_told(refusal: Refusal) -> str:
    """The refusal in a sentence, what was found in it as it was written."""
    return sentence(language(), refusal, written=plain)


def show_problems(error: BadInput) -> None:
    """The problems of a refused input as a table, whole sentences above it."""
    for one in error.problems:
        if not has_parts(one):
            st.error(refusal_told(one), icon=":material/error:")
    rows = [parts(language(), one) for one in error.problems if has_parts(one)]
    if not rows:
        return
    st.error(say("problems.refused"), icon=":material/error:")
    headings = [say("problems.place"), say("problems.found"), say("problems.expected")]
    show_table(pd.DataFrame(rows, columns=headings))
    if error.more:
        st.caption(say("problems.more", number=error.more))
