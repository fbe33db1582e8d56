"""A survey's own result is prepared by one person, approved by another, and then public."""

from datetime import date

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
    scheme_of,
)
from desk.people import name_of
from models import Announcement, Institution, Medium, Period, Session, now
from models.announcements import MEDIA
from screens.acts import act, fresh, tell_done
from screens.choices import CLOSED_ONLY, choose_survey
from screens.looks import look
from screens.papers import announced
from screens.plain import plain
from screens.proofs import ask_proof, keep_proof, show_proof
from screens.shell import day, number, say


def screen() -> None:
    """What waits for the second person, preparing another, and what is public."""
    st.title(say("shell.page_umumkan"))
    st.markdown(say("announcing.lead"))
    tell_done()
    with look() as (session, actor):
        own = announcements_of(session, actor)
        _show_waiting(session, actor, [one for one in own if one.approved_at is None])
        _ask_preparation(session, actor)
        _show_public(session, [one for one in own if one.approved_at is not None])


def _show_waiting(session: Session, actor: Actor, waiting: list[Announcement]) -> None:
    st.header(say("announcing.waiting"))
    if not waiting:
        st.caption(say("announcing.nothing_waits"))
    for one in waiting:
        document = read_announcement(one)
        with st.container(border=True):
            st.markdown(f"**{plain(announced.title(document))}**")
            who = name_of(session, one.prepared_by)
            day_of = day(one.prepared_at.date())
            st.caption(say("announcing.prepared_by", who=plain(who), date=day_of))
            with st.expander(say("announcing.preview")):
                scheme = scheme_of(session, one)
                announced.show(document, scheme, f"preview_{one.id}")
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
            say("announcing.published_on"), now().date(), format="DD/MM/YYYY", key=f"{key}_date"
        )
        file = ask_proof(f"{key}_file")
        if not st.form_submit_button(say("words.save"), type="primary"):
            return
        if not isinstance(published, date):
            st.error(say("follow_up.no_date"), icon=":material/error:")
            return
        act(
            say("announcing.medium_noted"),
            lambda session, actor: note_medium(
                session,
                actor,
                one.id,
                NewMedium(medium, place, published, keep_proof(session, actor, file)),
            ),
        )
