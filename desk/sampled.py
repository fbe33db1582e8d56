"""Which units a year's scores stand on: its round's sample, where the year has a round."""

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.orm import Session

from models import AssessmentRound, SampledUnit, in_force


def sampled_units(session: Session, year: int) -> set[int] | None:
    """The units that the year's round assesses; None where the year has no round."""
    round_id = session.scalar(select(AssessmentRound.id).where(AssessmentRound.year == year))
    if round_id is None:
        return None
    chosen = select(SampledUnit.unit_id).where(SampledUnit.round_id == round_id)
    return set(session.scalars(chosen.where(in_force(SampledUnit))))


def is_scored(
    year: SQLColumnExpression[int], unit_id: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    """The condition on a year and a unit that the unit counts in the year's scores."""
    a_round = exists().where(AssessmentRound.year == year)
    sampled = exists().where(
        AssessmentRound.year == year,
        SampledUnit.round_id == AssessmentRound.id,
        SampledUnit.unit_id == unit_id,
        in_force(SampledUnit),
    )
    return or_(~a_round, sampled)
