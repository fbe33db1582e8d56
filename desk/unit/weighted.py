"""What stands beside a unit's headline: weighted to the visits of its services, and shrunken.

After closing only: weights make every single answer felt. Services that are not shown are one
stratum together, so that no weighted figure tells more of them than the headline does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit
from analysis.disclosure import enough
from analysis.index.disclosed import SOURCE, DisclosedIndex, disclose, large_cells
from analysis.index.satisfaction import satisfaction
from analysis.index.tally import Tally
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.moments import linear, moments, scale_of
from analysis.uncertainty.shrinkage import Shrunken, empirical_bayes, fay_herriot
from analysis.uncertainty.strata import Weighted, weighted
from analysis.uncertainty.uncertainty import uncertainty
from desk.office.visits import service_visits, visits_by_unit
from desk.register.standing import units_in
from desk.unit.results import UnitResults, population
from desk.unit.steps import by_holder
from survey.counts import Selection, count_answers
from survey.margins import plain

STRATUM = "stratum"
MERGED, UNNAMED = "merged", ""
NotWeightedReason = Literal["no_visits", "fewer_visits", "one_service", "unnamed"]


@dataclass(frozen=True)
class NotWeighted:
    """Why there is no weighted figure, and which services are the reason."""

    why: NotWeightedReason
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightedIndices:
    """The index ``stratified`` by service, and ``post_stratified`` to the visits by service.

    ``merged``: the services that count as one, being too small; None: no service named.
    """

    merged: tuple[str | None, ...]
    stratified: Weighted | NotWeighted
    post_stratified: Weighted | NotWeighted


@dataclass(frozen=True)
class ShrunkenUnit:
    """One unit: its index as shown, its standard error, and both shrunken ones with theirs.

    None where there is none.
    """

    name: str
    index: DisclosedIndex
    error: float | None
    empirical_bayes: tuple[float, float] | None
    fay_herriot: tuple[float, float] | None


@dataclass(frozen=True)
class ShrunkenUnits:
    """The institution's units of at least five respondents, and how many have fewer."""

    units: list[ShrunkenUnit]
    left_out: int


def beside_headline(session: Session, actor: Actor, results: UnitResults) -> WeightedIndices | None:
    """The weighted figures of a closed period that shows an index; None else. Raises Forbidden."""
    visits = dict(service_visits(session, actor, results.unit.id, results.period.id))
    if results.period.closed_at is None or results.index is None:
        return None
    by_service = results.answers.undisclosed.apart.services.regroup(["service_id"])
    keys: list[Any] = [plain(key) for key in by_service.counted["service_id"]]
    people = dict(zip(keys, by_service.respondents.tolist(), strict=True))
    names = results.names.of_services(results.unit)
    if unknown := [names[key] for key in people if key is not None and key not in visits]:
        return _neither(NotWeighted("no_visits", tuple(sorted(unknown))))
    merged = _merged(results, people, visits)
    strata = {key: MERGED if key in merged else str(key or UNNAMED) for key in people | visits}
    cells = _by_stratum(by_service, [strata[key] for key in keys])
    wanted = _visits_by_stratum(visits, strata)
    told = tuple(names[key] if key else None for key in merged)
    if refusal := _refusal(cells, wanted, strata, names):
        return _neither(refusal, told)
    stratified = _stratified(cells, results.scheme, wanted)
    return WeightedIndices(
        told, stratified, _post_stratified(cells, results, results.index.n, wanted)
    )


def _visits_by_stratum(visits: Mapping[int, int], strata: Mapping[Any, str]) -> dict[str, int]:
    """The visits of the services of each stratum together."""
    wanted: dict[str, int] = {}
    for key, number in visits.items():
        wanted[strata[key]] = wanted.get(strata[key], 0) + number
    return wanted


def _stratified(cells: Tally, scheme: Scheme, visits: Mapping[str, int]) -> Weighted | NotWeighted:
    """Weighted by stratum; not where some respondents named no service."""
    if UNNAMED in cells.counted[STRATUM].tolist():
        return NotWeighted("unnamed")
    return weighted(cells, scheme, STRATUM, visits)


