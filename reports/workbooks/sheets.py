"""How workbooks are written: styles, pages, bands and notes; a text is never a formula."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from textwrap import wrap
from typing import Any

from xlsxwriter.utility import xl_range_abs

from analysis.characters import readable
from analysis.rulebook.scheme import Band, Node, Scheme
from analysis.rules import Source
from analysis.standing import Standing
from locales import Language, say, show_number
from reports.cells import TEXT, workbook_in

# Far above what binary fractions miss a half by (3e-14 among 100,000 halves of nine elements),
# and too little to lift what is no half: 1 / (1,800 x the common multiple of the numbers of
# answers) or more below it, so less than 1e-11 only where that multiple is above 5e7.
GUARD = "1E-11"
A4 = 9
LONGEST_FOOTER = 100
INK = "#0B5D66"
LINE = 13  # points
NAME = 3  # columns that the name of a band takes
# The numbers' own language; without it a reader shows them in that of the computer.
NUMBERS: dict[Language, str] = {"id": "[$-421]", "en": "[$-409]"}
CENTRED = {"border": 1, "align": "center", "valign": "vcenter"}
HEADING = {**CENTRED, **TEXT, "bold": True, "text_wrap": True, "bg_color": "#DCEBED"}
SUMMARY = {**CENTRED, "bg_color": "#F3F6F6"}
INDEX = {**SUMMARY, "bold": True}
STYLES: dict[str, dict[str, Any]] = {
    "title": {**TEXT, "bold": True, "font_size": 13, "font_color": INK},
    "demonstration": {**TEXT, "bold": True, "font_color": "#B3392F"},
    "text": TEXT,
    "bold": {**TEXT, "bold": True},
    "paragraph": {**TEXT, "text_wrap": True, "valign": "top"},
    "heading": HEADING,
    "answer": CENTRED,
    "cell": {**CENTRED, **TEXT, "align": "left", "indent": 1, "text_wrap": True},
    "label": {**SUMMARY, **TEXT, "align": "left", "indent": 1, "text_wrap": True},
    "strong_label": {**INDEX, **TEXT, "align": "left", "indent": 1, "text_wrap": True},
    "count": {**CENTRED, "num_format": "#,##0"},
    "edge": {**CENTRED, "num_format": "0.00"},
    "sum": {**SUMMARY, "num_format": "#,##0"},
    "mean": {**SUMMARY, "num_format": "0.000"},
    "unrounded": {**CENTRED, "num_format": "0.000000"},
    "index": {**INDEX, "num_format": "0.00"},
    "difference": {**CENTRED, "num_format": '+0.00;"−"0.00;0.00'},
    "grade": INDEX,
}


@dataclass(frozen=True)
class Head:
    """What stands at the head of a workbook and in its notes.

    ``excluded`` and ``withdrawn``: responses received that don't count; ``software``: the
    program's name and version.
    """

    institution: str
    period: str
    excluded: int
    withdrawn: int
    software: str
    demonstration: bool = False


class Book:
    """A workbook in one language on one index, all of its sheets on A4 pages."""

    def __init__(self, language: Language, scheme: Scheme) -> None:
        self.language = language
        self.scheme = scheme
        self._file = BytesIO()
        self._workbook = workbook_in(self._file)
        self.styles = {name: self._style(name) for name in STYLES}

    def say(self, key: str, **values: object) -> str:
        """The text of the section ``worksheet`` in the book's language, for its index."""
        index = {"short": self.scheme.short, "factor": str(slope_of(self.scheme))}
        return readable(say(self.language, f"worksheet.{key}", **index, **values))

    def sheet(self, name: str, subject: str, landscape: bool = True) -> Any:
        """A new sheet, as wide as its page, with ``subject`` in the footer."""
        sheet = self._workbook.add_worksheet(name)
        sheet.set_paper(A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.7)
        sheet.hide_gridlines(2)
        left = readable(subject)[:LONGEST_FOOTER].replace("&", "&&")
        sheet.set_footer(f"&L{left}&R&P / &N")
        return sheet

    def bar_chart(self) -> Any:
        """A new chart with bars from left to right."""
        return self._workbook.add_chart({"type": "bar"})

    def finish(self) -> bytes:
        """The workbook as an XLSX file."""
        self._workbook.close()
        return self._file.getvalue()

    def _style(self, name: str) -> Any:
        style = {"font_name": "Arial", "font_size": 10, **STYLES[name]}
        if "num_format" in style:
            style["num_format"] = NUMBERS[self.language] + style["num_format"]
        return self._workbook.add_format(style)


def write_head(book: Book, sheet: Any, title: str, lines: Sequence[str], head: Head) -> int:
    """The title and the ``lines`` ("unit: name"); the number of rows taken."""
    sheet.write_string(0, 0, title, book.styles["title"])
    if head.demonstration:
        warning = say(book.language, "posters.demonstration")
        sheet.write_string(1, 0, warning, book.styles["demonstration"])
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line, book.styles["bold"])
    return 3 + len(lines)


