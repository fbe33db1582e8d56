"""A unit's period against the one before, and its index over the years, with how sure each is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.change import Change, element_changes, holm, index_changes
from analysis.satisfaction import Satisfaction
from analysis.tally import Tally
from analysis.uncertainty import Uncertainty
from desk.results import UnitResults, unit_results
from desk.steps import plain, shown_answers
from models import Period
from survey.periods import asked_instrument

YEARS = 5
Key = TypeVar("Key")
GROUP = "group"
# Stands for "none" among the numbers of services: NaN equals nothing, not even itself.
NO_SERVICE = 0


@dataclass(frozen=True)
class Compared:
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
    index: Satisfaction
    certainty: Uncertainty | None


def compare(session: Session, actor: Actor, now: UnitResults) -> Compared | None:
    """The period of ``now`` against the latest before it that asked the same questions.

    None where there is none, or where one of the two shows no index. Both with all their
    sources. Raises Forbidden.
    """
    period = _before(session, now.period)
    if period is None or now.index is None:
        return None
    before = unit_results(session, actor, now.unit.id, period.id)
    if before.index is None or before.index.index is None or now.index.index is None:
        return None
    old, new = (
        shown_answers(session, one.unit, one.period, one.instrument) for one in (before, now)
    )
    (index,) = index_changes(_alone(old.whole), _alone(new.whole), now.scheme).values()
    elements = element_changes(old.whole.regroup([]), new.whole.regroup([]), now.scheme)
    both = [key for key in elements if _has(before, key) and _has(now, key)]
    services = index_changes(_by_service(old.services), _by_service(new.services), now.scheme)
    by_key = {plain(key): change for key, change in services.items()}
    earlier = {group.key for group in before.services if group.index}
    told = [group for group in now.services if group.index and group.key in earlier]
    return Compared(
        before,
        index,
        _adjusted({key: elements[key] for key in both}),
        _adjusted({group.name: by_key[group.key or NO_SERVICE] for group in told}),
    )


def moments_of(session: Session, actor: Actor, now: UnitResults) -> list[Moment]:
    """The periods of the last five years that show an index, up to the one of ``now``."""
    periods = session.scalars(
        select(Period)
        .where(
            Period.institution_id == now.period.institution_id,
            Period.starts <= now.period.starts,
        )
        .order_by(Period.starts)
    )
    results = [
        unit_results(session, actor, now.unit.id, period.id)
        for period in periods
        if period.ends.year > now.period.ends.year - YEARS
        and period.scheme.key == now.period.scheme.key
    ]
    return [
        Moment(one.period, one.index, one.certainty)
        for one in results
        if one.index and one.index.index is not None
    ]


def _before(session: Session, period: Period) -> Period | None:
    """The latest earlier period with the same scheme and the same items, word for word."""
    items = asked_instrument(period).items
    earlier = session.scalars(
        select(Period)
        .where(
            Period.institution_id == period.institution_id,
            Period.ends < period.starts,
            Period.scheme_hash == period.scheme_hash,
        )
        .order_by(Period.ends.desc())
    )
    return next((one for one in earlier if asked_instrument(one).items == items), None)


def _alone(whole: Tally) -> Tally:
    """The whole as a group of one column, as changes want it."""
    counted = whole.regroup([]).counted.assign(**{GROUP: ""})
    return Tally(counted, (GROUP,), whole.items_of, whole.allowed)


def _by_service(services: Tally) -> Tally:
    one = services.regroup(["service_id"])
    counted = one.counted.assign(service_id=one.counted["service_id"].fillna(NO_SERVICE))
    return Tally(counted, one.by, one.items_of, one.allowed)


def _has(results: UnitResults, element: str) -> bool:
    return results.index is not None and results.index.means.get(element) is not None


def _adjusted(changes: Mapping[Key, Change]) -> dict[Key, Change]:
    return dict(zip(changes, holm(list(changes.values())), strict=True))
