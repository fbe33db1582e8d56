"""Where a sampled unit stands: what it lacks, what is waived, its sign-off, what is left out."""

from functools import partial

import streamlit as st

from accounts.actors import Actor
from desk.assessment.signing_off import sign_off
from desk.assessment.waivers import confirm_waiver, propose_waiver, waiting_waivers
from desk.index.progress import UnitProgress
from desk.reasons import LONGEST
from models import AssessmentRound, Session
from screens.acts import act, fresh
from screens.index import lacking
from screens.plain import plain
from screens.shell import day, number, say


def show_state(session: Session, actor: Actor, a_round: AssessmentRound, one: UnitProgress) -> None:
    """What the unit lacks or may lack, its sign-off, and what of it does not count."""
    year = a_round.year
    if one.lacks:
        lacking.show_lacks(year, one.lacks, one.unit)
    if one.waiver:
        lacking.show_waiver(year, one.waiver, one.unit, scored=not one.missing)
    _ask_confirmation(session, actor, a_round, one)
    if one.lacks:
        _ask_waiver(a_round.id, one)
    _ask_sign_off(a_round.id, actor, one)
    _show_left_out(one)


def _ask_confirmation(
    session: Session, actor: Actor, a_round: AssessmentRound, one: UnitProgress
) -> None:
    """The waiver that waits for a second person, where the unit has one."""
    services = {service.code: service.name for service in one.unit.services}
    for waiver in waiting_waivers(session, actor, a_round.id):
        if waiver.unit.id != one.unit.id:
            continue
        with st.container(border=True):
            st.markdown(say("lacking.waits", reason=plain(waiver.reason)))
            st.markdown("\n".join(lacking.lines(a_round.year, waiver.lacking, services)))
            if waiver.mine:
                st.caption(say("lacking.second_person"))
            elif st.button(say("lacking.confirm"), key=f"confirm_waiver_{waiver.id}"):
                act(say("lacking.confirmed"), partial(confirm_waiver, waiver_id=waiver.id))


def _ask_waiver(round_id: int, one: UnitProgress) -> None:
    key = fresh(f"propose_waiver_{one.unit.id}")
    with (
        st.expander(say("lacking.propose"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        st.caption(say("lacking.propose_means"))
        reason = st.text_area(say("sampling.reason"), max_chars=LONGEST, key=f"{key}_reason")
        if st.form_submit_button(say("lacking.propose_it")):
            act(
                say("lacking.proposed"),
                lambda session, actor: propose_waiver(
                    session, actor, round_id, one.unit.id, reason
                ),
            )


def _ask_sign_off(round_id: int, actor: Actor, one: UnitProgress) -> None:
    if one.signed:
        told = "signed" if one.signed.holds else "opened_again"
        when, who = day(one.signed.at), plain(one.signed.by)
        show = st.success if one.signed.holds else st.warning
        show(say(f"signing.{told}", who=who, date=when), icon=":material/verified:")
    else:
        st.caption(say("signing.unsigned"))
    if one.lacks or (one.signed and one.signed.holds):
        return
    if actor.user_id in one.by_assessor:
        st.caption(say("signing.not_the_own"))
    elif st.button(say("signing.sign"), type="primary", key=f"sign_off_{one.unit.id}"):
        act(
            say("signing.done"),
            lambda session, actor: sign_off(session, actor, round_id, one.unit.id),
        )


def _show_left_out(one: UnitProgress) -> None:
    """Whose judgements and interviews do not count, how many, and why."""
    if not one.not_counted:
        return
    rows = [
        f"- {plain(lost.person)}: {number(lost.number, 0)}, {say(f'not_counted.{lost.why}')}"
        for lost in one.not_counted
    ]
    told = say("not_counted.title", number=number(sum(lost.number for lost in one.not_counted), 0))
    with st.expander(told, icon=":material/filter_alt_off:"):
        st.markdown("\n".join(rows))
