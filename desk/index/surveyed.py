"""What the surveys of units say in a year, from the responses that are stored here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import enough, few
from analysis.index.disclosed import SOURCE
from analysis.index.experience import Experienced
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.index.tally import Tally
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.moments import linear, moments, scale_of
from desk.index.scoring import Scoring
from desk.unit.steps import by_holder
from models import Batch, Period, Unit
from models.unfinished import all_in
from survey.counts import (
    ResponseCounts,
    Selection,
    count_answers,
    count_experiences,
    count_responses,
)
from survey.pairs import UnitPeriod
from survey.periods import asked_instrument
from survey.schemes import used_scheme

IMPORT = "import"


@dataclass(frozen=True)
class Surveyed:
    """What the surveys of a unit say in a year; None where fewer than five answered.

    Empty where the scheme asks nothing of them: then no response counts in its scores. What the
    scheme does not ask for is counted only together with the squares.
    ``index``: 25-100; ``clean``: the perceived-maladministration score, 0-100;
    ``responses``: by the id of each closed period that is pooled; ``latest``: the id of the last
    of them, whose rules hold for all; ``answers``: how often each item was answered with each
    allowed value, in ascending order; ``squares``: of the index's linear errors, where asked;
    ``few_in_source``: whether one to four answered an item in one source alone, where that came
    with a district's bundle or was counted with the squares; None: the rows here tell.
    """

    index: Fraction | None = None
    clean: Fraction | None = None
    respondents: int = 0
    responses: Mapping[int, ResponseCounts] = field(default_factory=dict)
    latest: int | None = None
    answers: Mapping[str, list[int]] = field(default_factory=dict)
    squares: float | None = None
    experienced: Experienced | None = None
    few_in_source: bool | None = None


@dataclass(frozen=True)
class AnsweredUnit:
    """A unit's index, with the counts and the second moment that it came from."""

    index: Satisfaction | None = None
    counts: Mapping[str, list[int]] = field(default_factory=dict)
    squares: float | None = None
    few_in_source: bool | None = None


def surveys_of_rows(
    session: Session,
    scoring: Scoring,
    units: Sequence[Unit],
    pooled: Mapping[int, Sequence[Period]],
    numbers: Mapping[UnitPeriod, ResponseCounts] | None = None,
) -> dict[int, Surveyed]:
    """By unit; all ``units`` were asked the same in ``pooled`` and are indexed alike.

    ``numbers``: of responses, where they are known already.
    """
    period_ids = [period.id for group in pooled.values() for period in group]
    sources = left_out_sources(session, scoring.without, period_ids)
    selection = Selection(period_ids, [unit.id for unit in units], sources)
    latest = next(iter(pooled.values()))[0]
    instrument = asked_instrument(latest)
    answered: Mapping[int, AnsweredUnit] = {}
    if scoring.indexed:
        answered = answered_units(session, latest, selection, scoring.squares)
    experienced = count_experiences(session, instrument, selection) if scoring.cleaned else {}
    numbers = count_responses(session, selection) if numbers is None else numbers
    nothing = AnsweredUnit(few_in_source=False if scoring.squares else None)
    return {
        unit.id: told_by(
            answered.get(unit.id, nothing),
            experienced.get(unit.id),
            {
                period.id: numbers.get((unit.id, period.id), ResponseCounts())
                for period in pooled[unit.institution_id]
            },
            pooled[unit.institution_id][0],
        )
        for unit in units
    }


def told_by(
    answers: AnsweredUnit,
    experience: Experienced | None,
    responses: Mapping[int, ResponseCounts],
    latest: Period,
) -> Surveyed:
    """What they say together by the rules of the period ``latest``; little of few."""
    index = answers.index
    told = experience is not None and enough(experience.answered)
    return Surveyed(
        index=index.index if index and enough(index.n) else None,
        clean=experience.score if experience and told else None,
        respondents=index.n if index else 0,
        responses=responses,
        latest=latest.id,
        answers=answers.counts,
        squares=answers.squares,
        experienced=experience,
        few_in_source=answers.few_in_source,
    )


def answered_units(
    session: Session, latest: Period, selection: Selection, squares: bool
) -> dict[int, AnsweredUnit]:
    """By unit, by the rules of the period ``latest``; one without any response is absent."""
    instrument, scheme = asked_instrument(latest), used_scheme(latest)
    if not squares:
        return answered_of(count_answers(session, instrument, ["unit_id"], selection), scheme)
    apart = count_answers(session, instrument, ["unit_id", SOURCE], selection, pairs=True)
    tally, of_few = apart.regroup(["unit_id"]), units_of_few(apart)
    errors = linear(moments(tally), scale_of(tally, scheme)).squares.tolist()
    found = answered_of(tally, scheme, errors)
    return {unit: replace(one, few_in_source=unit in of_few) for unit, one in found.items()}


def units_of_few(apart: Tally) -> set[int]:
    """The ids of the units of which one to four answered an item in one source.

    ``apart``: by unit and source.
    """
    tally = by_holder(apart)
    units: list[int] = tally.counted["unit_id"].tolist()
    items = [item for group in tally.items_of.values() for item in group]
    answered = [tally.counts(item).sum(axis=1).tolist() for item in items]
    return {unit for unit, *row in zip(units, *answered, strict=True) if any(map(few, row))}


def answered_of(
    tally: Tally, scheme: Scheme, squares: Sequence[float] | None = None
) -> dict[int, AnsweredUnit]:
    """By unit, from the tally of all; ``squares``: one a unit, where asked."""
    items = [item for group in tally.items_of.values() for item in group]
    columns = {item: tally.counts(item).tolist() for item in items}
    return {
        unit: AnsweredUnit(
            index,
            {item: column[at] for item, column in columns.items()},
            None if squares is None else squares[at],
        )
        for at, (unit, index) in enumerate(
            zip(tally.counted["unit_id"].tolist(), satisfaction(tally, scheme), strict=True)
        )
    }


def left_out_sources(
    session: Session, without: Sequence[str], periods: Collection[int]
) -> list[str]:
    """The sources of these names in ``survey.counts``; each import is one of its own."""
    batches = select(Batch.id).where(Batch.period_id.in_(periods), all_in())
    imported = map(str, session.scalars(batches)) if IMPORT in without else ()
    return [*(name for name in without if name != IMPORT), *imported]
