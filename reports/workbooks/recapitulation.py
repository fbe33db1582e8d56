"""The recapitulation of an institution: its units with element means, index and grade.

A unit of one to four respondents has no figures here, and is in no sum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from analysis.disclosure import SMALLEST_GROUP, few
from analysis.errors import bad
from analysis.exact import mean_of
from analysis.index.disclosed import DisclosedIndex
from analysis.index.sample import minimum_sample
from analysis.rulebook.scheme import Band, Scheme
from locales import Language, show_number
from reports.workbooks.sheets import (
    INK,
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
    write_bands,
    write_head,
    write_notes,
)

FIRST_MEAN = 3  # columns: number, unit, respondents, the element means, what follows from them
NAME, INDEX = 36, 12  # characters
FOLLOWING = ("unrounded", "index_short", "grade", "visits", "minimum")
BAR = 26  # pixels
GRID = {"visible": True, "line": {"color": "#D5DCDC"}}


@dataclass(frozen=True)
class RecapitulationLine:
    """A unit of the institution; ``visits`` in the period, None where not known.

    ``averaged``: the index is the mean of its services', which no element mean gives.
    """

    name: str
    result: DisclosedIndex
    visits: int | None = None
    averaged: bool = False

    @property
    def small(self) -> bool:
        """Whether so few responded that nothing may be shown."""
        return few(self.result.n)

    @property
    def index(self) -> Fraction | None:
        """The unrounded index, None where there is none or it may not be shown."""
        return self.result.index

    @property
    def band(self) -> Band | None:
        """The band of the index that may be shown."""
        return self.result.band

    @property
    def minimum(self) -> int | None:
        """The minimum sample, where the visits are known."""
        rule = self.result.scheme.minimum_sample
        return minimum_sample(self.visits, rule.value) if self.visits and rule else None

    @property
    def live(self) -> bool:
        """Whether the index can be had from means that may be shown."""
        return (
            not self.averaged
            and not self.result.apart
            and self.index is not None
            and None not in self.result.means.values()
        )


@dataclass(frozen=True)
class _Place:
    """Where everything stands: rows count from 0, ``last`` is the last unit's."""

    first: int
    last: int
    elements: int

    def column(self, key: str) -> int:
        """The column of what follows from the means."""
        return FIRST_MEAN + self.elements + FOLLOWING.index(key)

    def down(self, key: str) -> str:
        """The cells of all units in that column."""
        return str(xl_range_abs(self.first, self.column(key), self.last, self.column(key)))


def recapitulation_xlsx(
    lines: Sequence[RecapitulationLine], scheme: Scheme, head: Head, language: Language
) -> bytes:
    """The recapitulation as an XLSX file, best index first, with a chart and notes.

    Raises BadInput without units.
    """
    if not lines:
        raise bad("recapitulation_of_none")
    book = Book(language, scheme)
    ordered = sorted(lines, key=_best_first)
    sheet = book.sheet(book.say("recapitulation"), head.institution)
    texts = [
        book.say("institution", institution=head.institution),
        book.say("period", period=head.period),
    ]
    top = write_head(
        book, sheet, book.say("recapitulation_title", index=scheme.title[language]), texts, head
    )
    place = _Place(top + 1, top + len(ordered), len(scheme.children))
    bands = bands_at(scheme, sheet, place.last + 4, column=2)
    _write_heading(book, sheet, top, scheme)
    for row, line in enumerate(ordered, start=place.first):
        _write_unit(book, sheet, place, _Row(row, line))
        _write_index(book, sheet, place, _Row(row, line), bands)
    _write_institution(book, sheet, place, ordered, bands)
    write_bands(book, sheet, bands)
    _write_grade_counts(book, sheet, place, ordered, bands)
    if indexed := [line for line in ordered if line.index is not None]:
        _write_chart(book, place, sheet.get_name(), indexed, head)
    write_notes(book, head.institution, _notes(book, ordered, scheme, head))
    return book.finish()


def _best_first(line: RecapitulationLine) -> tuple[bool, Fraction, str]:
    return line.index is None, -(line.index or Fraction(0)), line.name


