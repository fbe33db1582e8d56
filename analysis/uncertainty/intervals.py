"""Intervals of an index and the probability of each grade, for many groups at once.

All take arrays (G,) on the index's scale. Where the standard error is NaN so is the result; where
it is 0 (everybody was asked, and answered) the interval is the index itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Bounded:
    """The t of an index on the logit scale of its span, which it never leaves.

    ``centre`` and ``error`` (G,) in index points, ``freedom`` (G,). Where the error is 0 the
    centre is all.
    """

    centre: Floats
    error: Floats
    freedom: Floats
    span: tuple[float, float]

    def interval(self, level: float) -> Floats:
        """(G, 2) logit p -+ t x error / (width p (1 - p)), back; p the centre's place, 0-1."""
        low, high = self.span
        place, slope = self._place()
        reach = _quantile(self.freedom, level) * self.error / slope
        ends = low + (high - low) * expit(
            np.stack([logit(place) - reach, logit(place) + reach], -1)
        )
        return np.where((self.error == 0)[:, None], self.centre[:, None], ends)

    def grades(self, edges: Floats) -> Floats:
        """(G, B) the mass between the B - 1 ascending ``edges``, the tails to the outer grades.

        A confidence distribution, not a posterior.
        """
        low, high = self.span
        place, slope = self._place()
        with np.errstate(divide="ignore", invalid="ignore"):
            away = (logit((edges - low) / (high - low)) - logit(place)[:, None]) / (
                self.error / slope
            )[:, None]
        exact = np.where(self.centre[:, None] >= edges - ROUNDING, -np.inf, np.inf)
        below = stdtr(self.freedom[:, None], np.where(self.error[:, None] == 0, exact, away))
        ends = np.zeros((len(place), 1)), np.ones((len(place), 1))
        masses = np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)
        return np.where(np.isnan(self.error)[:, None], np.nan, masses)

    def _place(self) -> tuple[Floats, Floats]:
        """The centre's place p in the span, 0-1, and width p (1 - p)."""
        low, high = self.span
        place = np.where(self.error == 0, 0.5, (self.centre - low) / (high - low))
        return place, (high - low) * place * (1 - place)


@dataclass(frozen=True)
class Sampled:
    """An index of ``respondents`` (G,), its ``variance`` (G,) as of an endless population, its
    degrees of ``freedom`` (G,), and the part of the population that was asked, ``taken`` (G,).
    """

    index: Floats
    variance: Floats
    respondents: Floats
    freedom: Floats
    taken: Floats


def bounded(given: Sampled, span: tuple[float, float]) -> Bounded:
    """With half a respondent added who rates everything lowest, and half a one highest.

    So it holds at the ends of the span too, and where all rate alike. With M the span's middle,
    n respondents and f taken: I' = (n I + M) / (n + 1); S = n (n - 1) V + n (I - I')^2 + the
    mean of the squares of the ends' distances from I'; error^2 = (1 - f) S / (n (n + 1)); the
    centre f I + (1 - f) I'; one more degree of freedom. As Jeffreys' prior does for a share.
    """
    low, high = span
    n, taken = given.respondents, given.taken
    moved = (n * given.index + (low + high) / 2) / (n + 1)
    squares = n * (n - 1) * given.variance + n * (given.index - moved) ** 2
    squares += ((low - moved) ** 2 + (high - moved) ** 2) / 2
    error = np.sqrt((1 - taken) * squares / (n * (n + 1)))
    return Bounded(taken * given.index + (1 - taken) * moved, error, given.freedom + 1, span)


def edges_of(scheme: Scheme, bands: Sequence[Band]) -> Floats:
    """(B - 1,) the unrounded indices at which ascending bands begin: 64.995, 76.605, 88.305."""
    return np.array([float(scheme.edge(band)) for band in bands[1:]])


def _quantile(freedom: Floats, level: float) -> Floats:
    quantile: Floats = stdtrit(freedom, (1 + level) / 2)
    return quantile
