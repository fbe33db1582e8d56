"""Recordings of questions, to be heard."""

from html import escape

import streamlit as st


def player(unit_code: str, number: int) -> None:
    """Plays a unit's recording; it is fetched only then."""
    address = f"/s/{escape(unit_code)}/suara/{number}"
    st.html(f'<audio controls preload="none" src="{address}"></audio>')
