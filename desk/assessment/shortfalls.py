"""Where an institution's sample is not what the rule asks, and what was taken out of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from desk.assessment.sampled import round_of, rules_of
from models import Assessment, AssessmentRound, Institution, Interview, SampledUnit, Unit, in_force


@dataclass(frozen=True)
class SampleShortfall:
    """``short``: by kind of unit how many were chosen and how many the year's rule asks, where
    fewer; ``withdrawn``: units taken out after something of them was judged, with the reason."""

    short: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    withdrawn: tuple[tuple[Unit, str], ...] = ()


def sample_shortfalls(
    session: Session, year: int, of: ColumnElement[bool]
) -> dict[str, SampleShortfall]:
    """The shortfalls of the institutions of a condition, by code; those without one are absent."""
    a_round = round_of(session, year)
    if a_round is None:
        return {}
    withdrawn = _withdrawn(session, a_round, of)
    found = {}
    for code, short in _short(session, a_round, of).items():
        if short or code in withdrawn:
            found[code] = SampleShortfall(short, tuple(withdrawn.get(code, ())))
    return found


def _short(
    session: Session, a_round: AssessmentRound, of: ColumnElement[bool]
) -> dict[str, dict[str, tuple[int, int]]]:
    """By institution and kind of unit, where fewer are chosen than the rule asks."""
    chosen = Counter[tuple[str, str]]()
    for code, kind, number in session.execute(
        select(Institution.code, SampledUnit.kind, func.count())
        .join(Unit, Unit.institution_id == Institution.id)
        .join(SampledUnit, SampledUnit.unit_id == Unit.id)
        .where(SampledUnit.round_id == a_round.id, in_force(SampledUnit), of)
        .group_by(Institution.code, SampledUnit.kind)
    ):
        chosen[code, kind] = number
    rule = rules_of(a_round).rule(a_round.year)
    places = session.execute(select(Institution.code, Institution.kind).where(of))
    return {
        code: {
            kind: (chosen[code, kind], asked.value)
            for kind, asked in rule.units_of(institution_kind).items()
            if chosen[code, kind] < asked.value
        }
        for code, institution_kind in places
    }


def _withdrawn(
    session: Session, a_round: AssessmentRound, of: ColumnElement[bool]
) -> dict[str, list[tuple[Unit, str]]]:
    latest = (
        select(func.max(SampledUnit.id))
        .where(SampledUnit.round_id == a_round.id)
        .group_by(SampledUnit.unit_id)
    )
    judged = or_(
        *(
            exists().where(kind.unit_id == Unit.id, kind.year == a_round.year)
            for kind in (Assessment, Interview)
        )
    )
    rows = session.execute(
        select(Institution.code, Unit, SampledUnit.reason)
        .join(Unit, Unit.institution_id == Institution.id)
        .join(SampledUnit, SampledUnit.unit_id == Unit.id)
        .where(SampledUnit.id.in_(latest), SampledUnit.turn % 2 == 0, judged, of)
        .order_by(Unit.code)
    )
    found: dict[str, list[tuple[Unit, str]]] = {}
    for code, unit, reason in rows:
        found.setdefault(code, []).append((unit, reason))
    return found
