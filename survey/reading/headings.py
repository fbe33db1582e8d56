"""Where a table's heading stands: under titles, in one row or in two, with merged cells."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.grids import Grid
from survey.reading.meanings import Meaning, Reader

# Titles above a table take a few rows.
SEARCHED = 60
WHITE_SPACE = " "


@dataclass(frozen=True)
class Heading:
    """The heading of a table: ``row`` and ``last``, from 0; a text and a meaning a column.

    ``row``: the one that names the items; ``last``: below it the table begins.
    """

    row: int
    last: int
    texts: Sequence[str]
    meanings: Sequence[Meaning | None]
    items: int

    @property
    def known(self) -> int:
        """How many columns have a meaning."""
        return sum(meaning is not None for meaning in self.meanings)


def find_heading(grid: Grid, reader: Reader) -> Heading | None:
    """The row, or two rows, by which most items are known; None for a sheet without a text.

    Where no item is known, the first of the rows with most cells filled: a person may say what
    its columns mean.
    """
    filled = np.flatnonzero((grid.cells[:SEARCHED] != "").any(axis=1)).tolist()
    if not filled:
        return None
    single = [_single(grid, row, reader) for row in filled]
    best = max(single, key=lambda one: (one.items, one.known, -one.row))
    pairs = (_pair(grid, row, reader) for row in filled if row + 1 in filled)
    better = [
        pair for pair in pairs if pair and (pair.items, pair.known) > (best.items, best.known)
    ]
    if best.items == 0 and not better:
        return max(single, key=lambda one: (sum(map(bool, one.texts)), -one.row))
    return max(better, key=lambda one: (one.items, one.known, -one.last), default=best)


def _single(grid: Grid, row: int, reader: Reader) -> Heading:
    texts = [_line(text) for text in grid.cells[row]]
    return _heading(row, row, texts, [reader.meaning(text) for text in texts], reader)


def _pair(grid: Grid, row: int, reader: Reader) -> Heading | None:
    """The heading of two rows; None where the upper one says by itself what most items are."""
    items = reader.instrument.allowed
    above, below = _spread(grid, row)
    upper = [reader.meaning(text) for text in set(above) if text]
    if sum(bool(one and one.key in items) for one in upper) > len(items) / 2:
        return None
    origins = _origins(grid, row)
    spans, number = Counter(origins), Counter(text for text in below if text)
    meanings = [
        reader.meaning(text, over, spans[origin] == 1)
        for text, over, origin in zip(below, above, origins, strict=True)
    ]
    texts = [
        (f"{over} / {text}" if number[text] > 1 and over else text) if text else over
        for text, over in zip(below, above, strict=True)
    ]
    return _heading(row + 1, row + 1, texts, meanings, reader)


def _spread(grid: Grid, row: int) -> tuple[list[str], list[str]]:
    """The texts of a row, spread over the cells that they stand above, and of the row below."""
    upper = [_line(text) for text in grid.cells[row]]
    below = [_line(text) for text in grid.cells[row + 1]]
    above = [
        upper[origin] if origin == at or below[at] else ""
        for at, origin in enumerate(_origins(grid, row))
    ]
    return above, below


def _origins(grid: Grid, row: int) -> list[int]:
    """For each column the one whose cell in this row spreads over it: by merging, or to its left

    where it is blank itself.
    """
    upper = grid.cells[row] != ""
    origins = np.maximum.accumulate(np.where(upper, np.arange(len(upper)), 0))
    for (top, first), (bottom, last) in grid.merged:
        if top <= row <= bottom:
            origins[first : last + 1] = first
    return [int(origin) for origin in origins]


def _heading(
    row: int, last: int, texts: list[str], meanings: list[Meaning | None], reader: Reader
) -> Heading:
    items = {one.key for one in meanings if one and one.key in reader.instrument.allowed}
    return Heading(row, last, _apart(texts), meanings, len(items))


def _apart(texts: Sequence[str]) -> list[str]:
    """The texts, the second of the same name as "name (2)"."""
    seen = Counter[str]()
    apart = []
    for text in texts:
        seen[text.casefold()] += 1
        number = seen[text.casefold()]
        apart.append(f"{text} ({number})" if text and number > 1 else text)
    return apart


def _line(text: str) -> str:
    return WHITE_SPACE.join(text.split())
