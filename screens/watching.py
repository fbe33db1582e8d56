"""What is drawn again by itself: a part of a page, for whom the page was drawn and nobody else; and
a page that could not be drawn.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from itertools import count
from typing import Any

import streamlit as st

from accounts.actors import Forbidden
from models import UNUSABLE, SQLAlchemyError
from models.faults import fault_of
from screens.shell import AGAIN, EVERY, actor, drawn_for_them, say


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


def show_error(error: Exception) -> bool:
    """Shows a sentence for an error that no screen caught; gives True: nothing else is shown."""
    if isinstance(error, Forbidden):
        st.error(say("shell.forbidden"), icon=":material/lock:")
    elif isinstance(error, SQLAlchemyError) and fault_of(error):
        st.error(say("shell.unreachable"), icon=":material/error:")
        _go_on_by_itself()
    else:
        st.error(say("shell.error"), icon=":material/error:")
    return True


def _go_on_by_itself() -> None:
    """Draws the page anew once the database answers; who changed something is told to look."""
    looks = count()

    @st.fragment(run_every=EVERY)
    def look_again() -> None:
        if next(looks) == 0:  # drawn with the sentence itself
            return
        with suppress(*UNUSABLE):
            actor()
            st.session_state[AGAIN] = True
            st.rerun()

    look_again()
