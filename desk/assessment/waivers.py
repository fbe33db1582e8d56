"""Waiving what the fieldwork of a unit lacks: one analyst proposes it, another confirms it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from accounts.two_people import require_two_people
from analysis.errors import Written, bad
from analysis.rulebook.scheme import Scheme, load_scheme, scheme_ids
from desk.assessment.completeness import fieldwork_of, rests_on_fieldwork, unfounded
from desk.assessment.lacks import Lack, as_stored, named_in
from desk.assessment.rounds import judged_under
from desk.assessment.sampled import sampled_units
from desk.audit import log
from desk.impartial import require_impartial
from desk.reasons import worded
from models import (
    AssessmentRound,
    Unit,
    Waiver,
    WaiverConfirmation,
    now,
    one_at_a_time,
)


@dataclass(frozen=True)
class ProposedWaiver:
    """A waiver that waits for a second person; ``mine``: whether the actor proposed it."""

    id: int
    unit: Unit
    lacking: Sequence[Lack]
    reason: str
    proposed_at: datetime
    mine: bool


def propose_waiver(
    session: Session, actor: Actor, round_id: int, unit_id: int, reason: str
) -> Waiver:
    """Proposes that what a sampled unit lacks now shall not keep it from a score.

    What it lacks is named in the waiver; what it comes to lack later is not waived. Raises
    Forbidden, and BadInput for a unit that is not of the sample, lacks nothing, or of which
    nothing was judged yet for an indicator; no reason; or an actor with a role in the unit's
    institution.
    """
    a_round, unit = session.get_one(AssessmentRound, round_id), session.get_one(Unit, unit_id)
    require_outsider(session, actor, unit)
    if not sampled_units(session, a_round.year, [unit_id]):
        raise bad("unit_not_sampled", unit=Written(unit.code))
    lacking = _waivable(session, a_round, unit)
    if not lacking:
        raise bad("nothing_to_waive", unit=Written(unit.code))
    waiver = Waiver(
        round_id=round_id,
        unit_id=unit_id,
        lacking=as_stored(lacking),
        reason=worded("reason", reason),
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(waiver)
    session.flush()
    log(session, actor, "propose_waiver", year=a_round.year, unit=unit.code, waiver=waiver.id)
    return waiver


def confirm_waiver(session: Session, actor: Actor, waiver_id: int) -> None:
    """Confirms what another analyst proposed; from now on the waiver holds.

    Raises Forbidden, and BadInput for one's own, one that is confirmed already or that a later
    proposal for the unit replaced, or an actor with a role in the unit's institution.
    """
    waiver = session.get_one(Waiver, waiver_id)
    unit = session.get_one(Unit, waiver.unit_id)
    require_outsider(session, actor, unit)
    one_at_a_time(session, f"waivers {waiver.round_id} {waiver.unit_id}")
    if waiver.user_id == actor.user_id:
        raise bad("own_waiver")
    require_two_people(session, actor, [waiver.user_id])
    if waiver_id not in [one.id for one in waiting_waivers(session, actor, waiver.round_id)]:
        raise bad("waiver_not_waiting")
    session.add(
        WaiverConfirmation(
            waiver_id=waiver_id,
            proposed_by=waiver.user_id,
            user_id=actor.user_id,
            created_at=now(),
        )
    )
    session.flush()
    year = session.get_one(AssessmentRound, waiver.round_id).year
    log(session, actor, "confirm_waiver", year=year, unit=unit.code, waiver=waiver_id)


def waiting_waivers(session: Session, actor: Actor, round_id: int) -> list[ProposedWaiver]:
    """Of each unit the last waiver proposed, while nobody confirmed it. Raises Forbidden."""
    require_analyst(actor)
    rows = session.execute(
        select(Waiver, Unit, WaiverConfirmation.id)
        .join(Unit, Unit.id == Waiver.unit_id)
        .outerjoin(WaiverConfirmation, WaiverConfirmation.waiver_id == Waiver.id)
        .where(Waiver.round_id == round_id)
        .order_by(Waiver.id)
    )
    last = {unit.id: (waiver, unit, confirmed) for waiver, unit, confirmed in rows}
    return [
        ProposedWaiver(
            one.id, unit, named_in(one), one.reason, one.created_at, one.user_id == actor.user_id
        )
        for one, unit, confirmed in last.values()
        if confirmed is None
    ]


def _waivable(session: Session, a_round: AssessmentRound, unit: Unit) -> list[Lack]:
    """What a unit lacks under the round's scheme, and under others that rest on what was judged.

    Waived is that something lacks, never that all does: an indicator stands on some judgement.
    """
    year, own = a_round.year, judged_under(session, a_round)
    found: dict[Lack, None] = {}
    for scheme in (own, *_others_in_force(year)):
        work = fieldwork_of(session, year, scheme, [unit.id])
        if not (nothing := unfounded(work, year, scheme, unit.id)):
            found |= dict.fromkeys(work.lacks.get(unit.id, ()))
        elif scheme is own:
            raise bad("waived_before_judged", unit=Written(unit.code), items=sorted(nothing))
    return list(found)


def _others_in_force(year: int) -> list[Scheme]:
    every = map(load_scheme, scheme_ids())
    return [one for one in every if one.valid.covers(year) and rests_on_fieldwork(one)]


def require_outsider(session: Session, actor: Actor, unit: Unit) -> None:
    """Raises Forbidden unless the actor is an analyst, BadInput for a role in the institution."""
    require_analyst(actor)
    require_impartial(session, actor, [unit.id])
