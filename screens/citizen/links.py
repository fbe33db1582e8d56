"""Links of the citizens' screens."""

from html import escape
from urllib.parse import quote

import streamlit as st

from screens import shell


def onward(address: str, text: str) -> None:
    """A plain link: Streamlit's own open a new tab."""
    st.html(f'<a class="onward" href="{escape(address)}">{escape(text)}</a>')


def to_what_is_known(unit_code: str) -> None:
    """The link to what a unit announced and did since, at the light door."""
    onward(f"/u/{quote(unit_code)}?lang={shell.language()}", shell.say("changed.link"))
