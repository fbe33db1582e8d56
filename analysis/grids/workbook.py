"""XLSX and ODS by calamine, and what it does not tell: formulas never computed, errors, bounds.

A small file may unpack to more than the memory holds, or claim cells that no table has; calamine
would reserve room for all of them. So the parts are looked through before it reads them.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import chain
from xml.etree import ElementTree

import numpy as np
import pandas as pd
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from analysis.errors import BadInput, bad
from analysis.errors import Place as Where
from analysis.grids.bounds import MOST_ROWS, place, require_bounded
from analysis.grids.grid import Cells, Grid, GridCell, WorkbookSheet, text_of

LARGEST_WORKBOOK = 200_000_000
# Each takes for good what it has read ("++", "*+") and ends where the next tag begins, so that no
# byte is read more than a few times, whatever a file holds. Of single characters alone: groups that
# do so hold too little in Python 3.11.2.
OF = rb"(?:[^\s<>/=\"':]++:)?"  # a prefix
ATTRIBUTES = rb"""(?:\s++[^\s<>/="']++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*\s*+"""
ATTRIBUTE = re.compile(rb"""([^\s<>/="']++)\s*+=\s*+["']([^"'<]*+)["']""")
# One stray cell makes a sheet 16,384 columns wide; those right of column ZZ are left out.
FAR = rb'\sr="[A-Z]{3}[0-9]+"'
FAR_CELL = re.compile(
    rb"<" + OF + rb"c" + FAR + ATTRIBUTES + rb"(?:/>|>[^<]*+(?:<(?!/?" + OF + rb"c[\s/>])[^<]*+)*"
    rb"</" + OF + rb"c>)"
)
ROW = re.compile(rb"(<" + OF + rb"row" + ATTRIBUTES + rb"/?>)")
# A formula that no program has computed has no value, and is not said to be a text.
FORMULA = re.compile(
    rb"(<" + OF + rb"c" + ATTRIBUTES + rb">)\s*+"
    rb"<" + OF + rb"f" + ATTRIBUTES + rb"(?:/>|>([^<]*+)</" + OF + rb"f>)\s*+"
    rb"(?:</" + OF + rb"c>|<" + OF + rb"v\s*+/>|<" + OF + rb"v></)"
)
ERROR = re.compile(
    rb"(<" + OF + rb"c" + ATTRIBUTES + rb">)\s*+"
    rb"(?:<" + OF + rb"f" + ATTRIBUTES + rb"(?:/>|>[^<]*+</" + OF + rb"f>)\s*+)?"
    rb"<" + OF + rb"v" + ATTRIBUTES + rb">([^<]*+)</"
)
ERROR_TOLD = re.compile(rb"""\st=["']e["']""")
SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ODS_ERROR = b'value-type="error"'
ODS_SPANNED = b"-spanned="
ODS_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def read_workbook(content: bytes, name: str, suffix: str) -> list[WorkbookSheet]:
    """The sheets of an XLSX or ODS workbook, each read when it is asked for. Raises BadInput."""
    kind = suffix[1:].upper()
    try:
        parts = _parts(content, name)
        content = _bounded(content, parts, name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            WorkbookSheet(
                one.name,
                one.visible is SheetVisibleEnum.Visible,
                partial(_read, book, one.name, _xml(content, one.name, kind), kind, name),
            )
            for one in book.sheets_metadata
            if one.typ is SheetTypeEnum.WorkSheet
        ]
    except BadInput:
        raise
    except Exception as error:  # a broken zip, XML or workbook: there is no common class
        raise bad("no_workbook", Where(name)) from error


def _parts(content: bytes, name: str) -> list[zipfile.ZipInfo]:
    parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    if (size := sum(part.file_size for part in parts)) > LARGEST_WORKBOOK:
        found, most = size // 10**6, LARGEST_WORKBOOK // 10**6
        raise bad("large_workbook", Where(name), found=found, most=most)
    return parts


def _bounded(content: bytes, parts: list[zipfile.ZipInfo], name: str) -> bytes:
    """The workbook without cells far to the right. Raises BadInput for more than any table has."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        far = [
            part.filename
            for part in parts
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename)
            and re.search(FAR, archive.read(part))
        ]
        near = _without_far_cells(archive, far) if far else content
    with zipfile.ZipFile(io.BytesIO(near)) as archive:
        require_bounded(archive, name)
    return near


def _without_far_cells(archive: zipfile.ZipFile, far: list[str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as changed:
        for part in archive.namelist():
            xml = archive.read(part)
            changed.writestr(part, FAR_CELL.sub(b"", xml) if part in far else xml)
    return written.getvalue()


def _xml(content: bytes, sheet: str, kind: str) -> "partial[bytes]":
    """Reads the XML part that holds the sheet, when it is called."""
    return partial(_part, content, sheet, kind)


def _part(content: bytes, sheet: str, kind: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if kind == "ODS":
            return archive.read("content.xml")
        ids = {
            one.get("name"): one.get(RELATION)
            for one in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(SHEETS)
        }
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        target = next(one.get("Target", "") for one in relations if one.get("Id") == ids[sheet])
        return archive.read(target.lstrip("/") if target.startswith("/") else f"xl/{target}")


def _read(book: CalamineWorkbook, sheet: str, xml: "partial[bytes]", kind: str, name: str) -> Grid:
    try:
        read = book.get_sheet_by_name(sheet)
        cells = _cells(read)
        text = xml()
        uncomputed = {} if kind == "ODS" else dict(_uncomputed(text))
        merged = tuple(_ods_merged(text, sheet) if kind == "ODS" else read.merged_cell_ranges or ())
        hidden = frozenset(_ods_hidden(text, sheet) if kind == "ODS" else _hidden(text))
        errors = _ods_errors(text, sheet) if kind == "ODS" else _errors(text)
        for (row, column), told in errors:
            if row < len(cells) and column < cells.shape[1]:
                cells[row, column] = told
    except Exception as error:
        raise bad("no_workbook", Where(name)) from error
    return Grid(cells, None, merged, uncomputed, hidden)


def _cells(sheet: CalamineSheet) -> Cells:
    rows = sheet.to_python(skip_empty_area=False)
    cells = np.full((len(rows), max(map(len, rows), default=0)), "", dtype=object)
    for at, column in enumerate(zip(*rows, strict=True)):
        cells[:, at] = _texts(column)
    return cells


def _texts(column: tuple[object, ...]) -> Cells | list[str]:
    """The cells of a column as text, once for all that are the same."""
    if bool in set(map(type, column)):  # True is 1 to a hash
        return [text_of(value) for value in column]
    values = np.empty(len(column), dtype=object)
    values[:] = column
    codes, different = pd.factorize(values, use_na_sentinel=False)
    texts: Cells = np.array([text_of(value) for value in different], dtype=object)
    return texts[codes]


def _uncomputed(xml: bytes) -> Iterator[tuple[GridCell, str]]:
    """The formulas without a value, by (row, column) from 0."""
    if b"<f" in xml or b":f" in xml:
        for tag, told in FORMULA.findall(xml):
            if (said := _said(tag)).get("t") != "str" and "r" in said:
                yield place(said["r"]), told.decode(errors="replace")


def _errors(xml: bytes) -> Iterator[tuple[GridCell, str]]:
    """What cells with an error say, by (row, column) from 0."""
    if ERROR_TOLD.search(xml):
        for tag, told in ERROR.findall(xml):
            if ERROR_TOLD.search(tag) and "r" in (said := _said(tag)):
                yield place(said["r"]), told.decode(errors="replace")


def _hidden(xml: bytes) -> Iterator[int]:
    if b"hidden=" in xml:
        for tag in ROW.findall(xml):
            said = _said(tag) if b"hidden=" in tag else {}
            if said.get("hidden") in ("1", "true") and "r" in said:
                yield int(said["r"]) - 1


def _said(tag: bytes) -> dict[str, str]:
    """The attributes of a tag."""
    return {name.decode(): value.decode() for name, value in ATTRIBUTE.findall(tag)}


def _ods_hidden(xml: bytes, sheet: str) -> Iterator[int]:
    if b"visibility=" in xml:
        for at, number, row in _ods_rows(xml, sheet):
            if row.get(f"{ODS_TABLE}visibility", "visible") != "visible":
                yield from range(at, at + min(number, MOST_ROWS))


def _ods_errors(xml: bytes, sheet: str) -> Iterator[tuple[GridCell, str]]:
    """The cells of an ODS sheet that hold an error; calamine reads them as blank."""
    if ODS_ERROR not in xml:
        return
    for at, cell in _ods_cells(xml, sheet):
        if "error" in (value for key, value in cell.items() if key.endswith("value-type")):
            yield at, "".join(chain.from_iterable(one.itertext() for one in cell))


def _ods_merged(xml: bytes, sheet: str) -> Iterator[tuple[GridCell, GridCell]]:
    """The first and last cell of those of an ODS sheet that are one; calamine doesn't tell."""
    if ODS_SPANNED not in xml:
        return
    for (row, column), cell in _ods_cells(xml, sheet):
        rows = int(cell.get(f"{ODS_TABLE}number-rows-spanned", 1))
        columns = int(cell.get(f"{ODS_TABLE}number-columns-spanned", 1))
        if rows * columns > 1:
            yield (row, column), (row + rows - 1, column + columns - 1)


def _ods_cells(xml: bytes, sheet: str) -> Iterator[tuple[GridCell, ElementTree.Element]]:
    """The cells of an ODS sheet, a repeated one once, at their first place."""
    for at, _, row in _ods_rows(xml, sheet):
        column = 0
        for cell in row:
            yield (at, column), cell
            column += int(cell.get(f"{ODS_TABLE}number-columns-repeated", 1))


def _ods_rows(xml: bytes, sheet: str) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """The rows of an ODS sheet with their first place, and how often each is repeated."""
    tables = ElementTree.fromstring(xml).iter(f"{ODS_TABLE}table")
    table = next(one for one in tables if one.get(f"{ODS_TABLE}name") == sheet)
    at = 0
    for row in table.iter(f"{ODS_TABLE}table-row"):
        number = int(row.get(f"{ODS_TABLE}number-rows-repeated", 1))
        yield at, number, row
        at += number
