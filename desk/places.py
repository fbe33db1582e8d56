"""The institutions, units and periods among which an actor may choose."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import (
    Actor,
    Forbidden,
    in_scope,
    require_analyst,
    require_unit,
    visible_units,
)
from models import Institution, Period, ReceivedPeriod, Unit


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


def periods_of(session: Session, actor: Actor, unit_id: int) -> list[Period]:
    """The periods of a unit's institution, newest first. Raises Forbidden."""
    return _periods(session, require_unit(session, actor, unit_id).institution_id)


def periods_within(session: Session, actor: Actor, institution_id: int) -> list[Period]:
    """The periods of an institution that the actor coordinates, newest first. Raises Forbidden."""
    if institution_id not in actor.institutions:
        raise Forbidden(f"institution {institution_id}")
    return _periods(session, institution_id)


def _periods(session: Session, institution_id: int) -> list[Period]:
    found = select(Period).where(Period.institution_id == institution_id)
    return list(session.scalars(found.order_by(Period.starts.desc())))


def kept_elsewhere(session: Session, period_id: int) -> bool:
    """Whether the answers of a period are in a district's instance, and here only its bundle."""
    return session.get(ReceivedPeriod, period_id) is not None
