"""The table in a file: on which sheet it stands, its heading, and what each column means."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.command.answers import Order
from analysis.errors import Place, Written, bad
from analysis.grids import Grid, WorkbookSheet
from analysis.grids.grid import Cells
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Node, Scheme
from analysis.rules import Text
from survey.reading.answers import AnswerReader
from survey.reading.headings import FoundHeading, find_heading
from survey.reading.meanings import OF_VISIT, PERSONAL, Meaning, Reader
from survey.reading.people import days
from survey.reading.rules import column_rules

# What a person says of a column that shall not be kept.
LEFT_OUT = "left_out"
# What stands for a formula that a workbook writes out once, in another cell.
SHARED = "f(…)"
# What stands in a row that shares its answer with the one above; no answer has it.
JOINED = " ↕ "
# More than this share of a column decides what it holds.
MOSTLY = 0.5
DATE = "date"


@dataclass(frozen=True)
class ReadingOptions:
    """How a file shall be read. ``order``: of the numbers U1..U9, None where nobody said.

    ``by_hand``: what a person said that columns mean, by the words of their headings; ``on``: the
    day that ages are of; ``within``: the period's first and last day.
    """

    instrument: Instrument
    scheme: Scheme
    on: date
    order: Order | None = None
    sheet: str | None = None
    zero_is_empty: bool = False
    by_hand: Mapping[str, str] = field(default_factory=dict)
    within: tuple[date, date] | None = None

    @property
    def fields(self) -> frozenset[str]:
        """What is asked about respondents."""
        return frozenset(one.key for one in self.instrument.respondent.fields)

    @property
    def kept(self) -> frozenset[str]:
        """What a column may hold beside answers."""
        return self.fields | set(OF_VISIT)

    def about(self) -> dict[str, Text]:
        """What each item asks about, by key: its element, or the question itself."""
        about = {one.key: one.text for one in self.instrument.questions}
        return {**about, **{item: node.name for item, node in self._elements().items()}}

    def names(self, keys: Sequence[str]) -> list[Text]:
        """What the items ask about, each with its number or key: "Waktu penyelesaian (U3)"."""
        about, elements = self.about(), self._elements()
        return [_named(about[key], key, elements.get(key), self.order or "list") for key in keys]

    def _elements(self) -> dict[str, Node]:
        """The element of each item that stands for it alone."""
        return {
            items[0]: node
            for node in self.scheme.nodes()
            if len(items := self.instrument.items_of.get(node.key, [])) == 1
        }

    @cached_property
    def reader(self) -> Reader:
        """Who knows the headings."""
        return Reader(self.instrument, self.scheme, self.order or "list", self.by_hand)


def _named(name: Text, key: str, element: Node | None, order: Order) -> Text:
    number = f"U{getattr(element.number, order)}" if element and element.number else key
    return Text(id=f"{name.id} ({number})", en=f"{name.en} ({number})")


@dataclass(frozen=True)
class AnswersColumn:
    """A column with a heading, at its place from 0; ``key`` None: it is not kept."""

    at: int
    heading: str
    meaning: Meaning | None

    @property
    def key(self) -> str | None:
        """What it holds, whether that is kept or not."""
        return self.meaning.key if self.meaning else None


@dataclass(frozen=True)
class AnswersTable:
    """A table that was found. ``rows``: (n,) the numbers of the rows in ``cells``.

    ``fitting``: the other visible sheets with as many items; ``hidden``: those that were not read;
    ``unseen``: (n,) whether a spreadsheet does not show the row.
    """

    name: str
    sheet: str
    fitting: Sequence[str]
    hidden: Sequence[str]
    heading: FoundHeading
    columns: Sequence[AnswersColumn]
    cells: Cells
    rows: np.ndarray
    widths: np.ndarray | None
    unseen: np.ndarray

    def column(self, key: str) -> AnswersColumn | None:
        """The column that holds this."""
        return next((one for one in self.columns if one.key == key), None)

    def texts(self, column: AnswersColumn) -> pd.Series:
        """(n,) its cells, by row of the file."""
        return pd.Series(self.cells[:, column.at], self.rows, dtype="str")


def find_table(sheets: Sequence[WorkbookSheet], asked: ReadingOptions, name: str) -> AnswersTable:
    """The table of answers in a file: of the visible sheets the one where most items are known.

    Raises BadInput for a sheet that is not there, and where nothing looks like a table.
    """
    reader = asked.reader
    visible = [sheet for sheet in sheets if sheet.visible]
    tables = [
        _table(sheet, grid, heading, asked, name)
        for sheet in _asked_sheets(sheets, visible, asked.sheet, name)
        if (heading := find_heading(grid := sheet.grid(), reader))
    ]
    if not tables:
        raise bad("empty_file", Place(name))
    best = max(tables, key=lambda one: (one.heading.items, _answered(one, asked)))
    return replace(
        best,
        fitting=[
            one.sheet
            for one in tables
            if one is not best and one.heading.items == best.heading.items > 0
        ],
        hidden=[one.name for one in sheets if not one.visible and one.name != best.sheet],
    )


def _asked_sheets(
    sheets: Sequence[WorkbookSheet], visible: Sequence[WorkbookSheet], wanted: str | None, name: str
) -> Sequence[WorkbookSheet]:
    if wanted is not None:
        visible = [sheet for sheet in sheets if sheet.name.casefold() == wanted.casefold()]
        if not visible:
            names = [Written(sheet.name) for sheet in sheets]
            raise bad("sheet_unknown", Place(name), found=Written(wanted), sheets=names)
    if not visible:
        raise bad("sheets_hidden", Place(name))
    return visible


def _table(
    sheet: WorkbookSheet, grid: Grid, heading: FoundHeading, asked: ReadingOptions, name: str
) -> AnswersTable:
    cells = _not_blank(grid, heading, asked)
    body = cells[heading.last + 1 :]
    kept = np.flatnonzero((body != "").any(axis=1))
    found = AnswersTable(
        name=name,
        sheet=sheet.name,
        fitting=(),
        hidden=(),
        heading=heading,
        columns=[
            AnswersColumn(at, text, meaning)
            for at, (text, meaning) in enumerate(zip(heading.texts, heading.meanings, strict=True))
            if text
        ],
        cells=body[kept],
        rows=kept + heading.last + 2,
        widths=None if grid.widths is None else grid.widths[heading.last + 1 :][kept],
        unseen=np.isin(kept + heading.last + 1, [*grid.hidden]),
    )
    return replace(found, columns=_settled(found, asked))


def _not_blank(grid: Grid, heading: FoundHeading, asked: ReadingOptions) -> Cells:
    """The cells, with a text in those that only look blank: nobody knows what is to stand there.

    These are formulas never computed, and what hides behind an answer merged over several rows.
    """
    cells = grid.cells.copy()
    for (row, column), formula in grid.uncomputed.items():
        if row < len(cells) and column < cells.shape[1]:
            cells[row, column] = f"={formula or SHARED}"
    for (top, column), (bottom, _) in grid.merged:
        meaning = heading.meanings[column] if column < len(heading.meanings) else None
        if heading.last < top < len(cells) and meaning and meaning.key in asked.instrument.allowed:
            text = cells[top, column]
            cells[top + 1 : bottom + 1, column] = f"{text}{JOINED}{text}" if text else ""
    return cells


def _answered(table: AnswersTable, asked: ReadingOptions) -> int:
    """How many rows have an answer."""
    reader = AnswerReader(asked.instrument)
    items = [one for one in table.columns if one.key in asked.instrument.allowed]
    if not items:
        return 0
    read = [reader.column(table.texts(one), one.key or "") for one in items]
    return int((np.column_stack(read) > 0).any(axis=1).sum())


def _settled(table: AnswersTable, asked: ReadingOptions) -> list[AnswersColumn]:
    """The columns, each meaning held by one: what they contain and how sure they are decides."""
    looked = [
        one
        if asked.reader.said(one.heading)
        else replace(one, meaning=_by_content(table, one, asked))
        for one in table.columns
    ]
    claims: dict[str, list[AnswersColumn]] = defaultdict(list)
    for one in looked:
        if one.key is not None and one.key != LEFT_OUT:
            claims[one.key].append(one)
    held = {key: _holders(key, columns, asked) for key, columns in claims.items()}
    return [
        one if one.key is None or one in held.get(one.key, ()) else replace(one, meaning=None)
        for one in looked
    ]


def _holders(
    key: str, columns: Sequence[AnswersColumn], asked: ReadingOptions
) -> Sequence[AnswersColumn]:
    """Which of the columns that claim a meaning hold it; several of an item will be refused."""
    sure = [one for one in columns if one.meaning and one.meaning.sure]
    if key in asked.instrument.allowed:
        return sure or columns
    if key in asked.kept:
        return (sure or columns)[:1]
    return columns


def _by_content(
    table: AnswersTable, column: AnswersColumn, asked: ReadingOptions
) -> Meaning | None:
    """What a column means once its cells are seen."""
    meaning, items = column.meaning, asked.instrument.allowed
    if meaning and meaning.sure and (meaning.key in items or meaning.key in asked.fields):
        return meaning
    texts = table.texts(column)
    filled = texts[texts.str.contains(r"\w")]
    if filled.empty:
        return meaning
    if meaning and meaning.key in items:
        return Meaning(DATE) if days(filled).notna().mean() > MOSTLY else meaning
    if (meaning is None or meaning.key not in asked.fields) and _is_personal(filled):
        return Meaning(PERSONAL)
    return meaning


def _is_personal(filled: pd.Series) -> bool:
    """Whether the cells look like addresses, telephone numbers or identity numbers."""
    rules = column_rules()
    seen = filled.str.casefold().str.strip().str.lstrip("'")
    return any(
        bool(seen.str.match(re.compile(form)).mean() >= rules.personal_share)
        for form in rules.personal_forms.values()
    )
