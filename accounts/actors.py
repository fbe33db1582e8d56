"""Actors: a signed-in person with roles, and the scope in which each role holds.

Whatever reads or writes on someone's behalf asks here first; a hidden menu protects nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from models import Institution, Role, Unit, User, now
from models.places import TIMEZONES


class Forbidden(Exception):
    """The actor's roles do not allow what was asked."""


@dataclass(frozen=True)
class Actor:
    """A signed-in person: ``units`` as official, ``institutions`` as coordinator.

    ``timezone``: where the actor works; the capital's for whom that is everywhere.
    """

    user_id: int
    name: str
    units: frozenset[int] = frozenset()
    institutions: frozenset[int] = frozenset()
    analyst: bool = False
    administrator: bool = False
    timezone: str = TIMEZONES[0]

    def day_of(self, moment: datetime) -> date:
        """The day that a moment belongs to where the actor works."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    @property
    def today(self) -> date:
        """The day that it is now where the actor works."""
        return self.day_of(now())

    @property
    def anything(self) -> bool:
        """Whether the actor has any role at all."""
        return bool(self.units or self.institutions or self.analyst or self.administrator)


# Whoever has the database's files in hand may do what an administrator may; no user, so no id.
COMMAND_LINE = Actor(user_id=0, name="command line", administrator=True)


def actor_of(session: Session, user: User) -> Actor:
    """The user with the roles as they are now."""
    place = func.coalesce(Role.institution_id, Unit.institution_id)
    rows = session.execute(
        select(Role, Institution.timezone)
        .outerjoin(Unit, Unit.id == Role.unit_id)
        .outerjoin(Institution, Institution.id == place)
        .where(Role.user_id == user.id)
        .order_by(Institution.id)
    ).all()
    roles = [role for role, _ in rows]
    return Actor(
        user_id=user.id,
        name=user.name,
        units=frozenset(role.unit_id for role in roles if role.unit_id is not None),
        institutions=frozenset(
            role.institution_id for role in roles if role.institution_id is not None
        ),
        analyst=any(role.role == "analyst" for role in roles),
        administrator=any(role.role == "administrator" for role in roles),
        timezone=next((zone for _, zone in rows if zone), TIMEZONES[0]),
    )


def run_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on units that the actor works for them: what an analyst only sees is not."""
    return or_(Unit.id.in_(actor.units), Unit.institution_id.in_(actor.institutions))


def in_scope(actor: Actor) -> ColumnElement[bool]:
    """The condition on units that the actor may see their unpublished results."""
    return true() if actor.analyst else run_by(actor)


def visible_units(actor: Actor) -> Select[Unit]:
    """The units whose unpublished results the actor may see."""
    institution = joinedload(Unit.institution)
    return select(Unit).where(in_scope(actor)).options(institution).order_by(Unit.name)


def require_unit(session: Session, actor: Actor, unit_id: int) -> Unit:
    """The unit, if the actor may see its results. Raises Forbidden."""
    unit = session.scalar(visible_units(actor).where(Unit.id == unit_id))
    if unit is None:
        raise Forbidden(f"unit {unit_id}")
    return unit


def require_staff(session: Session, actor: Actor, unit_id: int) -> Unit:
    """The unit, if the actor is its official or its coordinator. Raises Forbidden."""
    unit = require_unit(session, actor, unit_id)
    if not runs_unit(actor, unit):
        raise Forbidden(f"unit {unit_id}")
    return unit


def runs_unit(actor: Actor, unit: Unit) -> bool:
    """Whether the actor works for the unit, as its official or for its institution."""
    return unit.id in actor.units or unit.institution_id in actor.institutions


def require_coordinator(session: Session, actor: Actor, institution_id: int) -> Institution:
    """The institution, if the actor coordinates it. Raises Forbidden."""
    if institution_id not in actor.institutions:
        raise Forbidden(f"institution {institution_id}")
    return session.get_one(Institution, institution_id)


def require_analyst(actor: Actor) -> None:
    """Raises Forbidden unless the actor is an Ombudsman analyst."""
    if not actor.analyst:
        raise Forbidden("analyst")


def require_administrator(actor: Actor) -> None:
    """Raises Forbidden unless the actor is an administrator."""
    if not actor.administrator:
        raise Forbidden("administrator")
