"""The command line without surprise: what is not read, not told apart, or not a file is said."""

import io
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

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


OMBUDSMAN = (DATA.parents[1] / "analysis/schemes/ombudsman-2022.yaml").read_text(encoding="utf-8")
LEGAL_BASIS = "{key: legal_basis,"
FOREIGN = ("Input should", "Traceback", "mapping values", "Exceeds the limit", "pydantic", "Errno")


def weighing(weight: str) -> str:
    return OMBUDSMAN.replace(LEGAL_BASIS, f"{LEGAL_BASIS} weight: {weight},")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: " + "[" * 20_000, "found 20,000 brackets within each other, expected at most 100"),
        ("a: " + "{b: " * 300 + "1" + "}" * 300, "found 300 brackets within each other"),
        ("".join(" " * at + "a:\n" for at in range(800)), "well-formed YAML"),
        ("x: &x {id: 1}\n<<: *x\nid: y\n", "line 3: found duplicate key id"),
        (f"{OMBUDSMAN}\nid: again\n", "found duplicate key id"),
        ("<<: 3\nid: y\n", "line 1: found content that cannot be read as YAML"),
        ("id: !!python/object/apply:os.system ['true']\n", "line 1: found content that cannot"),
        ("id: !own thing\n", "line 1: found content that cannot"),
        (f"id: {'9' * 10_000}\n", "well-formed YAML"),
        ("id: \0\n", "well-formed YAML"),
        (f"{OMBUDSMAN}\n---\n{OMBUDSMAN}", "well-formed YAML"),
        ("", "expected a mapping of keys"),
        ("children: &a [{key: x, children: *a}]\nstanding: stated\nsource: x\n", "a tree of nodes"),
        *(
            (weighing(weight), f'children.1.children.0.children.0.weight: found "{shown}"')
            for weight, shown in ((".nan", "nan"), (".inf", "inf"), ("1e999999999", "1e999999999"))
        ),
        (weighing("-1"), "children.1.children.0.children.0.weight: found -1"),
    ],
    ids=map(str, range(17)),
)
def test_no_rules_are_read_that_are_none(run: Run, write: Write, text: str, told: str) -> None:
    found = run("index", SEKADAU, "--scheme", write("aturan.yaml", text))
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert not any(foreign in found.err for foreign in FOREIGN)


@pytest.mark.parametrize("cell", ["nan", "inf", "1e999", "9" * 6000, "0x3", "3,"])
def test_a_cell_that_is_no_answer_is_named(run: Run, write: Write, cell: str) -> None:
    found = run("satisfaction", write("a.csv", f"{HEADING}A,{cell},3,3,3,3,3,3,3,3\n"))
    assert found.code == 2
    assert found.err.startswith("a.csv: row 2")
    assert not any(foreign in found.err for foreign in FOREIGN)


@pytest.mark.parametrize(
    "command", [["satisfaction"], ["verify"], ["index", "--scheme", "skm-2017"]]
)
def test_what_is_no_file_is_said(run: Run, tmp_path: Path, command: list[str]) -> None:
    for path, told in ((tmp_path, "found a directory"), (tmp_path / "x.csv", "no such file")):
        found = run(*command, path)
        assert (found.code, found.out) == (2, "")
        assert told in found.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"key": 1, "key": 2}', 'found duplicate key "key", expected each key once'),
        ('{"document": {"a": 1, "a": 2}}', 'found duplicate key "a"'),
        ("[" * 100_000, "no JSON"),
        (f'{{"document": {"9" * 10_000}}}', "no JSON"),
        ('{"document": NaN}', "expected document, key, previous, signature"),
        ('{"document": "\\ud800"}', "expected document, key, previous, signature"),
        ("\0", "no JSON"),
        ("", "no JSON"),
    ],
    ids=["twice", "twice within", "deep", "huge", "nan", "surrogate", "nul", "empty"],
)
def test_no_publication_is_read_that_is_none(run: Run, write: Write, text: str, told: str) -> None:
    found = run("verify", write("hasil.json", text))
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert not any(foreign in found.err for foreign in FOREIGN)


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("analysis", ["bogus"]),
        ("analysis", ["index", "none.csv", "--scheme", "skm-2017"]),
        ("analysis", ["index", "none.csv", "--scheme", "none.yaml"]),
        ("survey", ["bogus"]),
        ("survey", ["read", "none.csv"]),
        ("desk", []),
        ("desk", ["bogus"]),
        ("desk", ["bogus", "ani"]),
    ],
)
def test_a_refusal_loads_nothing_that_computes(module: str, arguments: list[str]) -> None:
    """So that it comes at once."""
    script = (
        f"import sys, runpy; sys.argv = ['x', *{arguments!r}]\n"
        f"try: runpy.run_module('{module}', run_name='__main__')\n"
        "except SystemExit as left: code = left.code\n"
        "heavy = {'numpy', 'pandas', 'duckdb', 'scipy', 'sqlalchemy', 'sklearn'}\n"
        "print(code, *sorted(heavy & set(sys.modules)))"
    )
    root = DATA.parents[1]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "2"
    assert done.stderr.strip()


@pytest.mark.parametrize("command", [["analysis", "schemes"], ["survey", "read", str(SEKADAU)]])
def test_a_reader_that_has_enough_is_no_error(command: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=DATA.parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout
        running.stdout.close()
        assert running.stderr
        assert b"Traceback" not in running.stderr.read()


def test_tabs_and_spreadsheets_are_read(run: Run, tmp_path: Path) -> None:
    expected = run("satisfaction", SEKADAU, "--json").document
    tabs, sheet = tmp_path / "a.tsv", tmp_path / "a.ods"
    FRAME.to_csv(tabs, sep="\t", index=False)
    sheet.write_bytes(as_ods(FRAME))
    for path in (tabs, sheet):
        assert run("satisfaction", path, "--json").document == expected


def as_ods(frame: pd.DataFrame) -> bytes:
    """The least of an OpenDocument spreadsheet."""
    names = {"office": "office", "table": "table", "text": "text"}
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in names.items()
    )

    def cell(value: Any) -> str:
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{'' if pd.isna(value) else value}</text:p></table:table-cell>"
        )

    rows = [list(frame.columns), *frame.itertuples(index=False)]
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="Data">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return file.getvalue()
