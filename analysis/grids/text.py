"""CSV and TSV as spreadsheet programs save them: encodings, delimiters, ``sep=``."""

import csv
import io
import re
from collections import Counter
from itertools import islice

import numpy as np

from analysis.errors import Place, bad
from analysis.grids.grid import Grid, as_cells, stripped

DELIMITERS = ",;\t|"
# Enough rows to see by what a file is divided.
SAMPLED = 200
DECLARED = re.compile(r'^"?sep=(.)"?[;,\t]*\r?\n', re.IGNORECASE)
MARK = "\ufeff"
# The mark of UTF-8, read as Windows-1252 and saved again.
MISREAD_MARK = "ï»¿"


def read_text(content: bytes, name: str, delimiters: str = DELIMITERS) -> Grid:
    """The grid of a text file. A line ``sep=;`` is a blank row. Raises BadInput."""
    text = decode(content)
    if "\0" in text:
        raise bad("binary_file", Place(name))
    if declared := DECLARED.match(text):
        delimiters, text = declared[1], "\n" + text[declared.end() :]
    rows = _rows(text, find_delimiter(text, delimiters), name)
    widths = np.array([len(row) for row in rows], dtype=np.int64)
    return Grid(as_cells(rows, len(rows), int(widths.max(initial=0))), widths)


def decode(content: bytes) -> str:
    """UTF-8, or UTF-16 with or without its mark, or else Windows-1252; marks are left out.

    >>> decode("Mudah".encode("utf-16-be")), decode(b"caf\\xe9")
    ('Mudah', 'café')
    """
    return _without_marks(_decode(content))


def _decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    # Every second byte of Latin text is zero in UTF-16.
    start = content[:1000]
    if len(start) >= 2 and start[1::2].count(0) > 0.4 * len(start):
        return content.decode("utf-16-le", errors="replace")
    if len(start) >= 2 and start[::2].count(0) > 0.4 * len(start):
        return content.decode("utf-16-be", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _without_marks(text: str) -> str:
    while text.startswith((MARK, MISREAD_MARK)):
        text = text.removeprefix(MARK).removeprefix(MISREAD_MARK)
    return text


def find_delimiter(text: str, delimiters: str) -> str:
    """The one that divides most of the first rows into equally many cells, then into most.

    Titles above the table and commas in its cells divide few rows alike.

    >>> find_delimiter("Hasil survei\\nU1;U2\\n3,0;4,0\\n3;4\\n", ",;")
    ';'
    """
    if len(delimiters) == 1:
        return delimiters

    def divided(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            counted = Counter(len(row) for row in islice(reader, SAMPLED) if any(row))
        except csv.Error:
            return 0, 0
        alike = [(number, width) for width, number in counted.items() if width > 1]
        return max(alike, default=(0, 0))

    return max(delimiters, key=divided)


def _rows(text: str, delimiter: str, name: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [[stripped(cell) for cell in row] for row in reader]
    except csv.Error as error:
        raise bad("malformed_csv", Place(name, line=reader.line_num)) from error
