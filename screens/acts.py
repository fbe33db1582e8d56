"""An act of a signed-in person: one transaction, refused with sentences, told once it is done."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.reasons import LONGEST
from models import Engine, Session, writing
from screens.problems import show_problems
from screens.shell import engine, say, signed_in

DONE = "acts_done"
TIMES = "acts_times"

Result = TypeVar("Result")
ActWork = Callable[[Session, Actor], Result]
SlicedWork = Callable[[Engine, Actor], object]


def act(
    done: str | None,
    work: ActWork[Result],
    then: Callable[[Result], object] | None = None,
    one_state: bool = False,
) -> None:
    """Does the work and draws the page anew, which says ``done``; or tells what is wrong.

    ``then``: takes what the work gave, once it is committed, before the page is drawn.
    ``one_state``: work that reads much reads it all as it is at one moment.
    """
    try:
        result = attempt(work, one_state)
    except BadInput as error:
        show_problems(error)
        return
    if done:
        tell(done)
    if then:
        then(result)
    st.rerun()


def act_in_slices(done: str, work: SlicedWork) -> None:
    """The same for work that writes in transactions of its own, so that nobody waits for it."""
    try:
        work(engine(), signed_in())
    except BadInput as error:
        show_problems(error)
        return
    _count_one_more()
    tell(done)
    st.rerun()


def attempt(work: ActWork[Result], one_state: bool = False) -> Result:
    """Does the work; for callbacks, which can't draw: they keep what came of it.

    Raises what the work refuses.
    """
    with writing(engine(), one_state=one_state) as session:
        result = work(session, signed_in())
    _count_one_more()
    return result


def _count_one_more() -> None:
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1


def tell(done: str) -> None:
    """What ``tell_done`` says on the next page drawn."""
    st.session_state[DONE] = done


def tell_done() -> None:
    """What was done just now, once."""
    place = st.container()  # there even if empty: what stands below keeps its place and focus
    if DONE in st.session_state:
        place.success(st.session_state.pop(DONE), icon=":material/check_circle:")


def ask_first(label: str, means: str, yes: str, key: str, icon: str | None = None) -> bool:
    """A button that first says what it means; whether that was answered with ``yes``."""
    with st.popover(label, icon=icon):
        st.markdown(means)
        return st.button(yes, key=key, type="primary")


def ask_decision(key: str, label: str, accept: str, decline: str) -> tuple[bool, str] | None:
    """A decision with its reasons: whether accepted, and the text; None before it is sent.

    ``label``, ``accept``, ``decline``: where their words stand.
    """
    key = fresh(key)
    with st.form(key, border=False, enter_to_submit=False):
        text = st.text_area(say(label), max_chars=LONGEST, key=f"{key}_text")
        with st.container(horizontal=True):
            accepted = st.form_submit_button(say(accept), key=f"{key}_accept")
            declined = st.form_submit_button(say(decline), key=f"{key}_decline")
    return (accepted, text) if accepted or declined else None


def fresh(key: str) -> str:
    """The key of an entry that is empty again after each act, and stays after a refusal."""
    return f"{key}_{st.session_state.get(TIMES, 0)}"
