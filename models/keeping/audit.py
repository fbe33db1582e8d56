"""Following the trace from outside: does it hold, is it the one published, a copy to keep."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from models.engine import open_engine, reading
from models.keeping.telling import Unfit
from models.named import named_database
from models.trace import FIRST, TraceHead, events_in_order, follow


def audit(against: Path | None, export: Path | None) -> int:
    """Follows the chain of the trace and tells what was found. Returns 0 where it holds, else 1.

    ``against``: a publication's file; the trace must lead to the event that it names. ``export``:
    where each event is written as a line of JSON; "-" is standard output.
    """
    known = named_in(against) if against else None
    with reading(open_engine(named_database())) as session:
        verdict = follow(session, known)
        if export:
            _write(session, export)
    if verdict.broken:
        print(f"The trace is broken after {verdict.events} events. {verdict.broken}")
        return 1
    print(f"The trace holds: {verdict.events} events, the last is {verdict.head.event}.")
    print(f"Hash of the last: {verdict.head.hash}")
    if verdict.untimed:
        print(f"{verdict.untimed} of them are from before the database told the time of events.")
    if known:
        print(f"It leads to event {known.event}, as {against} says. Its seal: python -m analysis.")
    return 0


def named_in(publication: Path) -> TraceHead:
    """The event that a publication's file names. Raises Unfit for one that names none."""
    try:
        trace = json.loads(publication.read_bytes()).get("trace")
    except (ValueError, AttributeError) as error:
        raise Unfit(f"{publication} is no publication: found no JSON object.") from error
    if trace is None:
        raise Unfit(
            f"{publication} names no event of the trace: publications of before did not. Take a"
            " later one."
        )
    if not (isinstance(trace, dict) and type(trace.get("event")) is int and "hash" in trace):
        raise Unfit(f"{publication} is no publication: its trace is no event with a hash.")
    return TraceHead(trace["event"], str(trace["hash"]))


def _write(session: Session, target: Path) -> None:
    if str(target) == "-":
        sys.stdout.writelines(_lines(session))
        return
    with target.open("x", encoding="utf-8") as file:
        file.writelines(_lines(session))


def _lines(session: Session) -> Iterator[str]:
    for one in events_in_order(session):
        yield json.dumps(_as_document(one), ensure_ascii=False) + "\n"


def _as_document(one: Row[Any]) -> dict[str, Any]:
    """All that the event's hash is of, so that anyone can follow an export."""
    return {
        "id": one.id,
        "recorded_at": one.recorded_at and one.recorded_at.isoformat(),
        "created_at": one.created_at.isoformat(),
        "user_id": one.user_id,
        "actor": one.actor,
        "act": one.act,
        "details": one.written,
        "previous": one.previous or FIRST,
        "hash": one.hash,
    }
