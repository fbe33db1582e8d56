"""Following the trace from outside: does it hold, is it the one published, a copy to keep."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from models.engine import open_engine, reading
from models.keeping.archive_file import (
    ArchiveFiles,
    follow_archives,
    line_of,
    wanting,
)
from models.keeping.sealing import digest_of_file
from models.keeping.telling import Unfit
from models.named import named_database
from models.trace import (
    TraceArchive,
    TraceHead,
    TraceVerdict,
    archived,
    events_in_order,
    follow,
)


@dataclass(frozen=True)
class AuditWanted:
    """What to follow the trace against, besides itself.

    ``against``: a publication's file; the trace must lead to the event that it names.
    ``archives``: files that earlier events were moved to, and ``identity``, the one with the key
    that opens them. ``export``: where each event is written as a line of JSON; "-" is standard
    output.
    """

    against: Path | None = None
    export: Path | None = None
    archives: Sequence[Path] = ()
    identity: Path | None = None


def audit(wanted: AuditWanted) -> int:
    """Follows the chain of the trace and tells what was found. Returns 0 where it holds, else 1.

    Raises Unfit where it can't be told.
    """
    if bool(wanted.archives) != (wanted.identity is not None):
        raise Unfit("Archives are opened by --identity; give it with --archive, and only so.")
    known = named_in(wanted.against) if wanted.against else None
    with reading(open_engine(named_database())) as session:
        archive = archived(session)
        earlier = archive if archive and known and 0 < known.event < archive.last.event else None
        verdict = follow(session, None if earlier else known)
        if wanted.export:
            _write(session, wanted.export)
    if verdict.broken:
        print(f"The trace is broken after {verdict.events} events. {verdict.broken}")
        return 1
    _tell(verdict, archive)
    if wanted.archives and (broken := _follow_archives(archive, wanted, known)):
        print(broken)
        return 1
    if known and earlier and not wanted.archives:
        raise Unfit(wanting(earlier, known))
    if known:
        print(f"It leads to event {known.event}, as {wanted.against} says.", end=" ")
        print("Its seal: python -m analysis.")
    return 0


def _follow_archives(
    archive: TraceArchive | None, wanted: AuditWanted, known: TraceHead | None
) -> str | None:
    if archive is None or wanted.identity is None:
        raise Unfit("No event of this trace was ever moved to an archive.")
    files = {digest_of_file(one): one for one in wanted.archives}
    return follow_archives(archive, ArchiveFiles(files, wanted.identity), known)


def _tell(verdict: TraceVerdict, archive: TraceArchive | None) -> None:
    print(f"The trace holds: {verdict.events} events, the last is {verdict.head.event}.")
    print(f"Hash of the last: {verdict.head.hash}")
    if verdict.untimed:
        print(f"{verdict.untimed} of them are from before the database told the time of events.")
    if archive:
        print(f"It begins after event {archive.last.event}: those of before {archive.until} are in")
        print(f"the archive with SHA-256 {archive.file}.")


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
        yield line_of(one)
