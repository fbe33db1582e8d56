"""No workbook, however small, brings the process down by what it claims to hold."""

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache

import openpyxl
import pytest

from analysis.errors import BadInput
from analysis.grids import read_sheets
from analysis.grids.workbook import ERROR
from tests.conftest import ROOT
from tests.refusing import in_english

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
OWN = {
    TEXTS: b'<sst uniqueCount="2"><si><t>unit</t></si><si><t>A</t></si></sst>',
    SHEET: HEAD + b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>' + TAIL,
}
RELATIONS = "xl/_rels/workbook.xml.rels"
CELL = b'<c r="A1" t="s"><v>0</v></c>'
ODF = "urn:oasis:names:tc:opendocument:xmlns"


@cache
def plain() -> dict[str, bytes]:
    """The parts of a workbook with one sheet."""
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    with zipfile.ZipFile(file) as whole:
        return {name: whole.read(name) for name in whole.namelist()} | OWN


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def xlsx(*rows: bytes, **parts: bytes) -> bytes:
    """A workbook of these rows below the one with a heading."""
    sheet = OWN[SHEET].replace(TAIL, b"".join(rows) + TAIL)
    return zipped(plain() | {SHEET: sheet} | parts)


def stray(cell: bytes) -> bytes:
    return xlsx(b"<row>" + cell + b"<v>1</v></c></row>")


def elsewhere() -> bytes:
    """The sheet in a part that is not called as sheets are."""
    moved = plain()[RELATIONS].replace(b"worksheets/sheet1.xml", b"x/a.bin")
    far = OWN[SHEET].replace(TAIL, b'<row><c r="XFD1048576"><v>1</v></c></row>' + TAIL)
    return zipped(plain() | {RELATIONS: moved, SHEET: b"", "xl/x/a.bin": far})


