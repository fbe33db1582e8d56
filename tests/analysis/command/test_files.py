"""How sure an index is, from files: ``python -m analysis satisfaction`` with its options."""

from pathlib import Path

import pandas as pd
import pytest

from tests.analysis.conftest import DATA, Run, Write
from tests.analysis.likert import r_says

pytestmark = pytest.mark.long

ELEMENTS = "U1,U2,U3,U4,U5,U6,U7,U8,U9"
MARGINS = (
    "column,category,visits\nsex,F,0.52\nsex,M,0.48\nage,17-30,0.35\nage,31-50,0.42\nage,51+,0.23\n"
)


def row(unit: str, answer: int, *others: str) -> str:
    return ",".join([unit, *[str(answer)] * 9, *others]) + "\n"


def two_strata(blank: str = "20") -> str:
    """Unit A: three respondents of s1 with 10 visits, two of s2 with 20; B: two of s1."""
    heading = f"unit,{ELEMENTS},Loket,Kunjungan\n"
    a = [row("A", y, "s1", "10") for y in (4, 3, 4)] + [row("A", y, "s2", blank) for y in (2, 3)]
    return heading + "".join([*a, row("B", 3, "s1", "9"), row("B", 4, "s1", "")])


@pytest.fixture
def survey(write: Write) -> Path:
    """R's respondents; it also has a column n, which a heading N may not stand beside."""
    rows = r_says("data").drop(columns="n")
    return write("survey.csv", rows.to_csv(index=False))


@pytest.fixture
def districts(write: Write) -> Path:
    """The same by district, with the former units as strata."""
    rows = r_says("data").drop(columns="n").rename(columns={"unit": "office", "district": "unit"})
    return write("districts.csv", rows.to_csv(index=False))


def test_units_of_a_file_are_those_of_r(run: Run, survey: Path) -> None:
    document = run("satisfaction", survey, "--population", "N", "--json").document
    expected = r_says("unit").to_dict("records")
    assert document["certainty"]["standing"] == "assumed"
    assert document["certainty"]["assumption"] == (
        "if respondents are a random sample of visits and nobody rated twice"
    )
    for unit, r in zip(document["units"], expected, strict=True):
        assert unit["standard_error"] == pytest.approx(r["se.ikm"], rel=1e-9)
        low, high = unit["interval"]
        assert low <= unit["index_exact"] <= high
        assert sum(unit["grade_probability"].values()) == pytest.approx(1)
    assert document["units"][5]["certainty"] == "borderline"


def test_districts_of_a_file_are_those_of_r(run: Run, districts: Path) -> None:
    command = ["satisfaction", districts, "--population", "N", "--strata", "office", "--json"]
    units = run(*command).document["units"]
    for unit, r in zip(units, r_says("district").to_dict("records"), strict=True):
        found = unit["stratified"]
        assert found["index"] == pytest.approx(r["ikm"], rel=1e-9)
        assert found["standard_error"] == pytest.approx(r["se"], rel=1e-9)
        assert found["design_effect"] == pytest.approx(r["DEff.ikm"], rel=1e-9)
        assert unit["index_exact"] != pytest.approx(found["index"])  # the headline is not weighted


@pytest.mark.parametrize("wrong", [False, True])
def test_a_file_in_many_blocks_is_one_file(
    run: Run, districts: Path, monkeypatch: pytest.MonkeyPatch, wrong: bool
) -> None:
    """The same from Parquet as from text, whether it is counted or refused."""
    rows = pd.read_csv(districts)
    if wrong:
        rows.loc[1200:1230, "u3"] = 7
        rows.loc[[0, 4000], "N"] = 1
        rows.to_csv(districts, index=False)
    blocks = districts.with_suffix(".parquet")
    rows.to_parquet(blocks, row_group_size=900)
    monkeypatch.setattr("analysis.parquet.BLOCK", 500)
    command = ["--population", "N", "--strata", "office", "--json"]
    text, parquet = (run("satisfaction", file, *command) for file in (districts, blocks))
    assert text.code == parquet.code == 2 * wrong
    assert text.out == parquet.out
    assert text.err == parquet.err.replace("districts.parquet", "districts.csv")


def test_raked_figures_stand_beside_the_headline(run: Run, districts: Path, write: Write) -> None:
    margins = write("margins.csv", MARGINS)
    command = ["satisfaction", districts, "--population", "N", "--strata", "office"]
    units = run(*command, "--margins", margins, "--json").document["units"]
    assert [sorted({"raked", "stratified"} & set(unit)) for unit in units] == [
        ["raked", "stratified"]
    ] * 4
    assert units[0]["raked"]["index"] != pytest.approx(units[0]["stratified"]["index"], abs=0.1)
    text = run(*command, "--margins", margins).out
    assert "\n\nraked\nunit  index   standard_error  interval" in text
    assert max(map(len, text.splitlines())) <= 130


