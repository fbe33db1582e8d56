"""The same answers as older worksheets count them: for comparison, never the headline."""

from fractions import Fraction

import pandas as pd
import streamlit as st

from analysis.index.disclosed import DisclosedIndex
from reports.workbooks.reconciliation import compared
from screens.plain import plain, show_table
from screens.shell import language, number, say

COLUMNS = ("way", "index_short", "grade", "difference")


def show(index: DisclosedIndex, averaged: Fraction | None) -> None:
    """A table of the ways to count, folded away; nothing where there is no index."""
    told = compared(index, averaged, language())
    if not told:
        return
    with st.expander(say("papers.compare"), icon=":material/balance:"):
        st.caption(say("worksheet.comparison_only"))
        rows = [
            (one.name, number(one.way.shown), one.grade, number(one.way.difference)) for one in told
        ]
        headings = [say(f"worksheet.{column}", short=index.scheme.short) for column in COLUMNS]
        show_table(pd.DataFrame(rows, columns=headings))
        for one in told:
            st.caption(f"**{plain(one.name)}**: {plain(one.why)}")
