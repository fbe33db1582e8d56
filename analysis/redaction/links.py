"""Links: where they lead nobody who reads a comment can know, nor whose page it is."""

import re
from collections.abc import Iterator

from analysis.redaction.forms import FORMS, either
from analysis.redaction.marks import PersonalDataKind, RedactedSpan

_ENDINGS = either(FORMS.numbers.link_endings)
# Up to the last character that is no punctuation behind it.
_REST = r"(?:[^\s<>\"“”]*[^\s<>\"“”.,;:!?()\[\]{}'])?"
_LINK = re.compile(
    rf"\b(?:[a-z][a-z0-9+.\-]{{1,11}}://{_REST}"
    rf"|www\.[\w\-]{_REST}"
    rf"|(?:[\w\-]+\.)+{_ENDINGS}/{_REST})",
    re.IGNORECASE,
)


def find_links(text: str) -> Iterator[RedactedSpan]:
    """What a browser would follow, or a person type into one.

    >>> [text[one.start : one.end] for text in ("di s.id/abc, ya",) for one in find_links(text)]
    ['s.id/abc']
    """
    for found in _LINK.finditer(text):
        yield RedactedSpan(*found.span(), PersonalDataKind.LINK)
