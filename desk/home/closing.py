"""What it does to close a period, told before somebody does."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator
from desk.home.overview import short_of_minimum
from desk.register.standing import units_in
from models import Keying, Period


@dataclass(frozen=True)
class ClosingEffect:
    """What closing a period does now.

    ``days_left``: until its last day, 0 on it, None once that has passed; ``units``: all that stop
    taking ratings; ``short``: those of them known to be below the minimum sample; ``piles``: of
    paper forms that are keyed and not stored, which can't be stored any more.
    """

    days_left: int | None
    units: int
    short: int
    piles: int

    @property
    def early(self) -> bool:
        """Whether the period would still take answers."""
        return self.days_left is not None


def closing_effects(
    session: Session, actor: Actor, periods: Sequence[Period]
) -> dict[int, ClosingEffect]:
    """By period, for the coordinator of its institution. Raises Forbidden."""
    return {period.id: _effect(session, actor, period) for period in periods}


def _effect(session: Session, actor: Actor, period: Period) -> ClosingEffect:
    institution = require_coordinator(session, actor, period.institution_id)
    units = [unit.id for unit in session.scalars(units_in(period))]
    left = (period.ends - institution.today).days
    unstored = select(func.count()).where(Keying.period_id == period.id, Keying.batch_id.is_(None))
    return ClosingEffect(
        days_left=left if left >= 0 else None,
        units=len(units),
        short=len(short_of_minimum(session, period, units)),
        piles=session.scalar(unstored) or 0,
    )
