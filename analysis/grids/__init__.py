"""Files of cells that people bring, as grids of stripped text: CSV, TSV, XLSX and ODS."""

from functools import partial
from pathlib import Path

from analysis.errors import Place, bad
from analysis.grids.grid import Grid, WorkbookSheet, column_letters
from analysis.grids.text import DELIMITERS, read_text
from analysis.grids.workbook import read_workbook
from analysis.named import STANDARD_INPUT

__all__ = [
    "SUFFIXES",
    "Grid",
    "WorkbookSheet",
    "called",
    "column_letters",
    "kind_of",
    "read_sheets",
]

TEXTS = {".csv": DELIMITERS, ".tsv": "\t"}
WORKBOOKS = (".xlsx", ".ods")
SUFFIXES = (*TEXTS, *WORKBOOKS)
ZIP, ODS_TYPE = b"PK", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


def kind_of(content: bytes) -> str:
    """The suffix that a file without a name would have.

    >>> kind_of(b"unit;U1\\n"), kind_of(b"PK...")
    ('.csv', '.xlsx')
    """
    if not content.startswith(ZIP):
        return ".csv"
    return ".ods" if ODS_TYPE in content[:200] else ".xlsx"


def called(file: Path, content: bytes) -> str:
    """The file's name; that of standard input tells what is in it.

    >>> called(Path("-"), b"unit;U1\\n")
    '-.csv'
    """
    return file.name + kind_of(content) if file == STANDARD_INPUT else file.name


def read_sheets(content: bytes, name: str) -> list[WorkbookSheet]:
    """The sheets of a file, hidden ones too; each is read when it is asked for.

    Raises BadInput, here or on reading a sheet.

    >>> sheet, = read_sheets(b"sep=;\\nU1;U2\\n3;4\\n", "small.csv")
    >>> sheet.grid().cells.tolist()
    [['', ''], ['U1', 'U2'], ['3', '4']]
    """
    suffix = Path(name).suffix.lower()
    if suffix in TEXTS:
        return [WorkbookSheet("", True, partial(read_text, content, name, TEXTS[suffix]))]
    if suffix in WORKBOOKS:
        return read_workbook(content, name, suffix)
    raise bad("other_file", Place(name), suffixes=SUFFIXES)
