"""A table to take away, for spreadsheets: as CSV or as XLSX; a text is never a formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from reports.cells import TEXT, csv_file, workbook_in

SheetCell = str | int | float | date | None
WIDEST = 50  # characters
HEADING = {"bold": True, "bg_color": "#DCEBED", "border": 1, "text_wrap": True, "valign": "vcenter"}


@dataclass(frozen=True)
class SheetTable:
    """A table with its name, of at most 31 characters; ``notes`` stand below it in an XLSX."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[SheetCell]]
    notes: Sequence[str] = ()


def table_csv(table: SheetTable) -> bytes:
    """A CSV file, see ``csv_file``."""
    return csv_file(table.headings, table.rows)


def table_xlsx(table: SheetTable) -> bytes:
    """An XLSX file with the headings fixed, to be filtered."""
    file = BytesIO()
    workbook = workbook_in(file)
    sheet = workbook.add_worksheet(table.name)
    _write(workbook, sheet, table)
    text = workbook.add_format(TEXT)
    for row, note in enumerate(table.notes, start=len(table.rows) + 2):
        sheet.write_string(row, 0, note, text)
    workbook.close()
    return file.getvalue()


def _write(workbook: Any, sheet: Any, table: SheetTable) -> None:
    styles = HEADING | TEXT, TEXT, {"num_format": "yyyy-mm-dd"}
    heading, text, day = map(workbook.add_format, styles)
    for column, name in enumerate(table.headings):
        texts = [name, *(str(row[column]) for row in table.rows if row[column] is not None)]
        sheet.set_column(column, column, min(WIDEST, 2 + max(map(len, texts))))
        sheet.write_string(0, column, name, heading)
    for at, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(at, column, cell, text)
            else:
                sheet.write(at, column, cell)
    sheet.autofilter(0, 0, len(table.rows), len(table.headings) - 1)
    sheet.freeze_panes(1, 1)