def ods(rows: str) -> bytes:
    named = "".join(f' xmlns:{one}="{ODF}:{one}:1.0"' for one in ("office", "table", "text"))
    content = (
        f"<office:document-content{named}><office:body><office:spreadsheet>"
        f'<table:table table:name="a">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0"/>'
    parts = {"content.xml": content, "META-INF/manifest.xml": manifest}
    return zipped({"mimetype": kind} | {name: one.encode() for name, one in parts.items()})


def ods_row(cell: str = "", row: str = "", text: str = "unit") -> str:
    return (
        f"<table:table-row{row}><table:table-cell office:value-type='string'{cell}>"
        f"<text:p>{text}</text:p></table:table-cell></table:table-row>"
    )


def grid(content: bytes, name: str) -> list[list[object]]:
    return [list(row) for row in read_sheets(content, name)[0].grid().cells]


LONG = b"<sst><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"
FAR: dict[str, Callable[[], bytes]] = {
    "a row that is none": lambda: stray(b'<c r="B99999999">'),
    "a corner within the sheet": lambda: stray(b'<c r="ZZ1048576">'),
    "single quotes": lambda: stray(b"<c r='XFD1048576'>"),
    "spaces": lambda: stray(b'<c r = "XFD1048576">'),
    "small letters": lambda: stray(b'<c r="xfd1048576">'),
    "four letters": lambda: stray(b'<c r="AAAA1048576">'),
    "behind another attribute": lambda: stray(b'<c s=">" r="XFD1048576">'),
    "rows that are counted": lambda: xlsx(b"<row r='99999999'><c><v>1</v></c></row>"),
    "cells that are counted": lambda: xlsx(
        b"<row>" + b"<c><v>1</v></c>" * 5000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 5000
    ),
    "a part of another name": elsewhere,
    "texts that are none": lambda: xlsx(**{TEXTS: OWN[TEXTS].replace(b'"2"', b'"99999999999"')}),
    "one text often": lambda: xlsx(b"<row>" + CELL * 1000 + b"</row>", **{TEXTS: LONG}),
    "one text often, counted": lambda: xlsx(
        b"<row>" + CELL.replace(b' r="A1"', b"") * 1000 + b"</row>", **{TEXTS: LONG}
    ),
}
REPEATED = {
    "columns": ods_row(" table:number-columns-repeated='999999999'"),
    "rows": ods_row(row=" table:number-rows-repeated='999999999'"),
    "empty rows between": f"{ods_row()}<table:table-row table:number-rows-repeated='999999999'>"
    f"<table:table-cell/></table:table-row>{ods_row()}",
    "spaces": ods_row(text="<text:s text:c='999999999'/>"),
    "one text often": ods_row(
        " table:number-columns-repeated='999'", " table:number-rows-repeated='999'", "x" * 1000
    ),
}


@pytest.mark.parametrize("how", FAR)
def test_cells_that_would_fill_the_memory_are_refused(how: str) -> None:
    with pytest.raises(BadInput) as refused:
        grid(FAR[how](), "a.xlsx")
    assert "a.xlsx: found" in in_english(refused.value)


@pytest.mark.parametrize("how", REPEATED)
def test_what_is_repeated_beyond_the_memory_is_refused(how: str) -> None:
    with pytest.raises(BadInput) as refused:
        grid(ods(REPEATED[how]), "a.ods")
    assert "found cells repeated thousands of times" in in_english(refused.value)


OFTEN = 200_000
BEGUN = {
    "formulas": b"<f " + b"<c " * OFTEN,
    "errors": b'<c r="A1" t="e">' * OFTEN,
    "far cells": b'<c r="XFD1">' * OFTEN,
    "hidden rows": b'hidden="1"' + b"<row " * OFTEN,
    "attributes": b"<c x='" + b' r="A1"' * OFTEN + b"'><f",
}


@pytest.mark.parametrize("what", BEGUN)
def test_no_file_is_looked_through_for_hours(what: str) -> None:
    """A few kilobytes were: patterns began anew at every tag, each time to the end."""
    assert grid(xlsx(b"<!--" + BEGUN[what] + b"-->"), "a.xlsx") == [["unit"]]


def test_a_part_that_is_larger_than_it_says_is_refused() -> None:
    """What unpacks it would go on to its end."""
    content = bytearray(xlsx())
    place = content.rindex(TEXTS.encode()) - 46 + 24  # of its size in the list at the end
    content[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(BadInput, match="no_workbook"):
        grid(bytes(content), "a.xlsx")


def test_what_offices_have_is_read() -> None:
    cells = b'<row><c t="s"><v>1</v></c><c r="C2" t="s"><v>0</v></c><c><v>3</v></c></row>'
    assert grid(xlsx(cells), "a.xlsx") == [["unit", "", "", ""], ["A", "", "unit", "3"]]
    formatted = b'<row r="1048576">' + b'<c r="ZZ1048576" s="1"/>' * 3 + b"</row>"
    assert grid(xlsx(cells.replace(b"<c><v>3</v></c>", b"") + formatted), "a.xlsx") == [
        ["unit", "", ""],
        ["A", "", "unit"],
    ]
    end = "<table:table-row table:number-rows-repeated='1048574'><table:table-cell"
    end += " table:number-columns-repeated='16384'/></table:table-row>"
    several = ods_row(" table:number-columns-repeated='3'", " table:number-rows-repeated='2'")
    assert grid(ods(several + end), "a.ods") == [["unit"] * 3] * 2


def test_no_pattern_has_a_group_that_takes_for_good() -> None:
    """Python 3.11.2, which Debian 12 has, finds too little by them."""
    for file in (ROOT / "analysis" / "grids").glob("*.py"):
        assert not re.search(r"\)[*+?]\+", file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize(
    "cell",
    [
        b'<x:c r="B2" t="e"><x:v>#N/A</x:v></x:c>',
        b'<x:c t="e" ><x:f a="b"/> <x:v>#N/A</x:v></x:c>',
        b"<c r='B2' t='e'><f>1/0</f><v>#N/A</v></c>",
    ],
)
def test_an_error_is_found_however_it_is_written(cell: bytes) -> None:
    found = ERROR.search(cell)
    assert found
    assert found[2] == b"#N/A"
