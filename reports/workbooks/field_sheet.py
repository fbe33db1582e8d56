"""The workbook in which assessors judge units: a row an item, with its rungs beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.rulebook.fieldwork import RUNGS, FieldInstrument, FieldItem, Founded, scheme_judged_in
from locales import Language, say
from reports.workbooks.sheets import Book, height, write_notes

WIDTHS = {
    "unit": 16,
    "unit_name": 24,
    "area": 22,
    "subject": 11,
    "about": 18,
    "item": 20,
    "text": 34,
    "judgement": 8,
    "note": 30,
    "link": 24,
}
RUNG_WIDTH = 26
JUDGEMENT = list(WIDTHS).index("judgement")
TO_FILL_IN = ("judgement", "note", "link")


@dataclass(frozen=True)
class FieldSheetLine:
    """One item of one subject of a unit, with what was judged before."""

    unit: str
    unit_name: str
    instrument: FieldInstrument
    item: FieldItem
    subject: str
    about: str
    rung: int | None
    note: str
    link: str


def field_sheet(
    language: Language, institution: str, year: int, lines: Sequence[FieldSheetLine]
) -> bytes:
    """The workbook: the rows to fill in, where only 0 to 4 is taken, and how they are founded."""
    book = Book(language, scheme_judged_in(year))
    about = f"{institution} · {year}"
    sheet = book.sheet(say(language, "field_sheet.title"), about)
    headings = {key: say(language, f"field_sheet.{key}") for key in WIDTHS}
    widths = WIDTHS | dict.fromkeys(map(str, RUNGS), RUNG_WIDTH)
    for column, (key, width) in enumerate(widths.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, headings.get(key, key), book.styles["heading"])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    for row, line in enumerate(lines, start=1):
        texts = _texts(language, line)
        sheet.set_row(row, height(*((texts[key], width) for key, width in widths.items())))
        for column, key in enumerate(widths):
            style = book.styles["cell" if key in TO_FILL_IN else "label"]
            sheet.write_string(row, column, texts[key], style)
        _write_rung(book, sheet, row, line.rung)
    if lines:
        _accept_rungs_only(sheet, language, len(lines))
    write_notes(book, about, _notes(language, lines))
    return book.finish()


def _texts(language: Language, line: FieldSheetLine) -> dict[str, str]:
    """The row's texts by column; the judgement is a number, and written apart."""
    return {
        "unit": line.unit,
        "unit_name": line.unit_name,
        "area": line.instrument.title[language],
        "subject": line.subject,
        "about": line.about,
        "item": line.item.key,
        "text": line.item.text[language],
        "judgement": "",
        "note": line.note,
        "link": line.link,
        **{str(rung): line.item.rungs[rung][language] for rung in RUNGS},
    }


def _write_rung(book: Book, sheet: Any, row: int, rung: int | None) -> None:
    if rung is None:
        sheet.write_blank(row, JUDGEMENT, None, book.styles["answer"])
    else:
        sheet.write_number(row, JUDGEMENT, rung, book.styles["answer"])


def _accept_rungs_only(sheet: Any, language: Language, rows: int) -> None:
    """A list to choose from, which refuses anything else."""
    sheet.data_validation(
        1,
        JUDGEMENT,
        rows,
        JUDGEMENT,
        {
            "validate": "list",
            "source": [str(rung) for rung in RUNGS],
            "input_title": say(language, "field_sheet.judgement"),
            "input_message": say(language, "field_sheet.rungs_beside"),
            "error_title": say(language, "field_sheet.judgement"),
            "error_message": say(language, "field_sheet.only_rungs"),
        },
    )


def _notes(language: Language, lines: Sequence[FieldSheetLine]) -> Iterator[tuple[str, str]]:
    yield say(language, "field_sheet.how"), say(language, "field_sheet.how_to")
    for one in {line.instrument.id: line.instrument for line in lines}.values():
        yield one.title[language], one.note[language]
        for origin in (Founded(standing=one.standing, source=one.source), one.ladder):
            source = one.sources[origin.source]
            standing = say(language, f"league.{origin.standing}")
            yield "", f"{standing} · {source.cited(language)}"
