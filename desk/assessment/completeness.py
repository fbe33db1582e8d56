"""Whether the fieldwork of a unit is complete: the one place that says it, for whoever asks.

Complete is a unit of which every chosen product and person is judged on every item that the
scheme asks, of which as many are chosen as the year's rule says, and of which as many users
answered an interview. What it lacks else is named; until two analysts waive it, no value stands
on it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from analysis.rulebook.fieldwork import FieldItem, blends, judged_in, parts_of_indicators
from analysis.rulebook.sampling import PRODUCT, load_sampling
from analysis.rulebook.scheme import Scheme
from desk.assessment.counted import (
    CountedJudgements,
    asked_items,
    count_judgements,
    counted_places,
    numbers_looked_at,
)
from desk.assessment.interviews import INTERVIEWS as AREAS_OF_INTERVIEWS
from desk.assessment.interviews import Interviewed, interviewed
from desk.assessment.lacks import (
    CHOSEN,
    INTERVIEWS,
    JUDGEMENT,
    ROUND,
    Lack,
    StandingWaiver,
    standing_waivers,
)
from desk.assessment.sampled import round_of, rules_of, sampled_subjects
from models import AssessmentRound, Service
from models.assessments import WHOLE_UNIT

UnitAndKey = tuple[int, str]
# The evidence of indicators that assessors find out.
FIELDWORK = (None, "judgement", *AREAS_OF_INTERVIEWS)


@dataclass(frozen=True)
class Fieldwork:
    """What counts of a year's units under a scheme, and what they lack.

    ``judgements``: by unit and indicator, 0-4, also of a unit that is not complete; ``told``: by
    unit and area; ``lacks``: by unit, also what is waived, nothing of one that is complete.
    """

    judgements: Mapping[UnitAndKey, Fraction] = field(default_factory=dict)
    told: Mapping[UnitAndKey, Interviewed] = field(default_factory=dict)
    lacks: Mapping[int, tuple[Lack, ...]] = field(default_factory=dict)
    waivers: Mapping[int, StandingWaiver] = field(default_factory=dict)

    def open_lacks(self, unit: int) -> list[Lack]:
        """What a unit lacks and nobody waived."""
        waiver = self.waivers.get(unit)
        return [one for one in self.lacks.get(unit, ()) if not (waiver and waiver.covers(one))]

    def unjudged(self, unit: int) -> list[Lack]:
        """The items of a unit's subjects that nobody judged, also where that is waived."""
        return [one for one in self.lacks.get(unit, ()) if one.kind == JUDGEMENT]

    def waived(self, unit: int) -> StandingWaiver | None:
        """The waiver of a unit that is not complete, with what it lacks now and may lack."""
        waiver = self.waivers.get(unit)
        lacking = tuple(one for one in self.lacks.get(unit, ()) if waiver and waiver.covers(one))
        return replace(waiver, lacking=lacking) if waiver and lacking else None


@dataclass(frozen=True)
class _Needs:
    """What is needed in each unit: the items by area, and how many subjects and users."""

    items: Mapping[str, list[FieldItem]]
    chosen: Mapping[UnitAndKey, int]
    subjects: Mapping[UnitAndKey, int]
    users: Mapping[str, int]


def fieldwork_of(session: Session, year: int, scheme: Scheme, units: Collection[int]) -> Fieldwork:
    """What counts of the units in a year under a scheme, and what each lacks."""
    a_round = round_of(session, year)
    if a_round is None:
        return Fieldwork(lacks={unit: (Lack(ROUND),) for unit in units})
    counted = count_judgements(session, year, units, scheme)
    told = interviewed(session, year, units)
    needs = _needs(session, a_round, scheme, units)
    short = [unit for unit in units if not _all_judged(unit, needs, counted)]
    unjudged = _unjudged(session, a_round, needs, short)
    lacks = {
        unit: found
        for unit in units
        if (
            found := (
                *_too_few_chosen(unit, needs),
                *unjudged.get(unit, ()),
                *_too_few_users(unit, needs, told),
            )
        )
    }
    waivers = standing_waivers(session, a_round.id, lacks) if lacks else {}
    return Fieldwork(counted.means, told, lacks, waivers)


def items_to_judge(session: Session, year: int, scheme: Scheme) -> dict[int, int]:
    """How many items of subjects are to be judged in each unit of the year's sample."""
    a_round = round_of(session, year)
    found: dict[int, int] = {}
    if a_round is not None:
        items = asked_items(year, scheme)
        for (unit, area), number in numbers_looked_at(session, a_round).items():
            found[unit] = found.get(unit, 0) + number * len(items.get(area, ()))
    return found


