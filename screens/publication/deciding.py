"""An analyst decides an objection, before the eyes what the figure stands on."""

from collections.abc import Mapping, Sequence

import streamlit as st

from accounts.actors import Actor
from desk.publication.grounds import ObjectionGround, StatedPlace, grounds_for, nameable
from desk.publication.mending import mendings_of
from desk.publication.objections import ObjectionDecision, decide_objection
from desk.reasons import LONGEST
from models import Objection, Session, Unit
from screens.acts import act, fresh
from screens.assessment.disagreements import names_of
from screens.plain import plain
from screens.proofs import show_proof
from screens.publication.declarations import answer
from screens.shell import say

ItemNames = Mapping[str, str]


def ask_decision(
    session: Session, actor: Actor, objection: Objection, unit: Unit, year: int
) -> None:
    """Shows rungs, notes, photos and assessors of the item; asks for the decision."""
    found, names = grounds_for(session, actor, objection), names_of(unit, year)
    st.markdown(f"**{say('objections.grounds')}**")
    if not found:
        st.caption(say("objections.no_grounds"))
    for at, ground in enumerate(found):
        _show_ground(session, ground, names, f"ground_{objection.id}_{at}")
    _ask(objection.id, found, names)


def show_mendings(
    session: Session, actor: Actor, objection: Objection, unit: Unit, year: int
) -> None:
    """What an accepted objection names, and what of it was given anew since."""
    named = mendings_of(session, actor, objection)
    if not named:
        return
    names = names_of(unit, year)
    st.caption(say("objections.to_mend"))
    states = {True: say("objections.mended"), False: say("objections.not_mended")}
    st.markdown(
        "\n".join(f"- {plain(_place(place, names))}: {states[anew]}" for place, anew in named)
    )


def _show_ground(session: Session, ground: ObjectionGround, names: ItemNames, key: str) -> None:
    st.caption(plain(_place(ground.place, names)))
    how = "settled_by" if ground.settled else "said_by"
    st.markdown(say(f"objections.{how}", who=plain(ground.person), said=_said(ground)))
    if ground.note:
        st.text(ground.note)
    if ground.link:
        st.link_button(plain(ground.link), ground.link)
    show_proof(session, ground.evidence, key)


def _ask(objection: int, found: Sequence[ObjectionGround], names: ItemNames) -> None:
    key = fresh(f"decide_{objection}")
    grounds = {one.place: one for one in found}
    places = nameable(found)
    with st.form(key, border=False, enter_to_submit=False):
        text = st.text_area(say("objections.answer"), max_chars=LONGEST, key=f"{key}_text")
        mend: list[StatedPlace] = []
        if places:
            mend = st.multiselect(
                say("objections.mend"),
                places,
                format_func=lambda place: f"{_place(place, names)} · {grounds[place].person}",
                placeholder="–",
                key=f"{key}_mend",
            )
        with st.container(horizontal=True):
            accepted = st.form_submit_button(say("objections.accept"), key=f"{key}_accept")
            declined = st.form_submit_button(say("objections.decline"), key=f"{key}_decline")
    if accepted or declined:
        decision = ObjectionDecision(accepted, text, mend)
        act(
            say("objections.done"),
            lambda session, actor: decide_objection(session, actor, objection, decision),
        )


def _place(place: StatedPlace, names: ItemNames) -> str:
    """The item, and of whom or what."""
    item = names.get(place.item, place.item)
    if not place.subject:
        return f"{item} · {say('objections.whole_unit')}"
    named = names.get(place.subject) or say("objections.user", number=place.subject)
    return f"{item} · {named}"


def _said(ground: ObjectionGround) -> str:
    match ground.said:
        case bool():
            return answer(ground.said)
        case points, most:
            return say("objections.points", points=points, most=most)
        case rung:
            return str(rung)
