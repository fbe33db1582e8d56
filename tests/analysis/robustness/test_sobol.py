"""Sobol's indices against functions whose indices are known."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.arrays import Floats
from analysis.robustness.sobol import (
    Bootstrap,
    SobolIndex,
    SobolRuns,
    factor_columns,
    run_design,
    sobol_design,
    sobol_indices,
)

BOOTSTRAP, FEW = Bootstrap(1000, 0.95, 1), Bootstrap(20, 0.95, 1)
A, B = 7.0, 0.1
# Ishigami and Homma 1990, a = 7, b = 0.1.
V1 = (1 + B * np.pi**4 / 5) ** 2 / 2
V2 = A**2 / 8
V13 = 8 * B**2 * np.pi**8 / 225
V = V1 + V2 + V13
FIRST = {"x1": V1 / V, "x2": V2 / V, "x3": 0.0, "none": 0.0}
TOTAL = {"x1": (V1 + V13) / V, "x2": V2 / V, "x3": V13 / V, "none": 0.0}


def ishigami(uniform: Floats) -> Floats:
    """Of three values and a fourth without any effect."""
    x = np.pi * (2 * uniform - 1)
    found: Floats = np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2
    return found + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def indices(model: Callable[[Floats], Floats], n: int = 4096) -> dict[str, SobolIndex | None]:
    columns = factor_columns([("x1", 1), ("x2", 1), ("x3", 1), ("none", 1)])
    return sobol_indices(run_design(sobol_design(n, 4, 7), columns, model), BOOTSTRAP)


@pytest.mark.parametrize("mean", [0.0, 1e5])
def test_ishigami_is_met_whatever_its_mean(mean: float) -> None:
    found = indices(lambda uniform: ishigami(uniform) + mean)
    for name, one in found.items():
        assert one
        assert one.first == pytest.approx(FIRST[name], abs=0.01)
        assert one.total == pytest.approx(TOTAL[name], abs=0.01)
        low, high = one.first_interval
        assert low <= FIRST[name] <= high
        low, high = one.total_interval
        assert low <= TOTAL[name] <= high


def test_a_factor_without_effect_has_none_exactly() -> None:
    one = indices(ishigami, 64)["none"]
    assert one == SobolIndex(0.0, 0.0, (0.0, 0.0), (0.0, 0.0))


def test_what_does_not_vary_has_no_indices() -> None:
    for constant in (0.0, 1 / 3, 1e9):
        found = indices(lambda uniform, c=constant: np.full(len(uniform), c), 64)  # type: ignore[misc]
        assert found == dict.fromkeys(["x1", "x2", "x3", "none"])


@given(st.lists(st.floats(0.1, 5), min_size=2, max_size=5))
def test_a_sum_has_its_variances_as_indices(slopes: list[float]) -> None:
    """Of several outputs too, whose variances add up."""
    columns = factor_columns([(f"x{at}", 1) for at in range(len(slopes))])
    table = np.array([slopes, slopes[::-1]])
    found = sobol_indices(
        run_design(sobol_design(1024, len(slopes), 3), columns, lambda u: u @ table.T), FEW
    )
    parts = (table**2).sum(axis=0)
    for one, part in zip(found.values(), parts / parts.sum(), strict=True):
        assert one
        assert one.first == pytest.approx(part, abs=0.03)
        assert one.total == pytest.approx(part, abs=0.03)


def test_a_group_of_columns_is_one_factor() -> None:
    columns = factor_columns([("both", 2), ("third", 1)])
    runs = run_design(sobol_design(1024, 3, 3), columns, lambda u: u[:, 0] * u[:, 1] + u[:, 2])
    found = sobol_indices(runs, BOOTSTRAP)["both"]
    assert found
    variance = 1 / 9 - 1 / 16
    assert found.first == pytest.approx(variance / (variance + 1 / 12), abs=0.02)


def test_a_design_has_a_power_of_two_of_runs() -> None:
    with pytest.raises(ValueError, match="no power of two"):
        sobol_design(1000, 2, 1)


def test_draws_in_which_nothing_varies_leave_intervals_of_numbers() -> None:
    rare = np.zeros((16, 1))
    rare[0], rare[1] = 1, -1
    runs = SobolRuns(rare, np.zeros((16, 1)), {"x": rare[::-1].copy()})
    found = sobol_indices(runs, Bootstrap(1000, 0.95, 3))["x"]
    assert found
    assert np.isfinite([*found.first_interval, *found.total_interval]).all()
