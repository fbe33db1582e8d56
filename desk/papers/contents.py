"""What the papers say, filled from the database: of a unit's or an institution's closed survey."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, cast

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_coordinator, require_unit
from analysis.disclosure import merged_groups
from analysis.errors import Problem, bad
from analysis.index.disclosed import (
    DisclosedExperience,
    DisclosedIndex,
    disclose_experience,
    mean_index,
    nothing_of,
)
from analysis.rulebook.instrument import Instrument
from analysis.soundness.importance import Importance, VarianceShares
from analysis.soundness.lift import NextGrade, next_grade
from analysis.soundness.priorities import priorities
from analysis.uncertainty.change import MeanEstimate
from analysis.uncertainty.uncertainty import Uncertainty
from desk.office.periods import closed_period
from desk.papers.announcing import headline_of
from desk.papers.collecting import SurveyOf, as_told
from desk.papers.origin import collected_by, really_asked, suggested
from desk.papers.trend import trend
from desk.publication.stated import software_version
from desk.register.standing import units_in
from desk.unit.certainty import certainty_of, certainty_of_mean, in_paper
from desk.unit.changes import Moment, moment_before, with_year
from desk.unit.drivers import drivers_of
from desk.unit.effects import effects_of
from desk.unit.plans import period_before, planned_steps
from desk.unit.respondents import LEFT_EMPTY, asked_of_people, hidden_values, of_large_sources
from desk.unit.results import ResultGroup, UnitResults, experiences_held, unit_results
from locales import Language, show_month
from models import Batch, Period, Unit, Withdrawal
from models.unfinished import all_in
from reports.contents import (
    NOT_ASKED,
    Characteristic,
    Contents,
    Headline,
    IndexCertainty,
    Mending,
    Need,
    PartIndex,
    Point,
)
from reports.disclosed import DisclosedContents, disclosed
from reports.papers.legal import legal_basis
from survey.counts import Selection, count_experiences_apart
from survey.names import names_then
from survey.periods import asked_instrument

CHARACTERISTICS = ("sex", "age", "education", "occupation")
SOFTWARE = f"suara-layanan {software_version()}"


def unit_contents(
    session: Session, actor: Actor, unit_id: int, period_id: int, language: Language
) -> DisclosedContents:
    """What a unit's papers say. Raises Forbidden, and BadInput for an open period."""
    unit = require_unit(session, actor, unit_id)
    period = closed_period(session, unit.institution_id, period_id)
    results = unit_results(session, actor, unit_id, period_id)
    index = headline(results)
    drivers = drivers_of(session, actor, results)
    contents = replace(
        _survey(session, actor, _Whose(period, lambda _: [unit], language, unit.id), index),
        unit=results.name,
        headline=cast(Headline, period.headline),
        visits=results.visits,
        minimum=results.minimum,
        certainty=certainty_of(results),
        mending=mending(index, drivers.parts if drivers else None),
        parts=tuple(
            PartIndex(group.name or "–", group.index, _estimate(group.index, group.certainty))
            for group in results.services
        ),
        months=tuple(_month(group, language) for group in results.months if group.name),
        experienced=results.experienced,
        earlier=_earlier(moment_before(session, results)),
        effects=effects_of(session, actor, results, period_before(session, period)),
        excluded=results.excluded,
        withdrawn=results.withdrawn,
    )
    return disclosed(contents)


def institution_contents(
    session: Session, actor: Actor, institution_id: int, period_id: int, language: Language
) -> DisclosedContents:
    """What an institution's papers say: the simple mean of its units' unrounded indices.

    A unit of fewer than five respondents is in no mean and no sum. Raises Forbidden, and
    BadInput for an open period.
    """
    results = institution_results(session, actor, institution_id, period_id)
    period = closed_period(session, institution_id, period_id)
    units = [one.unit for one in results]
    shown = [headline(one) for one in results if one.index is not None]
    most = max(results, key=lambda one: one.counted)
    index = mean_index(shown) if shown else headline(most)
    contents = replace(
        _survey(session, actor, _Whose(period, partial(units_of, session), language), index),
        headline="units",
        certainty=_certainty_of_units(session, period, units, index),
        visits=_sum([one.visits for one in results]),
        minimum=_sum([one.minimum for one in results]),
        parts=tuple(
            PartIndex(
                one.name,
                headline(one) if one.index is not None else None,
                _estimate(one.index, one.certainty) if period.headline == "pooled" else None,
            )
            for one in results
        ),
        experienced=_together(session, period, units),
        excluded=sum(one.excluded for one in results),
        withdrawn=sum(one.withdrawn for one in results),
    )
    return disclosed(contents)


def _certainty_of_units(
    session: Session, period: Period, units: Sequence[Unit], index: DisclosedIndex
) -> IndexCertainty | None:
    if index.index is None:
        return None
    keys = [unit.id for unit in units]
    return in_paper(certainty_of_mean(session, period, keys, index.index), index)


def institution_results(
    session: Session, actor: Actor, institution_id: int, period_id: int
) -> list[UnitResults]:
    """The results of an institution's units in a closed period, by name.

    Raises Forbidden, and BadInput for an open period or an institution without units.
    """
    institution = require_coordinator(session, actor, institution_id)
    period = closed_period(session, institution_id, period_id)
    units = units_of(session, period)
    if not units:
        raise bad("no_units_of_institution", institution=institution.name)
    return [unit_results(session, actor, unit.id, period_id) for unit in units]


