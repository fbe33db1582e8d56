import io
import math
import tracemalloc
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.errors import BadInput
from analysis.tables import open_table, read_frame
from tests.analysis.conftest import Run, Write
from tests.refusing import in_english


def read(content: str | bytes, name: str = "data.csv") -> list[dict[str, object]]:
    encoded = content if isinstance(content, bytes) else content.encode()
    return read_frame(encoded, name).to_dict("records")  # type: ignore[return-value]


def refusal(content: str | bytes, name: str = "data.csv") -> str:
    with pytest.raises(BadInput) as refused:
        read(content, name)
    return in_english(refused.value)


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


SMALL = [{"row_of_file": 2, "unit": "A", "U1": "3"}, {"row_of_file": 3, "unit": "Bé", "U1": ""}]
TEXT = "unit,U1\nA,3\nBé,\n"


WAYS: dict[str, str | bytes] = {
    "commas": TEXT,
    "semicolons": TEXT.replace(",", ";"),
    "tabs": TEXT.replace(",", "\t"),
    "bars": TEXT.replace(",", "|"),
    "Windows line ends": TEXT.replace("\n", "\r\n"),
    "old Macintosh line ends": TEXT.replace("\n", "\r"),
    "UTF-8 with its mark": TEXT.encode("utf-8-sig"),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "Windows-1252": TEXT.encode("cp1252"),
    "spaces": ' unit , U1\n A,3 \n"Bé",\u00a0\n',
    "quotes": 'unit,"U1"\n"A","3"\n"Bé",""',
}


@pytest.mark.parametrize("content", list(WAYS.values()), ids=list(WAYS))
def test_ways_to_write_the_same_csv(content: str | bytes) -> None:
    assert read(content) == SMALL


def test_delimiters_in_quoted_headings_do_not_count() -> None:
    assert read('unit;"a, b, c"\nA;3\n') == [{"row_of_file": 2, "unit": "A", "a, b, c": "3"}]


@pytest.mark.parametrize("blank", ["", ",", " , ", ",,,"], ids=repr)
def test_blank_rows_are_left_out_and_still_counted(blank: str) -> None:
    rows = read(f"{blank}\nunit,U1\n{blank}\nA,3\n{blank}\n{blank}\nB,4\n{blank}\n")
    assert [row["row_of_file"] for row in rows] == [4, 7]


def test_a_cell_of_several_lines_is_one_row() -> None:
    assert [row["row_of_file"] for row in read('unit,U1\n"A\nB",3\nC,4\n')] == [2, 3]


def test_cells_of_a_workbook_are_text() -> None:
    rows = read(workbook(["unit", "U1", None], [], [101, 3.0], [" A ", 2.5, "note"]), "data.xlsx")
    assert rows == [
        {"row_of_file": 3, "unit": "101", "U1": "3"},
        {"row_of_file": 4, "unit": "A", "U1": "2.5"},
    ]


def rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with other XML in its parts."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as read_from,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for part in read_from.namelist():
            changed.writestr(part, read_from.read(part).replace(old, new))
    return written.getvalue()


def test_a_workbook_that_says_it_is_smaller_than_it_is() -> None:
    wrong = rewritten(workbook(["unit", "U1"], ["A", 3]), b'ref="A1:B2"', b'ref="A1"')
    assert read(wrong, "data.xlsx") == [{"row_of_file": 2, "unit": "A", "U1": "3"}]


def test_a_formula_computed_to_an_empty_text_is_blank() -> None:
    plain = workbook(["unit", "U1"], ["A", '=""'])
    computed = rewritten(plain, b'<c r="B2">', b'<c r="B2" t="str">')
    assert read(computed, "data.xlsx") == [{"row_of_file": 2, "unit": "A", "U1": ""}]


def test_a_stray_cell_far_out_costs_little() -> None:
    stray = b'<row r="2000"><c r="XFD2000"><v>1</v></c></row></sheetData>'
    far = rewritten(workbook(["unit", "U1"], ["A", 3]), b"</sheetData>", stray)
    tracemalloc.start()
    assert read(far, "data.xlsx") == [{"row_of_file": 2, "unit": "A", "U1": "3"}]
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "heading: found 16,385 columns": ("," * 2**14 + "unit", "data.csv"),
    "data.csv: found an empty file": ("", "data.csv"),
    "data.csv: found an empty file, expected a heading": ("\n , \n", "data.csv"),
    "row 4: found 3 cells, expected 2, as in the heading": ("unit,U1\n\nA,3\nA,3,4\n", "data.csv"),
    'heading: found "U1" twice, expected each column once': ("unit,u1,U1\n", "data.csv"),
    'found "row_of_file" twice': ("unit,row_of_file\n", "data.csv"),
    "line 2: found a line that cannot be read as CSV, expected well": (
        'unit,U1\nA,"3\n',
        "data.csv",
    ),
    "found a binary file, expected a CSV file of text": (b"\x89PNG\0\xff", "data.csv"),
    "found another kind of file, expected one of .csv, .tsv, .xlsx, .ods": (TEXT, "data.xls"),
    "found content that cannot be read as XLSX or ODS": (TEXT, "data.xlsx"),
    "data.xlsx: found an empty file": (workbook(), "data.xlsx"),
    "row 2, column B: found a formula without its value": (
        workbook(["unit", "U1"], ["A", "=1+2"]),
        "data.xlsx",
    ),
}


@pytest.mark.parametrize("told", list(REFUSED))
def test_files_that_cannot_be_read(told: str) -> None:
    content, name = REFUSED[told]
    assert told in refusal(content, name)


