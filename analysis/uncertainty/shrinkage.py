"""Indices of small units drawn towards the mean of all, beside the unweighted headline.

Two models of unit indices that scatter around one mean by tau^2, both by REML: from the
respondents' own spread, alike in all units (``empirical_bayes``), or from the standard error of
each unit (``fay_herriot``). A unit shrinks the more, the less is known of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from analysis.arrays import Flags, Floats
from analysis.index.tally import Counts
from analysis.uncertainty.moments import Linear

FEWEST_UNITS = 3


@dataclass(frozen=True)
class Shrunken:
    """``index`` and ``error`` (G,), NaN for units left out; ``mean`` of all, ``tau2`` of units."""

    index: Floats
    error: Floats
    mean: float
    tau2: float


def empirical_bayes(found: Linear, respondents: Counts) -> Shrunken | None:
    """The conditional mean and standard deviation of each unit's index.

    One-way random effects: index_g = mean + t_g, respondents vary around it by sigma^2:
    mean + g (index - mean) with g = n tau^2 / (n tau^2 + sigma^2), and sqrt((1 - g) tau^2).
    Leaves out units without an index; None for fewer than three, or where no unit's
    respondents differ. Source: Laird and Ware 1982; R's lme4 gives the same.
    """
    used = (respondents > 0) & ~np.isnan(found.index)
    n, y = respondents[used].astype(float), found.index[used]
    within, people = float((n**2 * found.squares[used]).sum()), n.sum()
    if len(n) < FEWEST_UNITS or people <= len(n) or within <= 0:
        return None

    def slope(ratio: float) -> float:
        weights = n / (1 + n * ratio)
        away = (y - _mean(y, weights)) ** 2
        sigma2 = (within + (weights * away).sum()) / (people - 1)
        return _slope(weights, away / sigma2)

    ratio = _root(slope)
    weights = n / (1 + n * ratio)
    mean = _mean(y, weights)
    sigma2 = (within + (weights * (y - mean) ** 2).sum()) / (people - 1)
    tau2 = ratio * sigma2
    kept = n * ratio / (1 + n * ratio)
    return _placed(used, mean + kept * (y - mean), np.sqrt((1 - kept) * tau2), mean, tau2)


def fay_herriot(index: Floats, error: Floats) -> Shrunken | None:
    """The EBLUP of each unit's index and the root of its mean squared error.

    ``index`` and ``error`` (G,): direct ones; units whose error is NaN or 0 are left out. None
    for fewer than three. With v the error squared and g = tau^2 / (tau^2 + v):
    mean + g (index - mean); MSE = g1 + g2 + 2 g3. Source: Fay and Herriot 1979, Prasad and
    Rao 1990; R's sae gives the same.
    """
    used = (error > 0) & ~np.isnan(index)
    y, v = index[used], error[used] ** 2
    if len(y) < FEWEST_UNITS:
        return None

    def slope(tau2: float) -> float:
        weights = 1 / (tau2 + v)
        return _slope(weights, (y - _mean(y, weights)) ** 2)

    tau2 = _root(slope)
    weights = 1 / (tau2 + v)
    mean, kept = _mean(y, weights), tau2 * weights
    of_mean = (1 - kept) ** 2 / weights.sum()
    of_tau2 = v**2 * weights**3 * 2 / (weights**2).sum()
    mse = kept * v + of_mean + 2 * of_tau2
    return _placed(used, mean + kept * (y - mean), np.sqrt(mse), mean, tau2)


def _slope(weights: Floats, away: Floats) -> float:
    """Of minus twice the restricted log likelihood, by the variance between units."""
    total = weights.sum()
    return float(total - (weights**2).sum() / total - (weights**2 * away).sum())


def _root(slope: Callable[[float], float]) -> float:
    """Where the slope becomes positive: 0 where it is so at once."""
    if slope(0) >= 0:
        return 0.0
    high = 1.0
    while slope(high) < 0:
        high *= 2
    return float(brentq(slope, 0, high, xtol=1e-14, rtol=1e-14))


def _mean(values: Floats, weights: Floats) -> float:
    return float((weights * values).sum() / weights.sum())


def _placed(used: Flags, index: Floats, error: Floats, mean: float, tau2: float) -> Shrunken:
    columns = np.full((2, len(used)), np.nan)
    columns[:, used] = index, error
    return Shrunken(columns[0], columns[1], mean, tau2)
