"""Batches of answers of a unit; a wrong one is withdrawn whole, by two people."""

import streamlit as st

from accounts.actors import Actor
from desk.office.withdrawals import (
    ListedBatch,
    decide_withdrawal,
    may_decide,
    propose_withdrawal,
    unit_batches,
    withdrawals_of,
)
from desk.people import name_of
from desk.reasons import LONGEST, SHORTEST
from models import Batch, Session, Unit, Withdrawal
from screens.acts import act, fresh, tell_done
from screens.choices import choose_unit
from screens.looks import look
from screens.plain import plain
from screens.shell import day, number, say


def screen() -> None:
    """What waits for a decision, then the batches of a unit, and a proposal to withdraw one."""
    st.title(say("shell.page_berkas"))
    st.markdown(say("batches.lead"))
    tell_done()
    with look() as (session, actor):
        _show_waiting(session, actor)
        st.header(say("batches.of_unit"))
        unit = choose_unit(session, actor, "batches")
        if unit is None:
            return
        listed = unit_batches(session, actor, unit.id)
        _show(session, listed)
        _ask_proposal([one.batch for one in listed if one.standing is None])


def _show_waiting(session: Session, actor: Actor) -> None:
    waiting = [row for row in withdrawals_of(session, actor) if row[0].confirmed is None]
    if not waiting:
        return
    st.header(say("batches.waiting"))
    for proposal, batch, unit in waiting:
        with st.container(border=True):
            st.markdown(f"**{plain(batch.file_name)}** · {plain(unit.name)}")
            st.text(proposal.reason)
            st.caption(_proposed(session, proposal, batch))
            _ask_decision(actor, proposal, unit)


def _proposed(session: Session, proposal: Withdrawal, batch: Batch) -> str:
    return say(
        "batches.proposed_by",
        rows=number(batch.rows, 0),
        who=plain(name_of(session, proposal.proposed_by)),
        date=day(proposal.proposed_at),
    )


def _ask_decision(actor: Actor, proposal: Withdrawal, unit: Unit) -> None:
    if proposal.proposed_by == actor.user_id or not may_decide(actor, unit):
        st.caption(say("batches.second_person"))
        return
    with st.container(horizontal=True):
        if st.button(say("batches.confirm"), key=f"confirm_{proposal.id}", type="primary"):
            _decide(proposal.id, True, say("batches.confirm_done"))
        if st.button(say("batches.decline"), key=f"decline_{proposal.id}"):
            _decide(proposal.id, False, say("batches.decline_done"))


def _decide(proposal: int, confirmed: bool, done: str) -> None:
    act(done, lambda session, actor: decide_withdrawal(session, actor, proposal, confirmed))


def _show(session: Session, listed: list[ListedBatch]) -> None:
    if not listed:
        st.info(say("batches.none"), icon=":material/inventory_2:")
        return
    st.markdown("\n".join(_line(session, one) for one in listed))


def _line(session: Session, one: ListedBatch) -> str:
    """An entry of a Markdown list: the batch and its state; below it whose it is and when."""
    batch = one.batch
    about = say(
        "batches.about",
        origin=say("batches.keyed" if one.keyed else "batches.imported"),
        who=plain(batch.actor),
        date=day(batch.created_at),
        period=plain(one.period.name),
    )
    rows = say("batches.rows", rows=number(batch.rows, 0))
    head = f"- **{plain(batch.file_name)}** · {rows} · {_state(one.standing)}"
    return f"{head}  \n  :small[{about}]"


def _state(standing: Withdrawal | None) -> str:
    if standing is None:
        return say("batches.counts")
    return say("batches.withdrawn" if standing.confirmed else "batches.proposed")


def _ask_proposal(batches: list[Batch]) -> None:
    if not batches:
        return
    key = fresh("withdraw")
    names = {batch.id: f"{batch.file_name} ({number(batch.rows, 0)})" for batch in batches}
    with (
        st.expander(say("batches.propose"), key=f"{key}_open"),
        st.form(key, border=False, enter_to_submit=False),
    ):
        st.markdown(say("batches.propose_means"))
        batch = st.selectbox(
            say("batches.which"), list(names), format_func=names.__getitem__, key=f"{key}_batch"
        )
        reason = st.text_area(
            say("batches.reason", shortest=SHORTEST), max_chars=LONGEST, key=f"{key}_reason"
        )
        if st.form_submit_button(say("batches.propose_it"), type="primary"):
            act(
                say("batches.proposal_kept"),
                lambda session, actor: propose_withdrawal(session, actor, batch, reason),
            )
