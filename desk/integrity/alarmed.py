"""All units with something to be checked at once, what lifts a unit most first.

Reads what screening kept, in a few queries for all units together; nothing is screened anew.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from accounts.actors import Actor, in_scope
from analysis.disclosure import enough, in_steps, told
from analysis.screening.groups import RaisedGroup
from analysis.screening.rules import Alarm
from desk.integrity.screening import groups_in
from models import Exclusion, Period, Response, Screened, Unit
from survey.counts import Selection, count_responses

HAS_FLAGS = ~Screened.document.contains('"flags": []', autoescape=True)  # as it is written

UnitAndPeriod = tuple[int, int]


@dataclass(frozen=True)
class AlarmedGroup:
    """A group of responses that meets the rules of ``alarms``.

    ``number``: of them, by fives for the unit's own people; ``lift``: the points of 100 by which it
    lifts the unit's mean, for analysts alone; ``left``: how many still count (None: some, but one
    to four or not to be told).
    """

    alarms: tuple[Alarm, ...]
    number: int
    lift: float | None
    left: int | None


@dataclass(frozen=True)
class Decided:
    """An act by which ``number`` responses were excluded (None: one to four), and its reason."""

    number: int | None
    reason: str
    at: datetime


@dataclass(frozen=True)
class AlarmedUnit:
    """A unit's period with something to be checked or decided; strongest group first."""

    unit: Unit
    period: Period
    groups: Sequence[AlarmedGroup]
    decided: Sequence[Decided]

    @property
    def strength(self) -> float:
        """By what it is ordered: the greatest lift, or the largest group where that is not told."""
        return max((_strength(group) for group in self.groups), default=0.0)

    @property
    def waits(self) -> bool:
        """Whether responses of a group still count."""
        return any(group.left != 0 for group in self.groups)


def alarmed_units(session: Session, actor: Actor) -> list[AlarmedUnit]:
    """The units that the actor may see: what still counts first, of it the strongest, by name."""
    kept, decided = _screenings(session, actor), _decided(session, actor)
    small = _small(session, kept.values())
    gone = _excluded(session)
    found = []
    for pair, (screened, unit, period) in kept.items():
        if pair in small:
            continue
        document = json.loads(screened.document)
        groups = [
            _group(actor, group, document["number"], gone.get(pair, ()))
            for group in groups_in(document)
        ]
        found.append(AlarmedUnit(unit, period, groups, decided.get(pair, ())))
    return sorted(found, key=lambda one: (not one.waits, -one.strength, one.unit.name.casefold()))


def _group(actor: Actor, group: RaisedGroup, total: int, gone: Collection[str]) -> AlarmedGroup:
    number = len(group.responses)
    left = number - len(group.responses.intersection(gone))
    if not actor.analyst:
        return AlarmedGroup(group.alarms, in_steps(number), None, None if left else 0)
    return AlarmedGroup(group.alarms, number, group.lift(total), told(left))


def _strength(group: AlarmedGroup) -> float:
    if group.left == 0:
        return 0.0
    return float(group.number) if group.lift is None else group.lift


def _screenings(
    session: Session, actor: Actor
) -> dict[UnitAndPeriod, tuple[Screened, Unit, Period]]:
    """The screenings with an alarm, and those of whose responses some were excluded."""
    decided = select(Response.unit_id, Response.period_id).join(
        Exclusion, Exclusion.response_id == Response.id
    )
    pair = tuple_(Screened.unit_id, Screened.period_id)
    rows = session.execute(
        select(Screened, Unit, Period)
        .join(Unit, Unit.id == Screened.unit_id)
        .join(Period, Period.id == Screened.period_id)
        .where(in_scope(actor), or_(HAS_FLAGS, pair.in_(decided)))
        .options(joinedload(Unit.institution))
    )
    return {(unit.id, period.id): (kept, unit, period) for kept, unit, period in rows}


def _small(session: Session, kept: Collection[tuple[Screened, Unit, Period]]) -> set[UnitAndPeriod]:
    """Those of open periods of which fewer than five responses count by now."""
    running = [(unit.id, one.id) for _, unit, one in kept if one.closed_at is None]
    periods, units = {period for _, period in running}, {unit for unit, _ in running}
    counts = count_responses(session, Selection(periods, units))
    return {pair for pair in running if pair not in counts or not enough(counts[pair].counted)}


def _excluded(session: Session) -> dict[UnitAndPeriod, set[str]]:
    """By unit and period with an alarm, the responses that were excluded."""
    rows = session.execute(
        select(Response.unit_id, Response.period_id, Exclusion.response_id)
        .join(Response, Response.id == Exclusion.response_id)
        .join(
            Screened,
            and_(Response.unit_id == Screened.unit_id, Response.period_id == Screened.period_id),
        )
        .where(HAS_FLAGS)
    )
    found: dict[UnitAndPeriod, set[str]] = defaultdict(set)
    for unit, period, key in rows:
        found[unit, period].add(str(key))
    return found


def _decided(session: Session, actor: Actor) -> dict[UnitAndPeriod, list[Decided]]:
    """By unit and period, the acts by which responses were excluded, the newest first."""
    number = func.count()
    rows = session.execute(
        select(Response.unit_id, Response.period_id, Exclusion.reason, Exclusion.created_at, number)
        .join(Response, Response.id == Exclusion.response_id)
        .join(Unit, Unit.id == Response.unit_id)
        .where(in_scope(actor))
        .group_by(Response.unit_id, Response.period_id, Exclusion.reason, Exclusion.created_at)
        .order_by(Exclusion.created_at.desc())
    )
    found: dict[UnitAndPeriod, list[Decided]] = defaultdict(list)
    for unit, period, reason, at, size in rows:
        # A reason may tell how a group came, which its own people do not see.
        found[unit, period].append(Decided(told(size), reason if actor.analyst else "", at))
    return found
