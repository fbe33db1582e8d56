"""How far the cells of a workbook reach, before calamine reserves room for all of them at once.

What it can't reserve ends the whole process, so nothing is left to it: the parts are read by
their content, whatever they are called, by patterns that find too much rather than too little; a
part that they find suspicious is read once more, cell by cell.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise, zip_longest
from typing import TypeVar
from xml.parsers import expat

from analysis.errors import Place, bad

MOST_ROWS = 2**20
MOST_CELLS = 20_000_000  # more than twice as many as a workbook can fill that may be read
MOST_TEXT = 500_000_000  # bytes of all cells, one text as often as cells hold it
CELLS = [
    before + b"c" + after for before in (b"<", b":") for after in map(bytes, zip(b" \t\r\n/>"))
]
CALLED = re.compile(rb"""[<:]c\s+r\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
ROW = re.compile(rb"""[<:]row\s+r\s*=\s*["']([0-9]+)["']""")
TEXT = re.compile(rb"[<:]si[\s/>]")
DIFFERENT_TEXTS = re.compile(rb"""uniqueCount\s*=\s*["']\s*\+?([0-9]+)""")
VALUES = ("v", "is")
LONGEST_NUMBER = 20  # characters, of a shared text


Walk = TypeVar("Walk", "SheetWalk", "TableWalk")


class CellBox:
    """The first and last rows and columns that hold anything, counted from 0."""

    def __init__(self) -> None:
        self.rows, self.columns = (MOST_ROWS, 0), (MOST_CELLS, 0)

    def add(self, row: int, column: int) -> None:
        """Takes a cell in."""
        self.rows = min(self.rows[0], row), max(self.rows[1], row)
        self.columns = min(self.columns[0], column), max(self.columns[1], column)

    @property
    def cells(self) -> int:
        """How many there is room for."""
        (top, bottom), (left, right) = self.rows, self.columns
        return max(bottom - top + 1, 0) * max(right - left + 1, 0)


class SheetWalk:
    """A worksheet of an XLSX, walked through as calamine does: by what cells say, or counting.

    ``furthest``: the last row that one is said to be, from 0, though nothing be in it; ``text``:
    how long the texts of its cells are, of which ``lengths`` are those that cells share.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        self.box, self.furthest, self.text = CellBox(), 0, 0
        self._lengths = lengths
        self._row, self._column = 0, 0
        self._cell: tuple[int, int] | None = None
        self._shared, self._number = False, ""

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Of an element."""
        match tag.rpartition(":")[2]:
            case "row":
                self._row = int(attributes.get("r", self._row + 1)) - 1
                self.furthest = max(self.furthest, self._row)
            case "c":
                counted = self._row, self._column
                self._cell = place(attributes["r"]) if "r" in attributes else counted
                self._column = self._cell[1] + 1
                self._shared, self._number = attributes.get("t") == "s", ""
            case found if found in VALUES and self._cell:
                self.box.add(*self._cell)
                self.furthest = max(self.furthest, self._cell[0])

    def told(self, text: str) -> None:
        """Between elements."""
        self.text += len(text)
        if self._shared:
            self._number += text[:LONGEST_NUMBER]

    def end(self, tag: str) -> None:
        """Of an element."""
        match tag.rpartition(":")[2]:
            case "row":
                self._row, self._column = self._row + 1, 0
            case "c":
                number = self._number.strip()
                if self._shared and number.isdecimal() and int(number) < len(self._lengths):
                    self.text += self._lengths[int(number)]
                self._cell, self._shared = None, False


