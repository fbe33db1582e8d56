"""Files of rows that people bring: text, workbooks, Parquet. Every cell arrives as stripped text.

Rows are numbered as a spreadsheet numbers them: the first of the file is row 1, blank or not.
"""

import glob
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.errors import SHOWN, BadInput, Place, Problem, Written, bad, unreadable
from analysis.given import content_of
from analysis.grids import Grid, WorkbookSheet, called, column_letters, read_sheets

ROW = "row_of_file"
MOST_COLUMNS = 2**14
Notify = Callable[[str], None]


def silent(_: str) -> None:
    """Tells nobody."""


def open_table(path: Path, tell: Notify = silent) -> ibis.Table:
    """The file as a table of text columns, with its row numbers in ``row_of_file``.

    Parquet stays in its file and is read as it is needed; "-" is standard input. ``tell`` is
    handed a sentence on sheets that are not read. Raises BadInput.
    """
    if path.suffix.lower() == ".parquet":
        return _open_parquet(path)
    content = content_of(path)
    return as_table(read_frame(content, called(path, content), tell))


def read_frame(content: bytes, name: str, tell: Notify = silent) -> pd.DataFrame:
    """The rows of a CSV, TSV, XLSX or ODS file with text cells, blank rows left out.

    Of a workbook the first sheet that is not hidden; ``tell`` is handed a sentence on the others.
    Raises BadInput.

    >>> read_frame(b"unit;U1\\nA;3\\n", "small.csv").to_dict("records")
    [{'row_of_file': 2, 'unit': 'A', 'U1': '3'}]
    """
    grid = _visible(content, name, tell).grid()
    filled = np.flatnonzero((grid.cells != "").any(axis=1))
    if not len(filled):
        raise bad("empty_file", Place(name))
    top, *body = filled.tolist()
    headings = grid.cells[top, : _width(grid, top)].tolist()
    if len(headings) > MOST_COLUMNS:
        raise bad("many_columns", Place(name), found=len(headings), most=MOST_COLUMNS)
    _refuse_doubles(headings, name)
    _refuse_ragged(grid, body, len(headings), name)
    named = [at for at, heading in enumerate(headings) if heading]
    _refuse_uncomputed(grid, named, name)
    columns = {headings[at]: pd.Series(grid.cells[body, at], dtype="str") for at in named}
    return pd.DataFrame({ROW: pd.Series(body, dtype="int64") + 1, **columns})


def refuse_empty(table: ibis.Table, name: str) -> None:
    """Raises BadInput where there is a heading and no row below it."""
    if table.limit(1).count().execute() == 0:
        raise bad("empty_file", Place(name))


def _visible(content: bytes, name: str, tell: Notify) -> WorkbookSheet:
    sheets = read_sheets(content, name)
    first = next((sheet for sheet in sheets if sheet.visible), None)
    if first is None:
        raise bad("sheets_hidden", Place(name))
    if others := [sheet.name for sheet in sheets if sheet.visible and sheet is not first]:
        tell(f"{name}: read is the sheet {first.name}, not read: {', '.join(others)}")
    if hidden := sum(not sheet.visible for sheet in sheets):
        tell(f"{name}: hidden sheets, not read: {hidden}")
    return first


def _width(grid: Grid, row: int) -> int:
    return grid.cells.shape[1] if grid.widths is None else int(grid.widths[row])


def as_table(frame: pd.DataFrame) -> ibis.Table:
    """The frame in a DuckDB of its own: ibis's shared one refuses a second thread."""
    connection = duckdb.connect()
    connection.register("frame", pa.Table.from_pandas(frame, preserve_index=False))
    return ibis.duckdb.from_connection(connection).table("frame")


def _open_parquet(path: Path) -> ibis.Table:
    try:
        path.open("rb").close()  # so that a folder or an absent file is told like any other
        table = ibis.duckdb.connect().read_parquet(glob.escape(str(path)))
    except OSError as error:
        raise unreadable(path.name, error) from error
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


def _refuse_uncomputed(grid: Grid, columns: list[int], name: str) -> None:
    """A formula that no program has computed reads as blank, and would be lost silently."""
    for row, column in sorted(grid.uncomputed):
        if column in columns:
            place = Place(name, row=row + 1, column=column_letters(column))
            raise bad("uncomputed_formula", place)


def _refuse_doubles(headings: Iterable[str], name: str) -> None:
    seen = {ROW}
    for heading in headings:
        if heading and heading.casefold() in seen:
            raise bad("column_twice", Place(name), heading=Written(heading))
        seen.add(heading.casefold())


def _refuse_ragged(grid: Grid, body: list[int], width: int, name: str) -> None:
    """A short row is a file cut off or a stray delimiter: its answers cannot be placed."""
    if grid.widths is None:
        return
    ragged = [row for row in body if grid.widths[row] != width]
    if ragged:
        problems = [
            Problem(
                "ragged_row", Place(name, row=row + 1), found=int(grid.widths[row]), width=width
            )
            for row in ragged[:SHOWN]
        ]
        raise BadInput(problems, more=len(ragged) - len(problems))
