"""The file that old events of the trace are moved to, and how it is followed from there on.

Encrypted as a backup is: first what it says of itself, then the events, some in each part.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from models.keeping.sealing import Hashing, add_bytes, identities, opened_parts, sealed_parts
from models.keeping.telling import Unfit
from models.trace import (
    ARCHIVED,
    AT_ONCE,
    FIRST,
    TraceArchive,
    TraceHead,
    TraceVerdict,
    archive_told,
    follow_events,
)

FORMAT = 1
MANIFEST = "manifest.json"


class ArchivedSpan(NamedTuple):
    """Events that follow each other: how many, after which one they begin, which is the last."""

    events: int
    after: TraceHead
    last: TraceHead


@dataclass(frozen=True)
class ArchiveFiles:
    """Archives by their SHA-256, and the file with the key that opens them."""

    files: Mapping[str, Path]
    identity: Path


@dataclass(frozen=True)
class FollowedArchive:
    """What following an archive's events found, and which archive came before it."""

    span: ArchivedSpan
    verdict: TraceVerdict
    before: TraceArchive | None


def line_of(event: Any) -> str:
    """An event as a line of JSON: all that its hash is of, so that anyone can follow it."""
    told = {
        "id": event.id,
        "recorded_at": event.recorded_at and event.recorded_at.isoformat(),
        "created_at": event.created_at.isoformat(),
        "user_id": event.user_id,
        "actor": event.actor,
        "act": event.act,
        "details": event.written,
        "previous": event.previous or FIRST,
        "hash": event.hash,
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


def write_archive(
    target: Hashing, recipients: list[Any], span: ArchivedSpan, events: Iterator[Any]
) -> None:
    """Writes the events, encrypted."""
    with sealed_parts(target, recipients) as archive:
        add_bytes(archive, MANIFEST, json.dumps({"format": FORMAT} | span._asdict()).encode())
        number = 0
        while some := "".join(map(line_of, islice(events, AT_ONCE))):
            add_bytes(archive, f"events/{number:06}.jsonl", some.encode())
            number += 1


def follow_archive(file: Path, keys: list[Any], known: TraceHead | None = None) -> FollowedArchive:
    """Follows the events in an archive's file. Raises Unfit for what is none.

    ``known``: must be part of them, unless it is of before.
    """
    told: list[TraceArchive | None] = [None]
    try:
        with opened_parts(file, keys) as archive:
            parts = (found.read() for one in archive if (found := archive.extractfile(one)))
            span = _span(next(parts, b""))
            within = known if known and span.after.event <= known.event else None
            verdict = follow_events(_noting(parts, told), span.after, within)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unfit(f"{file} is no archive of a trace.") from error
    return FollowedArchive(span, verdict, told[-1])


def follow_archives(
    archive: TraceArchive, given: ArchiveFiles, known: TraceHead | None
) -> str | None:
    """Follows archive after archive back, as far as they are given, and tells what holds.

    ``known``: an event that one of them must hold, if it is of before the trace's beginning.
    Gives where it breaks, as a sentence. Raises Unfit where an archive is missing or foreign.
    """
    keys, left = identities(given.identity), dict(given.files)
    here: TraceArchive | None = archive
    while here and (file := left.pop(here.file, None)):
        within = known if known and known.event <= here.last.event else None
        found = follow_archive(file, keys, within)
        if broken := broken_at(found, here.last):
            return f"{file} is broken. {broken}"
        if within and found.span.after.event <= within.event:
            known = None
        print(f"{file} holds: {found.span.events} events, the last is {here.last.event}.")
        here = found.before
    if left:
        raise Unfit(
            f"{next(iter(left.values()))} is no archive that leads to this trace; where there are"
            " several, give all from the newest on."
        )
    if here and known and known.event < here.last.event:
        raise Unfit(wanting(here, known))
    return None


def broken_at(found: FollowedArchive, last: TraceHead) -> str | None:
    """Why an archive is not what was noted of it, as a sentence; None where it is."""
    span, verdict = found.span, found.verdict
    if verdict.broken:
        return verdict.broken
    if (verdict.head, verdict.events) == (span.last, span.events) and span.last == last:
        return None
    return f"It ends with event {verdict.head.event} after {verdict.events}, not {last.event}."


def wanting(archive: TraceArchive, known: TraceHead) -> str:
    """What to give so that an event of before is found."""
    return (
        f"Event {known.event} is of before the trace's beginning: give the archive with SHA-256"
        f" {archive.file} as --archive, and its key as --identity."
    )


def _noting(parts: Iterable[bytes], told: list[TraceArchive | None]) -> Iterator[Any]:
    """The events, while ``told`` gets what they tell of archives before."""
    for part in parts:
        for line in part.splitlines():
            event = _event(json.loads(line))
            if event.act == ARCHIVED:
                told.append(archive_told(json.loads(event.written)))
            yield event


def _event(told: dict[str, Any]) -> Any:
    moments = {name: told[name] for name in ("recorded_at", "created_at")}
    read = {name: one and datetime.fromisoformat(one) for name, one in moments.items()}
    return SimpleNamespace(**told | read | {"written": told["details"]})


def _span(manifest: bytes) -> ArchivedSpan:
    said = json.loads(manifest)
    if said["format"] != FORMAT:
        raise Unfit("The archive is of a format that this program does not know.")
    after, last = (TraceHead(*said[name]) for name in ("after", "last"))
    return ArchivedSpan(said["events"], after, last)
