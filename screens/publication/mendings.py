"""What an accepted objection demands, what became of it, and its release."""

import streamlit as st

from accounts.actors import Actor
from desk.people import name_of
from desk.publication.mending import MendingState, mendings_of, stands_in_way
from desk.publication.objections import release_objection
from desk.reasons import LONGEST
from models import Objection, Session
from screens.acts import act, fresh
from screens.plain import plain
from screens.publication.behind import ItemNames, subject_name
from screens.publication.deciding import not_a_decider
from screens.shell import day, say


def show_mendings(session: Session, actor: Actor, objection: Objection, names: ItemNames) -> None:
    """What an accepted objection names, each item once; why it was released, or a form for that."""
    found: dict[tuple[str, MendingState], list[str]] = {}
    for place, state in mendings_of(session, actor, objection):
        found.setdefault((place.item, state), []).append(subject_name(place, names))
    if found:
        st.caption(say("objections.to_mend"))
        lines = [
            f"- {plain(names.get(item, item))} · {plain(', '.join(dict.fromkeys(of)))}: "
            f"{say(f'objections.state_{state}')}"
            for (item, state), of in found.items()
        ]
        st.markdown("\n".join(lines))
    if objection.release is not None:
        who = plain(name_of(session, objection.release.user_id))
        date = day(objection.release.created_at)
        st.markdown(say("objections.released", who=who, date=date))
        st.text(objection.release.reason)
    elif actor.analyst and stands_in_way(session, objection):
        _ask_release(session, actor, objection)


def _ask_release(session: Session, actor: Actor, objection: Objection) -> None:
    if not_a_decider(session, actor, objection):
        return
    key = fresh(f"release_{objection.id}")
    with (
        st.expander(say("objections.release"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        st.caption(say("objections.release_means"))
        reason = st.text_area(
            say("objections.release_reason"), max_chars=LONGEST, key=f"{key}_reason"
        )
        if st.form_submit_button(say("objections.release_send"), key=f"{key}_send"):
            act(
                say("objections.release_done"),
                lambda session, actor: release_objection(session, actor, objection.id, reason),
            )
