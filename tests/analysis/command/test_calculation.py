"""``index --log`` and ``replay``: a calculation that is written down can be done again."""

import json
from pathlib import Path

import pytest

from tests.analysis.conftest import COINR, DATA, Run, Write

SCHEME = """\
id: years
title: Years
owner: custom
valid: {from: 2020-01-01}
sources: {book: {title: A book, year: 2024}}
standing: assumed
source: book
units: {value: {column: people}}
children:
- {key: schooling, normalise: {kind: goalposts, between: [0, 18], caps: true}}
- key: doctors
  normalise: {kind: min_max, base: 2020, caps: true}
  per: {column: people, times: 1000}
- {key: water, missing: nearest_year, normalise: {kind: goalposts, between: [0, 100]}}
"""
DATA_OF_YEARS = """\
institution,unit,year,people,schooling,doctors,water
A,a1,2020,1000,18.1,2,50
A,a2,2020,3000,9,3,60
B,b1,2020,500,12,2,
A,a1,2021,1000,18,3,55
A,a2,2021,3000,10,3,65
B,b1,2021,500,13,2,80
"""


@pytest.fixture
def written(run: Run, write: Write, tmp_path: Path) -> Path:
    """The log of three years' calculation."""
    log = tmp_path / "hitungan.json"
    file, scheme = write("tahun.csv", DATA_OF_YEARS), write("years.yaml", SCHEME)
    assert run("index", file, "--scheme", scheme, "--log", log).code == 0
    return log


def test_several_years_have_ranks_of_their_own(run: Run, write: Write) -> None:
    file, scheme = write("tahun.csv", DATA_OF_YEARS), write("years.yaml", SCHEME)
    found = run("index", file, "--scheme", scheme, "--json").document
    rows = [(one["institution"], one["year"], one["rank"]) for one in found["institutions"]]
    assert rows == [("A", 2020, 2), ("B", 2020, 1), ("A", 2021, 2), ("B", 2021, 1)]
    # a1 2020: (100 + 100 x (2 - 1) / (4 - 1) + 50) / 3; a2 2020: (50 + 0 + 60) / 3
    a1, a2 = (100 + 100 / 3 + 50) / 3, 110 / 3
    assert found["units"][0]["score_exact"] == pytest.approx(a1)
    assert found["institutions"][0]["score_exact"] == pytest.approx((a1 + 3 * a2) / 4)
    assert [(c["unit"], c["year"], c["indicator"], c["act"]) for c in found["changed"]] == [
        ("a1", 2020, "schooling", "cap"),
        ("b1", 2020, "water", "nearest_year"),
    ]


def test_what_was_changed_is_told_as_text(run: Run, write: Write) -> None:
    file, scheme = write("tahun.csv", DATA_OF_YEARS), write("years.yaml", SCHEME)
    outcome = run("index", file, "--scheme", scheme)
    assert "changed" in outcome.out
    assert "nearest_year" in outcome.out
    assert "18.100" in outcome.out


def test_a_log_can_be_replayed(run: Run, written: Path) -> None:
    outcome = run("replay", written)
    assert outcome.code == 0
    assert outcome.out == "scheme  years, 6 units\nlog     all follows\n"
    assert run("replay", written, "--json").document["holds"] is True


def test_a_log_of_coinrs_tree_can_be_replayed(run: Run, write: Write, tmp_path: Path) -> None:
    scheme = write("coinr.yaml", COINR)
    log = tmp_path / "hitungan.json"
    run("index", DATA / "coinr" / "tree_public_data.csv", "--scheme", scheme, "--log", log)
    assert run("replay", log).code == 0


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("nodes", "score", 0), "50", "nodes.score[0]: written 50, follows 550/9"),
        (("institutions", 0, "rank"), 1, "institutions[0].rank: written 1, follows 2"),
        (("changed", 0, "after"), "17", "changed[0].after: written 17, follows 18"),
        (("input", "columns", "schooling", 1), "10", "nodes.schooling[1]: written 50, follows"),
        (("input", "provinces"), ["Bali"] * 6, "input_sha256: written"),
        (("input", "units", 0), "a3", "input_sha256: written"),
        (("scheme", "sha256"), "0" * 64, "scheme.sha256: written 0000"),
    ],
)
def test_a_changed_log_does_not_hold(
    run: Run, written: Path, path: tuple[str | int, ...], value: object, told: str
) -> None:
    log = json.loads(written.read_text())
    part = log
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    written.write_text(json.dumps(log))
    outcome = run("replay", written)
    assert outcome.code == 1
    assert "DO NOT FOLLOW" in outcome.out
    assert told in outcome.out


def test_a_log_is_never_written_over(run: Run, write: Write, written: Path) -> None:
    file, scheme = write("tahun.csv", DATA_OF_YEARS), write("years.yaml", SCHEME)
    outcome = run("index", file, "--scheme", scheme, "--log", written)
    assert outcome.code == 2
    assert "hitungan.json: found a file that is there already" in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"format": 1', '"format": 2', "log.json: format: found"),
        ('"units"', '"others"', "input.others: found"),
        ('"18.1"', '"many"', ""),
        ("{", "", "found content that is no JSON, expected a log as index --log writes it"),
    ],
)
def test_what_is_no_log_is_refused(
    run: Run, write: Write, written: Path, old: str, new: str, told: str
) -> None:
    broken = write("log.json", written.read_text().replace(old, new, 1))
    outcome = run("replay", broken)
    assert outcome.code == (2 if told else 0)
    assert told in outcome.err


@pytest.mark.parametrize("value", ["1/0", "x", "1e5", "9" * 5000])
def test_what_is_no_fraction_is_refused(run: Run, written: Path, value: str) -> None:
    log = json.loads(written.read_text())
    log["input"]["columns"]["water"][0] = value
    written.write_text(json.dumps(log))
    outcome = run("replay", written)
    assert outcome.code == 2
    assert "water: found" in outcome.err


def test_columns_of_another_length_are_refused(run: Run, written: Path) -> None:
    log = json.loads(written.read_text())
    log["input"]["columns"]["water"].append("1")
    written.write_text(json.dumps(log))
    assert "water: found 7 values, expected 6, one a unit" in run("replay", written).err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",2021,", ",21,", 'column year: found "21", expected a year in four digits'),
        ("A,a1,2021", "A,a1,2020", "again, expected each unit once"),
        ("people,schooling", "persons,schooling", "found no column people"),
        ("B,b1,2020,500", "B,b1,2020,", "row 4, column people: found no number above 0"),
        ("year,people", "tahun,people", "found no column year"),
    ],
)
def test_files_of_years_that_cannot_be_used(
    run: Run, write: Write, old: str, new: str, told: str
) -> None:
    file, scheme = write("tahun.csv", DATA_OF_YEARS.replace(old, new, 1)), write("y.yaml", SCHEME)
    outcome = run("index", file, "--scheme", scheme)
    assert outcome.code == 2
    assert told in outcome.err
