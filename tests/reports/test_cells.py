"""What people wrote stays a text in a spreadsheet."""

import csv
import subprocess
from pathlib import Path

import openpyxl
import pytest

from analysis.characters import readable
from reports.cells import harmless

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