def _write_heading(book: Book, sheet: Any, top: int, scheme: Scheme) -> None:
    numbers = [element_number(node, at) for at, node in enumerate(scheme.children, start=1)]
    left = [book.say(key) for key in ("row", "unit_name", "answering")]
    right = [book.say(key) for key in FOLLOWING]
    widths = [6, NAME, 11, *[8] * len(numbers), *[INDEX] * len(right)]
    for column, (text, width) in enumerate(zip(left + numbers + right, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, text, book.styles["heading"])
    sheet.set_row(top, 42)
    sheet.repeat_rows(top)
    sheet.freeze_panes(top + 1, 2)


@dataclass(frozen=True)
class _Row:
    """A unit and the row of the sheet in which it stands."""

    at: int
    line: RecapitulationLine


def _write_unit(book: Book, sheet: Any, place: _Place, unit: _Row) -> None:
    row, line = unit.at, unit.line
    sheet.write_number(row, 0, row - place.first + 1, book.styles["count"])
    sheet.set_row(row, height((line.name, NAME), (_why_none(book, line), INDEX)))
    sheet.write_string(row, 1, line.name, book.styles["cell"])
    counts = {
        2: None if line.small else line.result.n,
        place.column("visits"): line.visits,
        place.column("minimum"): line.minimum,
    }
    for column, count in counts.items():
        sheet.write(row, column, count, book.styles["count"])
    for column, node in enumerate(line.result.scheme.children, start=FIRST_MEAN):
        sheet.write(row, column, number(line.result.means.get(node.key)), book.styles["mean"])


def _write_index(book: Book, sheet: Any, place: _Place, unit: _Row, bands: Bands) -> None:
    """Live where all means are shown; else what the program shows, or why there is nothing."""
    row, line = unit.at, unit.line
    unrounded, index, grade = (place.column(key) for key in FOLLOWING[:3])
    scheme, styles = line.result.scheme, book.styles
    cell = xl_rowcol_to_cell(row, unrounded)
    sheet.write_blank(row, unrounded, None, styles["unrounded"])
    if line.index is None:
        sheet.write_string(row, index, _why_none(book, line), styles["cell"])
    elif line.live:
        means = xl_range(row, FIRST_MEAN, row, FIRST_MEAN + place.elements - 1)
        mean = f"={index_of(f'AVERAGE({means})', scheme)}"
        sheet.write_formula(row, unrounded, mean, styles["unrounded"], float(line.index))
        shown = float(scheme.round(line.index))
        sheet.write_formula(row, index, f"={rounded(cell, scheme)}", styles["index"], shown)
    else:
        sheet.write_number(row, index, float(scheme.round(line.index)), styles["index"])
    formula = bands.grade_of(xl_rowcol_to_cell(row, index))
    sheet.write_formula(row, grade, formula, styles["grade"], grade_name(line.band))


def _why_none(book: Book, line: RecapitulationLine) -> str:
    if line.small:
        return book.say("few", smallest=SMALLEST_GROUP)
    return book.say("no_index") if line.index is None else ""


def _write_institution(
    book: Book, sheet: Any, place: _Place, lines: Sequence[RecapitulationLine], bands: Bands
) -> None:
    """The respondents and the mean of the units above; live where every index is."""
    row, styles = place.last + 1, book.styles
    shown = [line for line in lines if line.index is not None]
    mean = mean_of([line.index for line in shown if line.index is not None])
    scheme = lines[0].result.scheme
    label = book.say("institution_index", m=len(shown), units=len(lines))
    sheet.set_row(row, height((label, NAME)))
    sheet.merge_range(row, 0, row, 1, label, styles["strong_label"])
    people = sum(line.result.n for line in lines if not line.small)
    over = xl_range(place.first, 2, place.last, 2)
    sheet.write_formula(row, 2, f"=SUM({over})", styles["sum"], people)
    for column in range(FIRST_MEAN, place.column("minimum") + 1):
        sheet.write_blank(row, column, None, styles["mean"])
    index = place.column("index_short")
    cell = xl_rowcol_to_cell(row, index)
    if mean is None:
        sheet.write_string(row, index, book.say("no_index"), styles["label"])
    elif all(line.live for line in shown):
        formula = "=" + rounded(f"AVERAGE({place.down('unrounded')})", scheme)
        sheet.write_formula(row, index, formula, styles["index"], float(scheme.round(mean)))
    else:
        sheet.write_number(row, index, float(scheme.round(mean)), styles["index"])
    grade = grade_name(None if mean is None else scheme.band(mean))
    sheet.write_formula(row, index + 1, bands.grade_of(cell), styles["grade"], grade)


def _write_grade_counts(
    book: Book, sheet: Any, place: _Place, lines: Sequence[RecapitulationLine], bands: Bands
) -> None:
    """How many units have each grade, beside the bands."""
    column = bands.beside
    sheet.merge_range(
        bands.row - 1, column, bands.row - 1, column + 1, book.say("units"), book.styles["heading"]
    )
    for row, band in enumerate(bands.bands, start=bands.row):
        formula = f"=COUNTIF({place.down('grade')},{xl_rowcol_to_cell(row, bands.column)})"
        count = sum(line.band == band for line in lines)
        sheet.merge_range(row, column, row, column + 1, "", book.styles["count"])
        sheet.write_formula(row, column, formula, book.styles["count"], count)


def _write_chart(
    book: Book, place: _Place, source: str, indexed: Sequence[RecapitulationLine], head: Head
) -> None:
    """A bar a unit on a sheet of its own, the best first."""
    last, index = place.first + len(indexed) - 1, place.column("index_short")
    chart = book.bar_chart()
    chart.add_series(
        {
            "categories": [source, place.first, 1, last, 1],
            "values": [source, place.first, index, last, index],
            "fill": {"color": INK},
            "gap": 40,
            "data_labels": {"value": True},
        }
    )
    title = book.say("chart", institution=head.institution, period=head.period)
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"none": True})
    top = float(indexed[0].result.scheme.span[1])
    chart.set_x_axis({"min": 0, "max": top, "label_position": "high", "major_gridlines": GRID})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 980, "height": 140 + BAR * len(indexed)})
    sheet = book.sheet(book.say("chart_sheet"), head.institution)
    sheet.insert_chart(0, 0, chart, {"description": title})


def _notes(
    book: Book, lines: Sequence[RecapitulationLine], scheme: Scheme, head: Head
) -> Iterator[tuple[str, str]]:
    say = book.say
    yield say("about"), say("recapitulation_title", index=scheme.title[book.language])
    yield say("whose"), f"{head.institution} · {head.period}"
    people = sum(line.result.n for line in lines if not line.small)
    yield say("counted"), say("counted_units", n=show_number(book.language, people, 0))
    yield from outside_notes(book, head)
    for at, node in enumerate(scheme.children, start=1):
        yield element_number(node, at), node.name[book.language]
    yield say("method"), say("method_units")
    if any(line.averaged for line in lines):
        yield "", say("method_averaged")
    yield "", say("method_rounding")
    yield say("privacy"), say("privacy_units", smallest=SMALLEST_GROUP)
    if any(line.result.apart for line in lines):
        yield "", say("privacy_apart", smallest=SMALLEST_GROUP)
    yield say("standing"), say("standing_institution")
    yield from standing_notes(book, scheme)
    yield say("software"), head.software
