"""Intervals of an index and the probability of each grade, for many groups at once.

All take arrays (G,) of an index, its standard error and its degrees of freedom, on the index's
scale. Where the standard error is NaN so is the result; where it is 0 (everybody was asked)
the interval is the index itself.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from scipy.special import expit, logit, stdtr, stdtrit

from analysis.arrays import Floats
from analysis.rulebook.scheme import Band, Scheme

# An index that is exactly on an edge belongs above it, whatever its last binary digits.
ROUNDING = 1e-9


def t_interval(
    index: Floats, error: Floats, freedom: Floats, level: float, span: tuple[float, float]
) -> Floats:
    """(G, 2) index -+ t x error, clipped to ``span``."""
    reach = _quantile(freedom, level) * error
    return np.clip(np.stack([index - reach, index + reach], axis=-1), *span)


def bounded_interval(
    index: Floats, error: Floats, freedom: Floats, level: float, span: tuple[float, float]
) -> Floats:
    """(G, 2) the t interval on the logit scale of ``span``, which it never leaves.

    With p the index's place in the span, 0-1: logit p -+ t x error / (width p (1 - p)), back.
    """
    low, high = span
    place = (index - low) / (high - low)
    inside = (place > 0) & (place < 1)
    p = np.where(inside, place, 0.5)
    reach = _quantile(freedom, level) * error / ((high - low) * p * (1 - p))
    ends = low + (high - low) * expit(np.stack([logit(p) - reach, logit(p) + reach], axis=-1))
    return np.where(inside[..., None], ends, index[..., None] + 0 * error[..., None])


def grade_probability(index: Floats, error: Floats, freedom: Floats, edges: Floats) -> Floats:
    """(G, B) the mass of index + error x t between the B - 1 ascending ``edges``.

    A confidence distribution, not a posterior.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        away = (edges - index[:, None]) / error[:, None]
    exact = np.where(index[:, None] >= edges - ROUNDING, -np.inf, np.inf)
    below = stdtr(freedom[:, None], np.where(error[:, None] == 0, exact, away))
    ends = np.zeros((len(index), 1)), np.ones((len(index), 1))
    masses = np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)
    return np.where(np.isnan(error)[:, None], np.nan, masses)


def edges_of(scheme: Scheme, bands: Sequence[Band]) -> Floats:
    """(B - 1,) the unrounded indices at which ascending bands begin: 64.995, 76.605, 88.305."""
    half = Fraction(1, 2 * 10**scheme.decimals.value)
    return np.array([float(band.start - half) for band in bands[1:]])


def _quantile(freedom: Floats, level: float) -> Floats:
    quantile: Floats = stdtrit(freedom, (1 + level) / 2)
    return quantile
