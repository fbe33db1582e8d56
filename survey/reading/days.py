"""Days as people write them."""

import re
from datetime import date

# Days in Indonesia are written day first.
DAY_FIRST = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})\b")
# The month can only stand first where a number above 12 is second.
MONTH_FIRST = r"^(?:0?[1-9]|1[0-2])[/.\-](?:1[3-9]|2\d|3[01])[/.\-]\d{4}\b"
YEAR_FIRST = re.compile(r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)")
NAMED_MONTH = re.compile(r"(\d{1,2})[ \-/]+([a-z]{3,9})\.?[ \-/,]+(\d{4})\b")
MONTHS = ["jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des"]
OTHER_MONTHS = {"may": 5, "aug": 8, "ags": 8, "oct": 10, "dec": 12}


def day_of(text: str, month_first: bool = False) -> date | None:
    """The day that a text names, at its beginning or in words; None where it names none.

    >>> day_of("3/4/2026 10:15"), day_of("Langgur, 3 April 2026"), day_of("kemarin")
    (datetime.date(2026, 4, 3), datetime.date(2026, 4, 3), None)
    """
    text = text.casefold().strip()
    if found := YEAR_FIRST.match(text):
        year, month, day = map(int, found.groups())
    elif found := DAY_FIRST.match(text):
        day, month, year = map(int, found.groups())
        day, month = (month, day) if month_first else (day, month)
    elif found := NAMED_MONTH.search(text):
        day, month, year = int(found[1]), _month(found[2][:3]), int(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int:
    return MONTHS.index(name) + 1 if name in MONTHS else OTHER_MONTHS.get(name, 0)
