"""Files of rows that people bring: text, workbooks, Parquet. Every cell arrives as stripped text.

Rows are numbered as a spreadsheet numbers them: the first of the file is row 1, blank or not.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.arrays import Integers, NarrowPlaces
from analysis.errors import SHOWN, BadInput, Place, Problem, Written, bad
from analysis.given import content_of
from analysis.grids import Grid, WorkbookSheet, called, column_letters, read_sheets
from analysis.processors import Made

ROW = "row_of_file"
MOST_COLUMNS = 2**14
Notify = Callable[[str], None]


def silent(_: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class TextColumn:
    """Cells in which each text stands only once or few times: what is read is read of each text.

    ``places`` (n,): of each cell its place among the ``texts``.
    """

    texts: Sequence[str]
    places: NarrowPlaces

    def cells(self) -> list[str]:
        """The text of each cell."""
        return [self.texts[at] for at in self.places.tolist()]


@dataclass(frozen=True)
class RowBlock:
    """Some rows of a file on end: their numbers (n,) and cells by heading."""

    numbers: Integers | range
    columns: Mapping[str, TextColumn]

    def without(self, headings: Collection[str]) -> "RowBlock":
        """The same without these columns."""
        kept = {name: one for name, one in self.columns.items() if name not in headings}
        return RowBlock(self.numbers, kept)


class FileRows(ABC):
    """The rows of a file below its ``headings``, read block by block, as often as wanted."""

    headings: Sequence[str]

    @abstractmethod
    def __len__(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def blocks(self, headings: Sequence[str]) -> Iterator[RowBlock]:
        """All rows in order, of these columns. Raises BadInput where the file breaks off."""

    def each_block(
        self, headings: Sequence[str], work: Callable[[RowBlock], Made]
    ) -> Iterator[Made]:
        """What ``work`` makes of each block, in order; several may be worked on at once."""
        return map(work, self.blocks(headings))

    def frame(self) -> pd.DataFrame:
        """All cells as text, with the row numbers in ``row_of_file``."""
        cells: dict[str, list[object]] = {heading: [] for heading in (ROW, *self.headings)}
        for block in self.blocks(self.headings):
            cells[ROW] += map(int, block.numbers)
            for heading, column in block.columns.items():
                cells[heading] += column.cells()
        return pd.DataFrame(cells)


class FrameRows(FileRows):
    """Rows that are in memory, as ``read_frame`` gives them."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self.headings = [heading for heading in frame.columns if heading != ROW]

    def __len__(self) -> int:
        return len(self._frame)

    def blocks(self, headings: Sequence[str]) -> Iterator[RowBlock]:
        """All rows in one block."""
        columns = {}
        for heading in headings:
            places, texts = pd.factorize(self._frame[heading])
            columns[heading] = TextColumn(texts.to_list(), places)
        yield RowBlock(self._frame[ROW].to_numpy(np.int64), columns)


def open_table(path: Path, tell: Notify = silent) -> FileRows:
    """The rows of a file.

    Parquet stays in its file and is read as it is needed; "-" is standard input. ``tell`` is
    handed a sentence on sheets that are not read. Raises BadInput.
    """
    if path.suffix.lower() == ".parquet":
        from analysis.parquet import ParquetRows  # most files are none

        return ParquetRows(path)
    content = content_of(path)
    return FrameRows(read_frame(content, called(path, content), tell))


def read_frame(content: bytes, name: str, tell: Notify = silent) -> pd.DataFrame:
    """The rows of a CSV, TSV, XLSX or ODS file with text cells, blank rows left out.

    Of a workbook the first sheet that is not hidden; ``tell`` is handed a sentence on the others.
    Raises BadInput.

    >>> read_frame(b"unit;U1\\nA;3\\n", "small.csv").to_dict("records")
    [{'row_of_file': 2, 'unit': 'A', 'U1': '3'}]
    """
    grid = _visible(content, name, tell).grid()
    filled = np.flatnonzero((grid.cells != "").any(axis=1))
    if not len(filled):
        raise bad("empty_file", Place(name))
    top, *body = filled.tolist()
    headings = grid.cells[top, : _width(grid, top)].tolist()
    if len(headings) > MOST_COLUMNS:
        raise bad("many_columns", Place(name), found=len(headings), most=MOST_COLUMNS)
    refuse_doubles(headings, name)
    _refuse_ragged(grid, body, len(headings), name)
    named = [at for at, heading in enumerate(headings) if heading]
    _refuse_uncomputed(grid, named, name)
    columns = {headings[at]: pd.Series(grid.cells[body, at], dtype="str") for at in named}
    return pd.DataFrame({ROW: pd.Series(body, dtype="int64") + 1, **columns})


def refuse_empty(rows: FileRows, name: str) -> None:
    """Raises BadInput where there is a heading and no row below it."""
    if not len(rows):
        raise bad("empty_file", Place(name))


def refuse_doubles(headings: Iterable[str], name: str) -> None:
    """Raises BadInput for a heading that stands twice, in any case."""
    seen = {ROW}
    for heading in headings:
        if heading and heading.casefold() in seen:
            raise bad("column_twice", Place(name), heading=Written(heading))
        seen.add(heading.casefold())


def _visible(content: bytes, name: str, tell: Notify) -> WorkbookSheet:
    sheets = read_sheets(content, name)
    first = next((sheet for sheet in sheets if sheet.visible), None)
    if first is None:
        raise bad("sheets_hidden", Place(name))
    if others := [sheet.name for sheet in sheets if sheet.visible and sheet is not first]:
        tell(f"{name}: read is the sheet {first.name}, not read: {', '.join(others)}")
    if hidden := sum(not sheet.visible for sheet in sheets):
        tell(f"{name}: hidden sheets, not read: {hidden}")
    return first


def _width(grid: Grid, row: int) -> int:
    return grid.cells.shape[1] if grid.widths is None else int(grid.widths[row])


def _refuse_uncomputed(grid: Grid, columns: list[int], name: str) -> None:
    """A formula that no program has computed reads as blank, and would be lost silently."""
    for row, column in sorted(grid.uncomputed):
        if column in columns:
            place = Place(name, row=row + 1, column=column_letters(column))
            raise bad("uncomputed_formula", place)


def _refuse_ragged(grid: Grid, body: list[int], width: int, name: str) -> None:
    """A short row is a file cut off or a stray delimiter: its answers cannot be placed."""
    if grid.widths is None:
        return
    ragged = [row for row in body if grid.widths[row] != width]
    if ragged:
        problems = [
            Problem(
                "ragged_row", Place(name, row=row + 1), found=int(grid.widths[row]), width=width
            )
            for row in ragged[:SHOWN]
        ]
        raise BadInput(problems, more=len(ragged) - len(problems))
