"""Reading the trace: who did what, when; for administrators and analysts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from models import AuditEvent, User


@dataclass(frozen=True)
class Event:
    """One act; ``who`` is a person's name, a user name, or the command.

    ``moment``: when the database recorded it, in events of before when it was said to be.
    """

    moment: datetime
    who: str
    act: str
    details: dict[str, object]


def list_acts(session: Session, actor: Actor) -> Sequence[str]:
    """The acts that have happened so far. Raises Forbidden."""
    _require_reader(actor)
    return session.scalars(select(AuditEvent.act).distinct().order_by(AuditEvent.act)).all()


def list_events(
    session: Session, actor: Actor, act: str | None, page: int, size: int
) -> list[Event]:
    """One page of events, newest first; ``page`` counts from 0. Raises Forbidden."""
    _require_reader(actor)
    rows = session.execute(
        select(AuditEvent, User.name)
        .outerjoin(User, User.id == AuditEvent.user_id)
        .where(_is(act))
        .order_by(AuditEvent.id.desc())
        .offset(page * size)
        .limit(size)
    ).all()
    return [
        Event(event.recorded_at or event.created_at, name or event.actor, event.act, event.details)
        for event, name in rows
    ]


def count_events(session: Session, actor: Actor, act: str | None) -> int:
    """How many events there are. Raises Forbidden."""
    _require_reader(actor)
    return session.scalar(select(func.count(AuditEvent.id)).where(_is(act))) or 0


def _is(act: str | None) -> ColumnElement[bool]:
    return AuditEvent.act == act if act else true()


def _require_reader(actor: Actor) -> None:
    if not (actor.administrator or actor.analyst):
        raise Forbidden("events")
