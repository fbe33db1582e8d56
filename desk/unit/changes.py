"""A unit's period against the one before, and its index over the years, with how sure each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.index.disclosed import SOURCE, DisclosedIndex, disclose, large_cells
from analysis.index.satisfaction import satisfaction
from analysis.index.tally import Tally
from analysis.uncertainty.change import Change, element_changes, index_changes, together
from analysis.uncertainty.uncertainty import Uncertainty, uncertainty
from desk.office.visits import visits_by_period
from desk.unit.results import UnitResults, population, unit_results
from desk.unit.steps import Shown, by_holder
from models import Period
from survey.counts import Selection, count_answers
from survey.margins import plain
from survey.periods import asked_instrument
from survey.schemes import used_scheme

YEARS = 5
Key = TypeVar("Key")
GROUP = "group"
# Stands for "none" among the numbers of services: NaN equals nothing, not even itself.


@dataclass(frozen=True)
class PeriodComparison:
    """What changed since the period ``before``; elements and services with p adjusted by Holm.

    ``services``: by name, None for answers that name none.
    """

    before: UnitResults
    index: Change
    elements: Mapping[str, Change]
    services: Mapping[str | None, Change]


@dataclass(frozen=True)
class Moment:
    """The pooled index of one period, and how sure it is."""

    period: Period
    index: DisclosedIndex
    certainty: Uncertainty | None


def compare(session: Session, actor: Actor, now: UnitResults) -> PeriodComparison | None:
    """The period of ``now`` against the latest before it that asked the same questions.

    None where there is none, or where one of the two shows no index. Both without their sources
    of one to four. Raises Forbidden.
    """
    period = period_alike_before(session, now.period)
    if period is None or now.index is None:
        return None
    before = unit_results(session, actor, now.unit.id, period.id)
    if before.index is None or before.index.index is None or now.index.index is None:
        return None
    old, new = before.answers.undisclosed.apart, now.answers.undisclosed.apart
    if not (old.whole.respondents.any() and new.whole.respondents.any()):
        return None
    (index,) = index_changes(_alone(old.whole), _alone(new.whole), now.scheme).values()
    elements = element_changes(old.whole.regroup([]), new.whole.regroup([]), now.scheme)
    both = [key for key in elements if _has(before, key) and _has(now, key)]
    services = index_changes(_by_service(old), _by_service(new), now.scheme)
    earlier = {group.key for group in before.services if group.index}
    told = [group for group in now.services if group.index and group.key in earlier]
    return PeriodComparison(
        before,
        index,
        _adjusted({key: elements[key] for key in both}),
        _adjusted({group.name: services[group.key] for group in told}),
    )


def moment_before(session: Session, now: UnitResults) -> Moment | None:
    """The closed period that ``now`` may be compared with, as far as it shows an index.

    One count, without its groups.
    """
    period = period_alike_before(session, now.period)
    if period is None or period.closed_at is None:
        return None
    found = _closed_moments(session, now, [period]).get(period.id)
    return found if found and found.index.index is not None else None


def moments_of(
    session: Session, actor: Actor, now: UnitResults, compared: PeriodComparison | None
) -> list[Moment]:
    """The periods of the last five years that show an index, up to the one of ``now``.

    ``compared``: as ``compare`` gave it. Raises Forbidden.
    """
    periods = session.scalars(
        select(Period)
        .where(
            Period.institution_id == now.period.institution_id,
            Period.starts <= now.period.starts,
        )
        .order_by(Period.starts)
    )
    alike = [
        period
        for period in periods
        if period.ends.year > now.period.ends.year - YEARS
        and period.scheme.key == now.period.scheme.key
    ]
    looked = {one.period.id: one for one in (now, compared.before if compared else now)}
    for period in alike:
        if period.closed_at is None and period.id not in looked:
            looked[period.id] = unit_results(session, actor, now.unit.id, period.id)
    others = [period for period in alike if period.id not in looked]
    moments = _closed_moments(session, now, others) | {
        key: Moment(one.period, one.index, one.certainty)
        for key, one in looked.items()
        if one.index
    }
    found = [moments[period.id] for period in alike if period.id in moments]
    return [one for one in found if one.index.index is not None]


def with_year(period: Period) -> str:
    """The period's name, with its year where the name does not tell it."""
    year = str(period.ends.year)
    return period.name if year in period.name else f"{period.name} {year}"


def same_words(one: Period, other: Period) -> bool:
    """Whether both periods ask the same items, word for word."""
    return asked_instrument(one).items == asked_instrument(other).items


def period_alike_before(session: Session, period: Period) -> Period | None:
    """The latest earlier period with the same scheme and the same items, word for word."""
    earlier = session.scalars(
        select(Period)
        .where(
            Period.institution_id == period.institution_id,
            Period.ends < period.starts,
            Period.scheme_hash == period.scheme_hash,
        )
        .order_by(Period.ends.desc())
    )
    return next((one for one in earlier if same_words(one, period)), None)


def _closed_moments(
    session: Session, now: UnitResults, periods: Sequence[Period]
) -> dict[int, Moment]:
    """Those of at least five respondents, by period; one query for all that ask the same."""
    moments: dict[int, Moment] = {}
    visits = visits_by_period(session, now.unit.id)
    for _, group in groupby(sorted(periods, key=_rules), key=_rules):
        alike = {period.id: period for period in group}
        first = next(iter(alike.values()))
        instrument, scheme = asked_instrument(first), used_scheme(first)
        selection = Selection(list(alike), [now.unit.id])
        by = ["period_id", SOURCE]
        held = by_holder(count_answers(session, instrument, by, selection, pairs=True))
        whole, sure = (one.regroup(["period_id"]) for one in (held, large_cells(held)))
        known = {
            key: population(visits.get(key), n)
            for key, n in zip(whole.counted["period_id"], whole.respondents.tolist(), strict=True)
        }
        keys: list[int] = sure.counted["period_id"].tolist()
        drawn_from = [known[key] for key in keys]
        certainties = dict(zip(keys, uncertainty(sure, scheme, drawn_from), strict=True))
        found = zip(whole.counted["period_id"].tolist(), satisfaction(whole, scheme), strict=True)
        moments |= {
            key: Moment(alike[key], index, certainties.get(key))
            for key, counted in found
            if not (index := disclose(counted)).too_few
        }
    return moments


def _rules(period: Period) -> tuple[str, str]:
    return period.instrument_hash, period.scheme_hash


def _alone(whole: Tally) -> Tally:
    """The whole as a group of one column, as changes want it."""
    counted = whole.regroup([]).counted.assign(**{GROUP: ""})
    return Tally(counted, (GROUP,), whole.items_of, whole.allowed)


def _by_service(shown: Shown) -> Tally:
    """By service, None for answers that name none: NaN would not be found again."""
    services = shown.services.regroup(["service_id"])
    keys = pd.Series(map(plain, services.counted["service_id"]), dtype=object)
    return replace(services, counted=services.counted.assign(service_id=keys))


def _has(results: UnitResults, element: str) -> bool:
    return results.index is not None and results.index.means.get(element) is not None


def _adjusted(changes: Mapping[Key, Change]) -> dict[Key, Change]:
    return dict(zip(changes, together(list(changes.values())), strict=True))
