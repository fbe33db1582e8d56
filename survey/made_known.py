"""What everybody may see of a unit: the index that it announced, and what it did since.

Read from the approved document alone, so that the light door needs no scheme for it. Of what
is not approved nothing is read here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from analysis.redaction import redact
from analysis.rules import Text, parse_yaml
from models import Announcement, FollowUp, Period, Unit


@dataclass(frozen=True)
class Improvement:
    """A step of a unit's plan, and what became of it; without who answers for it."""

    element: str
    programme: str
    due: date
    status: str
    account: str


@dataclass(frozen=True)
class Interval:
    """Between which values an index lies; ``level``: 0-1."""

    low: Fraction
    high: Fraction
    level: Fraction


@dataclass(frozen=True)
class MadeKnown:
    """A unit's index of a period as it was announced, and the plan of that period.

    ``index``: as it was rounded; ``most``: the highest there can be, as ``most_of_element`` of an
    element; ``n``: respondents; ``elements``: their names, by key; ``means``: their unrounded
    means, None where too few answered.
    """

    period: str
    starts: date
    ends: date
    index: Fraction
    most: Fraction | None
    label: Text | None
    n: int | None
    interval: Interval | None
    elements: Mapping[str, Text]
    means: Mapping[str, Fraction | None]
    most_of_element: Fraction | None
    improvements: Sequence[Improvement]


@dataclass(frozen=True)
class UnitKnown:
    """A unit with what it announced of its latest survey, and of the one before."""

    code: str
    name: str
    institution: str
    demonstration: bool
    latest: MadeKnown | None
    before: MadeKnown | None


def known_of(session: Session, unit: Unit) -> UnitKnown:
    """What everybody may see of the unit."""
    newest: dict[int, Announcement] = {}
    for one in _approved(session, unit.id):
        newest.setdefault(one.period_id, one)
    read = [_read(session, one) for one in [*newest.values()][:2]]
    latest, before, *_ = [*read, None, None]
    place = unit.institution
    return UnitKnown(unit.code, unit.name, place.name, place.demonstration, latest, before)


def made_known(session: Session, unit_id: int, period_id: int) -> MadeKnown | None:
    """What the unit announced of the period; None where it announced nothing."""
    of_period = (one for one in _approved(session, unit_id) if one.period_id == period_id)
    found = next(of_period, None)
    return _read(session, found) if found else None


def improvements_of(plans: Sequence[FollowUp]) -> list[Improvement]:
    """The plans as far as they are now, without personal data in what was written."""
    return [
        Improvement(
            plan.element,
            redact(plan.programme).text,
            plan.due,
            plan.steps[-1].status,
            redact(plan.steps[-1].account).text,
        )
        for plan in plans
    ]


def plans_of(session: Session, unit_id: int, period_id: int) -> Sequence[FollowUp]:
    """The plan of a unit's survey, whether or not it may be seen."""
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.unit_id == unit_id, FollowUp.period_id == period_id)
        .options(selectinload(FollowUp.steps))
        .order_by(FollowUp.id)
    ).all()


def _approved(session: Session, unit_id: int) -> Sequence[Announcement]:
    """The unit's announcements, of the latest survey first, and of one survey the newest."""
    return session.scalars(
        select(Announcement)
        .join(Period, Period.id == Announcement.period_id)
        .where(Announcement.unit_id == unit_id, Announcement.approved_at.is_not(None))
        .order_by(Period.ends.desc(), Announcement.approved_at.desc(), Announcement.id)
    ).all()


def _read(session: Session, announcement: Announcement) -> MadeKnown:
    document = json.loads(announcement.document)
    period = session.get_one(Period, announcement.period_id)
    rules = _rules(period.scheme.text, period.scheme.key)
    plans = plans_of(session, announcement.unit_id or 0, period.id)
    return MadeKnown(
        document["period"]["name"],
        date.fromisoformat(document["period"]["starts"]),
        date.fromisoformat(document["period"]["ends"]),
        Fraction(document["index"]),
        rules.most,
        document["label"] and Text(**document["label"]),
        document["n"],
        _interval(document.get("certainty") or {}),
        rules.elements,
        {key: mean and Fraction(mean) for key, mean in document.get("means", {}).items()},
        rules.most_of_element,
        improvements_of(plans),
    )


def _interval(certainty: Mapping[str, object]) -> Interval | None:
    edges = certainty.get("interval")
    if not isinstance(edges, list):
        return None
    low, high = map(Fraction, edges)
    return Interval(low, high, Fraction(str(certainty["level"])))


@dataclass(frozen=True)
class _Rules:
    elements: Mapping[str, Text]
    most: Fraction | None
    most_of_element: Fraction | None


@cache
def _rules(text: str, name: str) -> _Rules:
    """What is said of a scheme here; all of it would take a worker's memory."""
    content = parse_yaml(text, name)
    elements = {one["key"]: Text.model_validate(one["name"]) for one in content["children"]}
    goals = content.get("normalise", {})
    most, most_of_element = (
        Fraction(goals[span][1]) if span in goals else None for span in ("onto", "between")
    )
    return _Rules(elements, most, most_of_element)
