"""The command line without surprise: what is not read, not told apart, or not a file is said."""

import io
import sys
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from analysis.grids import kind_of
from tests.analysis.conftest import DATA, Run, Write

pytestmark = pytest.mark.long

SEKADAU = DATA / "sekadau-2019.csv"
FRAME = pd.read_csv(SEKADAU)
HEADING = "unit,U1,U2,U3,U4,U5,U6,U7,U8,U9\n"
SCHEME = (DATA.parents[1] / "analysis/schemes/skm-2017.yaml").read_text(encoding="utf-8")


def as_workbook(folder: Path, hidden: bool = False) -> Path:
    path = folder / "survei.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        if hidden:
            FRAME.head(3).to_excel(writer, sheet_name="Coba", index=False)
        FRAME.to_excel(writer, sheet_name="Data", index=False)
        FRAME.head(2).to_excel(writer, sheet_name="Rekap", index=False)
        if hidden:
            writer.book["Coba"].sheet_state = "hidden"
    return path


@pytest.mark.parametrize("hidden", [False, True])
def test_sheets_that_are_not_read_are_named(run: Run, tmp_path: Path, hidden: bool) -> None:
    found = run("satisfaction", as_workbook(tmp_path, hidden), "--json")
    assert found.document["units"][0]["n"] == 49
    assert "read is the sheet Data, not read: Rekap" in found.err
    assert ("hidden sheets, not read: 1" in found.err) is hidden


@pytest.mark.parametrize(
    "content",
    [SEKADAU.read_bytes(), FRAME.to_csv(sep="\t", index=False).encode()],
    ids=["CSV", "TSV"],
)
def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(BytesIO(content)))
    assert (
        run("satisfaction", "-", "--json").document
        == run("satisfaction", SEKADAU, "--json").document
    )


def test_a_workbook_on_standard_input(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = as_workbook(tmp_path).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(BytesIO(content)))
    assert run("satisfaction", "-", "--json").document["units"][0]["n"] == 49


def test_what_a_file_without_a_name_is() -> None:
    ods = (DATA / "intake" / "numbers-with-words.ods").read_bytes()
    assert [kind_of(ods), kind_of(SEKADAU.read_bytes())] == [".ods", ".csv"]


def test_a_heading_alone_is_an_empty_file(run: Run, write: Write) -> None:
    found = run("satisfaction", write("kosong.csv", HEADING))
    assert found.code == 2
    assert found.err.startswith("kosong.csv: found an empty file, expected a heading and rows")


def test_units_that_hardly_differ_are_named(run: Run, write: Write) -> None:
    names = ("Dinas A", "DINAS  a", "Dinas B")
    rows = "".join(f"{name},{','.join('3' * 9)}\n" for name in names)
    found = run("satisfaction", write("mirip.csv", HEADING + rows))
    assert 'only in case or spaces, counted apart: "DINAS  a", "Dinas A"' in found.err
    assert "Dinas B" not in found.err


def test_a_bomb_of_aliases_is_counted_not_built(run: Run, write: Write) -> None:
    lines = [f"a0: &a0 [{', '.join('x' * 10)}]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 12)]
    found = run("index", SEKADAU, "--scheme", write("bom.yaml", "\n".join(lines)))
    assert found.code == 2
    assert found.err.startswith("bom.yaml: found 1,234,567,901,245 values")
    assert "expected at most 10,000" in found.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("".join(f"k{at}: 1\n" for at in range(20_000)), "expected at most 10"),
        ('id: "\\ud800"\n', "surrogate.yaml: line 1: found"),
        (SCHEME.replace("owner: ", "pemilik: "), "surrogate.yaml: "),
        ("? [a]\n: 1\n", "well-formed YAML"),
    ],
)
def test_no_parser_speaks(run: Run, write: Write, text: str, told: str) -> None:
    found = run("index", SEKADAU, "--scheme", write("surrogate.yaml", text))
    assert found.code == 2
    assert told in found.err
    for foreign in ("Input should", "Traceback", "mapping values", "yaml."):
        assert foreign not in found.err.replace("surrogate.yaml", "")
