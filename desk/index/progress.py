"""How far a round is: of each unit and assessor, and what is missing before a unit has a score."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.rulebook.scheme import Node, Scheme
from desk.assessment.assessments import areas_of_items
from desk.assessment.completeness import fieldwork_of, items_to_judge
from desk.assessment.counted import asked_items, counted_places, counted_rows
from desk.assessment.lacks import Lack, StandingWaiver
from desk.assessment.not_counted import NotCounted, not_counted
from desk.assessment.rounds import judged_under, sample_of
from desk.assessment.sampled import known_as, rules_of, sampled_units
from desk.assessment.signing_off import SignedUnit, signed_off
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


@dataclass(frozen=True)
class SubjectProgress:
    """A product or a person that was chosen, and how many of its items are judged."""

    subject: SampledSubject
    judged: int
    items: int


@dataclass(frozen=True)
class UnitProgress:
    """A sampled unit: how many of the ``items`` of its subjects are judged, and what it lacks.

    ``missing``: the indicators of the round's scheme without a value, also those that a survey
    gives; the unit has a score once there is none. ``lacks``: what keeps it from a value, by
    name; ``waiver``: by which it has one nonetheless. ``by_assessor``: how many of the items
    each chosen assessor judged; ``not_counted``: what was entered and does not count.
    """

    unit: Unit
    sampled: SampledUnit
    judged: int
    items: int
    missing: Sequence[Node]
    lacks: Sequence[Lack]
    waiver: StandingWaiver | None
    signed: SignedUnit | None
    subjects: Sequence[SubjectProgress]
    by_assessor: Mapping[int, int]
    not_counted: Sequence[NotCounted]


@dataclass(frozen=True)
class InstitutionProgress:
    """An institution in the round: units proposed, chosen by kind, and with nothing open."""

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
    """An assessor in the whole round: units to assess, and how many items of subjects of all."""

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
    sampled = {one.unit_id: one for one in units}
    by_assessor = _judged_by(session, a_round, scheme)
    items = items_to_judge(session, a_round.year, scheme)
    looked = _looked_at(session, a_round, scheme, subjects)
    lost, signed = (
        not_counted(session, a_round, list(sampled)),
        signed_off(session, a_round, sampled),
    )
    unjudged = fieldwork_of(session, a_round.year, scheme, sampled).unjudged
    return [
        UnitProgress(
            unit=unit,
            sampled=sampled[unit.id],
            judged=items.get(unit.id, 0) - len(unjudged(unit.id)),
            items=items.get(unit.id, 0),
            missing=[node for node in scheme.indicators() if scored.columns[node.key][at] is None],
            lacks=scored.lacks.get(unit.id, ()),
            waiver=scored.waivers.get(unit.id),
            signed=signed.get(unit.id),
            subjects=[one for one in looked if one.subject.unit_id == unit.id],
            by_assessor={
                one.assessor_id: by_assessor.get((unit.id, one.assessor_id), 0)
                for one in assessors
                if one.unit_id == unit.id
            },
            not_counted=[one for one in lost if one.unit_id == unit.id],
        )
        for at, unit in enumerate(scored.units)
    ]


def institution_progress(
    session: Session, actor: Actor, round_id: int
) -> list[InstitutionProgress]:
    """Each institution that proposes a unit or has one in the sample, by name. Raises Forbidden."""
    require_analyst(actor)
    a_round = session.get_one(AssessmentRound, round_id)
    scheme = judged_under(session, a_round)
    sample = sampled_units(session, a_round.year) or set()
    work = fieldwork_of(session, a_round.year, scheme, sample)
    proposed = Counter(place for place, _, _ in _rows(session, Proposal, round_id))
    chosen: dict[int, Counter[str]] = {}
    judged: Counter[int] = Counter()
    for place, unit_id, kind in _rows(session, SampledUnit, round_id):
        chosen.setdefault(place, Counter())[kind] += 1
        judged[place] += not work.open_lacks(unit_id)
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
    judged = _judged_by(session, a_round, scheme)
    items = items_to_judge(session, a_round.year, scheme)
    return [
        AssessorProgress(
            name,
            len(theirs),
            sum(judged.get((unit, user_id), 0) for unit in theirs),
            sum(items.get(unit, 0) for unit in theirs),
        )
        for (user_id, name), theirs in units.items()
    ]


def _looked_at(
    session: Session, a_round: AssessmentRound, scheme: Scheme, subjects: Sequence[SampledSubject]
) -> list[SubjectProgress]:
    """Of each subject that was chosen how many items are judged."""
    areas = {kind: one.area.value for kind, one in rules_of(a_round).subjects.items()}
    asked = asked_items(a_round.year, scheme)
    judged = counted_places(session, a_round, {one.unit_id for one in subjects})
    return [
        SubjectProgress(
            one,
            sum(
                (one.unit_id, item.key, known_as(one.kind, one.subject)) in judged
                for item in asked.get(areas[one.kind], ())
            ),
            len(asked.get(areas[one.kind], ())),
        )
        for one in subjects
    ]


def _judged_by(
    session: Session, a_round: AssessmentRound, scheme: Scheme
) -> dict[tuple[int, int], int]:
    """How many items of subjects an assessor judged in a unit, by unit and assessor."""
    counted = counted_rows(a_round).c
    rows = session.execute(
        select(counted.unit_id, counted.assessor_id, func.count())
        .where(counted.item.in_(areas_of_items(scheme, a_round.year)))
        .group_by(counted.unit_id, counted.assessor_id)
    )
    return {(unit, assessor): number for unit, assessor, number in rows}


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
