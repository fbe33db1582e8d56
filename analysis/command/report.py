"""Results as documents for machines (plain dicts) and as text for a terminal."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.standing import MARKS

if TYPE_CHECKING:  # who asks what rules there are need not wait for what reads them
    from fractions import Fraction

    from analysis.rulebook.scheme import Band, Scheme

CommandReport = dict[str, Any]
TABLES = ("units", "institutions", "changed", "schemes", "instruments")
WEIGHTED = ("stratified", "raked")
CERTAINTY = (
    "standard_error",
    "interval",
    "bounded_interval",
    "grade_probability",
    "certainty",
    "no_interval",
)
FOR_MACHINES = {
    "index_exact",
    "score_exact",
    "answered",
    "means",
    "provisional",
    "sha256",
    *CERTAINTY,
    *WEIGHTED,
}

# All but the tabulator and the end of a line.
CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {9, 10}, "\ufffd")


def as_json(document: CommandReport) -> str:
    """The document for machines."""
    from pydantic_core import to_json

    return to_json(document, indent=2).decode()


def as_text(document: CommandReport) -> str:
    """The document's tables, one below another, for a terminal.

    Leaves out what only machines want: unrounded scores and the answers to each element.
    """
    schemes = [one for one in document.get("compared", [document]) if "scheme" in one]
    parts = ["\n".join(map(_scheme, schemes))] if schemes else []
    units = document.get("units", [])
    means = [{"unit": row["unit"], **row["means"]} for row in units if "means" in row]
    marks = {one["scheme"]: _marks(one) for one in schemes}
    own = document.get("scheme", "")
    tables = {
        name: [_for_people(row, marks.get(row.get("scheme", own), "")) for row in rows]
        for name in TABLES
        if (rows := document.get(name, []))
    }
    tables["means"] = means
    if rules := document.get("certainty"):
        told = f"certainty ({rules['standing']}: {rules['assumption']})"
        tables[told] = [{key: row.get(key) for key in ("unit", *CERTAINTY)} for row in units]
    for name in WEIGHTED:
        tables[name] = [{"unit": row["unit"], **row[name]} for row in units if name in row]
    parts += [f"{name}\n{as_columns(rows)}" for name, rows in tables.items() if rows]
    return "\n\n".join(parts)


def _scheme(document: CommandReport) -> str:
    standings = ", ".join(f"{one} {MARKS[one]}".strip() for one in document.get("standings", []))
    return f"scheme {document['scheme']}" + (f" (its values are {standings})" if standings else "")


def _marks(document: CommandReport) -> str:
    """What stands beside each score of the scheme."""
    return "".join(MARKS[one] for one in reversed(document.get("standings", [])))


def _for_people(row: CommandReport, marks: str = "") -> CommandReport:
    shown = {key: value for key, value in row.items() if key not in FOR_MACHINES}
    if marks and shown.get("score"):
        shown["score"] = f"{shown['score']} {marks}"
    return shown


def as_columns(rows: Sequence[CommandReport]) -> str:
    """The rows below their keys, for a terminal; keys that no row has a value of are left out."""
    keys = dict.fromkeys(key for row in rows for key in row)
    shown = [key for key in keys if any(row.get(key) is not None for row in rows)]
    lines = [shown, *([_short(row.get(key)) for key in shown] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:z.3f}"
    if isinstance(value, tuple):
        return " to ".join(f"{end:z.2f}" for end in value)
    if isinstance(value, dict):
        return " ".join(f"{key} {share:z.3f}" for key, share in value.items())
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)


def scored(score: "Fraction | None", band: "Band | None", scheme: "Scheme") -> CommandReport:
    """An unrounded score, rounded, and its band."""
    return {
        "score_exact": as_float(score),
        "score": None if score is None else str(scheme.round(score)),
        **banded(band, "grade", "zone", "label"),
    }


def banded(band: "Band | None", *keys: str) -> CommandReport:
    """What is said of a band."""
    values = {
        "grade": band and band.grade,
        "zone": band and band.zone,
        "label": band and band.label.id,
    }
    return {key: values[key] for key in keys}


def as_float(value: "Fraction | None") -> float | None:
    """The value for machines."""
    return None if value is None else float(value)


def tell_unknown(name: str, headings: Sequence[str]) -> None:
    """Tells of columns of a file that nobody uses."""
    if headings:
        tell(f"{name}: columns not used: {', '.join(headings)}")


def tell(sentence: str) -> None:
    """Prints beside the report."""
    print(for_terminal(sentence), file=sys.stderr)


def for_terminal(text: str) -> str:
    """The text without controls, by which a name in a file could steer a terminal.

    >>> for_terminal(f"Dinas{chr(27)}[31m A") == f"Dinas{chr(0xFFFD)}[31m A"
    True
    """
    return text.translate(CONTROLS)
