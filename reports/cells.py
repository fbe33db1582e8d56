"""Files of cells that people open in a spreadsheet: their texts, and CSV.

Every CSV file that is handed out is written here: in UTF-8 with the mark by which spreadsheets know
it, without which "Séram" becomes "SÃ©ram" there; no text begins a formula, nothing is -0.
"""

import csv
import re
from collections.abc import Iterable
from io import StringIO

import pandas as pd

from analysis.characters import readable

ENCODING = "utf-8-sig"
# At the start of a cell; and behind what other settings or languages take for the end of one.
FORMULA = re.compile(r"(^|[;,|\t\r\n])(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")


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


def _cell(value: object) -> object:
    if isinstance(value, str):
        return harmless(value)
    return 0.0 if isinstance(value, float) and value == 0 else value
