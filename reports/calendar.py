"""What waits as a calendar file, which other programs take in: iCalendar, RFC 5545."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75  # octets
ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
# What no calendar text may hold: a line's end of another kind, and what is not printed.
DROPPED = {code: None for code in [*range(9), *range(11, 32), 127] if code != 10}


@dataclass(frozen=True)
class CalendarDay:
    """Something on a day; ``uid``: the same for the same thing, so that it comes but once."""

    uid: str
    day: date
    title: str
    text: str = ""
    address: str = ""


def calendar_ics(days: Sequence[CalendarDay], name: str, made: datetime) -> bytes:
    """A calendar of whole days that leave nobody busy; ``made``: the moment it tells of itself."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Suara Layanan//Beranda//ID"]
    named = ["METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}"]
    lines = [*head, *named, *(line for one in days for line in _event(one, made)), "END:VCALENDAR"]
    return b"".join(part + b"\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    r"""A text as it stands in a calendar.

    >>> escaped("Rapat; 10,5 %\nRuang A")
    'Rapat\\; 10\\,5 %\\nRuang A'
    """
    return text.replace("\r\n", "\n").translate(DROPPED).translate(ESCAPED)


def folded(line: str) -> Iterator[bytes]:
    """The lines of 75 octets at most into which one is broken; none breaks a letter.

    >>> [len(part) for part in folded("é" * 60)]
    [74, 47]
    """
    part = b""
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        if len(part) + len(octets) > LONGEST_LINE:
            yield part
            part = b" "
        part += octets
    yield part


def _event(one: CalendarDay, made: datetime) -> Iterable[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escaped(one.uid)}",
        f"DTSTAMP:{made.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(one.title)}",
    ]
    if one.text:
        lines.append(f"DESCRIPTION:{escaped(one.text)}")
    if one.address:
        lines.append(f"URL:{one.address}")
    return [*lines, "TRANSP:TRANSPARENT", "END:VEVENT"]
