"""Which judgements count: of a unit's chosen assessors, of what the year's round chose in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    table,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from analysis.rulebook.fieldwork import FieldItem, judged_in
from analysis.rulebook.sampling import PRODUCT
from analysis.rulebook.scheme import Scheme
from desk.assessment.assessments import (
    Groups,
    current_judgements,
    indicator_means,
    mean_of_groups,
)
from desk.assessment.sampled import in_sample, round_of, rules_of, standing
from models import Assessment, AssessmentRound, SampledAssessor, SampledSubject, SampledUnit
from models.assessments import WHOLE_UNIT

SETTLED = table(
    "current_reconciliations",
    column("unit_id", Integer),
    column("year", Integer),
    column("item", Text),
    column("subject", Text),
    column("judgement", Integer),
    column("reason", Text),
    column("user_id", Integer),
)
GivenColumns = ReadOnlyColumnCollection[str, Any]
PlaceOfUnit = tuple[int, str, str]  # a unit, an item, a subject


@dataclass(frozen=True)
class CountedJudgements:
    """What counts of units: the mean by indicator, 0-4, and of how many subjects, by item."""

    means: Mapping[tuple[int, str], Fraction]
    subjects: Mapping[tuple[int, str], int]


def asked_items(year: int, scheme: Scheme | None = None) -> dict[str, list[FieldItem]]:
    """The items that assessors judge in a year, by area; ``scheme``: only those that it asks."""
    keys = None if scheme is None else {node.key for node in scheme.indicators()}
    found = {
        area: [one for one in instrument.asked_in(year) if keys is None or one.indicator in keys]
        for area, instrument in judged_in(year).items()
    }
    return {area: items for area, items in found.items() if items}


def count_judgements(
    session: Session,
    year: int,
    units: Collection[int] | None = None,
    scheme: Scheme | None = None,
) -> CountedJudgements:
    """What counts of the units in a year; ``units`` None: of all. Nothing where it has no round.

    ``scheme``: only of the items that it asks.

    A subject's judgement is the mean of its assessors' current ones, or the settled one; an
    item's is the mean of its subjects', an indicator's the mean of its items'.
    """
    a_round = round_of(session, year)
    if a_round is None:
        return CountedJudgements({}, {})
    of = _by_place(a_round, scheme, units).c
    query = select(
        of.unit_id, of.item, of.assessors, cast(func.sum(of.total), Integer), func.count()
    ).group_by(of.unit_id, of.item, of.assessors)
    rows = session.execute(query if units is None else query.where(of.unit_id.in_(units)))
    mean = cache(mean_of_groups)  # few different ones
    groups: dict[tuple[int, str], Groups] = {}
    subjects: dict[tuple[int, str], int] = {}
    for unit, item, assessors, total, number in rows:
        place, group = (unit, item), (assessors, total, number)
        groups[place] = groups[place] + group if place in groups else group
        subjects[place] = subjects.get(place, 0) + number
    means = indicator_means({place: mean(found) for place, found in groups.items()})
    return CountedJudgements(means, subjects)


def counted_places(
    session: Session, a_round: AssessmentRound, units: Collection[int]
) -> set[PlaceOfUnit]:
    """Each item of each subject of the units that a chosen assessor judged."""
    of = counted_rows(a_round, units=units).c
    query = select(of.unit_id, of.item, of.subject).where(of.unit_id.in_(units)).distinct()
    return {(unit, item, subject) for unit, item, subject in session.execute(query)}


def judged_subjects(
    session: Session, year: int, units: Collection[int]
) -> dict[tuple[int, str], dict[str, Fraction]]:
    """By unit and item, each subject's judgement as it counts in ``count_judgements``, exact."""
    a_round = round_of(session, year)
    if a_round is None:
        return {}
    of = _by_place(a_round, None, units).c
    query = select(of.unit_id, of.item, of.subject, of.total, of.assessors)
    found: dict[tuple[int, str], dict[str, Fraction]] = {}
    for unit, item, subject, total, assessors in session.execute(
        query.where(of.unit_id.in_(units))
    ):
        found.setdefault((unit, item), {})[subject] = Fraction(int(total), assessors)
    return found