def test_strata_by_hand(run: Run, write: Write) -> None:
    file = write("two.csv", two_strata())
    command = ["satisfaction", file, "--population", "kunjungan", "--strata", "LOKET", "--json"]
    a, b = run(*command).document["units"]
    assert (a["population"], b["population"]) == (30, 9)
    assert a["stratified"]["index"] == pytest.approx(25 * (10 * 11 / 3 + 20 * 2.5) / 30)
    assert a["index_exact"] == pytest.approx(25 * 16 / 5)
    assert b["stratified"]["index"] == pytest.approx(b["index_exact"])


def test_reasons_are_told(run: Run, write: Write) -> None:
    rows = "".join([row("A", 4), row("A", 4), row("B", 3), row("C", 3), row("C", 4)])
    file = write("small.csv", f"unit,{ELEMENTS}\n{rows}")
    a, b, c = run("satisfaction", file, "--json").document["units"]
    told = [unit.get("no_interval") for unit in (a, b, c)]
    assert told == [
        None,
        "only one respondent",
        None,
    ]
    assert (a["standard_error"], a["interval"]) == (None, None)
    assert a["bounded_interval"][0] < 60  # two perfect forms tell little
    assert a["certainty"] == "borderline"
    assert (b["bounded_interval"], b["grade_probability"], b["certainty"]) == (None, None, None)
    assert "only one respondent" in run("satisfaction", file).out


def test_near_the_ceiling_a_bounded_interval_stands_beside(run: Run, write: Write) -> None:
    rows = "".join([*[row("A", 4)] * 9, row("A", 3)])
    file = write("high.csv", f"unit,{ELEMENTS}\n{rows}")
    (unit,) = run("satisfaction", file, "--json").document["units"]
    assert unit["interval"][1] == 100
    assert unit["bounded_interval"][1] < 100


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        (
            two_strata(),
            ["--population", "N"],
            "two.csv: heading: found no column N, expected col",
        ),
        (two_strata(), ["--strata", "Seksi"], "two.csv: heading: found no column Seksi, expected"),
        (two_strata(), ["--strata", "Loket"], "found no visits for A, s1, expected those"),
        (
            two_strata(""),
            ["--strata", "Loket", "--population", "Kunjungan"],
            "column Kunjungan: found no visits for A, s2, expected those of each stratum",
        ),
        (
            two_strata("1"),
            ["--strata", "Loket", "--population", "Kunjungan"],
            "found 1 visits for A, s2, expected at least its 2 respondents",
        ),
        (
            two_strata().replace("s2", ""),
            ["--strata", "Loket", "--population", "Kunjungan"],
            "two.csv: row 5, column Loket: found a blank cell, expected a name in every row",
        ),
        (
            two_strata(),
            ["--population", "Kunjungan"],
            "found 20, elsewhere 10, expected one number for each unit",
        ),
    ],
)
def test_strata_that_cannot_be_used(
    run: Run, write: Write, text: str, options: list[str], told: str
) -> None:
    outcome = run("satisfaction", write("two.csv", text), *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


@pytest.mark.parametrize(
    ("margins", "told"),
    [
        (
            "kolom,visits\n",
            "heading: found no column column, category, expected columns column, category",
        ),
        ("column,category,visits\n", "found no rows, expected a category in each"),
        ("column,category,visits\nLoket,s1,many\n", 'row 2, column visits: found "many", expected'),
        ("column,category,visits\nLoket,s1,-1\n", 'found "-1", expected a number of visits above'),
        ("column,category,visits\nLoket,s1,1\nloket,s1,2\n", 'row 3, column category: found "s1"'),
        ("column,category,visits\nLoket,,1\n", 'found "" of "Loket", expected each category of a'),
        ("column,category,visits\nLoket,s1,1\n", 'margin loket: found no share of "s2", expected'),
        (
            "column,category,visits\nsex,F,1\n",
            "two.csv: heading: found no column sex, expected columns",
        ),
        ("unit,column,category,visits\nA,Loket,s1,1\nA,Loket,s2,1\n", 'found no margins of "B"'),
    ],
)
def test_margins_that_cannot_be_used(run: Run, write: Write, margins: str, told: str) -> None:
    answers, file = write("two.csv", two_strata()), write("margins.csv", margins)
    outcome = run("satisfaction", answers, "--margins", file)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


def test_margins_of_a_unit_go_before_those_of_every_unit(run: Run, write: Write) -> None:
    margins = (
        "unit,column,category,visits\n,Loket,s1,1\n,Loket,s2,1\nA,Loket,s1,10\nA,Loket,s2,20\n"
    )
    answers, file = write("two.csv", two_strata()), write("margins.csv", margins)
    a, b = run("satisfaction", answers, "--margins", file, "--json").document["units"]
    assert a["raked"]["index"] == pytest.approx(25 * (10 * 11 / 3 + 20 * 2.5) / 30)
    assert b["raked"]["reason"] == "no respondents with margin loket = s2"
    assert b["raked"]["index"] is None


def test_a_file_that_is_not_there(run: Run) -> None:
    outcome = run("satisfaction", DATA / "sekadau-2019.csv", "--margins", "none.csv")
    assert (outcome.code, outcome.out) == (2, "")
    assert "none.csv: found no such file" in outcome.err
