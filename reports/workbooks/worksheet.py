"""The processing worksheet of a unit: respondents by elements, with formulas down to the index.

The rows stand in random order, without dates, demographics, numbers of their own or comments.
Where they may not be shown, the element means stand there without formulas, and why.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from secrets import SystemRandom
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from analysis.disclosure import SMALLEST_GROUP
from analysis.index.satisfaction import Satisfaction, restrict, satisfaction
from analysis.rulebook.instrument import Instrument, Item
from analysis.rulebook.scheme import Node, Scheme
from analysis.soundness.disclosed_rows import DisclosedRows, WithheldRows
from analysis.soundness.matrix import Answers, tally_of
from locales import Language, show_number
from locales.refusals import sentence
from reports.workbooks.reconciliation import WorksheetResult, write_reconciliation
from reports.workbooks.sheets import (
    Bands,
    Book,
    Head,
    bands_at,
    element_number,
    grade_name,
    height,
    index_of,
    number,
    outside_notes,
    rounded,
    standing_notes,
    standing_of,
    write_bands,
    write_head,
    write_notes,
)

FIRST_COLUMN = 20
ELEMENT, ITEM = 12, 7  # characters, at least


@dataclass(frozen=True)
class _Element:
    """An element with its number ("U1") and its items, in the order of their columns."""

    node: Node
    number: str
    items: tuple[Item, ...]
    first: int

    @property
    def last(self) -> int:
        """The column of its last item."""
        return self.first + len(self.items) - 1


@dataclass(frozen=True)
class _Grid:
    """Where everything stands; rows and columns count from 0.

    ``top``: the row of the heading; ``n``: respondents; ``withheld``: their rows, one row then
    says why.
    """

    elements: tuple[_Element, ...]
    top: int
    n: int
    withheld: bool = False

    @property
    def several(self) -> bool:
        """Whether an element has more than one item; then items have a heading of their own."""
        return any(len(element.items) > 1 for element in self.elements)

    @property
    def first(self) -> int:
        """The row of the first respondent."""
        return self.top + 2 + self.several

    @property
    def sums(self) -> int:
        """The row of the sums; below it how many answered, and the items' means."""
        return self.first + (1 if self.withheld else self.n)

    @property
    def means(self) -> int:
        """The row of the element means; below it weighted means, index and grade."""
        return self.sums + (0 if self.withheld else 2 + self.several)

    @property
    def total(self) -> int:
        """The column of the sum."""
        return self.elements[-1].last + 1

    @property
    def index(self) -> str:
        """The cell of the index."""
        return str(xl_rowcol_to_cell(self.means + 2, self.total))

    def along(self, row: int) -> str:
        """The cells of a row from the first element to the last."""
        return str(xl_range(row, 1, row, self.total - 1))


@dataclass(frozen=True)
class WorksheetHead:
    """Whose worksheet it is; ``averaged``: the mean of the services' indices, if shown."""

    unit: str
    head: Head
    averaged: Fraction | None = None


def worksheet_xlsx(
    rows: DisclosedRows | WithheldRows,
    instrument: Instrument,
    scheme: Scheme,
    of: WorksheetHead,
    language: Language,
) -> bytes:
    """The worksheet as an XLSX file; the formulas over its rows give the index that is shown."""
    book = Book(language, scheme)
    sheet = book.sheet(book.say("sheet"), of.unit)
    result = _result(rows, instrument, scheme)
    title = book.say("title", survey=instrument.name(language))
    top = write_head(book, sheet, title, _lines(book, of, result.n), of.head)
    withheld = isinstance(rows, WithheldRows)
    grid = _Grid(_elements_of(instrument, scheme), top, result.n, withheld)
    bands = bands_at(scheme, sheet, grid.means + 5, column=0)
    _write_heading(book, sheet, grid)
    if isinstance(rows, WithheldRows):
        _write_withheld(book, sheet, grid, rows)
    else:
        _write_rows(book, sheet, grid, _columns(rows.answers, instrument, grid))
        _write_elements(book, sheet, grid, result)
    _write_index(book, sheet, grid, result, bands)
    write_bands(book, sheet, bands)
    _write_signature(book, sheet, bands.row, max(bands.beside + 1, grid.total - 3))
    if not withheld:
        means = f"'{sheet.get_name()}'!{grid.along(grid.means)}"
        found = WorksheetResult(result, of.averaged, bands, means)
        write_reconciliation(book, found, of.unit, of.head)
    private = _privacy(book, rows)
    write_notes(book, of.unit, _notes_of(book, instrument, of, grid, private))
    return book.finish()


