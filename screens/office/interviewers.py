"""Interviewers of a unit, or of the Ombudsman: each has a link of their own."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from accounts.actors import runs_unit
from desk.office.doors import (
    LONGEST_NAME,
    close_interviewer,
    open_interviewers,
    register_interviewer,
)
from models import Interviewer, Unit
from reports.poster import interviewer_link, rating_link
from screens.acts import act, ask_first
from screens.choices import choose_unit
from screens.looks import look
from screens.office.links import hand_out, keep_link
from screens.plain import plain
from screens.shell import address_in_the_browser, day, say, secret

MADE = "interviewers"


def screen() -> None:
    """Whose keys hold, of the unit or of the Ombudsman; registers and withdraws them."""
    st.title(say("shell.page_pewawancara"))
    st.markdown(say("interviewers.lead"))
    with look() as (session, actor):
        unit = choose_unit(session, actor, "interviewers")
        if unit is None:
            return
        own = runs_unit(actor, unit)
        listed = open_interviewers(session, actor, unit.id if own else None)
    st.header(say("interviewers.of_unit" if own else "interviewers.of_ombudsman"))
    _list(listed)
    _register(unit, own)


def _list(listed: Sequence[Interviewer]) -> None:
    if not listed:
        st.caption(say("interviewers.none"))
    for one in listed:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(say("doors.kiosk_since", name=plain(one.name), day=day(one.created_at)))
            means = say("interviewers.withdraw_means", name=plain(one.name))
            yes = say("doors.withdraw_for_good")
            if ask_first(say("doors.withdraw"), means, yes, f"interviewers_close_{one.id}"):
                act(None, partial(close_interviewer, interviewer_id=one.id))


def _register(unit: Unit, own: bool) -> None:
    with st.form("interviewers_register", clear_on_submit=True):
        name = st.text_input(
            say("interviewers.name"), max_chars=LONGEST_NAME, key="interviewers_name"
        )
        base = st.text_input(
            say("posters.address"), address_in_the_browser(), key="interviewers_address"
        )
        asked = st.form_submit_button(say("interviewers.register"), type="primary")
    if asked:
        _make(unit, own, name, base)
    hand_out(MADE)


def _make(unit: Unit, own: bool, name: str, base: str) -> None:
    try:
        rating_link(base, unit.code)
    except ValueError:
        st.error(say("posters.bad_address"), icon=":material/error:")
        return
    of = unit.id if own else None
    act(
        None,
        lambda session, actor: register_interviewer(session, actor, secret(), of, name),
        then=lambda key: keep_link(
            MADE,
            say("interviewers.made", name=plain(name)),
            interviewer_link(base, unit.code, key),
        ),
    )
