"""A unit's results as the people in charge of it see them.

No group of people under five is shown, nor one that could be had by subtraction.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit
from analysis.disclosure import Undisclosed, few
from analysis.index.disclosed import (
    DisclosedExperience,
    DisclosedIndex,
    disclose_experience,
    disclose_groups,
    disclose_sources,
    small_sources,
)
from analysis.index.experience import Experienced
from analysis.index.sample import minimum_sample
from analysis.index.satisfaction import average
from analysis.index.tally import Tally
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.uncertainty import Uncertainty, element_errors, uncertainty
from desk.office.periods import own_period
from desk.office.visits import unit_visits
from desk.unit.steps import Shown, by_holder, shown_answers, without_ways
from models import Batch, Period, Unit
from models.unfinished import all_in
from survey.counts import OPEN_LINK, Selection, count_experiences_apart, holder_of, way_of
from survey.margins import plain
from survey.names import NamesThen, names_then
from survey.periods import asked_instrument
from survey.schemes import used_scheme


@dataclass(frozen=True)
class ResultGroup:
    """One service or month; ``index`` is None where the group is too small to be shown.

    ``key``: the service's id or the month.
    """

    name: str | None
    index: DisclosedIndex | None
    certainty: Uncertainty | None = None
    key: int | str | None = None


@dataclass(frozen=True)
class UnitResults:
    """What may be shown of a unit's survey in one period.

    ``index`` is None while fewer than five responses count. ``averaged``: the mean of the
    services' unrounded indices, None where a service is too small to be shown.
    ``certainty``: of the index, if respondents are a random sample of visits; ``errors``: the
    standard errors of the element means, NaN where there is none; both without the sources of
    one to four, whose spread would tell them apart.
    ``experienced`` is None until the period has closed, and where fewer than five told.
    ``names``: of the unit, its institution and services in the period.
    ``answers``: what all this was computed from, with all sources and small groups; what tells
    elements or services apart is of its ``apart`` alone.
    """

    unit: Unit
    period: Period
    names: NamesThen
    instrument: Instrument
    scheme: Scheme
    received: int
    counted: int
    withdrawn: int
    index: DisclosedIndex | None
    certainty: Uncertainty | None
    errors: Mapping[str, float]
    services: list[ResultGroup]
    months: list[ResultGroup]
    averaged: Fraction | None
    visits: int | None
    minimum: int | None
    experienced: DisclosedExperience | None
    answers: Undisclosed[Shown]

    @property
    def name(self) -> str:
        """The unit's name in the period."""
        return self.names.of(self.unit)

    @property
    def excluded(self) -> int:
        """Responses that an analyst took out of the count one by one."""
        return self.received - self.counted - self.withdrawn


def batches_of(session: Session, actor: Actor, unit_id: int, period_id: int) -> list[Batch]:
    """The imported batches of a unit in a period. Raises Forbidden."""
    require_unit(session, actor, unit_id)
    return list(
        session.scalars(
            select(Batch)
            .where(Batch.unit_id == unit_id, Batch.period_id == period_id, all_in())
            .order_by(Batch.id)
        )
    )


def unit_results(
    session: Session,
    actor: Actor,
    unit_id: int,
    period_id: int,
    without: Collection[str] = (),
) -> UnitResults:
    """The results of a unit, with or without some sources. Raises Forbidden.

    ``without``: "open_link", and numbers of imported batches: ways, see ``survey.counts``.
    Of an open period: the step that is kept, see ``desk.unit.steps``.
    """
    unit = require_unit(session, actor, unit_id)
    period = own_period(session, unit.institution_id, period_id)
    instrument, scheme = asked_instrument(period), used_scheme(period)
    shown = shown_answers(session, unit, period, instrument)
    looked, apart = shown.without(without), shown.apart
    index = _disclosed(looked.whole, OPEN_LINK in without, scheme)
    may = not index.too_few and _may_go(shown.whole, without)
    names = names_then(session, period)
    called = names.of_services(unit) | {None: None}
    services = _groups(apart.services, "service_id", without, scheme, called) if may else []
    visits = unit_visits(session, unit_id, period_id)
    rule = scheme.minimum_sample
    sure = looked.apart.whole.regroup([])
    surely = may and bool(sure.respondents.any())
    # The visits are those of all sources together.
    drawn_from = population(visits, index.n) if visits and not without else None
    return UnitResults(
        unit=unit,
        period=period,
        names=names,
        instrument=instrument,
        scheme=scheme,
        received=shown.responses.received,
        counted=shown.responses.counted,
        withdrawn=shown.responses.withdrawn,
        index=index if may else None,
        certainty=uncertainty(sure, scheme, [drawn_from])[0] if surely else None,
        errors=_errors(sure, index, drawn_from) if may else {},
        services=services,
        months=_groups(apart.months, "month", without, scheme) if may else [],
        averaged=_averaged(services),
        visits=visits,
        minimum=minimum_sample(visits, rule.value) if visits and rule else None,
        experienced=_experienced(session, unit, period, instrument, without),
        answers=Undisclosed(shown),
    )


