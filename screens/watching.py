"""A part of a page that is drawn again by itself, for whom the page was drawn and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st

from accounts.actors import Forbidden
from screens.shell import EVERY, drawn_for_them


def part(work: Callable[..., None], every: float | None = None) -> Callable[..., Any]:
    """The work as a part; drawn again ``every`` so many seconds, None: when something in it is
    chosen.

    Where somebody logged out, or a role was given or taken, the whole page is drawn anew.
    """

    @wraps(work)
    def asked(*given: Any) -> None:
        if not drawn_for_them():
            st.rerun()
        try:
            work(*given)
        except Forbidden:
            st.rerun()

    return st.fragment(asked, run_every=every)


def watch_log_in() -> None:
    """Clears the page a little after the log-in has ended elsewhere, though nobody touches it."""
    part(_nothing, EVERY)()


def _nothing() -> None:
    pass
