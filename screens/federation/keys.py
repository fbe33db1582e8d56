"""Whose bundles are believed: an administrator enters a district's key, an analyst confirms it."""

from collections.abc import Sequence

import streamlit as st

from accounts.actors import Actor
from analysis.publication.keys import fingerprint
from desk.federation.trusted import (
    decide_key,
    end_key,
    institutions_to_trust,
    propose_key,
    trusted_keys,
)
from desk.people import name_of
from desk.reasons import LONGEST
from models import Institution, Session, TrustedKey
from screens.acts import act, fresh, tell_done
from screens.looks import look
from screens.plain import plain
from screens.shell import day, say


def screen() -> None:
    """Takes a key; shows all that were ever entered, with what became of them."""
    st.title(say("shell.page_daerah"))
    st.markdown(say("trusted.lead"))
    tell_done()
    with look() as (session, actor):
        _ask(institutions_to_trust(session, actor))
        show_keys(session, actor)


def show_keys(session: Session, actor: Actor) -> None:
    """The keys, newest first, each with what the actor may do about it."""
    st.header(say("trusted.all"))
    found = trusted_keys(session, actor)
    if not found:
        st.caption(say("trusted.none"))
    newest: set[int] = set()
    for key, institution in found:
        state = _state(key, newest)
        with st.container(border=True):
            st.markdown(f"**{plain(institution.name)}** · {say(f'trusted.{state}')}")
            st.code(fingerprint(key.public_key), language=None, wrap_lines=True)
            who = plain(name_of(session, key.user_id))
            st.caption(say("trusted.entered", who=who, date=day(key.created_at)))
            st.markdown(plain(key.reason))
            if key.end:
                st.caption(say("trusted.why_ended", date=day(key.end.created_at)))
                st.markdown(plain(key.end.reason))
            if state == "waiting" and actor.analyst:
                _ask_decision(key)
            if state == "believed":
                _ask_end(key)


def _state(key: TrustedKey, newest: set[int]) -> str:
    """``newest``: the institutions of which a later confirmed key was seen; this may be one."""
    if key.decision is None:
        return "waiting"
    if not key.decision.confirmed:
        return "declined"
    later = key.institution_id in newest
    newest.add(key.institution_id)
    if key.end:
        return "ended"
    return "replaced" if later else "believed"


def _ask(institutions: Sequence[Institution]) -> None:
    st.header(say("trusted.new"))
    key = fresh("trusted")
    names = {one.id: one.name for one in institutions}
    with st.form(key, border=False, enter_to_submit=False):
        institution = st.selectbox(
            say("words.institution"),
            list(names),
            format_func=names.__getitem__,
            index=None,
            key=f"{key}_institution",
        )
        pem = st.text_area(
            say("trusted.pem"), key=f"{key}_pem", placeholder="-----BEGIN PUBLIC KEY-----"
        )
        reason = st.text_area(say("trusted.reason"), max_chars=LONGEST, key=f"{key}_reason")
        sent = st.form_submit_button(say("trusted.enter"), type="primary", key=f"{key}_send")
    if not sent:
        return
    if institution is None:
        st.error(say("trusted.whose"), icon=":material/error:")
        return
    act(
        say("trusted.proposed"),
        lambda session, actor: propose_key(
            session, actor, institution, f"{pem.strip()}\n".encode(), reason
        ),
    )


def _ask_decision(key: TrustedKey) -> None:
    st.caption(say("trusted.compare"))
    sure = st.checkbox(say("trusted.compared"), key=f"trusted_sure_{key.id}")
    with st.container(horizontal=True):
        confirm = st.button(
            say("trusted.confirm"), type="primary", disabled=not sure, key=f"confirm_{key.id}"
        )
        decline = st.button(say("trusted.decline"), key=f"decline_{key.id}")
    if (confirm and sure) or decline:
        confirmed = bool(confirm and sure)
        act(
            say("trusted.confirmed" if confirmed else "trusted.turned_down"),
            lambda session, actor: decide_key(session, actor, key.id, confirmed),
        )


def _ask_end(key: TrustedKey) -> None:
    with st.expander(say("trusted.end"), icon=":material/block:"):
        st.caption(say("trusted.end_means"))
        place = fresh(f"trusted_end_{key.id}")
        with st.form(place, border=False, enter_to_submit=False):
            reason = st.text_area(say("trusted.why"), max_chars=LONGEST, key=f"{place}_reason")
            sent = st.form_submit_button(say("trusted.end_it"), key=f"{place}_send")
        if sent:
            act(
                say("trusted.is_ended"),
                lambda session, actor: end_key(session, actor, key.id, reason),
            )
