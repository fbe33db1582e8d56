"""The units and subjects in the sample of a year's round, where the year has one."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.orm import Session

from analysis.rulebook.sampling import PRODUCT, parse_sampling
from models import AssessmentRound, SampledSubject, SampledUnit, in_force


def sampled_units(session: Session, year: int) -> set[int] | None:
    """The units that the year's round assesses; None where the year has no round."""
    round_id = session.scalar(select(AssessmentRound.id).where(AssessmentRound.year == year))
    if round_id is None:
        return None
    chosen = select(SampledUnit.unit_id).where(SampledUnit.round_id == round_id)
    return set(session.scalars(chosen.where(in_force(SampledUnit))))


def sampled_subjects(
    session: Session, year: int, units: Collection[int]
) -> dict[tuple[int, str], list[str]]:
    """What is looked at in the units, by unit and area of judgements, where it was chosen.

    A product by its code, a person by the number.
    """
    a_round = session.scalar(select(AssessmentRound).where(AssessmentRound.year == year))
    if a_round is None:
        return {}
    kinds = parse_sampling(a_round.sampling, f"round {year}").subjects
    rows = session.execute(
        select(SampledSubject.unit_id, SampledSubject.kind, SampledSubject.subject)
        .where(SampledSubject.round_id == a_round.id, SampledSubject.unit_id.in_(units))
        .where(in_force(SampledSubject))
        .order_by(SampledSubject.subject)
    )
    found: dict[tuple[int, str], list[str]] = {}
    for unit, kind, subject in rows:
        found.setdefault((unit, kinds[kind].area.value), []).append(known_as(kind, subject))
    return found


def known_as(kind: str, subject: str) -> str:
    """How judgements know what a sample chose.

    >>> known_as("petugas", "petugas-2"), known_as("product", "ktp-el")
    ('2', 'ktp-el')
    """
    return subject if kind == PRODUCT else subject.removeprefix(f"{kind}-")


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
