"""Confidence sets for ranks: two-sided, with step-down, marginal and simultaneous.

Mogstad, Romano, Shaikh, Wilhelm: Inference for Ranks (Review of Economic Studies 91, 2024), as
their R package csranks has it. One of two is above the other where their difference over its
standard error exceeds a critical value: the quantile of the largest such ratio among pairs that
are not decided yet, over draws from independent normals. What was decided leaves the pairs, and
the value is taken anew until nothing more is decided. A rank is at best one more than the
number of those above, at worst the number of those not below.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from analysis.arrays import Flags, Floats, Integers, Singles

# Errors of none: smaller than any spread of a score, and no division by zero.
NO_ERROR = 1e-12
# Of the largest score: an error beside which no difference is sure.
BEYOND = 1e6
# Pairs that are compared at once.
AT_ONCE = 2**20


@dataclass(frozen=True)
class RankEstimates:
    """p scores, the highest best, with their standard errors and degrees of freedom, (p,) each."""

    scores: Floats
    errors: Floats
    freedom: Floats

    def widened(self, level: float) -> Floats:
        """The errors, larger by as much as t's quantile exceeds the normal one."""
        few = np.isfinite(self.freedom)
        ratio = stdtrit(np.where(few, self.freedom, 1), (1 + level) / 2) / ndtri((1 + level) / 2)
        return np.maximum(np.where(few, ratio, 1.0) * self.errors, NO_ERROR)

    def unsure(self, unknown: Flags) -> "RankEstimates":
        """These err so far that nobody is surely above or below them."""
        far = BEYOND * max(1.0, float(np.abs(self.scores).max()))
        return RankEstimates(
            self.scores,
            np.where(unknown, far, self.errors),
            np.where(unknown, np.inf, self.freedom),
        )


@dataclass(frozen=True)
class RankSets:
    """The least and the greatest rank of each of p, (p, 2): of each alone, and of all at once."""

    marginal: Integers
    simultaneous: Integers


def rank_sets(given: RankEstimates, level: float, draws: int, seed: int) -> RankSets:
    """The rank sets that cover with at least ``level``: each its own rank, and all of them at once.

    >>> sets = rank_sets(RankEstimates(np.array([9.0, 1.0]), np.ones(2), np.full(2, np.inf)),
    ...                  0.95, 1000, 1)
    >>> sets.marginal.tolist()
    [[1, 1], [2, 2]]
    """
    p = len(given.scores)
    if p < 2:
        alone = np.ones((p, 2), np.int64)
        return RankSets(alone, alone)
    errors = given.widened(level)
    noise = np.random.default_rng(seed).standard_normal((p, draws), np.float32)
    noise *= errors.astype(np.float32)[:, None]
    away = np.sqrt(errors[:, None] ** 2 + errors**2)
    ratio = (given.scores[:, None] - given.scores) / away
    decided, largest = _each_alone(ratio, noise, away, level)
    return RankSets(_sets(decided), _sets(_all_at_once(ratio, noise, away, level, largest)))


def holm_sets(given: RankEstimates, level: float) -> Integers:
    """(p, 2) the set of each alone by Holm's steps (1979) in place of draws: of many, quickly.

    Each of the p - 1 others may be above or below: 2 (p - 1) one-sided tests, of which the k-th
    rejected must exceed the normal quantile at (1 - level) / (2 (p - 1) - k + 1). Valid however
    the tests hang together; errors of few degrees of freedom are widened as at the first of them.

    >>> two = RankEstimates(np.array([9.0, 1.0]), np.ones(2), np.full(2, np.inf))
    >>> holm_sets(two, 0.95).tolist()
    [[1, 1], [2, 2]]
    """
    p = len(given.scores)
    if p < 2:
        return np.ones((p, 2), np.int64)
    tests = 2 * (p - 1)
    errors = given.widened(1 - 2 * (1 - level) / tests)
    critical = -ndtri((1 - level) / (tests - np.arange(p)))
    sets = [
        _holm_rows(given.scores, errors, critical, slice(start, start + max(1, AT_ONCE // p)))
        for start in range(0, p, max(1, AT_ONCE // p))
    ]
    return np.concatenate(sets)


def _holm_rows(scores: Floats, errors: Floats, critical: Floats, rows: slice) -> Integers:
    away = np.sqrt(errors[rows, None] ** 2 + errors**2)
    ratio = (scores[rows, None] - scores) / away
    far = np.abs(ratio)
    decided = np.zeros(len(ratio), np.int64)
    while True:
        bound = critical[decided][:, None]
        found = (far > bound).sum(axis=1)
        if (found == decided).all():
            break
        decided = found
    below, above = (ratio < -bound).sum(axis=1), (ratio > bound).sum(axis=1)
    return np.stack([1 + below, len(scores) - above], axis=1).astype(np.int64)


def pairwise_above(given: RankEstimates) -> Floats:
    """(p, p) how sure each row's is truly above each column's: Phi(difference / its error).

    A confidence distribution of the one difference, not adjusted for the number of pairs.
    """
    errors = np.maximum(given.errors, NO_ERROR)
    away = np.sqrt(errors[:, None] ** 2 + errors**2)
    above: Floats = ndtr((given.scores[:, None] - given.scores) / away)
    return above


def _each_alone(ratio: Floats, noise: Singles, away: Floats, level: float) -> tuple[Flags, Singles]:
    """(2, p, p) who is surely above whom, below whom, of each alone; (draws,) the largest ratio."""
    above = [np.zeros(len(ratio), bool) for _ in ratio]
    below = [np.zeros(len(ratio), bool) for _ in ratio]
    largest = np.zeros(noise.shape[1], np.float32)
    drawn = np.empty_like(noise)
    for at, own in enumerate(ratio):
        _draw(drawn, noise, away, at)
        values = np.maximum(drawn.max(axis=0), -drawn.min(axis=0))
        np.maximum(largest, values, out=largest)
        while True:
            critical = np.quantile(values, level)
            sure_above, sure_below = own > critical, own < -critical
            if (sure_above == above[at]).all() and (sure_below == below[at]).all():
                break
            above[at], below[at] = sure_above, sure_below
            values = np.maximum(drawn[~sure_above].max(axis=0), -drawn[~sure_below].min(axis=0))
    return np.stack([np.array(above), np.array(below)]), largest


def _all_at_once(
    ratio: Floats, noise: Singles, away: Floats, level: float, largest: Singles
) -> Flags:
    """(2, p, p) who is surely above whom, and below whom, of all at once."""
    above, values, drawn = np.zeros(ratio.shape, bool), largest, np.empty_like(noise)
    while True:
        sure = ratio > np.quantile(values, level)
        if (sure == above).all():
            return np.stack([above, above.T])
        above, values = sure, np.zeros(len(largest), np.float32)
        for at in range(len(ratio)):
            _draw(drawn, noise, away, at)
            np.maximum(values, drawn[~above[at]].max(axis=0), out=values)


def _draw(drawn: Singles, noise: Singles, away: Floats, at: int) -> None:
    """(p, draws) how far the one at this place is drawn above each, over the error; 0: itself.

    Into ``drawn``, as new memory for each would take longer than the numbers.
    """
    np.subtract(noise[at], noise, out=drawn)
    drawn *= (1 / away[at]).astype(np.float32)[:, None]


def _sets(decided: Flags) -> Integers:
    above, below = decided
    p = len(above)
    return np.stack([1 + below.sum(axis=1), p - above.sum(axis=1)], axis=1).astype(np.int64)