def _result(
    rows: DisclosedRows | WithheldRows, instrument: Instrument, scheme: Scheme
) -> Satisfaction:
    if isinstance(rows, WithheldRows):
        return rows.index
    return satisfaction(tally_of(rows.answers, instrument), scheme)[0]


def _lines(book: Book, of: WorksheetHead, n: int) -> list[str]:
    """What stands below the title."""
    return [
        book.say("unit", unit=of.unit),
        book.say("institution", institution=of.head.institution),
        book.say("period", period=of.head.period),
        book.say("respondents", n=show_number(book.language, n, 0)),
    ]


def _columns(answers: Answers, instrument: Instrument, grid: _Grid) -> list[Answers]:
    """The answers to each item, in the order of the columns."""
    return [
        answers[:, instrument.items.index(item)] for each in grid.elements for item in each.items
    ]


def _elements_of(instrument: Instrument, scheme: Scheme) -> tuple[_Element, ...]:
    """The elements in use in the order of the regulation's list."""
    elements: list[_Element] = []
    nodes = restrict(scheme, list(instrument.items_of)).children
    for place, node in enumerate(nodes, start=1):
        items = tuple(item for item in instrument.items if item.element == node.key)
        first = elements[-1].last + 1 if elements else 1
        elements.append(_Element(node, element_number(node, place), items, first))
    return tuple(elements)


def _write_heading(book: Book, sheet: Any, grid: _Grid) -> None:
    """The heading, repeated on every page and kept in sight."""
    style = book.styles["heading"]
    names = [f"{each.number}\n{each.node.name[book.language]}" for each in grid.elements]
    sheet.set_column(0, 0, FIRST_COLUMN)
    sheet.set_column(grid.total, grid.total, ELEMENT)
    sheet.set_row(grid.top + 1, height(*((name, ELEMENT - 2) for name in names)))
    sheet.merge_range(grid.top, 0, grid.first - 1, 0, book.say("number"), style)
    sheet.merge_range(grid.top, 1, grid.top, grid.total - 1, book.say("answers"), style)
    sheet.merge_range(grid.top, grid.total, grid.first - 1, grid.total, book.say("total"), style)
    for element, name in zip(grid.elements, names, strict=True):
        width = max(ITEM, ELEMENT / len(element.items))
        sheet.set_column(element.first, element.last, width)
        _write_across(sheet, grid.top + 1, element, style, name)
        for at in range(len(element.items) if grid.several else 0):
            sheet.write_string(grid.top + 2, element.first + at, _item_number(element, at), style)
    sheet.repeat_rows(grid.top, grid.first - 1)
    sheet.freeze_panes(grid.first, 1)


def _item_number(element: _Element, at: int) -> str:
    """The number of an item of an element with several: "U1.2"."""
    return f"{element.number}.{at + 1}" if len(element.items) > 1 else element.number


@dataclass(frozen=True)
class _Formula:
    """A formula with the value that it has when the file is opened."""

    text: str
    value: Any


def _write_across(
    sheet: Any, row: int, element: _Element, style: Any, content: str | _Formula
) -> None:
    """A text or a formula across the columns of an element."""
    if element.last > element.first:
        sheet.merge_range(row, element.first, row, element.last, "", style)
    if isinstance(content, str):
        sheet.write_string(row, element.first, content, style)
    else:
        sheet.write_formula(row, element.first, content.text, style, content.value)


