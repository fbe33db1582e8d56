"""Signing off: a supervisor looked at what the Ombudsman entered of a unit.

A later change opens it again.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.actors import Actor
from accounts.two_people import require_two_people
from analysis.errors import Written, bad
from desk.assessment.completeness import fieldwork_of
from desk.assessment.rounds import judged_under
from desk.assessment.sampled import chosen_assessors, round_of, sampled_units
from desk.assessment.waivers import require_outsider
from desk.audit import log
from models import (
    Assessment,
    AssessmentRound,
    Interview,
    Reconciliation,
    SampledAssessor,
    SampledSubject,
    SampledUnit,
    SecondaryFigure,
    SecondaryWithdrawal,
    SignOff,
    Unit,
    User,
    Waiver,
    WaiverConfirmation,
    now,
)

TOLD = 5
Attribute = InstrumentedAttribute[int]


@dataclass(frozen=True)
class SignedUnit:
    """The last sign-off of a unit; ``holds``: whether nothing changed since."""

    by: str
    at: datetime
    holds: bool


def sign_off(session: Session, actor: Actor, round_id: int, unit_id: int) -> SignOff:
    """Signs the fieldwork of a sampled unit off as it is now, as its supervisor.

    Raises Forbidden, and BadInput for a unit that is not of the sample, an assessor of the unit
    itself, an actor with a role in the unit's institution, and a unit that lacks something under
    the round's scheme that nobody waived.
    """
    a_round, unit = session.get_one(AssessmentRound, round_id), session.get_one(Unit, unit_id)
    require_outsider(session, actor, unit)
    if not sampled_units(session, a_round.year, [unit_id]):
        raise bad("unit_not_sampled", unit=Written(unit.code))
    assessors = chosen_assessors(session, a_round.year, [unit_id])[unit_id]
    if actor.user_id in assessors:
        raise bad("own_fieldwork", unit=Written(unit.code))
    require_two_people(session, actor, assessors)
    work = fieldwork_of(session, a_round.year, judged_under(session, a_round), [unit_id])
    if lacking := work.open_lacks(unit_id):
        raise bad("unit_incomplete", unit=Written(unit.code), number=len(lacking))
    signed = SignOff(
        round_id=round_id,
        unit_id=unit_id,
        state=states_of(session, a_round, [unit_id])[unit_id],
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(signed)
    session.flush()
    log(session, actor, "sign_off", year=a_round.year, unit=unit.code, sha256=signed.state)
    return signed


def signed_off(
    session: Session, a_round: AssessmentRound, units: Collection[int]
) -> dict[int, SignedUnit]:
    """The last sign-off of each of the units that has one."""
    states = states_of(session, a_round, units)
    rows = session.execute(
        select(SignOff, User.name)
        .join(User, User.id == SignOff.user_id)
        .where(SignOff.round_id == a_round.id, SignOff.unit_id.in_(units))
        .order_by(SignOff.id)
    )
    return {
        one.unit_id: SignedUnit(name, one.created_at, one.state == states[one.unit_id])
        for one, name in rows
    }


def unsigned(session: Session, year: int, units: Collection[int]) -> set[int]:
    """Those of the units that nobody signed off in a year, or that changed since."""
    a_round = round_of(session, year)
    signed = signed_off(session, a_round, units) if a_round else {}
    return {unit for unit in units if unit not in signed or not signed[unit].holds}


def refuse_unsigned(session: Session, year: int, units: Mapping[int, str]) -> None:
    """Refuses units, codes by id, that are not signed off as they are. Raises BadInput."""
    if found := sorted(units[one] for one in unsigned(session, year, units)):
        raise bad("units_not_signed_off", number=len(found), units=found[:TOLD])


def states_of(session: Session, a_round: AssessmentRound, units: Collection[int]) -> dict[int, str]:
    """What names the state of each unit: of each kind of entry how many there are, and the last.

    Entries are only ever added, so that whatever changes adds one.
    """
    last: dict[int, list[tuple[int, int]]] = {unit: [] for unit in units}
    for unit_id, entry_id, condition in _entries(a_round):
        rows = session.execute(
            select(unit_id, func.count(), func.max(entry_id))
            .where(condition, unit_id.in_(units))
            .group_by(unit_id)
        )
        found = {unit: (number, newest) for unit, number, newest in rows}
        for unit, entries in last.items():
            entries.append(found.get(unit, (0, 0)))
    return {
        unit: sha256(json.dumps(entries).encode()).hexdigest() for unit, entries in last.items()
    }


def _entries(
    a_round: AssessmentRound,
) -> Iterator[tuple[Attribute, Attribute, ColumnElement[bool]]]:
    """Of each kind of entry whose it is, its number, and the condition that it is of the round."""
    for judged in (Assessment, Reconciliation, Interview):
        yield judged.unit_id, judged.id, judged.year == a_round.year
    for chosen in (SampledUnit, SampledSubject, SampledAssessor):
        yield chosen.unit_id, chosen.id, chosen.round_id == a_round.id
    confirmed = Waiver.id.in_(select(WaiverConfirmation.waiver_id))
    yield Waiver.unit_id, Waiver.id, and_(Waiver.round_id == a_round.id, confirmed)
    figure = SecondaryFigure
    of_unit = and_(
        figure.year == a_round.year,
        figure.institution_id == Unit.institution_id,
        or_(figure.unit_id.is_(None), figure.unit_id == Unit.id),
    )
    yield Unit.id, figure.id, of_unit
    withdrawn = SecondaryWithdrawal.figure_id == figure.id
    yield Unit.id, SecondaryWithdrawal.id, and_(of_unit, withdrawn)