def population(visits: int | None, n: int) -> int | None:
    """The visits from which n respondents were drawn; None where they are not known to be.

    The number may have been noted early in a period.
    """
    return visits if visits is not None and visits >= n else None


def _errors(tally: Tally, index: DisclosedIndex, drawn_from: int | None) -> dict[str, float]:
    """The standard errors of the means that are shown."""
    found = element_errors(tally, [drawn_from])
    return {key: float(found[key][0]) for key, mean in index.means.items() if mean is not None}


def _disclosed(tally: Tally, link_apart: bool, scheme: Scheme) -> DisclosedIndex:
    """What may be shown; the citizens' two ways are told apart where one look leaves out one."""
    return disclose_sources(tally if link_apart else by_holder(tally), scheme)


def _may_go(whole: Tally, without: Collection[str]) -> bool:
    """Whether no source is so small that leaving out some would show what it says.

    A file of one to four that stays would be had by whoever holds the others that stay. With the
    open link left out, what is left of the citizens are the visits: these too.
    """
    if not without:
        return True
    return not small_sources(whole if OPEN_LINK in without else by_holder(whole))


def _groups(
    tally: Tally,
    by: str,
    without: Collection[str],
    scheme: Scheme,
    names: Mapping[Any, str | None] | None = None,
) -> list[ResultGroup]:
    """The groups that ``by`` makes, each shown if it is large enough in every source.

    With the open link left out, also in it and beside it: whoever looks with it and without it
    can subtract.
    """
    held = by_holder(tally)
    looks = [held, tally] if OPEN_LINK in without else [held]
    looked = without_ways(tally, without)
    kept = looked.regroup([by])
    keys: list[Any] = [plain(key) for key in kept.counted[by]]
    found = zip(
        keys,
        disclose_groups(looked, by, scheme, looks),
        uncertainty(kept, scheme),
        strict=True,
    )
    return [
        ResultGroup(names[key] if names else key, index, certainty if index else None, key)
        for key, index, certainty in found
    ]


def _averaged(services: list[ResultGroup]) -> Fraction | None:
    indices = [group.index for group in services if group.index]
    return average(indices) if len(indices) == len(services) else None


def _experienced(
    session: Session,
    unit: Unit,
    period: Period,
    instrument: Instrument,
    without: Collection[str],
) -> DisclosedExperience | None:
    if period.closed_at is None:
        return None

    unit_only = Selection([period.id], [unit.id])
    sources = count_experiences_apart(session, instrument, unit_only)
    apart = list(sources.values()) if OPEN_LINK in without else experiences_held(sources)
    if without and any(map(_tells_of_few, apart)):
        return None
    looked = {key: one for key, one in sources.items() if way_of(key[1]) not in without}
    return disclose_experience(*experiences_held(looked))


def experiences_held(sources: Mapping[tuple[int, str], Experienced]) -> list[Experienced]:
    """By unit and who may hold it: the citizens' two ways are one."""
    held: dict[tuple[int, str], Experienced] = {}
    for (unit, source), one in sources.items():
        key = unit, holder_of(source)
        held[key] = held[key] + one if key in held else one
    return list(held.values())


def _tells_of_few(one: Experienced) -> bool:
    """Whether leaving the source out would tell in some place of one to four people."""
    return any(map(few, (one.answered, one.none, *one.forms.values())))