def units_of(session: Session, period: Period) -> Sequence[Unit]:
    """The units of a period, by name; see ``desk.register.standing``."""
    return session.scalars(units_in(period)).all()


def headline(results: UnitResults) -> DisclosedIndex:
    """The index that is the headline by the rule fixed when the period opened.

    Where fewer than five responded, no figure but a number under five.
    """
    if results.index is None:
        return nothing_of(results.scheme, results.counted)
    return replace(results.index, index=headline_of(results))


@dataclass(frozen=True)
class _Whose:
    """The survey period that papers are about, its units (``of``), and in which language.

    ``of``: whose papers they are in this and in any other period; ``unit``: of one alone.
    """

    period: Period
    of: Callable[[Period], Sequence[Unit]]
    language: Language
    unit: int | None = None


def _survey(session: Session, actor: Actor, whose: _Whose, index: DisclosedIndex) -> Contents:
    """What a unit's and an institution's papers tell alike."""
    period, of, language = whose.period, whose.of, whose.language
    instrument, units, before = asked_instrument(period), of(period), period_before(session, period)
    keys = [unit.id for unit in units]
    people = asked_of_people(session, instrument, period.id, keys)
    return Contents(
        institution=names_then(session, period).of(period.institution),
        unit=None,
        period=period.name,
        starts=period.starts,
        ends=period.ends,
        made=period.institution.today,
        instrument=instrument,
        index=index,
        software=SOFTWARE,
        legal_basis=legal_basis(period.ends.year),
        respondents=characteristics(people, instrument),
        years=trend(session, actor, period, of),
        mending=mending(index),
        plan=planned_steps(session, actor, units, period, language),
        followed_up=planned_steps(session, actor, of(before), before, language) if before else (),
        inputs=_files(session, period, keys),
        demonstration=period.institution.demonstration,
        asked=really_asked(session, period, keys, people),
        collected=as_told(
            session,
            actor,
            SurveyOf(whose.unit, period.id),
            collected_by(session, period, keys, people),
        ),
        suggestions=suggested(session, actor, period, keys),
    )


def characteristics(people: pd.DataFrame, instrument: Instrument) -> tuple[Characteristic, ...]:
    """The respondents by characteristic, such as age; ``people``: see ``asked_of_people``."""
    people = of_large_sources(people)
    filled = people.assign(value=people["value"].fillna(""))
    numbers: dict[Any, int] = filled.groupby(["field", "value"])["number"].sum().to_dict()
    found = []
    for field in instrument.respondent.fields:
        if field.key in CHARACTERISTICS:
            options = (*field.options, LEFT_EMPTY, NOT_ASKED)
            counts = {option: int(numbers.get((field.key, option), 0)) for option in options}
            hidden = hidden_values(people[people["field"] == field.key])
            found.append(Characteristic(field.key, tuple(merged_groups(counts, hidden))))
    return tuple(found)


def mending(
    index: DisclosedIndex, found: Importance | VarianceShares | Problem | None = None
) -> Mending | None:
    """The elements, what to mend first first, with the rise that alone reaches the next grade.

    ``found``: how important they are, where that is known; see ``priorities``.
    """
    above = next_grade(index)
    if not isinstance(above, NextGrade):
        return None
    lifts = {lift.element: lift for lift in above.lifts}
    first = priorities({key: lift.mean for key, lift in lifts.items()}, found)
    needs = [
        Need(key, lifts[key].mean, lifts[key].rise if lifts[key].reachable else None)
        for key in first.order
    ]
    return Mending(above.band.grade or "", tuple(needs), first.basis)


def _earlier(before: Moment | None) -> Point | None:
    if before is None:
        return None
    band = before.index.band
    return Point(with_year(before.period), before.index.index, band.grade if band else None)


def _month(group: ResultGroup, language: Language) -> Point:
    name, index = show_month(language, date.fromisoformat(f"{group.name}-01")), group.index
    band = index.band if index else None
    interval = group.certainty.bounded if index and group.certainty else None
    return Point(name, index.index if index else None, band.grade if band else None, interval)


def _estimate(index: DisclosedIndex | None, found: Uncertainty | None) -> MeanEstimate | None:
    """The index with its error; None where one of the two is not known."""
    if index is None or index.index is None or not found or found.standard_error is None:
        return None
    freedom = float(found.freedom or index.n - 1)
    return MeanEstimate(float(index.index), found.standard_error**2, freedom, None)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _together(
    session: Session, period: Period, units: Sequence[Unit]
) -> DisclosedExperience | None:
    """Of all sources of all units in which at least five told: a unit knows its own."""
    keys = [unit.id for unit in units]
    counted = count_experiences_apart(
        session, asked_instrument(period), Selection([period.id], keys)
    )
    return disclose_experience(*experiences_held(counted))


def _files(session: Session, period: Period, units: Sequence[int]) -> dict[str, str]:
    """The SHA-256 of each file that answers were imported from, by its name."""
    withdrawn = select(Withdrawal.batch_id).where(Withdrawal.confirmed.is_(True))
    batches = session.scalars(
        select(Batch).where(
            Batch.period_id == period.id,
            Batch.unit_id.in_(units),
            Batch.id.not_in(withdrawn),
            all_in(),
        )
    )
    return {f"{batch.file_name} ({batch.id})": batch.file_hash for batch in batches}
