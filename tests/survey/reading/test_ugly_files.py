"""Files such as offices have, all invented: each has one right reading, or is refused."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from analysis.errors import BadInput, Written
from tests.survey.reading.conftest import read

FOLDER = Path(__file__).parents[2] / "data" / "intake"
READINGS: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "readings.yaml").read_text("utf-8"))
UNDERSTOOD = {name: one for name, one in READINGS.items() if "refused" not in one}
REFUSED = {name: one for name, one in READINGS.items() if "refused" in one}


def test_every_file_has_a_reading_and_there_are_twenty() -> None:
    assert sorted(READINGS) == sorted(
        path.name for path in FOLDER.iterdir() if path.suffix != ".yaml"
    )
    assert len(READINGS) >= 20


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_the_right_reading(name: str) -> None:
    right = UNDERSTOOD[name]
    found = read((FOLDER / name).read_bytes(), name, **right.get("options", {}))
    assert {
        "sheet": found.sheet,
        "heading_row": found.heading_row,
        "n": found.index.n,
        "index": found.index.shown,
        "grade": found.index.band and found.index.band.grade,
        "columns": found.columns,
        "left_out": [one.row for one in found.left_out],
        "warnings": [one.code for one in found.warnings],
    } == {key: right[key] for key in right if key not in ("options", "respondents")}
    for field, classes in right.get("respondents", {}).items():
        told = found.respondents[field]
        assert told.astype(object).where(told.notna(), None).to_list() == classes, field


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_sure_is_named_and_not_guessed(name: str) -> None:
    right = REFUSED[name]
    with pytest.raises(BadInput) as refused:
        read((FOLDER / name).read_bytes(), name, **right.get("options", {}))
    found = [
        {
            "code": one.code,
            "row": one.place.row,
            "column": one.place.column,
            "found": one.values["found"].text,
        }
        for one in refused.value.problems
        if isinstance(one.values["found"], Written)
    ]
    assert found == right["refused"]


def test_zero_is_empty_where_somebody_says_so() -> None:
    found = read((FOLDER / "zeros.csv").read_bytes(), "zeros.csv", zero_is_empty=True)
    assert found.answers["procedure"].to_list() == [3, pd.NA]
