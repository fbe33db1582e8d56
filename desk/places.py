"""The institutions, units and periods among which an actor may choose."""

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import (
    Actor,
    Forbidden,
    in_scope,
    require_analyst,
    require_unit,
    run_by,
    visible_units,
)
from analysis.disclosure import enough
from models import Institution, Period, Unit, now
from models.places import TIMEZONES
from survey.counts import ResponseCounts, Selection, count_responses


def units_of(session: Session, actor: Actor) -> list[Unit]:
    """The units whose unpublished results the actor may see, by name."""
    return list(session.scalars(visible_units(actor)))


def units_within(session: Session, actor: Actor, institution_id: int) -> list[Unit]:
    """Those of one institution, by name."""
    mine = visible_units(actor).where(Unit.institution_id == institution_id)
    return list(session.scalars(mine))


def units_among(session: Session, actor: Actor, unit_ids: Collection[int]) -> list[Unit]:
    """Those of the units that the actor may see, by name."""
    return list(session.scalars(visible_units(actor).where(Unit.id.in_(unit_ids))))


def unit_with_code(session: Session, actor: Actor, code: str) -> Unit:
    """The unit, if the actor may see its results. Raises Forbidden."""
    unit = session.scalar(visible_units(actor).where(Unit.code == code))
    if unit is None:
        raise Forbidden(f"unit {code}")
    return unit


def institutions_of(session: Session, actor: Actor) -> list[Institution]:
    """The institutions that the actor coordinates, by name."""
    mine = select(Institution).where(Institution.id.in_(actor.institutions))
    return list(session.scalars(mine.order_by(Institution.name)))


def institutions_with_units(session: Session, actor: Actor) -> list[Institution]:
    """All that have units, by name. Raises Forbidden for those who are no analysts."""
    require_analyst(actor)
    found = select(Institution).where(Institution.units.any())
    return list(session.scalars(found.order_by(Institution.name)))


def institutions_seen(session: Session, actor: Actor) -> list[Institution]:
    """The institutions of whose units the actor may see some, by name."""
    found = select(Institution).where(Institution.units.any(in_scope(actor)))
    return list(session.scalars(found.order_by(Institution.name)))


def periods_seen(session: Session, actor: Actor, institution_id: int) -> list[Period]:
    """The periods of an institution of whose units the actor may see some, newest first.

    Raises Forbidden.
    """
    seen = select(Unit.id).where(Unit.institution_id == institution_id, in_scope(actor))
    if session.scalar(seen.limit(1)) is None:
        raise Forbidden(f"institution {institution_id}")
    return _periods(session, institution_id)


def answered_periods(session: Session, actor: Actor, unit_id: int) -> list[Period]:
    """Those of a unit's periods in which at least five responses count, newest first.

    Raises Forbidden.
    """
    periods = periods_of(session, actor, unit_id)
    numbers = count_responses(session, Selection([one.id for one in periods], [unit_id]))
    return [
        one for one in periods if enough(numbers.get((unit_id, one.id), ResponseCounts()).counted)
    ]


def periods_of(session: Session, actor: Actor, unit_id: int) -> list[Period]:
    """The periods of a unit's institution, newest first. Raises Forbidden."""
    return _periods(session, require_unit(session, actor, unit_id).institution_id)


def periods_within(session: Session, actor: Actor, institution_id: int) -> list[Period]:
    """The periods of an institution that the actor coordinates, newest first. Raises Forbidden."""
    if institution_id not in actor.institutions:
        raise Forbidden(f"institution {institution_id}")
    return _periods(session, institution_id)


def today_of(institution: Institution) -> date:
    """The day that it is now in the institution's time zone."""
    return now().astimezone(ZoneInfo(institution.timezone)).date()


def today_for(session: Session, actor: Actor) -> date:
    """The day that it is now where the actor works; in the capital for whom that is everywhere."""
    own = select(Institution.timezone).where(Institution.units.any(run_by(actor)))
    zone = session.scalar(own.order_by(Institution.id).limit(1)) or TIMEZONES[0]
    return now().astimezone(ZoneInfo(zone)).date()


def today_in(session: Session, institution_id: int) -> date:
    """The day that it is now in the institution with this key."""
    return today_of(session.get_one(Institution, institution_id))


def _periods(session: Session, institution_id: int) -> list[Period]:
    found = select(Period).where(Period.institution_id == institution_id)
    return list(session.scalars(found.order_by(Period.starts.desc())))
