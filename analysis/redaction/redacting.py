"""One text through all rules."""

import re
from collections.abc import Iterable

from analysis.redaction.addresses import find_addresses, find_roads
from analysis.redaction.links import find_links
from analysis.redaction.marks import PersonalDataKind, Redacted, RedactedSpan
from analysis.redaction.numbers import find_numbers
from analysis.redaction.people import find_again, find_people
from analysis.redaction.words import CommentWords, read

_MARK = re.compile(rf"\[(?:{'|'.join(PersonalDataKind)})\]")


def redact(text: str) -> Redacted:
    """The text with a mark for each piece of personal data."""
    readings = read(text)
    marks = [RedactedSpan(*mark.span(), PersonalDataKind.NAME) for mark in _MARK.finditer(text)]
    addresses = [span for words in readings for span in find_addresses(words)]
    found = _apart([*find_links(text), *find_numbers(text), *addresses])
    roads = [span for words in readings for span in find_roads(words)]
    taken = _taken(readings, [*marks, *found, *roads])
    people = [span for words in readings for span in find_people(words, taken)]
    again = [span for words in readings for span in find_again(words, taken, people)]
    spans = _apart([*found, *people, *again])
    parts, behind = [], 0
    for span in spans:
        parts += [text[behind : span.start], f"[{span.kind}]"]
        behind = span.end
    return Redacted("".join(parts) + text[behind:], tuple(spans))


def _apart(spans: Iterable[RedactedSpan]) -> list[RedactedSpan]:
    """The spans in order; what overlaps becomes one, of the kind that begins first."""
    apart: list[RedactedSpan] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if apart and span.start < apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return apart


def _taken(readings: list[CommentWords], spans: list[RedactedSpan]) -> list[bool]:
    """For each word of the text, whether it stands in one of ``spans``."""
    starts = max((words.spans for words in readings), key=len, default=[])
    return [any(span.start <= start < span.end for span in spans) for start, _ in starts]
