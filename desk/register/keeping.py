"""Who keeps which part of the register, and what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session, selectinload

from accounts.actors import Actor, Forbidden
from models import Institution, Response, Succession, Unit, UnitChange


def keeps(actor: Actor, institution_id: int) -> bool:
    """Whether the actor keeps an institution's units: its coordinator, or an administrator."""
    return actor.administrator or institution_id in actor.institutions


def require_keeper(session: Session, actor: Actor, institution_id: int) -> Institution:
    """The institution, if the actor keeps its units. Raises Forbidden."""
    institution = session.get(Institution, institution_id)
    if institution is None or not keeps(actor, institution_id):
        raise Forbidden(f"institution {institution_id}")
    return institution


def kept_unit(session: Session, actor: Actor, unit_id: int) -> Unit:
    """The unit, if the actor keeps it. Raises Forbidden."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise Forbidden(f"unit {unit_id}")
    require_keeper(session, actor, unit.institution_id)
    return unit


def kept_institutions(session: Session, actor: Actor) -> Sequence[Institution]:
    """The institutions whose units the actor keeps, by name. Raises Forbidden for none."""
    if not (actor.administrator or actor.institutions):
        raise Forbidden("register")
    return session.scalars(
        select(Institution).where(_kept(actor)).order_by(Institution.name, Institution.id)
    ).all()


def _kept(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.administrator else Institution.id.in_(actor.institutions)


def provinces(session: Session) -> Sequence[Institution]:
    """The provinces that are in the register, by name."""
    return session.scalars(
        select(Institution).where(Institution.kind == "province").order_by(Institution.name)
    ).all()


def units_kept(session: Session, actor: Actor, institution_id: int) -> Sequence[Unit]:
    """An institution's units with services and counters, those that are no more last.

    Raises Forbidden.
    """
    require_keeper(session, actor, institution_id)
    return session.scalars(
        select(Unit)
        .where(Unit.institution_id == institution_id)
        .options(selectinload(Unit.services), selectinload(Unit.counters))
        .order_by(Unit.closed_on.is_not(None), Unit.name, Unit.id)
    ).all()


@dataclass(frozen=True)
class WhatBecame:
    """What became of a unit: how, from when on, why, decided when, and the units after it."""

    how: str
    day: date | None
    reason: str
    created_at: datetime
    successors: Sequence[Unit]


def changes_of(session: Session, actor: Actor, unit_id: int) -> Sequence[WhatBecame]:
    """What became of a unit, oldest first. Raises Forbidden."""
    kept_unit(session, actor, unit_id)
    found = session.scalars(
        select(UnitChange)
        .where(UnitChange.unit_id == unit_id)
        .options(selectinload(UnitChange.successions).joinedload(Succession.successor))
        .order_by(UnitChange.id)
    )
    return [
        WhatBecame(
            one.how, one.day, one.reason, one.created_at, [s.successor for s in one.successions]
        )
        for one in found
    ]


def has_answers(session: Session, actor: Actor, unit_id: int) -> bool:
    """Whether anybody has rated the unit; says nothing of how. Raises Forbidden."""
    kept_unit(session, actor, unit_id)
    return bool(session.scalar(select(exists().where(Response.unit_id == unit_id))))