def counted_rows(
    a_round: AssessmentRound,
    scheme: Scheme | None = None,
    units: Collection[int] | None = None,
) -> Subquery:
    """The current judgements that count, with the columns of ``CURRENT``.

    ``scheme``: only those of items that it asks; ``units``: at least those of these units.
    """
    current = current_judgements(a_round.year, units)
    return select(current).where(*_counting(current.c, a_round, scheme, units)).subquery()


def counted_units(a_round: AssessmentRound) -> Select[int]:
    """The ids of the units of which a judgement counts.

    What counts of whom and what is not changed by a later judgement of the same, so the first
    that is found tells as much as the current one.
    """
    sampled, given = standing(SampledUnit, a_round).subquery().c, Assessment.__table__.c
    own = given.unit_id == sampled.unit_id
    return select(sampled.unit_id).where(
        exists(given.id).where(own, *_counting(given, a_round)).correlate(sampled.unit_id.table)
    )


def _counting(
    given: GivenColumns,
    a_round: AssessmentRound,
    scheme: Scheme | None = None,
    units: Collection[int] | None = None,
) -> list[ColumnElement[bool]]:
    """That a judgement counts: of an asked item, of what was chosen, by a chosen assessor."""
    area = case(
        *[
            (given.item.in_([one.key for one in items]), literal(area))
            for area, items in asked_items(a_round.year, scheme).items()
        ],
        else_=literal(""),
    )
    looked = _looked_at(a_round, units).c
    chosen = standing(SampledAssessor, a_round, units).subquery().c
    return [
        given.year == a_round.year,
        given.unit_id.in_(in_sample(a_round, units)),
        tuple_(given.unit_id, given.assessor_id).in_(select(chosen.unit_id, chosen.assessor_id)),
        tuple_(given.unit_id, area, given.subject).in_(
            select(looked.unit_id, looked.area, looked.subject)
        ),
    ]


def numbers_looked_at(
    session: Session, a_round: AssessmentRound, units: Collection[int] | None = None
) -> dict[tuple[int, str], int]:
    """How many subjects are chosen, by unit and area; ``units``: at least of these."""
    looked = _looked_at(a_round, units).c
    rows = session.execute(
        select(looked.unit_id, looked.area, func.count()).group_by(looked.unit_id, looked.area)
    )
    return {(unit, area): number for unit, area, number in rows}


def _looked_at(a_round: AssessmentRound, units: Collection[int] | None) -> Subquery:
    """Unit, area and subject of all that is judged in the round's sample."""
    chosen = standing(SampledSubject, a_round, units).subquery().c
    parts: list[Select[int, str, str]] = [
        select(
            chosen.unit_id,
            literal(one.area.value).label("area"),
            (
                chosen.subject if kind == PRODUCT else func.substr(chosen.subject, len(kind) + 2)
            ).label("subject"),
        ).where(chosen.kind == kind)
        for kind, one in rules_of(a_round).subjects.items()
    ]
    sample = standing(SampledUnit, a_round, units).subquery().c
    whole = [
        select(sample.unit_id, literal(area).label("area"), literal(WHOLE_UNIT).label("subject"))
        for area, instrument in judged_in(a_round.year).items()
        if instrument.subject == "unit"
    ]
    return union_all(*parts, *whole).subquery()


def _by_place(
    a_round: AssessmentRound, scheme: Scheme | None, units: Collection[int] | None
) -> Subquery:
    """Of each item and subject the sum of what counts, and of how many assessors.

    What was settled between assessors counts in their place while two of them do.
    """
    rows, settled = counted_rows(a_round, scheme, units).c, SETTLED.c
    found = (
        select(
            rows.unit_id,
            rows.item,
            rows.subject,
            func.sum(rows.judgement).label("total"),
            func.count().label("assessors"),
        )
        .group_by(rows.unit_id, rows.item, rows.subject)
        .subquery()
        .c
    )
    holds = and_(settled.judgement.is_not(None), found.assessors > 1)
    same = and_(
        settled.year == a_round.year,
        settled.unit_id == found.unit_id,
        settled.item == found.item,
        settled.subject == found.subject,
    )
    return (
        select(
            found.unit_id,
            found.item,
            found.subject,
            case((holds, settled.judgement), else_=found.total).label("total"),
            case((holds, 1), else_=found.assessors).label("assessors"),
        )
        .outerjoin(SETTLED, same)
        .subquery()
    )
