"""Personal data out of comments: each piece gives way to a mark that says what stood there.

Offices and roles, amounts, times, counters and the codes of documents stay. The rules err on the
side of redacting: numbers go unless they surely are none of a person's, and what follows a title
is a name unless it is a known word. The word lists stand beside this file.
"""

from analysis.redaction.marks import PersonalDataKind, Redacted, RedactedSpan
from analysis.redaction.redact import redact

__all__ = ["PersonalDataKind", "Redacted", "RedactedSpan", "redact"]
