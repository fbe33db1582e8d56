"""Tables to take away: nothing in them computes, accents are right, a day is a day."""

import csv
from datetime import date, datetime
from io import BytesIO, StringIO

from openpyxl import load_workbook

from reports.tables import SheetTable, table_csv, table_xlsx

TABLE = SheetTable(
    "Semua unit",
    ["Unit", "n", "Laporan"],
    [["=1+1; Dinas Éka", 12.5, date(2026, 5, 2)], ["Dukcapil", None, None]],
)


def test_a_csv_file_has_its_mark_and_computes_nothing() -> None:
    file = table_csv(TABLE)
    assert file.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(StringIO(file.decode("utf-8-sig"), newline=""))) == [
        ["Unit", "n", "Laporan"],
        ["'=1+1; Dinas Éka", "12.5", "2026-05-02"],
        ["Dukcapil", "", ""],
    ]


def test_an_xlsx_file_holds_texts_numbers_and_days() -> None:
    sheet = load_workbook(BytesIO(table_xlsx(TABLE))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [
        ["Unit", "n", "Laporan"],
        ["=1+1; Dinas Éka", 12.5, datetime(2026, 5, 2)],  # noqa: DTZ001  a sheet knows no zone
        ["Dukcapil", None, None],
    ]
    assert sheet["A2"].data_type == "s"
