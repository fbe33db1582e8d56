"""What becomes of units: they close, merge, split and move, on a day and for a reason.

A unit keeps its answers, its results and its institution for good. What goes on from it is
another unit, its successor; a moved one too, so that the periods of both institutions stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.errors import bad
from desk.audit import log
from desk.reasons import worded
from desk.register.keeping import kept_unit, require_keeper
from desk.register.places import NewUnit, add_counter, add_service, add_unit
from models import Period, Response, Succession, Unit, UnitChange, now
from survey.names import last_day

FEWEST_PARTS = 2


@dataclass(frozen=True)
class Ending:
    """The first day on which a unit is no more, and why."""

    day: date
    reason: str


def close_unit(session: Session, actor: Actor, unit_id: int, ending: Ending) -> None:
    """Ends a unit after which none goes on. Raises Forbidden or BadInput."""
    _end(session, actor, kept_unit(session, actor, unit_id), _End("close", ending, []))


def reopen_unit(session: Session, actor: Actor, unit_id: int, reason: str) -> None:
    """Lets a unit go on that was closed. Raises Forbidden, and BadInput where others succeeded."""
    unit = kept_unit(session, actor, unit_id)
    last = session.scalar(
        select(UnitChange).where(UnitChange.unit_id == unit_id).order_by(UnitChange.id.desc())
    )
    if unit.closed_on is None or last is None or last.how != "close":
        raise bad("register_not_closed", name=unit.name)
    reason = worded("reason", reason)
    unit.closed_on = None
    _note(session, actor, unit, UnitChange(how="reopen", day=None, reason=reason), [])
    log(session, actor, "reopen_unit", unit=unit.code, reason=reason)


def merge_units(
    session: Session, actor: Actor, unit_ids: Sequence[int], into: int, ending: Ending
) -> None:
    """Ends units that go on together as one of the same institution, new or old.

    Raises Forbidden or BadInput.
    """
    successor = kept_unit(session, actor, into)
    if not unit_ids or into in unit_ids:
        raise bad("register_merge_itself", name=successor.name)
    for unit_id in unit_ids:
        unit = kept_unit(session, actor, unit_id)
        _end(session, actor, unit, _End("merge", ending, [successor]))


def split_unit(
    session: Session, actor: Actor, unit_id: int, successors: Sequence[int], ending: Ending
) -> None:
    """Ends a unit that goes on as several of the same institution. Raises Forbidden or BadInput."""
    unit = kept_unit(session, actor, unit_id)
    parts = [kept_unit(session, actor, one) for one in dict.fromkeys(successors) if one != unit_id]
    if len(parts) < FEWEST_PARTS:
        raise bad("register_split_parts", found=len(parts), expected=FEWEST_PARTS)
    _end(session, actor, unit, _End("split", ending, parts))


@dataclass(frozen=True)
class UnitMove:
    """A unit, the institution it goes to, and its code there; blank: proposed from its name."""

    unit_id: int
    to: int
    code: str


def move_unit(session: Session, actor: Actor, move: UnitMove, ending: Ending) -> Unit:
    """Ends a unit that goes on in another institution, with its services and counters.

    The actor keeps both institutions: nobody hands a unit to another without its leave. Gives
    the unit there, of another code; the citizens' link of the old one shows the way to it.
    Raises Forbidden or BadInput.
    """
    unit = kept_unit(session, actor, move.unit_id)
    require_keeper(session, actor, move.to)
    if move.to == unit.institution_id:
        raise bad("register_move_itself", name=unit.name)
    new = NewUnit(move.to, move.code, unit.name, opened_on=ending.day)
    moved = add_unit(session, actor, new)
    moved.open_link = unit.open_link
    for service in unit.services:
        if service.closed_on is None:
            add_service(session, actor, moved.id, service.code, service.name)
    for counter in unit.counters:
        if counter.closed_on is None:
            add_counter(session, actor, moved.id, counter.code, counter.name)
    _end(session, actor, unit, _End("move", ending, [moved]))
    return moved


def first_ending(session: Session, unit: Unit) -> date | None:
    """The first day on which a unit may be no more: after its last answer; None: any day."""
    running = select(func.max(Response.local_date)).join(Period, Period.id == Response.period_id)
    last = session.scalar(running.where(Response.unit_id == unit.id, Period.closed_at.is_(None)))
    rated = select(Response.period_id).where(Response.unit_id == unit.id)
    closed = session.scalars(
        select(Period).where(Period.id.in_(rated), Period.closed_at.is_not(None))
    )
    days = [*map(last_day, closed), *([last] if last else [])]
    after = [day + timedelta(days=1) for day in days]
    opened = [unit.opened_on + timedelta(days=1)] if unit.opened_on else []
    return max([*after, *opened], default=None)


@dataclass(frozen=True)
class _End:
    """How a unit ends, and the units that go on from it."""

    how: str
    ending: Ending
    successors: Sequence[Unit]


def _end(session: Session, actor: Actor, unit: Unit, end: _End) -> None:
    how, ending, successors = end.how, end.ending, end.successors
    reason = worded("reason", ending.reason)
    session.refresh(unit, with_for_update=True)  # two don't end it at once
    if unit.closed_on is not None:
        raise bad("register_ended", name=unit.name, day=unit.closed_on)
    earliest = first_ending(session, unit)
    if earliest and ending.day < earliest:
        raise bad("register_end_early", found=ending.day, expected=earliest)
    for one in successors:
        if how != "move" and one.institution_id != unit.institution_id:
            raise bad("register_other_institution", name=one.name)
        if one.closed_on is not None and one.closed_on <= ending.day:
            raise bad("register_ended", name=one.name, day=one.closed_on)
    unit.closed_on = ending.day
    _note(session, actor, unit, UnitChange(how=how, day=ending.day, reason=reason), successors)
    log(
        session,
        actor,
        "end_unit",
        unit=unit.code,
        how=how,
        day=ending.day.isoformat(),
        successors=[one.code for one in successors] or None,
        reason=reason,
    )


def _note(
    session: Session, actor: Actor, unit: Unit, change: UnitChange, successors: Sequence[Unit]
) -> None:
    change.unit_id, change.user_id, change.created_at = unit.id, actor.user_id, now()
    change.successions = [Succession(successor=one) for one in successors]
    session.add(change)
    session.flush()