def _write_answers(book: Book, sheet: Any, grid: _Grid, answers: Answers) -> None:
    """A row a respondent, in an order that nobody can foretell; missing answers are empty."""
    style = book.styles["answer"]
    shuffled = answers.tolist()
    SystemRandom().shuffle(shuffled)
    for place, row in enumerate(shuffled, start=1):
        sheet.write_number(grid.first + place - 1, 0, place, style)
        sheet.write_blank(grid.first + place - 1, grid.total, None, style)
        for column, answer in enumerate(row, start=1):
            if answer == answer:  # not NaN
                sheet.write_number(grid.first + place - 1, column, answer, style)
            else:
                sheet.write_blank(grid.first + place - 1, column, None, style)


def _write_rows(book: Book, sheet: Any, grid: _Grid, columns: Sequence[Answers]) -> None:
    """The respondents, and below them what each item comes to."""
    _write_answers(book, sheet, grid, np.column_stack(columns))
    _write_items(book, sheet, grid, columns)


def _write_withheld(book: Book, sheet: Any, grid: _Grid, rows: WithheldRows) -> None:
    """Why there are no respondents; the element means, and how many answered, as numbers."""
    why, styles = _why(book, rows), book.styles
    sheet.merge_range(grid.first, 0, grid.first, grid.total, why, styles["cell"])
    sheet.set_row(grid.first, height((why, FIRST_COLUMN + ELEMENT * len(grid.elements))))
    for row, key in ((grid.means, "means"), (grid.means + 1, "answered")):
        _write_label(book, sheet, row, key)
        sheet.write_blank(row, grid.total, None, styles["sum"])
    for element in grid.elements:
        key, mean = element.node.key, rows.index.means[element.node.key]
        for row, style in ((grid.means, styles["mean"]), (grid.means + 1, styles["sum"])):
            if element.last > element.first:
                sheet.merge_range(row, element.first, row, element.last, "", style)
        if mean is None:
            sheet.write_string(grid.means, element.first, book.say("hidden"), styles["label"])
        else:
            sheet.write_number(grid.means, element.first, float(mean), styles["mean"])
            answered = rows.index.answered[key]
            sheet.write_number(grid.means + 1, element.first, answered, styles["sum"])


def _why(book: Book, rows: WithheldRows) -> str:
    return book.say("withheld", why=sentence(book.language, rows.why))


def _privacy(book: Book, rows: DisclosedRows | WithheldRows) -> list[str]:
    """What the notes say of confidentiality."""
    if isinstance(rows, DisclosedRows):
        return [book.say("privacy_note")]
    apart = [book.say("privacy_apart", smallest=SMALLEST_GROUP)] if rows.index.apart else []
    return [_why(book, rows), *apart]


def _write_items(book: Book, sheet: Any, grid: _Grid, columns: Sequence[Answers]) -> None:
    """Sum, number who answered, and mean of each item (with one item, that of the element)."""
    sums, answered, means = range(grid.sums, grid.sums + 3)
    mean_key = "item_means" if grid.several else "means"
    for row, key in ((sums, "sums"), (answered, "answered"), (means, mean_key)):
        _write_label(book, sheet, row, key)
        sheet.write_blank(row, grid.total, None, book.styles["sum"])
    for at, column in enumerate(columns, start=1):
        over = xl_range(grid.first, at, grid.sums - 1, at)
        total, number = (xl_rowcol_to_cell(row, at) for row in (sums, answered))
        found, known = int(np.nansum(column)), int((~np.isnan(column)).sum())
        mean = f'=IF({number}>0,{total}/{number},"")'
        sheet.write_formula(sums, at, f"=SUM({over})", book.styles["sum"], found)
        sheet.write_formula(answered, at, f"=COUNT({over})", book.styles["sum"], known)
        sheet.write_formula(means, at, mean, book.styles["mean"], found / known if known else "")


