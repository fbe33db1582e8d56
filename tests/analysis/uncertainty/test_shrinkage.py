import numpy as np
import pytest

from analysis.uncertainty.moments import Linear, linear, moments, scale_of
from analysis.uncertainty.shrinkage import empirical_bayes, fay_herriot
from tests.analysis.likert import cells, r_says
from tests.analysis.rows import SKM, in_pairs, same

R = r_says("shrinkage")
PARAMETERS = r_says("shrinkage_par").set_index("par")["value"]


def test_empirical_bayes_is_that_of_r() -> None:
    tally = cells(["unit"])
    found = empirical_bayes(linear(moments(tally), scale_of(tally, SKM)), tally.respondents)
    assert found
    np.testing.assert_allclose(found.index, R["blup"], rtol=1e-6)
    np.testing.assert_allclose(found.error, R["blup_condsd"], rtol=1e-6)
    assert found.mean == pytest.approx(PARAMETERS["lmer_mu"], rel=1e-6)
    assert found.tau2 == pytest.approx(PARAMETERS["lmer_tau2"], rel=1e-6)


def test_fay_herriot_is_that_of_r() -> None:
    """R stopped early: its variance between units is good to five digits only."""
    found = fay_herriot(R["direct"].to_numpy(), R["se"].to_numpy())
    assert found
    np.testing.assert_allclose(found.index, R["fh"], rtol=1e-6)
    np.testing.assert_allclose(found.error**2, R["fh_mse"], rtol=1e-5)
    assert found.mean == pytest.approx(PARAMETERS["fh_beta"], rel=1e-6)
    assert found.tau2 == pytest.approx(PARAMETERS["fh_sigma2u"], rel=1e-5)


def test_units_as_far_apart_as_chance_are_all_drawn_to_the_mean() -> None:
    index, error = np.array([80.0, 80.1, 79.9]), np.array([5.0, 5.0, 5.0])
    found = fay_herriot(index, error)
    assert found
    assert found.tau2 == 0
    assert found.index == pytest.approx([80, 80, 80])
    rows = {"A": same(1, 4), "B": same(2, 3), "C": same(1, 4)}
    tally = in_pairs(rows)
    other = empirical_bayes(linear(moments(tally), scale_of(tally, SKM)), tally.respondents)
    assert other
    assert (other.tau2, other.index.tolist()) == (0, [62.5] * 3)


def test_the_less_is_known_the_more_a_unit_shrinks() -> None:
    found = fay_herriot(np.array([60.0, 70.0, 90.0, 90.0]), np.array([1.0, 1.0, 1.0, 8.0]))
    assert found
    assert found.mean < found.index[3] < found.index[2] < 90
    assert found.error[3] > found.error[2]


def test_units_without_index_or_error_are_left_out() -> None:
    index, error = np.array([60.0, 70.0, 80.0, 90.0]), np.array([1.0, 2.0, 3.0, np.nan])
    found = fay_herriot(index, error)
    three = fay_herriot(index[:3], error[:3])
    assert found
    assert three
    assert found.index[:3].tolist() == three.index.tolist()
    assert np.isnan(found.index[3])
    rows = {"A": same(1, 2, 3), "B": same(3, 4), "C": same(2), "D": []}
    tally = in_pairs(rows)
    drawn = empirical_bayes(linear(moments(tally), scale_of(tally, SKM)), tally.respondents)
    assert drawn
    assert np.isnan(drawn.index).tolist() == [False, False, False, True]
    assert drawn.mean > drawn.index[2] > 50  # one respondent is enough to be drawn


def test_too_few_units_or_no_spread() -> None:
    assert fay_herriot(np.array([60.0, 70.0]), np.array([1.0, 1.0])) is None
    n = np.array([3, 3, 3])
    found = Linear(np.array([50.0, 75.0, 100.0]), np.zeros(3), np.zeros(3))
    assert empirical_bayes(found, n) is None
    assert empirical_bayes(found, np.array([1, 1, 1])) is None
