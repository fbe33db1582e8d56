"""What a late rating's receipt can tell: how many came late, and how many of them count."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import LateCounted, LateResponse


@dataclass(frozen=True)
class LateStanding:
    """How many late ratings of a unit and period came, and how many of them count by now."""

    received: int
    counted: int


def late_standing(session: Session, unit_id: int, period_id: int) -> LateStanding:
    """How many late ratings of the unit and period came and count."""
    received, counted = session.execute(
        select(func.count(LateResponse.id), func.count(LateCounted.late_id))
        .outerjoin(LateCounted, LateCounted.late_id == LateResponse.id)
        .where(LateResponse.unit_id == unit_id, LateResponse.period_id == period_id)
    ).one()
    return LateStanding(received, counted)
