"""A district's coordinator signs what the closed surveys of a year say, and takes it away."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from accounts.actors import Actor
from analysis.publication.keys import fingerprint
from desk.federation.making import (
    NewBundle,
    instance_key,
    made_bundle,
    made_bundles,
    make_bundle,
    years_to_send,
)
from desk.reasons import LONGEST
from models import Institution, SentBundle, Session
from screens.acts import act, fresh, tell_done
from screens.choices import choose_institution
from screens.handing import NamedFile, hand_out, hand_out_to_all
from screens.looks import look
from screens.offers import ready
from screens.plain import plain
from screens.shell import day, number, say, secret

JSON, PEM = "application/json", "application/x-pem-file"


def screen() -> None:
    """Says what travels; makes a bundle; hands out those that were made, and the key."""
    st.title(say("shell.page_kiriman"))
    st.markdown(say("bundles.lead"))
    tell_done()
    with look() as (session, actor):
        institution = choose_institution(session, actor, "bundles")
        if institution is None:
            return
        years = years_to_send(session, actor, institution.id)
        made = made_bundles(session, actor, institution.id)
        key = instance_key(session, actor, institution.id)
    _ask(institution, years, made)
    _show(institution, made)
    if key is not None:
        _show_key(key)


def _ask(institution: Institution, years: Sequence[int], made: Sequence[SentBundle]) -> None:
    st.header(say("bundles.make"))
    if not years:
        st.info(say("bundles.no_closed"), icon=":material/event:")
        return
    year = st.selectbox(say("bundles.year"), years, key="bundles_year")
    before = next((one for one in made if one.year == year), None)
    with st.form("bundles_make", border=False, enter_to_submit=False):
        reason = ""
        if before is not None:
            st.caption(say("bundles.again", number=number(before.number, 0)))
            key = fresh("bundles_reason")
            reason = st.text_area(say("bundles.reason"), max_chars=LONGEST, key=key)
        sent = st.form_submit_button(say("bundles.make_it"), type="primary", key="bundles_send")
    if sent:
        act(
            say("bundles.made"),
            lambda session, actor: make_bundle(
                session, actor, NewBundle(institution.id, year, reason), secret()
            ),
            one_state=True,
        )


def _show(institution: Institution, made: Sequence[SentBundle]) -> None:
    st.header(say("bundles.all"))
    if not made:
        st.caption(say("bundles.none"))
    for one in made:
        with st.container(border=True):
            st.markdown(f"**{say('bundles.named', year=one.year, number=number(one.number, 0))}**")
            st.caption(say("bundles.made_on", date=day(one.created_at)))
            if one.reason:
                st.markdown(plain(one.reason))
            name = f"kiriman-{institution.code}-{one.year}-{one.number}.json"
            key = f"bundle_{one.id}"
            hand_out(say("bundles.take"), NamedFile(name, JSON), partial(_content, one.id), key)


def _content(bundle: int, session: Session, asking: Actor) -> bytes:
    return made_bundle(session, asking, bundle).document.encode()


def _show_key(key: str) -> None:
    """The nation needs the public key once, and somebody who reads its fingerprint out to it."""
    st.header(say("bundles.key"))
    st.markdown(say("bundles.key_lead"))
    st.code(fingerprint(key), language=None, wrap_lines=True)
    file = NamedFile("kunci-publik.pem", PEM)
    hand_out_to_all(say("bundles.key_take"), file, ready(key.encode()), "bundles_key")
