"""Free text of people, escaped where Streamlit reads Markdown."""

import re

import pandas as pd
import streamlit as st

ASCII_SPACE = re.compile(r"\s+", re.ASCII)  # the wide and the unbreakable space stay
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: str) -> str:
    r"""The text in which no character means anything to Markdown.

    >>> plain("[Menang!](http://x)")
    '\\[Menang\\!\\]\\(http\\://x\\)'
    """
    return SPECIAL.sub(r"\\\1", ASCII_SPACE.sub(" ", text).strip(" "))


def show_table(table: pd.DataFrame) -> None:
    """A table of texts that a screen reader reads and a phone wraps."""
    st.table(table.map(plain), hide_index=True)
