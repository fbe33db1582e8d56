import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.command.answers import HeadingRow, find_columns, read_answers
from analysis.index.counting import count_frame
from analysis.index.satisfaction import satisfaction
from analysis.rulebook.instrument import load_instrument
from analysis.tables import FrameRows, read_frame
from tests.analysis.conftest import DATA, Run, Write
from tests.analysis.rows import SKM

pytestmark = pytest.mark.long

INSTRUMENT = load_instrument("skm-2017")
ROOT = Path(__file__).parents[3]
SEKADAU = DATA / "sekadau-2019.csv"
TEXT = SEKADAU.read_text(encoding="utf-8")
FRAME = pd.read_csv(SEKADAU)
NAMES = {f"U{node.number.list}": node.name.id for node in SKM.children if node.number}
LINES = TEXT.splitlines(keepends=True)


def renamed(**changes: str) -> str:
    return FRAME.rename(columns=changes).to_csv(index=False)


def put(text: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    """What writes the text as a CSV file."""

    def into(folder: Path) -> Path:
        path = folder / "sekadau.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return into


def as_xlsx(folder: Path) -> Path:
    FRAME.to_excel(folder / "sekadau.xlsx", index=False)
    return folder / "sekadau.xlsx"


def as_parquet(folder: Path) -> Path:
    FRAME.to_parquet(folder / "sekadau.PARQUET")
    return folder / "sekadau.PARQUET"


FORMS = {
    "as published": put(TEXT),
    "XLSX": as_xlsx,
    "Parquet": as_parquet,
    "semicolons": put(TEXT.replace(",", ";")),
    "UTF-16": put(TEXT, "utf-16"),
    "UTF-8 with its mark": put(TEXT, "utf-8-sig"),
    "Windows line ends": put(TEXT.replace("\n", "\r\n")),
    "blank lines": put("\n\n" + TEXT.replace("\n", "\n\n,,,,,,,,,\n")),
    "upper case": put(TEXT.replace("unit", "UNIT")),
    "lower case": put(TEXT.replace("U", "u")),
    "element keys": put(renamed(**{f"U{n}": node.key for n, node in enumerate(SKM.children, 1)})),
    "Indonesian headings": put(renamed(**NAMES)),
    "Indonesian headings after semicolons": put(
        ";".join(["unit", *NAMES.values()]) + "\n" + "".join(LINES[1:]).replace(",", ";")
    ),
    "3.0": put(FRAME.astype(dict.fromkeys(NAMES, float)).to_csv(index=False)),
    "3,0": put(FRAME.astype(dict.fromkeys(NAMES, float)).to_csv(index=False, sep=";", decimal=",")),
}


@pytest.mark.parametrize("form", FORMS)
def test_sekadau_in_every_form(run: Run, tmp_path: Path, form: str) -> None:
    outcome = run("satisfaction", FORMS[form](tmp_path), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.document["scheme"] == "skm-2017"
    (unit,) = outcome.document["units"]
    assert unit["n"] == 49
    assert unit["index_exact"] == pytest.approx(78.741496598, abs=1e-9)
    assert (unit["index"], unit["grade"], unit["label"]) == ("78.74", "B", "Baik")
    assert unit["answered"] == dict.fromkeys((node.key for node in SKM.children), 49)
    assert unit["means"]["complaints"] == FRAME["U8"].mean()
    assert "reason" not in unit


def test_sekadau_in_two_files(run: Run, write: Write) -> None:
    one = write("one.csv", "".join(LINES[:20]))
    two = write("two.csv", "".join([LINES[0], *LINES[20:]]).replace(",", ";"))
    assert run("satisfaction", one, two, "--json").out == run("satisfaction", SEKADAU, "--json").out


def test_sekadau_by_the_numbers_of_the_form(run: Run) -> None:
    by_list, by_form = (
        run("satisfaction", SEKADAU, "--order", order, "--json").document["units"][0]
        for order in ("list", "form")
    )
    assert by_list["index_exact"] == by_form["index_exact"]
    assert by_list["means"]["complaints"] == by_form["means"]["facilities"] == FRAME["U8"].mean()
    assert by_list["means"]["facilities"] == by_form["means"]["complaints"] == FRAME["U9"].mean()


@settings(max_examples=15)
@given(st.randoms())
def test_order_of_rows_and_columns_never_changes_the_index(chance: random.Random) -> None:
    columns = chance.sample(list(FRAME.columns), len(FRAME.columns))
    rows = chance.sample(range(len(FRAME)), len(FRAME))
    content = FRAME.loc[rows, columns].to_csv(index=False).encode()
    read = FrameRows(read_frame(content, "shuffled.csv"))
    found = find_columns(HeadingRow(read.headings), INSTRUMENT, SKM)
    answers = read_answers(read, found, INSTRUMENT, "shuffled.csv")
    index = satisfaction(count_frame(answers, INSTRUMENT), SKM)[0]
    assert (index.n, index.shown) == (49, "78.74")
    assert float(index.means["complaints"] or 0) == FRAME["U8"].mean()


def test_items_are_told_in_the_order_asked(run: Run, write: Write) -> None:
    columns = list(reversed(FRAME.columns))
    backwards = write("backwards.csv", FRAME[columns].to_csv(index=False))
    assert run("reliability", backwards).out == run("reliability", SEKADAU).out


def test_units_are_told_apart(run: Run, write: Write) -> None:
    heading = LINES[0]
    file = write("units.csv", f"{heading}B{',4' * 9}\nA{',1' * 9}\nB{',4' * 9}\nC{',' * 9}\n")
    units = run("satisfaction", file, "--json").document["units"]
    told = [(unit["unit"], unit["n"], unit["index"], unit["grade"]) for unit in units]
    assert told == [("A", 1, "25.00", "D"), ("B", 2, "100.00", "A"), ("C", 0, None, None)]
    assert [unit.get("reason") for unit in units] == [None, None, "no respondents"]


def test_sixteen_items_of_the_instrument_of_2026(run: Run, write: Write) -> None:
    keys = ",".join(f"P{number}" for number in range(1, 17))
    file = write("items.csv", f"unit,{keys}\nA,1,2{',4' * 14}\n")
    unit = run("satisfaction", file, "--instrument", "skm-2026", "--json").document["units"][0]
    assert unit["means"]["requirements"] == 1.5
    assert unit["index"] == "93.06"


def test_as_a_person_types_it() -> None:
    command = [sys.executable, "-m", "analysis", "satisfaction", str(SEKADAU)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Kabupaten Sekadau 2019-1  49  78.74  B      Baik" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 120


def test_text_of_institutions(run: Run) -> None:
    out = run("index", DATA / "ombudsman-published.csv", "--scheme", "ombudsman-2022").out
    assert out.startswith("scheme ombudsman-2022 (its values are assumed ‡, inferred †, stated)\n")
    assert "Kabupaten Batang           93.70 †‡  A      green   Kualitas Tertinggi  1     6" in out
    assert max(map(len, out.splitlines())) <= 100


def test_schemes_and_instruments_are_listed(run: Run) -> None:
    document = run("schemes", "--json").document
    ids = {"compliance-2021", "ombudsman-2022", "perception-2022", "skm-2017"}
    assert ids <= {scheme["id"] for scheme in document["schemes"]}
    assert {"skm-2017", "skm-2026"} <= {one["id"] for one in document["instruments"]}
    assert "perception-2022" in run("schemes").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["satisfaction", SEKADAU, "--order", "book"], "invalid choice: 'book'"),
        (["satisfaction", SEKADAU, "--instrument", "skm-1999"], 'instrument: found "skm-1999"'),
        (["satisfaction"], "required: FILE"),
        (["index", SEKADAU], "required: --scheme"),
        (["index", SEKADAU, "--scheme", "skm-2017", "--unit-of-input", "stars"], "choice: 'stars'"),
        (["grade"], "invalid choice: 'grade'"),
        ([], "required: COMMAND"),
    ],
    ids=str,
)
def test_unknown_options_are_refused(run: Run, arguments: list[str], told: str) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


def test_a_plan_from_a_file_names_its_steps(run: Run, write: Write) -> None:
    rows = "institution,unit,input,process,output,complaints\nMalra,A,70,80,90,80\nLain,B,1,1,1,1\n"
    file = write("scores.csv", rows)
    plan = ("plan", file, "--scheme", "ombudsman-2022", "--institution")
    found = run(*plan, "Malra").document
    least = found["plans"][0]
    assert (found["needed"], least["score"], least["grade"]) == (87.995, "88.00", "A")
    assert {step["unit"] for step in least["steps"]} == {"A"}
    assert all(step["from"] < step["to"] for step in least["steps"])
    assert (
        run(*plan, "Malra", "--target", "C")
        .document["reason"]
        .endswith("not above the present one")
    )
    for wrong in (("X",), ("Malra", "--target", "Z")):
        assert "expected one of" in run(*plan, *wrong).err