def rests_on_fieldwork(scheme: Scheme) -> bool:
    """Whether the scheme asks for anything that assessors judge or are told."""
    return blends(scheme) and any(node.evidence in FIELDWORK for node in scheme.indicators())


def unfounded(work: Fieldwork, year: int, scheme: Scheme, unit: int) -> set[str]:
    """The keys of the scheme's indicators of a unit for which judgements lack and none counts."""
    return {
        key
        for one in work.lacks.get(unit, ())
        if one.kind != INTERVIEWS
        for key in _resting_on(year, scheme, one)
        if (unit, key) not in work.judgements
    }


def blank_indicators(year: int, scheme: Scheme, lacks: Collection[Lack]) -> set[str]:
    """The keys of the scheme's indicators that have no value while this is lacking."""
    return {key for one in lacks for key in _resting_on(year, scheme, one)}


def _resting_on(year: int, scheme: Scheme, one: Lack) -> Iterable[str]:
    if one.kind == JUDGEMENT:
        return [parts_of_indicators().get(one.item, one.item)]
    if one.kind == CHOSEN:
        return [item.indicator for item in asked_items(year, scheme)[one.area]]
    nodes = scheme.indicators()
    if one.kind == INTERVIEWS:
        return [
            node.key for node in nodes if AREAS_OF_INTERVIEWS.get(str(node.evidence)) == one.area
        ]
    return [node.key for node in nodes if node.evidence in FIELDWORK]


def _needs(
    session: Session, a_round: AssessmentRound, scheme: Scheme, units: Collection[int]
) -> _Needs:
    year, rules = a_round.year, rules_of(a_round)
    rule, items = rules.rule(year), asked_items(year, scheme)
    numbers = dict.fromkeys(items, 1) | {
        str(rules.subjects[kind].area.value): number.value for kind, number in rule.subjects.items()
    }
    products, given = str(rules.subjects[PRODUCT].area.value), _services(session, year, units)
    subjects = {(unit, area): numbers[area] for unit in units for area in items}
    # A unit that gives one service can't show two.
    subjects |= {
        (unit, products): min(numbers[products], max(given.get(unit, 0), 1))
        for unit in units
        if products in items
    }
    # A round from before the rule said a number stands under the number said since.
    users = rule.interviews or load_sampling().rule(year).interviews
    asked = [AREAS_OF_INTERVIEWS.get(str(node.evidence)) for node in scheme.indicators()]
    return _Needs(
        items,
        numbers_looked_at(session, a_round, units),
        subjects,
        {area: users.value if users else 1 for area in asked if area},
    )


def _services(session: Session, year: int, units: Collection[int]) -> dict[int, int]:
    """How many services the units give in a year, by unit."""
    given = or_(Service.closed_on.is_(None), Service.closed_on > date(year, 1, 1))
    rows = session.execute(
        select(Service.unit_id, func.count())
        .where(Service.unit_id.in_(units), given)
        .group_by(Service.unit_id)
    )
    return dict(rows.all())


def _all_judged(unit: int, needs: _Needs, counted: CountedJudgements) -> bool:
    return all(
        counted.subjects.get((unit, item.key), 0) == needs.chosen.get((unit, area), 0)
        for area, items in needs.items.items()
        for item in items
    )


def _unjudged(
    session: Session, a_round: AssessmentRound, needs: _Needs, units: Collection[int]
) -> dict[int, list[Lack]]:
    """By unit what nobody judged, subject by subject as the instruments ask."""
    if not units:
        return {}
    subjects = sampled_subjects(session, a_round.year, units)
    judged = counted_places(session, a_round, units)
    found: dict[int, list[Lack]] = {}
    for unit in units:
        for area, items in needs.items.items():
            whole = [WHOLE_UNIT] if judged_in(a_round.year)[area].subject == "unit" else []
            for subject in subjects.get((unit, area), whole):
                found.setdefault(unit, []).extend(
                    Lack(JUDGEMENT, area, subject, item.key)
                    for item in items
                    if (unit, item.key, subject) not in judged
                )
    return found


def _too_few_chosen(unit: int, needs: _Needs) -> Iterator[Lack]:
    for area in needs.items:
        found, needed = needs.chosen.get((unit, area), 0), needs.subjects[unit, area]
        if found < needed:
            yield Lack(CHOSEN, area, found=found, needed=needed)


def _too_few_users(
    unit: int, needs: _Needs, told: Mapping[UnitAndKey, Interviewed]
) -> Iterator[Lack]:
    for area, needed in needs.users.items():
        found = told[unit, area].respondents if (unit, area) in told else 0
        if found < needed:
            yield Lack(INTERVIEWS, area, found=found, needed=needed)