def _write_elements(book: Book, sheet: Any, grid: _Grid, result: Satisfaction) -> None:
    """Mean and weighted mean of each element, and the sum of the weighted."""
    style = book.styles["mean"]
    _write_label(book, sheet, grid.means, "means")
    sheet.write_blank(grid.means, grid.total, None, style)
    _write_label(book, sheet, grid.means + 1, "weighted", k=len(grid.elements))
    whole = sum((element.node.weight.value for element in grid.elements), Fraction(0))
    weighted = Fraction(0)
    for element in grid.elements:
        mean, weight = result.means[element.node.key], element.node.weight.value / whole
        cell = xl_rowcol_to_cell(grid.means, element.first)
        if grid.several:
            items = xl_range(grid.means - 1, element.first, grid.means - 1, element.last)
            formula = f'=IF(COUNT({items})>0,AVERAGE({items}),"")'
            _write_across(sheet, grid.means, element, style, _Formula(formula, number(mean)))
        part = None if mean is None else mean * weight
        weighted += part or 0
        formula = f'=IF(ISNUMBER({cell}),{cell}*{weight},"")'
        _write_across(sheet, grid.means + 1, element, style, _Formula(formula, number(part)))
    total = f"=SUM({grid.along(grid.means + 1)})"
    sheet.write_formula(grid.means + 1, grid.total, total, style, float(weighted))


def _write_label(book: Book, sheet: Any, row: int, key: str, **values: object) -> None:
    """What stands in a row below the respondents."""
    sheet.set_row(row, 28)
    sheet.write_string(row, 0, book.say(key, **values), book.styles["label"])


def _write_index(book: Book, sheet: Any, grid: _Grid, result: Satisfaction, bands: Bands) -> None:
    """Index and grade, from the sum of the weighted means."""
    row, k = grid.means + 2, len(grid.elements)
    total = xl_rowcol_to_cell(row - 1, grid.total)
    index = rounded(index_of(total, result.scheme), result.scheme)
    no_index = book.say("no_index")
    formula = f'=IF(COUNT({grid.along(grid.means)})={k},{index},"{no_index}")'
    shown = no_index if result.shown is None else float(result.shown)
    for at, key in ((row, "index"), (row + 1, "unit_grade")):
        sheet.set_row(at, 20)
        label = book.say(key)
        sheet.merge_range(at, 0, at, grid.total - 1, label, book.styles["strong_label"])
    if grid.withheld:
        sheet.write(row, grid.total, shown, book.styles["index"])
    else:
        sheet.write_formula(row, grid.total, formula, book.styles["index"], shown)
    grade = bands.grade_of(grid.index)
    sheet.write_formula(row + 1, grid.total, grade, book.styles["grade"], grade_name(result.band))


def _write_signature(book: Book, sheet: Any, row: int, column: int) -> None:
    """The block to be signed by hand, beside the bands."""
    lines = ("place_and_date", "head_of_unit", "name_to_sign", "nip")
    for at, key in zip((row - 1, row, row + 4, row + 5), lines, strict=True):
        sheet.write_string(at, column, book.say(key), book.styles["text"])


def _notes_of(
    book: Book, instrument: Instrument, of: WorksheetHead, grid: _Grid, private: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Where the figures come from, how they are counted, and what is assumed."""
    say, language, head = book.say, book.language, of.head
    yield say("about"), say("title", survey=instrument.name(language))
    yield say("whose"), f"{of.unit} · {head.institution} · {head.period}"
    yield say("counted"), say("counted_note", n=show_number(language, grid.n, 0))
    yield from outside_notes(book, head)
    yield say("instrument"), f"{instrument.title[language]}. {instrument.note[language]}"
    for element in grid.elements if grid.several else ():
        for at, item in enumerate(element.items):
            yield _item_number(element, at), item.text[language]
    yield say("method"), say("method_means")
    yield "", say("method_weights", k=len(grid.elements))
    yield "", say("method_rounding")
    for at, note in enumerate(private):
        yield "" if at else say("privacy"), note
    asked = instrument.sources[instrument.source]
    yield (
        say("standing"),
        f"{say('standing_form')}: {standing_of(book, instrument.standing, asked)}",
    )
    yield from standing_notes(book, book.scheme)
    yield say("software"), head.software
