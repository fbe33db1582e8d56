"""Personal data out of comments: each piece gives way to a mark that says what stood there.

Offices and roles, amounts, times, counters and the codes of documents stay. The rules err on the
side of redacting: numbers go unless they surely are none of a person's, and what follows a title
is a name unless it is a known word. The word lists stand beside this file.
"""

from analysis.redaction.marks import PersonalDataKind, Redacted, RedactedSpan

__all__ = ["PersonalDataKind", "Redacted", "RedactedSpan", "redact"]


def redact(text: str) -> Redacted:
    """The text with a mark for each piece of personal data.

    >>> redact("Pak RT suruh saya telepon Bu Siti di 0812-3456-7890").text
    'Pak RT suruh saya telepon Bu [NAMA] di [TELEPON]'
    """
    from analysis.redaction import redacting  # reads the word lists: only once there is a text

    return redacting.redact(text)
