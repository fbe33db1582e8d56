"""How far a round is: of each unit and assessor, and what is missing before a unit has a score."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.rulebook.fieldwork import judged_in
from analysis.rulebook.scheme import Node, Scheme
from desk.assessment.assessments import CURRENT, judged_items
from desk.assessment.rounds import judged_under, rules_of, sample_of
from desk.assessment.sampled import known_as, sampled_units
from desk.index.perception import Scoring, score_visible
from models import (
    AssessmentRound,
    Institution,
    Proposal,
    SampledAssessor,
    SampledSubject,
    SampledUnit,
    Unit,
    User,
    in_force,
)

OFFICIAL = CURRENT["official"]


@dataclass(frozen=True)
class SubjectProgress:
    """A product or a person that was chosen, and how many of its items are judged."""

    subject: SampledSubject
    judged: int
    items: int


@dataclass(frozen=True)
class UnitProgress:
    """A sampled unit: how many of ``items`` have a judgement, and what has no value yet.

    ``missing``: the indicators of the round's scheme without a value, also those that a survey
    gives; the unit has a score once there is none. ``by_assessor``: how many of the items each
    chosen assessor judged.
    """

    unit: Unit
    sampled: SampledUnit
    judged: int
    items: int
    missing: Sequence[Node]
    subjects: Sequence[SubjectProgress]
    by_assessor: Mapping[int, int]


@dataclass(frozen=True)
class InstitutionProgress:
    """An institution in the round: units proposed, chosen by kind, and fully judged."""

    institution: Institution
    proposed: int
    chosen: Mapping[str, int]
    judged: int

    @property
    def units(self) -> int:
        """How many units are chosen."""
        return sum(self.chosen.values())


@dataclass(frozen=True)
class AssessorProgress:
    """An assessor in the whole round: the units to assess, and how many judgements of all."""

    name: str
    units: int
    judged: int
    items: int


def unit_progress(
    session: Session, actor: Actor, round_id: int, institution_id: int, stand_in: bool = False
) -> list[UnitProgress]:
    """Each sampled unit of an institution. ``stand_in``: as in ``score_year``.

    Raises Forbidden.
    """
    units, subjects, assessors = sample_of(session, actor, round_id, institution_id)
    if not units:
        return []
    a_round = session.get_one(AssessmentRound, round_id)
    scheme = judged_under(session, a_round)
    scored = score_visible(session, actor, Scoring(scheme, a_round.year, stand_in), institution_id)
    by_assessor = _judged_by(session, a_round.year, scheme, [one.unit_id for one in units])
    sampled, items = {one.unit_id: one for one in units}, _items(scheme)
    areas = {kind: one.area.value for kind, one in rules_of(a_round).subjects.items()}
    asked = {area: len(one.asked_in(a_round.year)) for area, one in judged_in(a_round.year).items()}
    looked = _judged_of(session, a_round.year, list(sampled))
    found = []
    for at, unit in enumerate(scored.units):
        missing = [node for node in scheme.indicators() if scored.columns[node.key][at] is None]
        found.append(
            UnitProgress(
                unit=unit,
                sampled=sampled[unit.id],
                judged=len(items - {node.key for node in missing}),
                items=len(items),
                missing=missing,
                subjects=[
                    SubjectProgress(one, looked.get(_place(one, areas), 0), asked[areas[one.kind]])
                    for one in subjects
                    if one.unit_id == unit.id
                ],
                by_assessor={
                    one.assessor_id: by_assessor.get((unit.id, one.assessor_id), 0)
                    for one in assessors
                    if one.unit_id == unit.id
                },
            )
        )
    return found


def institution_progress(
    session: Session, actor: Actor, round_id: int
) -> list[InstitutionProgress]:
    """Each institution that proposes a unit or has one in the sample, by name. Raises Forbidden."""
    require_analyst(actor)
    a_round = session.get_one(AssessmentRound, round_id)
    scheme = judged_under(session, a_round)
    complete = _fully_judged(session, a_round.year, scheme)
    proposed = Counter(place for place, _, _ in _rows(session, Proposal, round_id))
    chosen: dict[int, Counter[str]] = {}
    judged: Counter[int] = Counter()
    for place, unit_id, kind in _rows(session, SampledUnit, round_id):
        chosen.setdefault(place, Counter())[kind] += 1
        judged[place] += unit_id in complete
    keys = proposed.keys() | chosen.keys()
    places = session.scalars(
        select(Institution).where(Institution.id.in_(keys)).order_by(Institution.name)
    )
    return [
        InstitutionProgress(one, proposed[one.id], chosen.get(one.id, {}), judged[one.id])
        for one in places
    ]


def assessor_progress(session: Session, actor: Actor, round_id: int) -> list[AssessorProgress]:
    """Each assessor of the round's sample, by name. Raises Forbidden."""
    require_analyst(actor)
    a_round = session.get_one(AssessmentRound, round_id)
    scheme, sample = judged_under(session, a_round), sampled_units(session, a_round.year) or ()
    chosen = session.execute(
        select(SampledAssessor.unit_id, User.id, User.name)
        .join(User, User.id == SampledAssessor.assessor_id)
        .where(SampledAssessor.round_id == round_id, in_force(SampledAssessor))
        .order_by(User.name, User.id)
    )
    units: dict[tuple[int, str], list[int]] = {}
    for unit_id, user_id, name in chosen:
        if unit_id in sample:
            units.setdefault((user_id, name), []).append(unit_id)
    judged = _judged_by(session, a_round.year, scheme)
    items = len(_items(scheme))
    return [
        AssessorProgress(
            name,
            len(theirs),
            sum(judged.get((unit, user_id), 0) for unit in theirs),
            items * len(theirs),
        )
        for (user_id, name), theirs in units.items()
    ]