@dataclass(frozen=True)
class Bands:
    """Where the scheme's bands stand on a sheet: a row each, the best first."""

    bands: Sequence[Band]
    row: int
    column: int
    sheet: str

    @property
    def beside(self) -> int:
        """The first free column to their right."""
        return self.column + 3 + NAME

    def grade_of(self, cell: str) -> str:
        """The formula that grades the number in a cell; nothing where it holds a text."""
        grades, ends = (self._cells(self.column + at) for at in (0, 2))
        return f'=IF(ISNUMBER({cell}),INDEX({grades},MATCH({cell},{ends},-1)),"")'

    def _cells(self, column: int) -> str:
        last = self.row + len(self.bands) - 1
        return f"'{self.sheet}'!{xl_range_abs(self.row, column, last, column)}"


def bands_at(scheme: Scheme, sheet: Any, row: int, column: int) -> Bands:
    """The bands of the scheme, to be written with their heading in ``row``."""
    ordered = sorted(scheme.bands.value if scheme.bands else [], key=lambda band: -band.end)
    return Bands(ordered, row + 1, column, sheet.get_name())


def write_bands(book: Book, sheet: Any, bands: Bands) -> None:
    """A row a band: grade, first and last index, and name."""
    styles, top, left = book.styles, bands.row - 1, bands.column
    sheet.set_row(top, height(("\n", 1)))
    for column, key in enumerate(("grade", "from", "to"), start=left):
        sheet.write_string(top, column, book.say(key), styles["heading"])
    name, last = left + 3, bands.beside - 1
    sheet.merge_range(top, name, top, last, book.say("name"), styles["heading"])
    for row, band in enumerate(bands.bands, start=bands.row):
        sheet.write_string(row, left, grade_name(band), styles["grade"])
        sheet.write_number(row, left + 1, float(band.start), styles["edge"])
        sheet.write_number(row, left + 2, float(band.end), styles["edge"])
        sheet.merge_range(row, name, row, last, band.label[book.language], styles["cell"])


def height(*cells: tuple[str, int]) -> int:
    """The height of a row, in points, that holds texts in columns so many characters wide."""
    lines = [sum(len(wrap(line, width)) or 1 for line in text.split("\n")) for text, width in cells]
    return 3 + LINE * max(lines)


def grade_name(band: Band | None) -> str:
    """The grade of a band as it is printed; nothing without a band."""
    return "" if band is None else band.grade or band.label["id"]


def number(value: Fraction | None) -> float | str:
    """What a cell holds until it is recalculated."""
    return "" if value is None else float(value)


def element_number(node: Node, place: int) -> str:
    """The number of an element in the regulation's list ("U1"), else its place."""
    return f"U{node.number.list if node.number else place}"


def rounded(expression: str, scheme: Scheme) -> str:
    """The formula of an index rounded half up, as the program rounds the exact fraction.

    A sum of binary fractions may fall short of a half; ``GUARD`` lifts it, so that no reader
    need forgive that, as LibreOffice does.
    """
    return f"ROUND({expression}+{GUARD},{scheme.decimals.value})"


def index_of(mean: str, scheme: Scheme) -> str:
    """The formula of the unrounded index from the weighted mean of the elements: 25 x it."""
    ends, slope = scheme.children[0].normalise.value, slope_of(scheme)
    start = ends.onto[0] - slope * ends.between[0]
    return f"{slope}*{mean}" + (f"+{start}" if start else "")


def slope_of(scheme: Scheme) -> Fraction:
    """What the mean of the elements is multiplied with."""
    ends = scheme.children[0].normalise.value
    return (ends.onto[1] - ends.onto[0]) / (ends.between[1] - ends.between[0])


def standing_of(book: Book, standing: Standing, source: Source) -> str:
    """How well a value is founded, and on what."""
    return f"{say(book.language, f'league.{standing}')} · {source.cited(book.language)}"


def write_notes(book: Book, subject: str, notes: Iterable[tuple[str, str]]) -> None:
    """The sheet of notes: what each is about, and what is to be known."""
    sheet = book.sheet(book.say("notes"), subject, landscape=False)
    widths = (26, 74)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, book.say("notes"), book.styles["title"])
    for row, texts in enumerate(notes, start=2):
        sheet.set_row(row, height(*zip(texts, widths, strict=True)))
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, book.styles["paragraph"])


def outside_notes(book: Book, head: Head) -> Iterator[tuple[str, str]]:
    """How many responses don't count."""
    for key, count in (("excluded", head.excluded), ("withdrawn", head.withdrawn)):
        yield book.say(key), show_number(book.language, count, 0)


def standing_notes(book: Book, scheme: Scheme) -> Iterator[tuple[str, str]]:
    """How well the scheme's values are founded."""
    values = {
        "standing_weights": scheme.children[0].weight,
        "standing_bands": scheme.bands,
        "standing_sample": scheme.minimum_sample,
        f"headline_{scheme.headline.value}" if scheme.headline else "": scheme.headline,
    }
    for key, value in values.items():
        if value:
            founded = standing_of(book, value.standing, scheme.sources[value.source])
            yield "", f"{book.say(key)}: {founded}"
