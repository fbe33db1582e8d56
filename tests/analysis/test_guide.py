"""The guide to schemes: every command in it is run, and prints what is printed there."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from analysis.command.run import MODULES
from analysis.index.normalising import SCALES
from analysis.rulebook.scheme import HANDED_DOWN, HANDED_DOWN_IF_ANY, SOURCED
from tests.analysis.conftest import DATA, GUIDE, GUIDE_FILES, Run

COMMAND = re.compile(r"^```console\n\$ \.venv/bin/python -m analysis (.*?)\n(.*?)```$", re.M | re.S)
COMMANDS = [(command, printed) for command, printed in COMMAND.findall(GUIDE)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all files of the guide, in which commands are run."""
    for name, text in GUIDE_FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_prints_what_the_guide_says(run: Run, folder: Path) -> None:
    assert len(COMMANDS) >= 8
    for command, printed in COMMANDS:
        words = [word.replace("tests/data", str(DATA)) for word in shlex.split(command)]
        assert words[0] in MODULES
        outcome = run(*words)
        assert outcome.code == 0, outcome.err
        if printed:
            assert outcome.out == printed


def test_the_index_of_human_development_by_hand(run: Run, folder: Path) -> None:
    """Bestora: life 82, schooling 18 of 18 and 12.5 of 15, income 61,000."""
    found = run("index", "human.csv", "--scheme", "human.yaml", "--json").document
    life, schooling = (82 - 20) / 65, (1 + 12.5 / 15) / 2
    income = np.log(61000 / 100) / np.log(750)
    bestora = next(one for one in found["units"] if one["institution"] == "Bestora")
    assert bestora["score_exact"] == pytest.approx((life * schooling * income) ** (1 / 3))
    assert bestora["score"] == "0.946"


def test_the_index_of_cities_by_hand(run: Run, folder: Path) -> None:
    """Every step in floats, of the columns as they stand in the guide."""
    found = run("index", "cities.csv", "--scheme", "cities.yaml", "--json").document
    rows = [line.split(",") for line in GUIDE_FILES["cities.csv"].splitlines()[1:]]
    number = [[np.nan if cell == "" else float(cell) for cell in row[4:]] for row in rows]
    doctors, waiting, water, complaints = np.array(number).T
    people = np.array([float(row[2]) for row in rows])
    bali = np.array([row[3] == "Bali" for row in rows])
    waiting = np.where(waiting == 300, 45, waiting)
    water = np.where(np.isnan(water), np.nanmean(water[bali]), water)
    columns = [doctors / people, -waiting, water, complaints]
    z = [100 + 10 * (c - np.nanmean(c)) / np.nanstd(c, ddof=1) for c in columns]
    scores = (np.nanmean(z[:2], axis=0) + z[2] + 2 * z[3]) / 4
    assert [one["score_exact"] for one in found["units"]] == pytest.approx(scores.tolist())
    west = np.array([row[0] == "West" for row in rows])
    mean = (scores[west] * people[west]).sum() / people[west].sum()
    institutions = {one["institution"]: one["score_exact"] for one in found["institutions"]}
    assert institutions["West"] == pytest.approx(mean)


def test_every_operation_stands_in_the_guide() -> None:
    written = "\n".join(GUIDE_FILES.values()) + GUIDE
    keys = {*SOURCED, *HANDED_DOWN, *HANDED_DOWN_IF_ANY} - {"minimum_sample", "headline"}
    assert [key for key in (*keys, *SCALES) if key not in written] == []
