"""A survey's own result is prepared by one person, approved by another, and then public."""

from datetime import date
from html import escape

import streamlit as st

from accounts.actors import Actor
from desk.papers.announcing import (
    NewMedium,
    announcements_of,
    approve,
    note_medium,
    prepare_institution,
    prepare_unit,
    read_announcement,
)
from desk.people import name_of
from desk.public.addresses import (
    CARD_SIZE,
    badge_address,
    badge_snippet,
    card_address,
    card_snippet,
)
from desk.public.pages import page_to_be_public
from models import Announcement, Institution, Medium, Period, Session
from models.announcements import MEDIA
from screens.acts import act, fresh, tell_done
from screens.choices import CLOSED_ONLY, choose_survey
from screens.looks import look
from screens.papers import announced
from screens.plain import plain
from screens.proofs import act_with_proof, ask_proof, show_proof
from screens.shell import address_in_the_browser, day, language, number, say, today


def screen() -> None:
    """What waits for the second person, preparing another, and what is public."""
    st.title(say("shell.page_umumkan"))
    st.markdown(say("announcing.lead"))
    tell_done()
    with look() as (session, actor):
        own = announcements_of(session, actor)
        public = [one for one in own if one.approved_at is not None]
        _show_waiting(session, actor, [one for one in own if one.approved_at is None])
        _ask_preparation(session, actor)
        _show_public(session, public)
        _offer_snippets(public)


def _show_waiting(session: Session, actor: Actor, waiting: list[Announcement]) -> None:
    st.header(say("announcing.waiting"))
    if not waiting:
        st.caption(say("announcing.nothing_waits"))
    for one in waiting:
        document = read_announcement(one)
        with st.container(border=True):
            st.markdown(f"**{plain(announced.title(document))}**")
            who = name_of(session, one.prepared_by)
            day_of = day(one.prepared_at)
            st.caption(say("announcing.prepared_by", who=plain(who), date=day_of))
            with st.expander(say("announcing.preview")):
                announced.show(page_to_be_public(session, actor, one), f"preview_{one.id}")
            _ask_approval(actor, one)


def _ask_approval(actor: Actor, one: Announcement) -> None:
    if one.prepared_by == actor.user_id or one.institution_id not in actor.institutions:
        st.caption(say("announcing.second_person"))
        return
    st.caption(say("announcing.approve_means"))
    if st.button(say("announcing.approve"), key=f"approve_{one.id}", type="primary"):
        act(say("announcing.approved"), lambda session, actor: approve(session, actor, one.id))


def _ask_preparation(session: Session, actor: Actor) -> None:
    st.header(say("announcing.prepare"))
    chosen = choose_survey(session, actor, "announcing", CLOSED_ONLY)
    if chosen is None:
        return
    unit, period = chosen
    st.caption(say("announcing.prepare_means"))
    with st.container(horizontal=True):
        if st.button(say("announcing.prepare_unit"), key="prepare_unit", type="primary"):
            act(
                say("announcing.prepared"),
                lambda session, actor: prepare_unit(session, actor, unit.id, period.id),
            )
        if unit.institution_id in actor.institutions:
            _ask_institution(unit.institution, period)


def _ask_institution(institution: Institution, period: Period) -> None:
    whole = say("announcing.prepare_institution", name=plain(institution.name))
    if st.button(whole, key="prepare_institution"):
        act(
            say("announcing.prepared"),
            lambda session, actor: prepare_institution(session, actor, institution.id, period.id),
        )


def _show_public(session: Session, public: list[Announcement]) -> None:
    st.header(say("announcing.public"))
    if not public:
        st.caption(say("announcing.nothing_public"))
    for one in public:
        document = read_announcement(one)
        with st.container(border=True):
            shown = f"{number(document['index'])} {document['grade'] or ''}"
            opened = say("announcing.open")
            name, address = plain(announced.title(document)), f"/ikm?hasil={one.id}"
            st.markdown(f"**{name}** · {shown} · [{opened}]({address})")
            for medium in one.media:
                _show_medium(session, medium)
            if not one.media:
                st.caption(say("announcing.no_media"))
            _ask_medium(one)


def _show_medium(session: Session, medium: Medium) -> None:
    where = say(f"announcing.medium_{medium.medium}")
    st.markdown(f"- {where}: {plain(medium.place)}, {day(medium.published)}")
    show_proof(session, medium.evidence_hash, f"medium_{medium.id}")


def _ask_medium(one: Announcement) -> None:
    key = fresh(f"medium_{one.id}")
    with (
        st.expander(say("announcing.note_medium"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        medium = st.selectbox(
            say("announcing.medium"),
            MEDIA,
            format_func=lambda name: say(f"announcing.medium_{name}"),
            key=f"{key}_medium",
        )
        place = st.text_input(say("announcing.place"), max_chars=200, key=f"{key}_place")
        published = st.date_input(
            say("announcing.published_on"), today(), format="DD/MM/YYYY", key=f"{key}_date"
        )
        file = ask_proof(f"{key}_file")
        if not st.form_submit_button(say("words.save"), type="primary"):
            return
        if not isinstance(published, date):
            st.error(say("follow_up.no_date"), icon=":material/error:")
            return
        act_with_proof(
            say("announcing.medium_noted"),
            file,
            lambda session, actor, proof: note_medium(
                session, actor, one.id, NewMedium(medium, place, published, proof)
            ),
        )


def _offer_snippets(public: list[Announcement]) -> None:
    """What a unit's own website shows of its index: to be copied, with how it looks."""
    units = {
        document["unit"]["code"]: document["unit"]["name"]
        for document in map(read_announcement, public)
        if document["unit"]
    }
    if not units:
        return
    st.header(say("announcing.website"))
    st.markdown(say("announcing.website_lead"))
    code = st.selectbox(
        say("words.unit"), list(units), format_func=units.__getitem__, key="snippet_unit"
    )
    base, spoken = address_in_the_browser(), language()
    card, badge = st.tabs([say("announcing.card"), say("announcing.badge")])
    with card:
        st.code(card_snippet(base, code, units[code], spoken), language="html", wrap_lines=True)
        width, height = CARD_SIZE
        st.iframe(card_address(code, spoken), width=width, height=height)
    with badge:
        st.code(badge_snippet(base, code, units[code], spoken), language="html", wrap_lines=True)
        picture, title = badge_address(code, spoken), say("card.frame_title", unit=units[code])
        st.html(f'<img src="{escape(picture)}" alt="{escape(title)}" height="28">')
    st.caption(say("announcing.machines"))
