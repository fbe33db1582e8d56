"""A sheet as a grid of text, and how a cell becomes text."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.object_]
GridCell = tuple[int, int]

# What no reader sees: joiners, soft hyphens, marks of byte order.
INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet from its first row and column on.

    ``cells``: (rows, columns) of text, so that row 0 is the spreadsheet's row 1;
    ``widths``: (rows,) how many cells each row of a text file has; ``merged``: first and last
    (row, column), from 0, of cells that are one, where the file says so; ``uncomputed``: the
    formulas that no program has computed, by (row, column); ``hidden``: the rows that a
    spreadsheet does not show, filtered away or folded, from 0.
    """

    cells: Cells
    widths: NDArray[np.int64] | None = None
    merged: tuple[tuple[GridCell, GridCell], ...] = ()
    uncomputed: Mapping[GridCell, str] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()


@dataclass(frozen=True)
class WorkbookSheet:
    """A sheet by its name, "" in a text file; ``grid`` reads it. Raises BadInput."""

    name: str
    visible: bool
    grid: Callable[[], Grid]


def text_of(value: Any) -> str:
    """A cell as a spreadsheet shows it: 3 for 3.0, a day without midnight.

    >>> text_of(3.0), text_of(2.5), text_of(datetime(2026, 3, 1)), text_of(" U1 ")
    ('3', '2.5', '2026-03-01', 'U1')
    """
    if isinstance(value, str):
        return stripped(value)
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return "" if value is None else str(value)


def stripped(text: str) -> str:
    """The text without what no reader sees at its ends, or at all."""
    return (text if text.isascii() else text.translate(INVISIBLE)).strip()


def as_cells(rows: Iterable[list[str]], height: int, width: int) -> Cells:
    """Rows of text as a grid; short rows are filled up with blanks."""
    cells = np.full((height, width), "", dtype=object)
    for at, row in enumerate(rows):
        cells[at, : len(row)] = row
    return cells


def column_letters(column: int) -> str:
    """The name of a column as a spreadsheet shows it.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(ord("A") + letter) + letters, column - 1
    return letters
