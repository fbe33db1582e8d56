"""An act of a signed-in person: one transaction, refused with sentences, told once it is done."""

from collections.abc import Callable

import streamlit as st
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.errors import BadInput
from models import writing
from screens.problems import show_problems
from screens.shell import engine, signed_in

DONE = "acts_done"
TIMES = "acts_times"


def act(done: str, work: Callable[[Session, Actor], object], one_state: bool = False) -> None:
    """Does the work and draws the page anew, which says ``done``; or tells what is wrong.

    ``one_state``: work that reads much reads it all as it is at one moment.
    """
    try:
        with writing(engine(), one_state=one_state) as session:
            work(session, signed_in())
    except BadInput as error:
        show_problems(error)
        return
    st.session_state[DONE] = done
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1
    st.rerun()


def tell_done() -> None:
    """What was done just now, once."""
    place = st.container()  # there even if empty: what stands below keeps its place and focus
    if DONE in st.session_state:
        place.success(st.session_state.pop(DONE), icon=":material/check_circle:")


def fresh(key: str) -> str:
    """The key of an entry that is empty again after each act, and stays after a refusal."""
    return f"{key}_{st.session_state.get(TIMES, 0)}"
