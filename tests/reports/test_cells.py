"""What people wrote stays a text in a spreadsheet."""

import ast
import csv
import subprocess
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.characters import readable
from reports.cells import csv_file, csv_of, harmless
from reports.tables import SheetTable, table_xlsx

pytestmark = pytest.mark.long

HOME = Path(__file__).parents[2]
FLOORS = ("analysis", "survey", "desk", "reports", "interface", "screens", "models", "accounts")
FORBIDDEN = {
    *(("csv", name) for name in ("writer", "DictWriter")),
    *(("xlsxwriter", "Workbook"), ("openpyxl", "Workbook"), ("pd", "ExcelWriter")),
}
WRITERS = {HOME / "reports/cells.py", HOME / "reports/open_data/codebook.py"}
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1;1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    "\u200d=1+1",
    "\u200c \u200d@SUM(1;1)",
    "\ufeff=1+1",
    "\u200b+1+1",
    "\u2060\xad-1+1",
    "\u3000＋1+1",
    "\ufe66SUM",
    "\ufe6bSUM",
    "Poli;=1+1",
    "Poli|-1+1",
    "Poli, @SUM(1;1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://contoh.go.id","x")',
]
PLAIN = ["Puskesmas Langgur", "KTP-el", "A = B", "Jl. Merdeka 1-3", "a@b.id", "", "'quoted'"]


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_is_lost_and_no_cell_begins_a_formula(text: str) -> None:
    safe = harmless(text)
    assert safe.replace("'", "") == readable(text).replace("'", "")
    assert safe[0] == "'" or text[0] == "P"
    assert harmless(f"{safe}") == safe


@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
def test_libreoffice_computes_nothing(separator: str, tmp_path: Path) -> None:
    """Also where its settings take another mark for the end of a cell."""
    with (tmp_path / "names.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\r\n").writerows(
            [harmless(text), "x"] for text in FORMULAS
        )
    # Separator, text mark, UTF-8, first line, all columns, and "evaluate formulas".
    filters = f"CSV:{ord(separator)},34,76,1,,0,false,true,false,false,false,-1,true"
    arguments = ["--headless", f"--infilter={filters}", "--convert-to", "xlsx", "names.csv"]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(["soffice", profile, *arguments], cwd=tmp_path, check=True, capture_output=True)
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "names.xlsx").active for cell in row]
    assert len(cells) >= len(FORMULAS)
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


def test_a_file_opens_in_a_spreadsheet_with_its_accents_and_reads_back() -> None:
    rows = [["Séram − Élat", 1, -0.0, None, "=1+1"], ["Kei", -2.5, 0.5, True, ""]]
    content = csv_file(["nama", "a", "b", "c", "@d"], rows)
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))) == [
        ["nama", "a", "b", "c", "'@d"],
        ["Séram − Élat", "1", "0.0", "", "'=1+1"],
        ["Kei", "-2.5", "0.5", "True", ""],
    ]
    frame = pd.DataFrame({"nama": ["+1", None], "a": [1.5, float("nan")]})
    assert csv_of(frame).decode("utf-8-sig") == "nama,a\r\n'+1,1.5\r\n,\r\n"


def test_files_of_cells_are_written_in_one_place() -> None:
    files = [file for floor in FLOORS for file in sorted((HOME / floor).rglob("*.py"))]
    assert files
    for file in set(files) - WRITERS:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                of = node.value.id if isinstance(node.value, ast.Name) else ""
                assert node.attr not in {"to_csv", "to_excel", "write_csv"}, file
                assert (of, node.attr) not in FORBIDDEN, file
            if isinstance(node, ast.ImportFrom):
                taken = {(node.module, name.name) for name in node.names}
                assert not taken & FORBIDDEN, file


@pytest.mark.parametrize("text", FORMULAS)
def test_a_workbook_holds_texts_that_stay_texts_when_edited(text: str) -> None:
    table = SheetTable("Tabel", [f"judul {text}"], [[text]], [text])
    sheet = openpyxl.load_workbook(BytesIO(table_xlsx(table))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert next(cell.value for cell in cells) == f"judul {readable(text)}"
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
