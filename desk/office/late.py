"""Late ratings of one's own institution: told by number and days, counted all of a unit or none.

Nobody reads them before they count, and nobody chooses among them. They may be counted until a
result of theirs is prepared for announcement or sealed in a publication; they wait for good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Exists, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.actors import Actor, require_coordinator
from analysis.disclosure import SMALLEST_GROUP, enough
from analysis.errors import BadInput, Problem
from desk.audit import log
from desk.reasons import worded
from models import (
    Announcement,
    LateCounted,
    LateCounting,
    LateResponse,
    Period,
    PublishedCount,
    Seal,
    Unit,
    now,
)
from survey.late import count_late, waiting_late


@dataclass(frozen=True)
class LateList:
    """The late ratings of a unit and period: how many came, and how many of them wait.

    ``first`` and ``last``: the days on which devices say that those that wait were filled in;
    ``undated``: how many of them come without one; ``since``: the day on which the first of them
    came. ``hindrance``: why those that wait can't be counted.
    """

    hindrance: Problem | None
    unit: Unit
    period: Period
    received: int
    waiting: int
    first: date | None
    last: date | None
    undated: int
    since: date | None


def late_lists(session: Session, actor: Actor) -> Sequence[LateList]:
    """The late ratings of the units that the actor coordinates, those that wait first."""
    waits = LateCounted.late_id.is_(None)
    rows: Iterable[Any] = session.execute(
        select(
            Unit,
            Period,
            func.count(),
            func.count().filter(waits),
            func.min(LateResponse.filled_on).filter(waits),
            func.max(LateResponse.filled_on).filter(waits),
            func.count().filter(waits, LateResponse.filled_on.is_(None)),
            func.min(LateResponse.came_on).filter(waits),
            _sealed(Unit.id, Period.id),
            _announced(Unit.id, Period.id),
        )
        .select_from(LateResponse)
        .join(Unit, Unit.id == LateResponse.unit_id)
        .join(Period, Period.id == LateResponse.period_id)
        .outerjoin(LateCounted, LateCounted.late_id == LateResponse.id)
        .where(LateResponse.institution_id.in_(actor.institutions))
        .group_by(Unit.id, Period.id)
        .order_by(func.count().filter(waits) == 0, Period.ends.desc(), Unit.name)
    )
    return [
        LateList(_hindrance(told[0], told[1], told[3], sealed, announced), *told)
        for *told, sealed, announced in rows
    ]


def count_late_ratings(
    session: Session, actor: Actor, unit_id: int, period_id: int, reason: str
) -> int:
    """Counts all late ratings that wait for a unit; gives how many.

    Raises Forbidden or BadInput.
    """
    unit, period = session.get_one(Unit, unit_id), session.get_one(Period, period_id)
    require_coordinator(session, actor, unit.institution_id)
    session.refresh(period, with_for_update=True)
    reason = worded("reason", reason)
    waiting = len(waiting_late(session, unit_id, period_id))
    sealed, announced = session.execute(
        select(_sealed(unit_id, period_id), _announced(unit_id, period_id))
    ).one()
    if problem := _hindrance(unit, period, waiting, sealed, announced):
        raise BadInput([problem])
    counting = LateCounting(
        institution_id=unit.institution_id,
        unit_id=unit_id,
        period_id=period_id,
        reason=reason,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(counting)
    session.flush()
    count_late(session, unit, period, counting)
    log(
        session,
        actor,
        "count_late",
        unit=unit.code,
        period=period.code,
        responses=waiting,
        reason=reason,
    )
    return waiting


def _hindrance(
    unit: Unit, period: Period, waiting: int, sealed: bool, announced: bool
) -> Problem | None:
    """Why the late ratings that wait can't be counted, if they can't.

    Of an open period the dashboard advances by fives; a closed one's figures stand, so that one
    rating more would show by the difference.
    """
    if not waiting:
        return Problem("none_late", unit=unit.name)
    if sealed:
        return Problem("late_published", period=period.name)
    if announced:
        return Problem("late_announced", period=period.name)
    if period.closed_at is not None and not enough(waiting):
        return Problem("late_too_few", least=SMALLEST_GROUP)
    return None


def _announced(
    unit_id: int | InstrumentedAttribute[int], period_id: int | InstrumentedAttribute[int]
) -> Exists:
    """Whether a result of the unit or of its institution was prepared for announcement."""
    of_unit = or_(Announcement.unit_id == unit_id, Announcement.unit_id.is_(None))
    return exists().where(Announcement.period_id == period_id, of_unit)


def _sealed(
    unit_id: int | InstrumentedAttribute[int], period_id: int | InstrumentedAttribute[int]
) -> Exists:
    """Whether a sealed publication states a count of the unit's."""
    return exists().where(
        Seal.publication_id == PublishedCount.publication_id,
        PublishedCount.unit_id == unit_id,
        PublishedCount.period_id == period_id,
    )
