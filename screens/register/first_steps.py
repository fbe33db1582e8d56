"""The first steps: from an empty database to the first rating, with what is next."""

from html import escape

import streamlit as st

from accounts.actors import Actor
from desk.register.first_steps import FirstStep, first_steps, links, unfinished
from screens.looks import look, look_in
from screens.shell import language, say

SHOWN = 5


def unfinished_for(actor: Actor | None) -> bool:
    """Whether the menu still shows the first steps to the actor."""
    if actor is None:
        return False
    with look_in() as session:
        return unfinished(session, actor)


def screen() -> None:
    """How far it is, each step with its way, and at last the links to be handed out."""
    st.title(say("shell.page_langkah"))
    st.markdown(say("first_steps.lead"))
    with look() as (session, actor):
        steps = first_steps(session, actor)
        units = [(one.name, one.code) for one in links(session, actor, SHOWN)]
    done = sum(step.done for step in steps)
    st.progress(done / len(steps), say("first_steps.progress", done=done, number=len(steps)))
    following = next((step for step in steps if not step.done), None)
    for at, step in enumerate(steps, 1):
        _show(at, step, step is following)
        if step.key == "rating" and units:
            _links(units)
    if following is None:
        st.success(say("first_steps.finished"), icon=":material/check_circle:")


def _show(at: int, step: FirstStep, following: bool) -> None:
    state = "done" if step.done else "next" if following else "later"
    icon = {"done": "check_circle", "next": "arrow_circle_right", "later": "radio_button_unchecked"}
    with st.container(border=following, gap="small"):
        title = say(f"first_steps.{step.key}")
        st.markdown(f"**:material/{icon[state]}: {at}. {title}** · {say(f'first_steps.{state}')}")
        st.caption(say(f"first_steps.{step.key}_how"))
        if step.mine:
            _link(f"/{step.path}", say("first_steps.go", page=say(f"shell.page_{step.path}")))
        elif not step.done:
            st.caption(say(f"first_steps.by_{step.by}"))


def _links(units: list[tuple[str, str]]) -> None:
    for name, code in units:
        _link(f"/s/{code}", say("first_steps.rate", unit=name))


def _link(path: str, title: str) -> None:
    """A plain link: Streamlit's own open a new tab."""
    st.html(f'<a class="log-in" href="{path}?lang={language()}">{escape(title)}</a>')
