"""Withdrawing a wrong batch whole: one person proposes it with a reason, another decides.

Nothing is deleted: the batch no longer counts, and whatever is published says how many
responses were withdrawn.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, in_scope, require_unit
from accounts.two_people import require_two_people
from analysis.errors import Written, bad
from desk.audit import log
from desk.reasons import worded
from models import Batch, Keying, Period, Unit, Withdrawal, now, one_at_a_time
from models.unfinished import all_in
from survey.arriving import refuse_half_stored


@dataclass(frozen=True)
class ListedBatch:
    """A batch of a unit; ``standing``: the proposal that waits or was confirmed."""

    batch: Batch
    period: Period
    keyed: bool
    standing: Withdrawal | None


def propose_withdrawal(session: Session, actor: Actor, batch_id: int, reason: str) -> Withdrawal:
    """Proposes that a batch shall no longer count. Raises Forbidden or BadInput."""
    batch = session.get_one(Batch, batch_id)
    unit = require_unit(session, actor, batch.unit_id)
    reason = worded("reason", reason)
    refuse_half_stored(session, Batch.id == batch_id)
    one_at_a_time(session, f"batch {batch_id}")
    if standing := _standing(session, batch_id):
        raise bad(
            "batch_withdrawn" if standing.confirmed else "withdrawal_proposed",
            file=Written(batch.file_name),
        )
    proposal = Withdrawal(
        batch_id=batch_id, reason=reason, proposed_by=actor.user_id, proposed_at=now()
    )
    session.add(proposal)
    session.flush()
    log(session, actor, "propose_withdrawal", unit=unit.code, batch=batch_id, reason=reason)
    return proposal


def decide_withdrawal(
    session: Session, actor: Actor, withdrawal_id: int, confirmed: bool
) -> Withdrawal:
    """Confirms or declines a proposal: a coordinator or an analyst who did not make it.

    Raises Forbidden, and BadInput for one's own proposal or one that was decided.
    """
    proposal = session.get_one(Withdrawal, withdrawal_id)
    batch = session.get_one(Batch, proposal.batch_id)
    unit = require_unit(session, actor, batch.unit_id)
    if not may_decide(actor, unit):
        raise Forbidden(f"withdrawal {withdrawal_id}")
    session.refresh(proposal, with_for_update=True)
    if proposal.proposed_by == actor.user_id:
        raise bad("own_withdrawal")
    require_two_people(session, actor, [proposal.proposed_by])
    if proposal.confirmed is not None:
        raise bad("withdrawal_decided")
    proposal.confirmed, proposal.decided_by, proposal.decided_at = confirmed, actor.user_id, now()
    log(
        session,
        actor,
        "confirm_withdrawal" if confirmed else "decline_withdrawal",
        unit=unit.code,
        batch=batch.id,
        rows=batch.rows,
    )
    return proposal


def may_decide(actor: Actor, unit: Unit) -> bool:
    """Whether the actor may decide on proposals of the unit; its officials are the rated ones."""
    return actor.analyst or unit.institution_id in actor.institutions


def unit_batches(session: Session, actor: Actor, unit_id: int) -> list[ListedBatch]:
    """All batches of a unit, imported and keyed, newest first. Raises Forbidden."""
    require_unit(session, actor, unit_id)
    rows = session.execute(
        select(Batch, Period, Keying)
        .join(Period, Period.id == Batch.period_id)
        .outerjoin(Keying, Keying.batch_id == Batch.id)
        .where(Batch.unit_id == unit_id, all_in())
        .order_by(Batch.id.desc())
    )
    return [
        ListedBatch(batch, period, keying is not None, _standing(session, batch.id))
        for batch, period, keying in rows
    ]


def withdrawals_of(session: Session, actor: Actor) -> list[tuple[Withdrawal, Batch, Unit]]:
    """All proposals in the actor's scope, those that wait first."""
    rows = session.execute(
        select(Withdrawal, Batch, Unit)
        .join(Batch, Batch.id == Withdrawal.batch_id)
        .join(Unit, Unit.id == Batch.unit_id)
        .where(in_scope(actor))
        .order_by(Withdrawal.confirmed.is_not(None), Withdrawal.id.desc())
    )
    return [(proposal, batch, unit) for proposal, batch, unit in rows]


def _standing(session: Session, batch_id: int) -> Withdrawal | None:
    """The proposal that waits or was confirmed."""
    return session.scalar(
        select(Withdrawal).where(
            Withdrawal.batch_id == batch_id, Withdrawal.confirmed.is_not(False)
        )
    )
