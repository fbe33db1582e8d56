"""Intervals of an index and the probability of each grade, for many groups at once.

All take arrays (G,) on the index's scale. Where the standard error is NaN so is the result; where
everybody was asked, and answered, the interval is the index itself.
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
    """The t of an index on the logit scale of its span, drawn in as far as the asked are known.

    As of an endless population: ``centre`` and ``error`` (G,) in index points, ``freedom`` (G,).
    Of the population itself: ``index`` (G,) of those asked, ``left`` (G,), the part of the
    variance that those not asked leave, and ``possible`` (G, 2), between which the index lies
    whatever they would answer.
    """

    centre: Floats
    error: Floats
    freedom: Floats
    index: Floats
    left: Floats
    possible: Floats
    span: tuple[float, float]

    def interval(self, level: float) -> Floats:
        """(G, 2) logit p -+ t x error / (width p (1 - p)), back; p the centre's place, 0-1.

        Its distances from the centre times the root of what is left, about a centre that moves to
        the index, within what is possible.
        """
        low, high = self.span
        place, slope = self._place()
        reach = _quantile(self.freedom, level) * self.error / slope
        endless = low + (high - low) * expit(
            np.stack([logit(place) - reach, logit(place) + reach], -1)
        )
        drawn = self._moved() + self._drawn() * (endless - self.centre[:, None])
        least, most = _columns(self.possible)
        ends: Floats = np.minimum(np.maximum(drawn, least), most)
        return ends

    def grades(self, edges: Floats) -> Floats:
        """(G, B) the mass between the B - 1 ascending ``edges``, the tails to the outer grades.

        A confidence distribution, not a posterior.
        """
        low, high = self.span
        place, slope = self._place()
        drawn = self._drawn()
        away = (edges - self._moved()) / np.where(drawn > 0, drawn, 1)
        endless = self.centre[:, None] + away
        at = logit(np.clip((endless - low) / (high - low), 0, 1))
        below = stdtr(
            self.freedom[:, None], (at - logit(place)[:, None]) * (slope / self.error)[:, None]
        )
        least, most = _columns(self.possible)
        below = np.where(least >= edges - ROUNDING, 0, np.where(most < edges - ROUNDING, 1, below))
        ends = np.zeros((len(place), 1)), np.ones((len(place), 1))
        masses = np.diff(np.concatenate([ends[0], below, ends[1]], axis=1), axis=1)
        return np.where(np.isnan(self.error)[:, None], np.nan, masses)

    def _moved(self) -> Floats:
        """(G, 1) the centre, which is the index where nothing is left."""
        return (self.index + self.left * (self.centre - self.index))[:, None]

    def _drawn(self) -> Floats:
        return np.sqrt(self.left)[:, None]

    def _place(self) -> tuple[Floats, Floats]:
        """The centre's place p in the span, 0-1, and width p (1 - p)."""
        low, high = self.span
        place = (self.centre - low) / (high - low)
        return place, (high - low) * place * (1 - place)


@dataclass(frozen=True)
class Sampled:
    """An index of ``respondents`` (G,), its ``variance`` (G,) as of an endless population, its
    degrees of ``freedom`` (G,); ``left`` and ``possible`` as in ``Bounded``.
    """

    index: Floats
    variance: Floats
    respondents: Floats
    freedom: Floats
    left: Floats
    possible: Floats


def bounded(given: Sampled, span: tuple[float, float]) -> Bounded:
    """With half a respondent added who rates everything lowest, and half a one highest.

    So it holds at the ends of the span too, and where all rate alike. With M the span's middle
    and n respondents: the centre I' = (n I + M) / (n + 1); S = n (n - 1) V + n (I - I')^2 + the
    mean of the squares of the ends' distances from I'; error^2 = S / (n (n + 1)); one more
    degree of freedom. As Jeffreys' prior does for a share.
    """
    low, high = span
    n = given.respondents
    moved = (n * given.index + (low + high) / 2) / (n + 1)
    squares = n * (n - 1) * given.variance + n * (given.index - moved) ** 2
    squares += ((low - moved) ** 2 + (high - moved) ** 2) / 2
    error = np.sqrt(squares / (n * (n + 1)))
    return Bounded(moved, error, given.freedom + 1, given.index, given.left, given.possible, span)


def edges_of(scheme: Scheme, bands: Sequence[Band]) -> Floats:
    """(B - 1,) the unrounded indices at which ascending bands begin: 64.995, 76.605, 88.305."""
    return np.array([float(scheme.edge(band)) for band in bands[1:]])


def _quantile(freedom: Floats, level: float) -> Floats:
    quantile: Floats = stdtrit(freedom, (1 + level) / 2)
    return quantile


def _columns(ends: Floats) -> tuple[Floats, Floats]:
    return ends[:, :1], ends[:, 1:]
