"""What a person wrote, shown as it was written where Streamlit reads Markdown.

Streamlit undoes escapes first and then looks for links, icons, emoji and arrows in what is left.
So what these begin with is broken by the word joiner, which nobody sees (decision 32).
"""

import re

import pandas as pd
import streamlit as st

ASCII_SPACE = re.compile(r"\s+", re.ASCII)  # the wide and the unbreakable space stay
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-=.!|~$:&])")
JOINER = "\u2060"
# Where a bare link, an address of mail, ":material/x:", ":smile:", "->" or "<=" would begin.
TRIGGER = re.compile(
    r"(?<=:)(?=\S)|(?=@)|(?<=www)(?=\.|$)|(?<=/)(?=/)|(?<=[-<])(?=[-=>])|(?<=[>~])(?==)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    r"""The text in which no character means anything to Streamlit, unseen joiners in it.

    >>> plain("[Menang!](ya)"), plain("www.a.id") == "www\u2060\\.a\\.id"
    ('\\[Menang\\!\\]\\(ya\\)', True)
    """
    shown = ASCII_SPACE.sub(" ", text).strip(" ")
    return SPECIAL.sub(r"\\\1", TRIGGER.sub(JOINER, shown))


def spoken(shown: str) -> str:
    """What was made for Markdown, without its marks: for those who can't see.

    >>> spoken(f"Unit **{plain('A*-B')}**")
    'Unit A*-B'
    """
    return re.sub(rf"\\(.)|[*{JOINER}]", lambda found: found[1] or "", shown)


def show_table(table: pd.DataFrame) -> None:
    """A table of texts that a screen reader reads and a phone wraps."""
    st.table(table.map(plain).rename(columns=plain), hide_index=True)
