"""Whether a group of responses rates its unit better than all others do.

The rated unit gains by nothing else: responses that came in a strange way, but say what others
say, are no reason for an alarm. Nor is a group that rates worse: angry people come together too.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from analysis.arrays import Floats, Integers, Places
from analysis.screening.responses import Bools


@dataclass(frozen=True)
class Contrast:
    """By unit (U,): ``p``: of so high a rank sum if the group was drawn at random; ``points``: how
    much more the group gives than the others, of 100."""

    p: Floats
    points: Floats


@dataclass(frozen=True)
class Rating:
    """The ``points`` (n,) of responses, NaN without an answer, and the place of each one's
    ``unit`` (n,) of ``units``."""

    points: Floats
    unit: Places
    units: int

    @cached_property
    def known(self) -> Bools:
        """(n,) whether there is an answer; those without are left out."""
        return ~np.isnan(self.points)

    @cached_property
    def ranks(self) -> Floats:
        """The rank in its unit of each that is known."""
        return ranks_within(self.points[self.known], self.unit[self.known])

    @cached_property
    def numbers(self) -> Integers:
        """(U,) how many are known."""
        return np.bincount(self.unit[self.known], minlength=self.units)

    def sums(self, values: Floats, among: Bools | None = None) -> Floats:
        """(U,) the sums of values of those that are known, or ``among`` these."""
        some = among if among is not None else np.ones(len(values), bool)
        return np.bincount(self.unit[self.known][some], values[some], self.units).astype(float)

    @cached_property
    def spread(self) -> Floats:
        """(U,) the sum of the squares by which ranks are away from their mean."""
        mean = (self.numbers + 1) / 2
        return self.sums((self.ranks - mean[self.unit[self.known]]) ** 2)


def contrast(rating: Rating, group: Bools) -> Contrast:
    """The group against the rest of each unit, one-sided: Wilcoxon's rank sum with Mann and
    Whitney's correction for ties, continuity corrected."""
    inside, values = group[rating.known], rating.points[rating.known]
    n, m = rating.numbers, np.bincount(rating.unit[rating.known][inside], minlength=rating.units)
    both = (m > 0) & (m < n)
    others = np.maximum(n - m, 1)
    more = rating.sums(values, inside) / np.maximum(m, 1) - rating.sums(values, ~inside) / others
    variance = m * (n - m) * rating.spread / np.maximum(n * (n - 1), 1)
    away = rating.sums(rating.ranks, inside) - m * (n + 1) / 2 - 0.5
    varied = both & (variance > 0)
    p = ndtr(-away / np.where(varied, variance, 1) ** 0.5)
    return Contrast(np.where(varied, p, 1.0), np.where(both, more, 0.0))


def ranks_within(values: Floats, unit: Places) -> Floats:
    """(n,) the rank of each value in its unit, from 1; equal ones share the mean of theirs.

    >>> ranks_within(np.array([3.0, 1, 3, 9]), np.array([0, 0, 0, 1]))
    array([2.5, 1. , 2.5, 1. ])
    """
    order = np.lexsort((values, unit))
    value, of = values[order], unit[order]
    new = np.ones(len(order), bool)
    new[1:] = (value[1:] != value[:-1]) | (of[1:] != of[:-1])
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(order))
    before = np.searchsorted(of, of[starts])  # what the units before hold
    shared = (starts + ends + 1) / 2 - before
    ranks = np.empty(len(order))
    ranks[order] = shared[np.cumsum(new) - 1]
    return ranks
