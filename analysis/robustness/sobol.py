"""What part of a result's variance each factor makes: Sobol's indices, first order and total.

From N runs A, N runs B, and for each factor N runs that are A with that factor from B. All are
centred on the mean of A and B first, without which the estimator of the first order is far off
where the mean is large. First order (Saltelli et al. 2010): mean of f_B (f_AB - f_A), over V;
total (Jansen 1999): mean of (f_A - f_AB)^2, over 2 V; V the variance of A and B together. Of
several outputs numerators and variances add up (Gamboa, Janon, Klein, Lagnoux 2014).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Floats, product

# Of the square of the largest value: what rounding alone makes.
NO_VARIANCE = 1e-24


@dataclass(frozen=True)
class SobolIndex:
    """Of one factor: first order and total, with the ends of their bootstrap intervals."""

    first: float
    total: float
    first_interval: tuple[float, float]
    total_interval: tuple[float, float]


@dataclass(frozen=True)
class SobolRuns:
    """Outputs (N, q) of the runs A and B, and of A with one factor from B by the factor's name."""

    a: Floats
    b: Floats
    mixed: Mapping[str, Floats]


@dataclass(frozen=True)
class Bootstrap:
    """How often rows are drawn anew, the level of intervals, and the seed."""

    times: int
    level: float
    seed: int


@dataclass(frozen=True)
class SobolDesign:
    """Uniform values (N, d) of A and B from one scrambled Sobol sequence of 2 d dimensions."""

    a: Floats
    b: Floats

    def mixed(self, columns: slice) -> Floats:
        """A with these columns of B."""
        runs = self.a.copy()
        runs[:, columns] = self.b[:, columns]
        return runs


@lru_cache(maxsize=2)
def sobol_design(n: int, dimensions: int, seed: int) -> SobolDesign:
    """The design of ``n`` runs, a power of two. Raises ValueError where it is none."""
    from scipy.stats import qmc  # takes half a second, and few simulate

    if n < 1 or n & (n - 1):
        raise ValueError(f"{n} is no power of two")
    sequence = qmc.Sobol(2 * dimensions, scramble=True, rng=np.random.default_rng(seed))
    points = sequence.random(n)
    points.setflags(write=False)
    return SobolDesign(points[:, :dimensions], points[:, dimensions:])


def run_design(
    design: SobolDesign, factors: Mapping[str, slice], model: Callable[[Floats], Floats]
) -> SobolRuns:
    """The runs of a model of (N, d) that gives (N, q) or (N,); ``factors``: their columns."""

    def outputs(values: Floats) -> Floats:
        found = model(values)
        return found.reshape(len(values), -1)

    mixed = {name: outputs(design.mixed(columns)) for name, columns in factors.items()}
    return SobolRuns(outputs(design.a), outputs(design.b), mixed)


def mapped(runs: SobolRuns, change: Callable[[NDArray[Any]], NDArray[Any]]) -> SobolRuns:
    """The runs with each array of outputs changed."""
    mixed = {name: change(one) for name, one in runs.mixed.items()}
    return SobolRuns(change(runs.a), change(runs.b), mixed)


def sobol_indices(runs: SobolRuns, bootstrap: Bootstrap) -> dict[str, SobolIndex | None]:
    """The indices of each factor; None of all where the output does not vary at all."""
    both = np.concatenate([runs.a, runs.b])
    mean = both.mean(axis=0)
    a, b = runs.a - mean, runs.b - mean
    spread = (a**2).sum(axis=1) / 2 + (b**2).sum(axis=1) / 2
    if spread.mean() <= NO_VARIANCE * max(float((both**2).sum(axis=1).mean()), 1.0):
        return dict.fromkeys(runs.mixed)
    terms = []
    for one in runs.mixed.values():
        moved = one - runs.a
        terms += [(b * moved).sum(axis=1), (moved**2).sum(axis=1) / 2]
    table = np.stack([spread, *terms], axis=1)
    own, drawn = _ratios(table.mean(axis=0)[None])[0], _ratios(_resampled(table, bootstrap))
    ends = [(1 - bootstrap.level) / 2, (1 + bootstrap.level) / 2]
    low, high = np.quantile(drawn, ends, axis=0)
    return {
        name: SobolIndex(
            first=float(own[at]),
            total=float(own[at + 1]),
            first_interval=(float(low[at]), float(high[at])),
            total_interval=(float(low[at + 1]), float(high[at + 1])),
        )
        for name, at in zip(runs.mixed, range(0, len(own), 2), strict=True)
    }


def _resampled(table: Floats, bootstrap: Bootstrap) -> Floats:
    """(times, columns) the means of as many rows, drawn with replacement.

    Without those in which nothing varies, which have no indices.
    """
    n = len(table)
    means = product(_how_often(n, bootstrap.times, bootstrap.seed), table) / n
    return means[means[:, 0] > 0]


@lru_cache(maxsize=2)  # of the data's errors and of the choices: the same for both outputs
def _how_often(n: int, times: int, seed: int) -> NDArray[np.uint16]:
    """(times, n) how often each row is drawn."""
    chance = np.random.default_rng(seed)
    return chance.multinomial(n, np.full(n, 1 / n), size=times).astype(np.uint16)


def _ratios(means: Floats) -> Floats:
    ratios: Floats = means[:, 1:] / means[:, :1]
    return ratios


def factor_columns(sizes: Sequence[tuple[str, int]]) -> dict[str, slice]:
    """The columns of each factor, one after another.

    >>> factor_columns([("weights", 3), ("mean", 1)])
    {'weights': slice(0, 3, None), 'mean': slice(3, 4, None)}
    """
    ends = np.cumsum([size for _, size in sizes]).tolist()
    return {name: slice(end - size, end) for (name, size), end in zip(sizes, ends, strict=True)}
