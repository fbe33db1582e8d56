"""Files of rows that people bring: CSV, XLSX, Parquet. Every cell arrives as stripped text.

Rows are numbered as a spreadsheet numbers them: the first of the file is row 1, blank or not.
"""

import csv
import glob
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import openpyxl
import pandas as pd
import pyarrow as pa

from analysis.errors import SHOWN, BadInput, Place, Problem, Written, bad, unreadable

ROW = "row_of_file"
SUFFIXES = (".csv", ".xlsx", ".parquet")
DELIMITERS = ",;\t|"
# A small file may unpack to more than the memory holds, or claim rows that no sheet has.
LARGEST_WORKBOOK = 200_000_000
MOST_ROWS = 2**20
MOST_COLUMNS = 2**14

Rows = Iterator[list[str]]


def open_table(path: Path) -> ibis.Table:
    """The file as a table of text columns, with its row numbers in ``row_of_file``.

    Parquet stays in its file and is read as it is needed. Raises BadInput.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return _open_parquet(path)
        return as_table(read_frame(path.read_bytes(), path.name))
    except OSError as error:
        raise unreadable(path.name, error) from error


def read_frame(content: bytes, name: str) -> pd.DataFrame:
    """The rows of a CSV or XLSX file with text cells, blank rows left out. Raises BadInput.

    >>> read_frame(b"unit;U1\\nA;3\\n", "small.csv").to_dict("records")
    [{'row_of_file': 2, 'unit': 'A', 'U1': '3'}]
    """
    readers = {".csv": _csv_rows, ".xlsx": _xlsx_rows}
    reader = readers.get(Path(name).suffix.lower())
    if reader is None:
        raise bad("other_file", Place(name), suffixes=SUFFIXES)
    numbered = [(at, row) for at, row in enumerate(reader(content, name), start=1) if any(row)]
    if not numbered:
        raise bad("empty_file", Place(name))
    (_, headings), *body = numbered
    if len(headings) > MOST_COLUMNS:
        raise bad("many_columns", Place(name), found=len(headings), most=MOST_COLUMNS)
    _refuse_doubles(headings, name)
    _refuse_ragged(body, len(headings), name)
    frame = pd.DataFrame([row for _, row in body], columns=headings, dtype="str")
    frame.insert(0, ROW, pd.Series([at for at, _ in body], dtype="int64"))
    return frame[[heading for heading in frame.columns if heading]]


def as_table(frame: pd.DataFrame) -> ibis.Table:
    """The frame in a DuckDB of its own: ibis's shared one refuses a second thread."""
    connection = duckdb.connect()
    connection.register("frame", pa.Table.from_pandas(frame, preserve_index=False))
    return ibis.duckdb.from_connection(connection).table("frame")


def _open_parquet(path: Path) -> ibis.Table:
    path.open("rb").close()  # so that a folder or an absent file is told like any other
    try:
        table = ibis.duckdb.connect().read_parquet(glob.escape(str(path)))
    except duckdb.Error as error:
        raise bad("no_parquet", Place(path.name)) from error
    headings = {name.strip(): name for name in table.columns}
    _refuse_doubles([name.strip() for name in table.columns], path.name)
    text = {heading: _parquet_text(table[name]) for heading, name in headings.items()}
    return table.select(**{ROW: ibis.row_number() + 2}, **text)


def _parquet_text(column: ir.Value) -> ir.StringValue:
    """Numbers as a spreadsheet shows them: 3 for 3.0, and blank for NaN."""
    text = column.cast("string")
    if column.type().is_floating():
        text = text.nullif("nan")
    if column.type().is_floating() or column.type().is_decimal():
        text = text.re_replace(r"\.0+$", "")
    return text.strip().fill_null("")


def _csv_rows(content: bytes, name: str) -> Rows:
    text = _decode(content)
    if "\0" in text:
        raise bad("binary_file", Place(name))
    heading = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=re.sub('"[^"]*"', "", heading).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise bad("malformed_csv", Place(name, line=reader.line_num)) from error


def _decode(content: bytes) -> str:
    """Spreadsheet programs save CSV as UTF-8, as UTF-16 with its mark, or as Windows-1252."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _xlsx_rows(content: bytes, name: str) -> Rows:
    """The columns that have a heading: one stray cell makes a sheet 16,384 columns wide."""
    named: list[int] = []
    for cells, formulas in _xlsx_cells(content, name):
        named = named or [at for at, cell in enumerate(cells) if _text(cell.value)]
        present = [at for at in named if at < len(cells)]
        _refuse_uncomputed([cells[at] for at in present], [formulas[at] for at in present], name)
        yield [_text(cells[at].value) if at < len(cells) else "" for at in named]


def _xlsx_cells(content: bytes, name: str) -> Iterator[tuple[Any, Any]]:
    """The rows of the first sheet twice: as computed, and as typed."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
        if (size := sum(part.file_size for part in parts)) > LARGEST_WORKBOOK:
            found, most = size // 10**6, LARGEST_WORKBOOK // 10**6
            raise bad("large_workbook", Place(name), found=found, most=most)
        rows = zip(_cells(content, data_only=True), _cells(content, data_only=False), strict=True)
        yield from islice(rows, MOST_ROWS)
        if next(rows, None):
            raise bad("many_rows", Place(name), most=MOST_ROWS)
    except BadInput:
        raise
    except Exception as error:  # a broken zip, XML or workbook: openpyxl has no common class
        raise bad("no_workbook", Place(name)) from error


def _cells(content: bytes, data_only: bool) -> Iterator[Any]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # some programs write them wrong, and rows would be lost
    return iter(sheet.iter_rows())


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return "" if value is None else str(value).strip()


def _refuse_uncomputed(row: Iterable[Any], formulas: Iterable[Any], name: str) -> None:
    """A formula that no program has computed reads as blank, and would be lost silently.

    One that was computed to an empty text has the type of a text.
    """
    for cell, formula in zip(row, formulas, strict=True):
        if formula.data_type == "f" and cell.value is None and cell.data_type == "n":
            place = Place(name, row=cell.row, column=cell.column_letter)
            raise bad("uncomputed_formula", place)


def _refuse_doubles(headings: Iterable[str], name: str) -> None:
    seen = {ROW}
    for heading in headings:
        if heading and heading.casefold() in seen:
            raise bad("column_twice", Place(name), heading=Written(heading))
        seen.add(heading.casefold())


def _refuse_ragged(body: list[tuple[int, list[str]]], width: int, name: str) -> None:
    """A short row is a file cut off or a stray delimiter: its answers cannot be placed."""
    ragged = [(at, len(row)) for at, row in body if len(row) != width]
    if ragged:
        problems = [
            Problem("ragged_row", Place(name, row=at), found=cells, width=width)
            for at, cells in ragged[:SHOWN]
        ]
        raise BadInput(problems, more=len(ragged) - len(problems))
