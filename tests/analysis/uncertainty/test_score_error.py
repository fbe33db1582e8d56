"""What sampling leaves open of a score: slopes along the tree, institutions, intervals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from analysis.index.composite import Column, score
from analysis.rulebook.scheme import Scheme, load_scheme, parse_scheme
from analysis.uncertainty.change import welch
from analysis.uncertainty.score_error import (
    Surveys,
    index_surveys,
    institution_figures,
    interval,
    share_surveys,
    slopes,
)
from locales.refusals import sentence

PERCEPTION, OMBUDSMAN = load_scheme("perception-2022"), load_scheme("ombudsman-2022")
TREE = """
id: tree
title: A tree
owner: custom
valid: {{from: 2026-01-01}}
sources: {{me: {{title: Mine, year: 2026}}}}
standing: stated
source: me
mean: {root}
children:
- {{key: alone, weight: 2}}
- key: together
  weight: 3
  mean: {below}
  children:
  - {{key: asked, weight: 1, normalise: {{kind: goalposts, between: [25, 100], onto: [1, 100]}}}}
  - {{key: other, weight: 4}}
"""


def tree(root: str, below: str) -> Scheme:
    return parse_scheme(TREE.format(root=root, below=below), "tree.yaml")


@pytest.mark.parametrize("root", ["arithmetic", "geometric", "harmonic"])
@pytest.mark.parametrize("below", ["arithmetic", "geometric", "harmonic"])
@given(st.integers(30, 95), st.integers(5, 95), st.integers(5, 95))
def test_a_slope_is_the_derivative(
    root: str, below: str, asked: int, alone: int, other: int
) -> None:
    scheme, step = tree(root, below), Fraction(1, 10**6)
    values = {"alone": Fraction(alone), "asked": Fraction(asked), "other": Fraction(other)}
    columns: dict[str, Column] = {
        key: [value, value + (step if key == "asked" else 0)] for key, value in values.items()
    }
    scores = score(scheme, columns)
    low, high = (float(one or 0) for one in scores.total)
    assert slopes(scores, "asked")[0] == pytest.approx((high - low) / float(step), rel=1e-4)


def with_index(scheme: Scheme, key: str, indices: list[int | None]) -> dict[str, Column]:
    others = [node.key for node in scheme.indicators() if node.key != key]
    columns: dict[str, Column] = {other: [Fraction(3)] * len(indices) for other in others}
    return columns | {key: [None if one is None else Fraction(one) for one in indices]}


def test_an_institution_is_as_sure_as_its_units_together() -> None:
    """By hand: slope 24.24 / 78.46 x 100 / 75, variance of the mean, Satterthwaite."""
    scores = score(PERCEPTION, with_index(PERCEPTION, "satisfaction", [80, 70, 90]))
    surveys = {"satisfaction": Surveys(np.array([4.0, 9.0, 1.0]), np.array([29.0, 9.0, 19.0]))}
    figures = institution_figures(scores, ["a", "a", "b"], surveys)
    slope = 24.24 / 78.46 * 100 / 75
    parts = np.array([4.0, 9.0]) * slope**2 / 4
    assert figures["a"].variance == pytest.approx(parts.sum())
    assert figures["a"].freedom == pytest.approx(parts.sum() ** 2 / (parts**2 / [29, 9]).sum())
    assert figures["b"].freedom == pytest.approx(19)
    found = interval(figures["a"], PERCEPTION)
    assert found is not None
    reach = t.ppf(0.975, figures["a"].freedom) * parts.sum() ** 0.5
    assert found[1] - figures["a"].mean == pytest.approx(reach)


def test_no_interval_without_a_reason() -> None:
    scores = score(PERCEPTION, with_index(PERCEPTION, "satisfaction", [80, 70]))
    unknown = {"satisfaction": Surveys(np.array([4.0, np.nan]), np.array([9.0, np.nan]))}
    (figure,) = institution_figures(scores, ["a", "a"], unknown).values()
    assert interval(figure, PERCEPTION) is None
    assert figure.no_interval
    assert "terlalu kecil" in sentence("id", figure.no_interval)
    (figure,) = institution_figures(scores, ["a", "a"], {}).values()
    assert figure.no_interval
    assert "rated by citizens" in sentence("en", figure.no_interval)


def test_an_unscored_unit_leaves_its_institution_out() -> None:
    scores = score(PERCEPTION, with_index(PERCEPTION, "satisfaction", [80, None, 60]))
    surveys = {"satisfaction": Surveys(np.ones(3), np.full(3, 9.0))}
    assert list(institution_figures(scores, ["a", "a", "b"], surveys)) == ["b"]


def test_surveys_of_nobody_or_all_alike_are_unknown() -> None:
    found = index_surveys([10, 1, 10, 10], [2.0, 2.0, 0.0, None])
    assert found.variance[0] == pytest.approx(20 / 9)
    assert np.isnan(found.variance[1:]).all()
    assert found.freedom[0] == 9
    shares = share_surveys([20, 20, 0, 1], [15, 20, 0, 0])
    assert shares.variance[0] == pytest.approx(10_000 * 0.75 * 0.25 / 19)
    assert np.isnan(shares.variance[1:]).all()


def test_the_interval_stays_on_the_scale() -> None:
    scores = score(OMBUDSMAN, with_index(OMBUDSMAN, "output", [99]))
    surveys = {"output": Surveys(np.array([90_000.0]), np.array([4.0]))}
    (figure,) = institution_figures(scores, ["a"], surveys).values()
    assert interval(figure, OMBUDSMAN) == (0.0, 100.0)


def test_two_years_apart_is_welch() -> None:
    before, after = (
        institution_figures(
            score(PERCEPTION, with_index(PERCEPTION, "satisfaction", [index])),
            ["a"],
            {"satisfaction": Surveys(np.array([variance]), np.array([29.0]))},
        )["a"]
        for index, variance in ((70, 1.0), (75, 2.0))
    )
    change = welch(before, after)
    assert change.difference == pytest.approx(5 * 24.24 / 78.46 * 100 / 75)
    assert change.interval
    middle = sum(change.interval) / 2
    assert middle == pytest.approx(change.difference)