def _items(scheme: Scheme) -> set[str]:
    return {node.key for nodes in judged_items(scheme).values() for node in nodes}


def _judged_by(
    session: Session, year: int, scheme: Scheme, units: Collection[int] | None = None
) -> dict[tuple[int, int], int]:
    """How many items of a unit an assessor judged, by unit and assessor; None: of all units."""
    query = (
        select(OFFICIAL.c.unit_id, OFFICIAL.c.assessor_id, func.count(OFFICIAL.c.item.distinct()))
        .where(OFFICIAL.c.year == year, OFFICIAL.c.item.in_(_items(scheme)))
        .group_by(OFFICIAL.c.unit_id, OFFICIAL.c.assessor_id)
    )
    rows = session.execute(query if units is None else query.where(OFFICIAL.c.unit_id.in_(units)))
    return {(unit, assessor): number for unit, assessor, number in rows}


def _judged_of(
    session: Session, year: int, units: Collection[int]
) -> dict[tuple[int, str, str], int]:
    """How many items were judged of what, by unit, area and subject."""
    area_of = {
        item.key: area for area, one in judged_in(year).items() for item in one.asked_in(year)
    }
    rows = session.execute(
        select(OFFICIAL.c.unit_id, OFFICIAL.c.subject, OFFICIAL.c.item)
        .where(OFFICIAL.c.year == year, OFFICIAL.c.unit_id.in_(units))
        .distinct()
    )
    return Counter(
        (unit, area_of[item], subject) for unit, subject, item in rows if item in area_of
    )


def _place(one: SampledSubject, areas: Mapping[str, str]) -> tuple[int, str, str]:
    return one.unit_id, areas[one.kind], known_as(one.kind, one.subject)


def _fully_judged(session: Session, year: int, scheme: Scheme) -> set[int]:
    """The units of which every item that is judged at all has a judgement."""
    items = _items(scheme)
    return set(
        session.scalars(
            select(OFFICIAL.c.unit_id)
            .where(OFFICIAL.c.year == year, OFFICIAL.c.item.in_(items))
            .group_by(OFFICIAL.c.unit_id)
            .having(func.count(OFFICIAL.c.item.distinct()) == len(items))
        )
    )


def _rows(
    session: Session, model: type[Proposal] | type[SampledUnit], round_id: int
) -> Sequence[tuple[int, int, str]]:
    """Institution, unit and kind of what stands."""
    query = select(Unit.institution_id, model.unit_id, model.kind)
    rows = session.execute(
        query.join(Unit, Unit.id == model.unit_id).where(
            model.round_id == round_id, in_force(model)
        )
    )
    return [(place, unit, kind) for place, unit, kind in rows]