def _post_stratified(
    cells: Tally, results: UnitResults, respondents: int, visits: Mapping[str, int]
) -> Weighted:
    """All weigh alike and are raked to the visits by stratum."""
    drawn_from = population(results.visits, respondents)
    whole = {UNNAMED: drawn_from} if drawn_from else None
    return weighted(cells, results.scheme, visits=whole, margins={STRATUM: visits})


def units_beside(session: Session, actor: Actor, results: UnitResults) -> ShrunkenUnits | None:
    """The institution's units of a closed period, for its coordinator and for analysts.

    None for others and while the period is open. Raises Forbidden.
    """
    unit, period = require_unit(session, actor, results.unit.id), results.period
    may = actor.analyst or unit.institution_id in actor.institutions
    if not may or period.closed_at is None:
        return None
    names = {one.id: results.names.of(one) for one in session.scalars(units_in(period))}
    selection = Selection([period.id], list(names))
    by = ["unit_id", SOURCE]
    counted = by_holder(count_answers(session, results.instrument, by, selection, pairs=True))
    whole = large_cells(counted.regroup(["unit_id"]))
    # Of sources of one to four the spread would tell.
    shown = large_cells(counted).regroup(["unit_id"])
    keys: list[int] = shown.counted["unit_id"].tolist()
    visits = visits_by_unit(session, period.id)
    of_all = dict(zip(whole.counted["unit_id"], satisfaction(whole, results.scheme), strict=True))
    indices = [of_all[key] for key in keys]
    known = [population(visits.get(key), index.n) for key, index in zip(keys, indices, strict=True)]
    errors = [one.standard_error for one in uncertainty(shown, results.scheme, known)]
    direct = linear(moments(shown), scale_of(shown, results.scheme))
    bayes = _pairs(empirical_bayes(direct, shown.respondents), len(shown))
    drawn = _pairs(fay_herriot(direct.index, np.array(errors, float)), len(shown))
    rows = [
        ShrunkenUnit(names[key], disclose(index), error, by_bayes, by_fay_herriot)
        for key, index, error, by_bayes, by_fay_herriot in zip(
            keys, indices, errors, bayes, drawn, strict=True
        )
    ]
    return ShrunkenUnits(sorted(rows, key=lambda one: one.name), len(names) - len(rows))


def _neither(why: NotWeighted, merged: tuple[str | None, ...] = ()) -> WeightedIndices:
    return WeightedIndices(merged, why, why)


def _merged(
    results: UnitResults, people: Mapping[Any, int], visits: Mapping[int, int]
) -> list[int | None]:
    """The services that are hidden or that nobody rated: five respondents together at least."""
    hidden = [group.key for group in results.services if group.index is None]
    silent = [key for key in visits if key not in people]
    merged: list[Any] = [*hidden, *silent]
    if not any(key in visits for key in merged):
        return []
    rest = sorted((n, key) for key, n in people.items() if key in visits and key not in merged)
    while rest and not enough(sum(people.get(key, 0) for key in merged)):
        merged.append(rest.pop(0)[1])
    return merged


def _by_stratum(by_service: Tally, strata: list[str]) -> Tally:
    rows = by_service.counted.drop(columns="service_id").assign(**{STRATUM: strata})
    cells = Tally(rows, (STRATUM,), by_service.items_of, by_service.allowed)
    return cells.regroup([STRATUM])


def _refusal(
    cells: Tally, visits: Mapping[str, int], strata: Mapping[Any, str], names: Mapping[int, str]
) -> NotWeighted | None:
    if len(visits) < 2:
        return NotWeighted("one_service")
    people = dict(zip(cells.counted[STRATUM], cells.respondents.tolist(), strict=True))
    fewer = {stratum for stratum, number in visits.items() if number < people[stratum]}
    of = sorted(names[key] for key, stratum in strata.items() if key and stratum in fewer)
    return NotWeighted("fewer_visits", tuple(of)) if of else None


def _pairs(found: Shrunken | None, units: int) -> list[tuple[float, float] | None]:
    if found is None:
        return [None] * units
    pairs = zip(found.index.tolist(), found.error.tolist(), strict=True)
    return [None if np.isnan(index) else (index, error) for index, error in pairs]
