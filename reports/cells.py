"""Files of cells that people open in a spreadsheet: their texts, and CSV.

Every CSV file that is handed out is written here: in UTF-8 with the mark by which spreadsheets know
it, without which "Séram" becomes "SÃ©ram" there; no text begins a formula, nothing is -0. Every
XLSX file begins here, so that its texts stay texts.
"""

import csv
import re
from collections.abc import Iterable
from io import BytesIO, StringIO
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.characters import readable

ENCODING = "utf-8-sig"
# At the start of a cell, whatever stands there unseen; and behind what other settings or languages
# take for the end of one.
FORMULA = re.compile(
    "(^|[;,|\t\r\n])(?=[\\s\u200c\u200d]*[=+\\-@＝＋－＠\ufe62\ufe63\ufe66\ufe6b]|[\t\r\n])"
)
TEXT = {"quote_prefix": True}  # stays a text when somebody edits the cell


def harmless(text: str) -> str:
    """The readable text with an apostrophe wherever a spreadsheet would begin to compute.

    Every text that a person wrote goes through here on its way into a file of cells.
    Source: OWASP, CSV Injection.

    >>> harmless('=HYPERLINK("http://x")'), harmless("Poli;@SUM(A1)"), harmless("KTP-el")
    ('\\'=HYPERLINK("http://x")', "Poli;'@SUM(A1)", 'KTP-el')
    """
    return FORMULA.sub(r"\1'", readable(text))


def csv_file(
    headings: Iterable[str], rows: Iterable[Iterable[object]], delimiter: str = ","
) -> bytes:
    """A CSV file by RFC 4180, in UTF-8 with its mark."""
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(map(harmless, headings))
    writer.writerows(map(_cell, row) for row in rows)
    return file.getvalue().encode(ENCODING)


def csv_of(frame: pd.DataFrame) -> bytes:
    """The rows of a frame without its index as a CSV file, see ``csv_file``."""
    told = frame.astype(object).where(frame.notna(), None)
    return csv_file(map(str, frame.columns), told.itertuples(index=False, name=None))


class ReadableSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose texts are readable, whoever wrote them."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        return int(super()._write_string(row, col, readable(string), cell_format))


def workbook_in(file: BytesIO) -> Any:
    """A new XLSX workbook to be written into the file, none of whose texts computes or links."""
    kept_as_text = dict.fromkeys(("strings_to_formulas", "strings_to_urls"), False)
    book = Workbook(file, {"in_memory": True, **kept_as_text})
    book.worksheet_class = ReadableSheet
    return book


def _cell(value: object) -> object:
    if isinstance(value, str):
        return harmless(value)
    return 0.0 if isinstance(value, float) and value == 0 else value
