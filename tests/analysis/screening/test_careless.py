"""Careless responding as R's package careless measures it, and what it cannot be given."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.screening.careless import longest_run, mahalanobis, variability
from analysis.soundness.matrix import Answers

FOLDER = Path(__file__).parents[2] / "data" / "r-survey"
COMPUTED = {"longstring": longest_run, "irv": variability, "mahad": mahalanobis}
GAP = np.nan


def read(name: str, columns: Sequence[str]) -> Answers:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return np.array([[float(row[key]) for key in columns] for row in csv.DictReader(file)])


@pytest.mark.parametrize("name", COMPUTED)
def test_as_in_r(name: str) -> None:
    answers = read("likert_data.csv", [f"u{number}" for number in range(1, 10)])
    expected = read("likert_careless.csv", [name])[:, 0]
    assert len(answers) == len(expected) == 4966
    np.testing.assert_allclose(COMPUTED[name](answers), expected, rtol=0, atol=1e-9)


def test_a_gap_ends_a_run_and_is_no_answer() -> None:
    answers = np.array([[3, 3, GAP, 3], [GAP, GAP, GAP, GAP], [1, 2, 2, 2], [4, GAP, GAP, GAP]])
    assert longest_run(answers).tolist() == [2, 0, 3, 1]
    assert np.isnan(variability(answers)).tolist() == [False, True, False, True]
    distance = mahalanobis(answers)
    assert distance[1] == 0
    assert np.isfinite(distance).all()


@given(arrays(float, (7, 5), elements=st.sampled_from([1.0, 2, 3, 4, GAP])))
def test_bounds(answers: Answers) -> None:
    number = (~np.isnan(answers)).sum(axis=1)
    run = longest_run(answers)
    assert ((run <= number) & (run >= np.minimum(number, 1))).all()
    spread = variability(answers)
    assert (
        (spread[number > 1] == 0)
        == (
            np.nanmax(answers[number > 1], axis=1, initial=0)
            == np.nanmin(answers[number > 1], axis=1, initial=9)
        )
    ).all()
