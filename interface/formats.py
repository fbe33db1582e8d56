"""In which format something is sent: as asked in the address, or else as Accept prefers."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from reports.cells import csv_file

JSON, CSV = "application/json", "text/csv"
SHORT_NAMES = {"json": JSON, "csv": CSV}


def preferred(accept: str | None, offered: Sequence[str]) -> str | None:
    """The type of those offered that the header Accept likes best; None where it likes none.

    >>> preferred("text/csv, application/json;q=0.5", [JSON, CSV])
    'text/csv'
    >>> preferred(None, [JSON, CSV]), preferred("image/png", [JSON, CSV])
    ('application/json', None)
    """
    ranges = _ranges(accept or "*/*")
    liked = [(one, _liking(one, ranges)) for one in offered]
    best, most = max(liked, key=lambda pair: pair[1])
    return best if most > 0 else None


def as_csv(kind: type[BaseModel], rows: Sequence[BaseModel]) -> bytes:
    """A table with the fields as headings, and a byte order mark, for spreadsheets."""
    cells = (map(_cell, row.model_dump(mode="json").values()) for row in rows)
    return csv_file(list(kind.model_fields), cells)


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _ranges(accept: str) -> Mapping[str, float]:
    """Each media range with its weight, 0-1; what is no weight counts as 1."""
    found = {}
    for part in accept.split(","):
        kind, *parameters = (one.strip().lower() for one in part.split(";"))
        weights = [one[2:] for one in parameters if one.startswith("q=")]
        found[kind] = _weight(weights[0]) if weights else 1.0
    return found


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0


def _liking(kind: str, ranges: Mapping[str, float]) -> float:
    """By the narrowest range that holds the type."""
    widening = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((ranges[one] for one in widening if one in ranges), 0.0)
