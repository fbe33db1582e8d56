"""The workbook in which a register is filled in: a sheet of rows, and one that explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reports.cells import TEXT, workbook_in
from reports.workbooks.sheets import HEADING

LAST_ROW = 20_000
WIDTHS = (12, 28, 48, 28, 14, 12, 14)
WIDE = 70


@dataclass(frozen=True)
class RegisterSheets:
    """What stands in it. ``lists``: the words a column may hold, by its place from 0.

    ``helps``: what each heading means; ``examples``: rows on the explaining sheet.
    """

    names: tuple[str, str]
    headings: Sequence[str]
    lists: Mapping[int, Sequence[str]]
    rows: Sequence[Sequence[str]]
    lead: str
    helps: Sequence[str]
    examples: Sequence[Sequence[str]]


def register_xlsx(sheets: RegisterSheets) -> bytes:
    """The workbook as an XLSX file; every cell is text."""
    file = BytesIO()
    workbook = workbook_in(file)
    styles = {
        "heading": workbook.add_format(HEADING),
        "text": workbook.add_format({**TEXT, "num_format": "@"}),
        "paragraph": workbook.add_format({**TEXT, "text_wrap": True, "valign": "top"}),
    }
    _fill_in(workbook.add_worksheet(sheets.names[0]), sheets, styles)
    _explain(workbook.add_worksheet(sheets.names[1]), sheets, styles)
    workbook.close()
    return file.getvalue()


def _fill_in(sheet: Any, sheets: RegisterSheets, styles: Mapping[str, Any]) -> None:
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width, styles["text"])
    _write(sheet, 0, [sheets.headings], styles["heading"])
    sheet.freeze_panes(1, 0)
    for column, words in sheets.lists.items():
        sheet.data_validation(
            1, column, LAST_ROW, column, {"validate": "list", "source": list(words)}
        )
    _write(sheet, 1, sheets.rows, styles["text"])


def _explain(sheet: Any, sheets: RegisterSheets, styles: Mapping[str, Any]) -> None:
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(1, 1, WIDE)
    sheet.write_string(0, 1, sheets.lead, styles["paragraph"])
    told = zip(sheets.headings, sheets.helps, strict=True)
    for row, (heading, means) in enumerate(told, start=2):
        sheet.write_string(row, 0, heading, styles["heading"])
        sheet.write_string(row, 1, means, styles["paragraph"])
    first = 4 + len(sheets.headings)
    _write(sheet, first, [sheets.headings], styles["heading"])
    _write(sheet, first + 1, sheets.examples, styles["text"])


def _write(sheet: Any, first: int, rows: Sequence[Sequence[str]], style: Any) -> None:
    for row, cells in enumerate(rows, start=first):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, style)
