"""The units, subjects and assessors in the sample of a year's round, where the year has one."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from analysis.errors import Problem, Written
from analysis.rulebook.sampling import PRODUCT, Sampling, parse_sampling
from models import (
    AssessmentRound,
    SampledAssessor,
    SampledSubject,
    SampledUnit,
    Unit,
    in_force,
)
from models.rounds import Turned

RULES_KEPT = 16
FEW_UNITS = 500  # so many at most are named to the database, instead of reading all and choosing


@lru_cache(RULES_KEPT)
def _rules(text: str, name: str) -> Sampling:
    return parse_sampling(text, name)


def round_of(session: Session, year: int) -> AssessmentRound | None:
    """The round of a year."""
    return session.scalar(select(AssessmentRound).where(AssessmentRound.year == year))


def rules_of(a_round: AssessmentRound) -> Sampling:
    """The sampling rules under which the round was opened."""
    return _rules(a_round.sampling, f"sampling {a_round.year}")


def sampled_units(
    session: Session, year: int, among: Collection[int] | None = None
) -> set[int] | None:
    """The units that the year's round assesses; None where the year has no round.

    ``among``: only those of them that are of these.
    """
    a_round = round_of(session, year)
    if a_round is None:
        return None
    chosen = standing(SampledUnit, a_round)
    if among is not None:
        chosen = chosen.where(SampledUnit.unit_id.in_(among))
    return set(session.scalars(select(chosen.subquery().c.unit_id)))


def sampled_subjects(
    session: Session, year: int, units: Collection[int]
) -> dict[tuple[int, str], list[str]]:
    """What is looked at in the units, by unit and area of judgements, where it was chosen.

    A product by its code, a person by the number.
    """
    a_round = round_of(session, year)
    if a_round is None:
        return {}
    kinds = rules_of(a_round).subjects
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


def chosen_assessors(session: Session, year: int, units: Collection[int]) -> dict[int, set[int]]:
    """Who assesses the units, by unit; those that are not of the year's sample are absent."""
    rows = session.execute(
        select(SampledUnit.unit_id, SampledAssessor.assessor_id)
        .join(AssessmentRound, AssessmentRound.id == SampledUnit.round_id)
        .outerjoin(
            SampledAssessor,
            and_(
                SampledAssessor.round_id == SampledUnit.round_id,
                SampledAssessor.unit_id == SampledUnit.unit_id,
                in_force(SampledAssessor),
            ),
        )
        .where(AssessmentRound.year == year, SampledUnit.unit_id.in_(units), in_force(SampledUnit))
    )
    found: dict[int, set[int]] = {}
    for unit, assessor in rows:
        found.setdefault(unit, set()).update(() if assessor is None else (assessor,))
    return found


def assigned_to(session: Session, assessor_id: int, year: int) -> set[int]:
    """The units of the year's sample that somebody assesses."""
    own = select(SampledAssessor.unit_id).where(
        SampledAssessor.assessor_id == assessor_id, in_force(SampledAssessor)
    )
    of_year = own.join(AssessmentRound, AssessmentRound.id == SampledAssessor.round_id)
    units = set(session.scalars(of_year.where(AssessmentRound.year == year)))
    return sampled_units(session, year, units) or set()


def not_assigned(
    session: Session, assessor_id: int, year: int, units: Collection[int]
) -> list[Problem]:
    """Why somebody may not assess some of the units in a year; empty: nothing speaks against it."""
    chosen = chosen_assessors(session, year, units)
    if units and all(assessor_id in chosen.get(unit, ()) for unit in units):
        return []
    if round_of(session, year) is None:
        return [Problem("year_without_round", year=str(year))]
    codes = session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(units)).order_by(Unit.id))
    return [
        Problem("unit_not_sampled", unit=Written(code))
        if unit not in chosen
        else Problem("not_its_assessor", unit=Written(code))
        for unit, code in codes
        if assessor_id not in chosen.get(unit, ())
    ]


def known_as(kind: str, subject: str) -> str:
    """How judgements know what a sample chose.

    >>> known_as("petugas", "petugas-2"), known_as("product", "ktp-el")
    ('2', 'ktp-el')
    """
    return subject if kind == PRODUCT else subject.removeprefix(f"{kind}-")


def in_sample(a_round: AssessmentRound, units: Collection[int] | None = None) -> Select[int]:
    """The ids of the units that a round assesses; ``units``: at least those of them."""
    return select(standing(SampledUnit, a_round, units).subquery().c.unit_id)


def standing(
    model: type[Turned], a_round: AssessmentRound, units: Collection[int] | None = None
) -> Select[Any]:
    """The choices of a round that stand, as ``in_force`` says, each once, grouped at one go.

    For queries over many units: there a look at each row's later turns would take too long.
    ``units``: at least the choices about these are wanted.
    """
    about = [getattr(model, name) for name in model.ABOUT]
    chosen = select(*about).where(model.round_id == a_round.id, *named(model.unit_id, units))
    return chosen.group_by(*about).having(func.max(model.turn) % 2 == 1)


def named(
    column: ColumnElement[int] | InstrumentedAttribute[int], units: Collection[int] | None
) -> list[ColumnElement[bool]]:
    """The condition that a unit is one of a few; none where they are many, or None for all.

    It spares reading the others' rows. What it leaves must still be chosen from.
    """
    return [] if units is None or len(units) > FEW_UNITS else [column.in_(units)]
