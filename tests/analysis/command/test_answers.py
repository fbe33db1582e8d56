import pandas as pd
import pytest

from tests.analysis.conftest import Run, Write
from tests.analysis.rows import ELEMENTS

pytestmark = pytest.mark.long

HEADING = "unit," + ",".join(ELEMENTS) + "\n"
THREES = ",3" * 8


@pytest.mark.parametrize(
    "cell", ["5", "0", "2.5", "baik", "4x", "999", "-1", "1e99", "3e0", "nan", "٣", "3,5", "3 4"]
)
def test_a_cell_that_is_no_answer_is_named(run: Run, write: Write, cell: str) -> None:
    outcome = run("satisfaction", write("bad.csv", f'{HEADING}A,3{THREES}\nA,"{cell}"{THREES}\n'))
    place = "bad.csv: row 3, column requirements"
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f'{place}: found "{cell}", expected 1, 2, 3, 4 or blank\n'


def test_a_long_cell_is_cut_short_on_one_line(run: Run, write: Write) -> None:
    cell = "x\ny" * 5000
    err = run("satisfaction", write("bad.csv", f'{HEADING}A,"{cell}"{THREES}\n')).err
    assert err.count("\n") == 1
    assert len(err) < 200


@pytest.mark.parametrize("cell", ["3", "3.0", '"3,0"', " 3 ", "3.00"])
def test_ways_to_write_a_three(run: Run, write: Write, cell: str) -> None:
    file = write("good.csv", f"{HEADING}A,{cell}{THREES}\n")
    assert run("satisfaction", file, "--json").document["units"][0]["index"] == "75.00"


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        (
            HEADING.replace("time", "hours"),
            "heading: found no column for U3 Completion time, expected a column",
        ),
        (
            HEADING.replace("unit", "office"),
            "heading: found no column unit, expected",
        ),
        (
            HEADING.replace("unit", "u3,unit"),
            "found columns u3, time, expected one column for U3 Completion time",
        ),
        (HEADING.replace("unit", "Time,unit"), 'heading: found "time" twice, expected each column'),
    ],
)
def test_headings_that_cannot_be_used(run: Run, write: Write, heading: str, told: str) -> None:
    outcome = run("satisfaction", write("bad.csv", heading))
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("bad.csv: heading: ")
    assert told in outcome.err


def test_the_first_twenty_cells_and_a_count(run: Run, write: Write) -> None:
    lines = run("satisfaction", write("many.csv", HEADING + "A,7,7,3,3,3,3,3,3,3\n" * 30)).err
    told = lines.splitlines()
    assert (len(told), told[-1]) == (21, "... and 40 more")
    assert "row 11, column procedure" in told[19]


def test_rows_are_numbered_with_the_heading_and_blank_lines(run: Run, write: Write) -> None:
    file = write("blank.csv", f"{HEADING}\n\nA,3{THREES}\n{',' * 9}\nA,9{THREES}\n")
    assert "row 6, column requirements" in run("satisfaction", file).err


def test_rows_of_parquet_are_numbered_alike(run: Run, write: Write) -> None:
    path = write("data.parquet", "")
    frame = pd.DataFrame(3, range(4), ELEMENTS).assign(unit=["A", "A", "", "B"])
    frame.to_parquet(path)
    assert "data.parquet: row 4, column unit: found a blank cell" in run("satisfaction", path).err
    frame.assign(unit="A", cost=[3, 3, 3, 2.5]).to_parquet(path)
    assert 'data.parquet: row 5, column cost: found "2.5"' in run("satisfaction", path).err


def test_a_row_without_a_unit_is_named(run: Run, write: Write) -> None:
    file = write("bad.csv", f"{HEADING}A,3{THREES}\n ,3{THREES}\n")
    assert run("satisfaction", file).err == (
        "bad.csv: row 3, column unit: found a blank cell, expected a name in every row\n"
    )


def test_columns_that_mean_nothing_are_named(run: Run, write: Write) -> None:
    file = write("more.csv", f"Umur,{HEADING.strip()},Catatan\n30,A,3{THREES},baik\n")
    outcome = run("satisfaction", file, "--json")
    assert outcome.code == 0
    assert outcome.err == "more.csv: columns not used: Umur, Catatan\n"


def test_elements_in_use(run: Run, write: Write) -> None:
    file = write("two.csv", "unit,time,cost,conduct\nA,4,3,rubbish\n")
    assert run("satisfaction", file).code == 2
    outcome = run("satisfaction", file, "--elements", "cost, time", "--json")
    unit = outcome.document["units"][0]
    assert (unit["means"], unit["index"]) == ({"time": 4.0, "cost": 3.0}, "87.50")
    assert outcome.err == "two.csv: columns not used: conduct\n"


@pytest.mark.parametrize("named", ["speed", "", "time,,cost"])
def test_unknown_elements_are_refused(run: Run, write: Write, named: str) -> None:
    outcome = run("satisfaction", write("two.csv", "unit,time,cost\n"), "--elements", named)
    assert outcome.code == 2
    assert outcome.err.startswith("--elements: found ")


def test_population_gives_the_minimum_sample(run: Run, write: Write) -> None:
    heading = f"{HEADING.strip()},Population\n"
    file = write("visits.csv", f"{heading}A,3{THREES},1000\nA,3{THREES},\nB,3{THREES},\n")
    a, b = run("satisfaction", file, "--json").document["units"]
    assert (a["population"], a["minimum_sample"]) == (1000, 278)
    assert "minimum_sample" not in b


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("many", ""), 'row 2, column population: found "many", expected a whole number or blank'),
        (("1.000", ""), 'row 2, column population: found "1.000", expected a whole number'),
        (("1", "1.5"), 'row 3, column population: found "1.5", expected a whole number'),
        (("1", ""), "column population: found 1 visits for A, expected at least its 2 respondents"),
        (("9" * 5000, ""), 'row 2, column population: found "9999'),
        (
            ("10", "20"),
            "row 3, column population: found 20, elsewhere 10, expected one number for each unit",
        ),
    ],
    ids=["a word", "a thousand", "a part", "too few", "too long", "two numbers"],
)
def test_a_population_that_cannot_be_used(
    run: Run, write: Write, cells: tuple[str, str], told: str
) -> None:
    rows = "".join(f"A,3{THREES},{cell}\n" for cell in cells)
    outcome = run("satisfaction", write("bad.csv", f"{HEADING.strip()},population\n{rows}"))
    assert outcome.code == 2
    assert told in outcome.err


def test_two_files_may_not_disagree_on_a_population(run: Run, write: Write) -> None:
    heading = f"{HEADING.strip()},population\n"
    files = [write(f"{n}.csv", f"{heading}A,3{THREES},{n}\n") for n in (10, 20)]
    assert run("satisfaction", files[0], files[0]).code == 0
    assert "20.csv: column population: found 20 for A, in another file 10" in (
        run("satisfaction", *files).err
    )
