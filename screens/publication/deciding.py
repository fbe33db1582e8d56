"""An analyst decides an objection, before the eyes what the figure stands on."""

from collections.abc import Mapping, Sequence

import streamlit as st

from accounts.actors import Actor
from analysis.errors import BadInput
from desk.publication.deciders import require_decider
from desk.publication.grounds import ObjectionGround, StatedPlace, grounds_for, nameable
from desk.publication.objections import ObjectionDecision, decide_objection
from desk.reasons import LONGEST
from locales.refusals import sentence
from models import Objection, Session
from screens.acts import act, fresh
from screens.plain import plain
from screens.publication.behind import ItemNames, place_name, show_grounds
from screens.shell import language, say


def ask_decision(session: Session, actor: Actor, objection: Objection, names: ItemNames) -> None:
    """Shows rungs, notes, photos and assessors of the item; asks who may decide for a decision."""
    found = grounds_for(session, actor, objection)
    st.markdown(f"**{say('objections.grounds')}**")
    show_grounds(session, actor, objection, found, names)
    if why := not_a_decider(session, actor, objection):
        st.caption(why)
    else:
        _ask(objection.id, found, names)


def not_a_decider(session: Session, actor: Actor, objection: Objection) -> str:
    """Why the analyst does not decide about it; "": nothing speaks against it."""
    try:
        require_decider(session, actor, objection)
    except BadInput as error:
        return " ".join(plain(sentence(language(), problem)) for problem in error.problems)
    return ""


def _ask(objection: int, found: Sequence[ObjectionGround], names: ItemNames) -> None:
    key = fresh(f"decide_{objection}")
    people: Mapping[StatedPlace, str] = {one.place: one.person for one in found}
    places = nameable(found)
    with st.form(key, border=False, enter_to_submit=False):
        text = st.text_area(say("objections.answer"), max_chars=LONGEST, key=f"{key}_text")
        mend: list[StatedPlace] = []
        if places:
            mend = st.multiselect(
                say("objections.mend"),
                places,
                format_func=lambda place: f"{place_name(place, names)} · {people[place]}",
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
