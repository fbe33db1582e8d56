"""Files of cells that people bring, as grids of stripped text: CSV, TSV, XLSX and ODS."""

from functools import partial
from pathlib import Path

from analysis.errors import Place, bad
from analysis.grids.grid import Grid, Sheet, column_letters
from analysis.grids.text import DELIMITERS, read_text
from analysis.grids.workbook import read_workbook

__all__ = ["SUFFIXES", "Grid", "Sheet", "column_letters", "read_sheets"]

TEXTS = {".csv": DELIMITERS, ".tsv": "\t"}
WORKBOOKS = (".xlsx", ".ods")
SUFFIXES = (*TEXTS, *WORKBOOKS)


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """The sheets of a file, hidden ones too; each is read when it is asked for.

    Raises BadInput, here or on reading a sheet.

    >>> sheet, = read_sheets(b"sep=;\\nU1;U2\\n3;4\\n", "small.csv")
    >>> sheet.grid().cells.tolist()
    [['', ''], ['U1', 'U2'], ['3', '4']]
    """
    suffix = Path(name).suffix.lower()
    if suffix in TEXTS:
        return [Sheet("", True, partial(read_text, content, name, TEXTS[suffix]))]
    if suffix in WORKBOOKS:
        return read_workbook(content, name, suffix)
    raise bad("other_file", Place(name), suffixes=SUFFIXES)