def test_a_row_number_beyond_a_sheet() -> None:
    far = rewritten(workbook(["unit"], ["A"]), b'<row r="2"', b'<row r="99999999999"')
    assert "found more than 1,048,576 rows" in refusal(far, "data.xlsx")


def test_a_workbook_that_unpacks_to_more_than_it_may() -> None:
    blown = rewritten(workbook(["unit"]), b"<sheetData>", b" " * 210_000_000 + b"<sheetData>")
    assert "found 210 MB when unpacked" in refusal(blown, "data.xlsx")


def test_ragged_rows_are_told_up_to_twenty() -> None:
    lines = refusal("unit,U1\n" + "A\n" * 30).splitlines()
    assert (len(lines), lines[-1]) == (21, "... and 10 more")


def test_parquet_gives_the_same_cells_and_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    columns = {" unit": ["A", None, "Bé "], "U1": [3.0, math.nan, 2.5]}
    pq.write_table(pa.table(columns), path)  # pandas would write NaN as no value
    assert open_table(path).frame().to_dict("records") == [
        {"row_of_file": 2, "unit": "A", "U1": "3"},
        {"row_of_file": 3, "unit": "", "U1": ""},
        {"row_of_file": 4, "unit": "Bé", "U1": "2.5"},
    ]


KINDS: dict[str, tuple[pa.Array, list[str]]] = {
    "bytes": (pa.array([3, None, -1], pa.int8()), ["3", "", "-1"]),
    "whole range": (pa.array([127, None, -128], pa.int8()), ["127", "", "-128"]),
    "none missing": (pa.array([255, 0, 254], pa.uint8()), ["255", "0", "254"]),
    "a wide kind": (pa.array([2**62, None, 2**62 - 9]), [str(2**62), "", str(2**62 - 9)]),
    "last of all": (pa.array([2**63 - 1, None, 2**63 - 2]), [str(2**63 - 1), "", str(2**63 - 2)]),
    "first of all": (pa.array([-(2**63), None, -(2**63)]), [str(-(2**63)), "", str(-(2**63))]),
    "blank and nought": (pa.array([0, None, 4], pa.int8()), ["0", "", "4"]),
    "far apart": (pa.array([1, None, 2**40]), ["1", "", str(2**40)]),
    "nothing": (pa.array([None, None, None], pa.int16()), ["", "", ""]),
    "unsigned": (
        pa.array([2**64 - 1, None, 2**64 - 2], pa.uint64()),
        [str(2**64 - 1), "", str(2**64 - 2)],
    ),
    "halves": (pa.array([3.0, math.nan, 2.5], pa.float32()), ["3", "", "2.5"]),
    "tenths": (pa.array([0.1, None, 120_000_000_000.0], pa.float64()), ["0.1", "", "120000000000"]),
    "decimals": (pa.array([Decimal("3.00"), None, Decimal("2.50")]), ["3", "", "2.50"]),
    "texts": (pa.array([" 3,0 ", None, "3,0"]), ["3,0", "", "3,0"]),
    "categories": (pa.array(["a", None, "a"]).dictionary_encode(), ["a", "", "a"]),
    "yes and no": (pa.array([True, None, False]), ["true", "", "false"]),
    "days": (
        pa.array([date(2026, 1, 2), None, date(2026, 1, 3)]),
        ["2026-01-02", "", "2026-01-03"],
    ),
    "lists": (pa.array([[1, 2], None, []]), ["[1, 2]", "", "[]"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_parquet_of_every_kind(tmp_path: Path, kind: str) -> None:
    cells, shown = KINDS[kind]
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"column": cells}), path)
    rows = open_table(path)
    assert (len(rows), rows.headings) == (3, ["column"])
    assert rows.frame()["column"].to_list() == shown


def test_blocks_hold_all_rows_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.parquet.BLOCK", 7)
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"number": range(20)}), path, row_group_size=10)
    blocks = list(open_table(path).blocks(["number"]))
    assert max(len(block.numbers) for block in blocks) <= 7
    read = [
        (int(row), text)
        for block in blocks
        for row, text in zip(block.numbers, block.columns["number"].cells(), strict=True)
    ]
    assert read == [(at + 2, str(at)) for at in range(20)]


def test_a_parquet_name_is_no_pattern(tmp_path: Path) -> None:
    for name in ("data*", "data1", "data[1]"):
        pd.DataFrame({"unit": [name]}).to_parquet(tmp_path / f"{name}.parquet")
    for name in ("data*", "data[1]"):
        table = open_table(tmp_path / f"{name}.parquet")
        assert table.frame()["unit"].to_list() == [name]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("absent.csv", "absent.csv: found no such file, expected a readable file"),
        ("absent.parquet", "absent.parquet: found no such file"),
        ("folder.csv", "folder.csv: found a directory, expected a readable file"),
        ("folder.parquet", "folder.parquet: found a directory, expected a readable file"),
        ("text.parquet", "expected a readable Parquet file"),
    ],
)
def test_what_is_no_readable_file(run: Run, write: Write, name: str, told: str) -> None:
    path = write("text.parquet", TEXT).parent
    for folder in ("folder.csv", "folder.parquet"):
        (path / folder).mkdir()
    outcome = run("satisfaction", path / name)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_parquet_with_a_broken_page(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    duckdb.sql(f"COPY (SELECT range::text AS unit FROM range(9000)) TO '{path}'")
    content = bytearray(path.read_bytes())
    content[100:400] = bytes(300)
    path.write_bytes(content)
    outcome = run("index", path, "--scheme", "compliance-2021")
    assert outcome.code == 2
