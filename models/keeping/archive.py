"""Moving old events of the trace into an encrypted file: the one act that removes any.

The file is written, opened again and followed before an event is removed; then all of them go in
one transaction, with the event that says so.
"""

from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
from sqlalchemy import ColumnElement, Engine, delete, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.base import now
from models.batches import Withdrawal
from models.engine import open_engine, reading, writing
from models.keeping.archive_file import ArchivedSpan, broken_at, follow_archive, write_archive
from models.keeping.lifting import guards_lifted, patiently
from models.keeping.retention import rules
from models.keeping.sealing import Hashing, digest_of_file, private_file, recipient, settle
from models.keeping.telling import Unfit
from models.named import named_database
from models.objections import Objection
from models.periods import Period
from models.publications import AuditEvent
from models.trace import (
    ARCHIVED,
    COMMAND_LINE,
    START,
    TraceHead,
    archived,
    beginning_of,
    events_in_order,
    follow,
)

OWNED = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'audit_events'::regclass"


@dataclass(frozen=True)
class ArchiveWanted:
    """Where events go that were recorded before the day ``until``, and who can open them."""

    target: Path
    until: date
    to: str


@dataclass(frozen=True)
class OpenMatter:
    """What is not decided yet, and since when; the trace is kept from there on."""

    name: str
    since: InstrumentedAttribute[datetime]
    undecided: ColumnElement[bool]


OPEN = (
    OpenMatter("a period that is open", Period.opened_at, Period.closed_at.is_(None)),
    OpenMatter(
        "an objection without a decision",
        Objection.raised_at,
        Objection.decided_at.is_(None),
    ),
    OpenMatter(
        "a withdrawal of responses without a decision",
        Withdrawal.proposed_at,
        Withdrawal.decided_at.is_(None),
    ),
)


def archive(wanted: ArchiveWanted, dry_run: bool) -> int:
    """Moves the old events into a new file, or tells how many they are. Returns 0.

    Raises Unfit where it can't be done; then every event is where it was.
    """
    key = recipient(wanted.to)
    partial = wanted.target.with_name(f"{wanted.target.name}.partial")
    for file in (wanted.target, partial):
        if file.exists():
            raise Unfit(f"{file} is there already; an archive replaces nothing.")
    engine = open_engine(named_database())
    with reading(engine) as session:
        _refuse(session, wanted.until)
        span = _old(session, wanted.until)
    if not span.events:
        print(f"No event was recorded before {wanted.until}. Nothing was archived.")
        return 0
    print(f"{span.events} events after {span.after.event}, the last is {span.last.event}.")
    if dry_run:
        print("Nothing was written or removed (--dry-run).")
        return 0
    digest = _write(engine, wanted.target, partial, span, key)
    print(f"{wanted.target}: SHA-256 {digest}")
    _remove(engine, wanted.until, span, digest)
    print("Moved; the trace says so.")
    return 0


def _refuse(session: Session, until: date) -> None:
    """Raises Unfit for who may not, and for events that are too young or still needed."""
    if session.get_bind().dialect.name == "postgresql" and not session.scalar(text(OWNED)):
        raise Unfit("Only the owner of the tables archives: give DATABASE_URL as the owner.")
    kept = rules()
    newest = now().date() - timedelta(days=kept.trace_days)
    if until > newest:
        raise Unfit(
            f"{kept.id} keeps events for {kept.trace_days} days: --until can be {newest} at most."
        )
    for matter in OPEN:
        since = session.scalar(select(func.min(matter.since)).where(matter.undecided))
        if since and since < beginning_of(until):
            raise Unfit(
                f"The trace is still needed from {since:%Y-%m-%d} on: there is {matter.name} since"
                " then. Decide it first, or archive until that day."
            )


def _old(session: Session, until: date) -> ArchivedSpan:
    """The events up to the last before all that were recorded later. Raises Unfit."""
    verdict, before = follow(session), archived(session)
    if verdict.broken:
        raise Unfit(f"The trace is broken after {verdict.events} events. {verdict.broken}")
    recorded = func.coalesce(AuditEvent.recorded_at, AuditEvent.created_at)
    later = select(func.min(AuditEvent.id)).where(recorded >= beginning_of(until))
    first_kept = session.scalar(later) or verdict.head.event + 1
    old = AuditEvent.id < first_kept
    events = session.scalar(select(func.count()).select_from(AuditEvent).where(old)) or 0
    newest = select(AuditEvent.id, AuditEvent.hash).where(old).order_by(AuditEvent.id.desc())
    last = session.execute(newest.limit(1)).first()
    after = before.last if before else START
    return ArchivedSpan(events, after, TraceHead(last.id, str(last.hash)) if last else after)


def _write(engine: Engine, target: Path, partial: Path, span: ArchivedSpan, key: Any) -> str:
    """Writes the file, opens it again and follows it; gives its SHA-256.

    It can be opened here since it is for a second key too, which nobody keeps.
    """
    passing = pyrage.x25519.Identity.generate()
    try:
        with private_file(partial) as file, reading(engine) as session:
            hashing = Hashing(file)
            with closing(events_in_order(session, span.last.event)) as events:
                write_archive(hashing, [key, passing.to_public()], span, events)
        broken = broken_at(follow_archive(partial, [passing]), span.last)
        if broken or digest_of_file(partial) != hashing.digest:
            raise Unfit(f"{partial} can't be read as it was written. {broken or ''}".strip())
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise
    partial.rename(target)
    settle(target.parent)
    return hashing.digest


def _remove(engine: Engine, until: date, span: ArchivedSpan, digest: str) -> None:
    """Removes the events and says so, all at once; waits for a moment in which nobody writes."""
    details = {
        "until": until.isoformat(),
        "events": span.events,
        "last": span.last.event,
        "hash": span.last.hash,
        "file": digest,
        "rules": rules().id,
    }

    def move() -> None:
        with (
            writing(engine, one_state=True) as session,
            guards_lifted(session, ["audit_events"]),
        ):
            event = AuditEvent(created_at=now(), actor=COMMAND_LINE, act=ARCHIVED, details=details)
            session.add(event)
            session.flush()
            _delete(session, span)

    patiently(move)


def _delete(session: Session, span: ArchivedSpan) -> None:
    gone = delete(AuditEvent).where(AuditEvent.id <= span.last.event)
    done: Any = session.execute(gone, execution_options={"synchronize_session": False})
    if done.rowcount != span.events:
        raise Unfit(
            f"{done.rowcount} events are there now, {span.events} are in the file: somebody else"
            " archived meanwhile. Nothing was removed."
        )
