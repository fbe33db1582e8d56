"""The trace as a chain: each event carries the hash of the one before.

Hashed are netstrings ("3:abc,") of the hash before, and of the event's number, times, account,
name, act and details, as they are stored. On PostgreSQL the database chains; SQLite can't hash:
there the session does, and the database refuses what is not next.
"""

import json
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Row, Text, cast, event, select
from sqlalchemy.orm import Session, UOWTransaction

from models.publications import AuditEvent

FIRST = "0" * 64
AT_ONCE = 1000
COMMAND_LINE, ARCHIVED = "command line", "archive"


class TraceHead(NamedTuple):
    """The last event of a trace: its number, 0 where there is none, and its hash."""

    event: int
    hash: str


START = TraceHead(0, FIRST)


class TraceArchive(NamedTuple):
    """Where events before the trace's beginning are: up to ``last``, in the file of this SHA-256.

    ``until``: the day before which they were recorded.
    """

    last: TraceHead
    until: date
    file: str


@dataclass(frozen=True)
class TraceVerdict:
    """What following the chain found.

    ``events``: how many hold; ``untimed``: how many of them from before the database told the
    time; ``head``: the last that holds; ``broken``: where it breaks first, as a sentence, None
    where it doesn't.
    """

    events: int
    untimed: int
    head: TraceHead
    broken: str | None


def digest_of(previous: str, event: "AuditEvent | Row[Any]", details: str) -> str:
    """The hash of an event, whose details are given as stored."""
    fields = (
        previous,
        str(event.id),
        _instant(event.recorded_at),
        _instant(event.created_at),
        "" if event.user_id is None else str(event.user_id),
        event.actor,
        event.act,
        details,
    )
    encoded = [field.encode() for field in fields]
    return sha256(b"".join(b"%d:%b," % (len(one), one) for one in encoded)).hexdigest()


def trace_head(session: Session) -> TraceHead:
    """The last event that the session sees."""
    newest = select(AuditEvent.id, AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    found = session.connection().execute(newest).first()
    return TraceHead(found.id, str(found.hash)) if found else START


def events_in_order(session: Session, last: int | None = None) -> Generator[Any]:
    """All events as they are stored, a few at a time; ``written``: the details as text.

    ``last``: the number of the last one wanted.
    """
    written = cast(AuditEvent.details, Text).label("written")
    columns = [one for one in AuditEvent.__table__.columns if one.name != "details"]
    query = select(*columns, written).order_by(AuditEvent.id)
    if last is not None:
        query = query.where(AuditEvent.id <= last)
    with session.execute(query.execution_options(yield_per=AT_ONCE)) as rows:
        yield from rows


def archived(session: Session) -> TraceArchive | None:
    """Where the events before the trace's beginning are; None where none was ever taken away.

    Of what tells of the same events the first: what was added later moved nothing.
    """
    told = select(AuditEvent.details).where(
        AuditEvent.act == ARCHIVED, AuditEvent.actor == COMMAND_LINE, AuditEvent.user_id.is_(None)
    )
    found = map(archive_told, session.scalars(told.order_by(AuditEvent.id)))
    return max(filter(None, found), key=lambda one: one.last.event, default=None)


def beginning_of(day: date) -> datetime:
    """When a day begins by the clock that the trace is told by."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def archive_told(details: Any) -> TraceArchive | None:
    """What the details of an event tell of an archive; None where they tell of none."""
    try:
        last = TraceHead(int(details["last"]), str(details["hash"]))
        return TraceArchive(last, date.fromisoformat(details["until"]), str(details["file"]))
    except (KeyError, TypeError, ValueError):
        return None


def follow(session: Session, known: TraceHead | None = None) -> TraceVerdict:
    """Follows the chain from its first event on, or from where the last archive ends.

    ``known``: a head from elsewhere, such as a publication, which must be part of it.
    """
    archive = archived(session)
    with closing(events_in_order(session)) as found:
        return follow_events(found, archive.last if archive else START, known)


def follow_events(
    found: Iterable[Any], begin: TraceHead, known: TraceHead | None = None
) -> TraceVerdict:
    """Follows a chain of events that begins after ``begin``."""
    events, untimed, head, met = 0, 0, begin, known in (None, START, begin)
    for one in found:
        broken = _break(head, one)
        if known and one.id == known.event:
            met = True
            broken = broken or _other(known, one)
        if broken:
            return TraceVerdict(events, untimed, head, broken)
        events, untimed = events + 1, untimed + (one.recorded_at is None)
        head = TraceHead(one.id, one.hash)
    missing = None if met or known is None else f"Event {known.event} is missing."
    return TraceVerdict(events, untimed, head, missing)


def _break(head: TraceHead, one: Row[Any]) -> str | None:
    if one.previous != head.hash:
        before = f"event {head.event}" if head.event else "the beginning"
        return (
            f"{_named(one)} does not follow {before}: an event between was removed, or one of"
            " them was changed."
        )
    if one.hash != digest_of(head.hash, one, one.written):
        return f"{_named(one)} is not what was recorded: it was changed afterwards."
    return None


def _other(known: TraceHead, one: Row[Any]) -> str | None:
    if one.hash == known.hash:
        return None
    return (
        f"{_named(one)} is another than the one published: its hash is {one.hash}, published"
        f" was {known.hash}. Something up to it was changed, and the chain written anew."
    )


def _named(one: Row[Any]) -> str:
    return f"Event {one.id} ({one.created_at:%Y-%m-%d %H:%M} UTC, {one.act})"


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else ""


@event.listens_for(Session, "before_flush")
def _chain(session: Session, _flush: UOWTransaction, _instances: object) -> None:
    added = [one for one in session.new if isinstance(one, AuditEvent)]
    if not added or session.get_bind().dialect.name != "sqlite":
        return
    head = trace_head(session)
    for one in added:
        # The real time: what is invented may be of another day, and is recorded now.
        one.id, one.recorded_at, one.previous = head.event + 1, datetime.now(UTC), head.hash
        head = TraceHead(one.id, digest_of(head.hash, one, json.dumps(one.details)))
        one.hash = head.hash