class TableWalk:
    """The tables of an ODS, in which cells and rows are repeated; empty ones last for nothing.

    ``cells`` and ``text``: the most of a table, and how long all texts are, as often as repeated.
    """

    def __init__(self) -> None:
        self.cells, self.text = 0, 0
        self._box = CellBox()
        self._row, self._rows, self._row_text = 0, 1, 0
        self._column, self._columns, self._cell_text = 0, 1, 0
        self._filled = 0

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Of an element."""
        told = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        match tag.rpartition(":")[2]:
            case "table":
                self._box, self._row = CellBox(), 0
            case "table-row":
                self._column, self._filled, self._row_text = 0, 0, 0
                self._rows = int(told.get("number-rows-repeated", 1))
            case "table-cell" | "covered-table-cell":
                self._columns = int(told.get("number-columns-repeated", 1))
                self._column += self._columns
                self._cell_text = len(told.get("string-value", ""))
                if "value-type" in told or "formula" in told:
                    self._filled = self._column
            case "p":
                self._filled = self._column
            case "s":
                self._cell_text += int(told.get("c", 1))

    def told(self, text: str) -> None:
        """Between elements."""
        self._cell_text += len(text)

    def end(self, tag: str) -> None:
        """Of an element."""
        match tag.rpartition(":")[2]:
            case "table-cell" | "covered-table-cell":
                self._row_text += self._columns * self._cell_text
                self._cell_text = 0
            case "table-row":
                if self._filled:
                    self._box.add(self._row, 0)
                    self._box.add(self._row + self._rows - 1, self._filled - 1)
                self.text += self._rows * self._row_text
                self._row += self._rows
                self.cells = max(self.cells, self._box.cells)


def require_bounded(archive: zipfile.ZipFile, name: str) -> None:
    """Raises BadInput for a workbook whose cells reach further, or hold more, than any table's.

    Also zipfile.BadZipFile for a part that is not as large as it says: all are read.
    """
    lengths = _lengths(archive)
    for part in archive.infolist():
        content = archive.read(part)
        if max(map(int, DIFFERENT_TEXTS.findall(content)), default=0) > content.count(b"<"):
            raise bad("no_workbook", Place(name))
        if b"sheetData" in content and _suspicious(content, max(lengths, default=0)):
            _refuse(_walked(content, SheetWalk(lengths)), name)
        elif b"table-row" in content:
            table = _walked(content, TableWalk())
            if table.cells > MOST_CELLS or table.text > MOST_TEXT:
                raise bad("workbook_repeats", Place(name))


def _lengths(archive: zipfile.ZipFile) -> Sequence[int]:
    """About how long each of the texts is that cells share, never too short."""
    lengths: Sequence[int] = ()
    for part in archive.infolist():
        if part.filename.lower().endswith("sharedstrings.xml"):
            content = archive.read(part)
            begins = [*(found.start() for found in TEXT.finditer(content)), len(content)]
            here = [later - earlier for earlier, later in pairwise(begins)]
            lengths = [max(both) for both in zip_longest(lengths, here, fillvalue=0)]
    return lengths


def _suspicious(sheet: bytes, longest: int) -> bool:
    """Whether it may reach too far, hold too much, or has cells whose place is to be counted."""
    called = CALLED.findall(sheet)
    if len(called) != sum(map(sheet.count, CELLS)) or len(called) * longest > MOST_TEXT:
        return True
    rows = {row for _, row in called}.union(ROW.findall(sheet))
    furthest = max(map(int, rows), default=0)
    widest = max(map(column_of, {letters for letters, _ in called}), default=0) + 1
    return furthest > MOST_ROWS or furthest * widest > MOST_CELLS


def _walked(content: bytes, walk: Walk) -> Walk:
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = walk.begin, walk.end
    parser.CharacterDataHandler = walk.told
    parser.Parse(content, True)
    return walk


def _refuse(sheet: SheetWalk, name: str) -> None:
    if sheet.furthest >= MOST_ROWS:
        raise bad("many_rows", Place(name), most=MOST_ROWS)
    if sheet.text > MOST_TEXT:
        raise bad("workbook_repeats", Place(name))
    if sheet.box.cells > MOST_CELLS:
        raise bad("many_cells", Place(name), found=sheet.box.cells, most=MOST_CELLS)


def place(reference: str) -> tuple[int, int]:
    """Row and column, from 0, of what a cell is called. Raises ValueError.

    >>> place("B3")
    (2, 1)
    """
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]) - 1, column_of(letters.encode())


def column_of(letters: bytes) -> int:
    """The column, from 0, that is called so.

    >>> column_of(b"AA")
    26
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1
