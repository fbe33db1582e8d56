"""Confidence sets for ranks: two-sided, with step-down, marginal and simultaneous.

Mogstad, Romano, Shaikh, Wilhelm: Inference for Ranks (Review of Economic Studies 91, 2024), as
their R package csranks has it. One of two is above the other where their difference over its
standard error exceeds a critical value: the quantile of the largest such ratio among pairs that
are not decided yet, over draws from independent normals. What was decided leaves the pairs, and
the value is taken anew until nothing more is decided. A rank is at best one more than the
number of those above, at worst the number of those not below.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from analysis.arrays import Flags, Floats, Integers, Places, Singles
from analysis.processors import each

# Errors of none: smaller than any spread of a score, and no division by zero.
NO_ERROR = 1e-12
# Of the largest score: an error beside which no difference is sure.
BEYOND = 1e6
# Pairs that are compared at once, and draws of differences: what stays near the processor.
AT_ONCE, NEAR = 2**17, 2**16


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
    inverse = (1 / away).astype(np.float32)
    values, by_draw = _largest(noise, inverse), np.ascontiguousarray(noise.T)
    each_alone = _each_alone(ratio, by_draw, inverse, values, level)
    all_at_once = _all_at_once(ratio, by_draw, inverse, values.max(axis=0), level)
    return RankSets(_sets(each_alone), _sets(all_at_once))


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
    size = max(1, AT_ONCE // p)
    rows = [slice(start, start + size) for start in range(0, p, size)]
    return np.concatenate([*each(partial(_holm_rows, given.scores, errors, critical), rows)])


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


def _largest(noise: Singles, inverse: Singles) -> Singles:
    """(p, draws) the largest of all differences from each, over their errors, either way."""
    width = max(1, NEAR // len(noise))
    blocks = [noise[:, start : start + width] for start in range(0, noise.shape[1], width)]
    return np.concatenate([*each(partial(_block_largest, inverse), blocks)], axis=1)


def _block_largest(inverse: Singles, noise: Singles) -> Singles:
    noise = np.ascontiguousarray(noise)
    values, drawn = np.zeros_like(noise), np.empty_like(noise)
    for at in range(len(noise) - 1):
        rest = slice(at + 1, None)
        away = np.subtract(noise[at], noise[rest], out=drawn[rest])
        away *= inverse[at, rest, None]
        np.abs(away, out=away)
        np.maximum(values[at], away.max(axis=0), out=values[at])
        np.maximum(values[rest], away, out=values[rest])
    return values


def _each_alone(
    ratio: Floats, noise: Singles, inverse: Singles, values: Singles, level: float
) -> Flags:
    """(2, p, p) who is surely above whom, and below whom, of each alone.

    ``noise`` (draws, p); ``values`` (p, draws): see ``_largest``.
    """
    found, left = np.zeros((2, *ratio.shape), bool), np.arange(len(ratio))
    values = values.copy()
    while len(left):
        critical = np.quantile(values[left], level, axis=1)[:, None]
        sure = np.stack([ratio[left] > critical, ratio[left] < -critical])
        moved = (sure != found[:, left]).any(axis=(0, 2))
        left = left[moved]
        found[:, left] = sure[:, moved]
        for at in left:
            left_open = np.where(found[:, at], np.float32(0), inverse[at])
            _lower(values[at], level, partial(_either_way, noise, left_open, at))
    return found


def _either_way(noise: Singles, left_open: Singles, at: int, draws: Places) -> Singles:
    """(draws,) the largest ratio, above or below, of what is left open of the one at this place."""
    away = noise[draws, at, None] - noise[draws]
    above, below = left_open
    found: Singles = np.maximum((away * above).max(axis=1), -(away * below).min(axis=1))
    return found


def _all_at_once(
    ratio: Floats, noise: Singles, inverse: Singles, values: Singles, level: float
) -> Flags:
    """(2, p, p) who is surely above whom, and below whom, of all at once.

    ``noise`` (draws, p); ``values`` (draws,) the largest of all.
    """
    above, values = np.zeros(ratio.shape, bool), values.copy()
    while True:
        sure = ratio > np.quantile(values, level)
        if (sure == above).all():
            return np.stack([above, above.T])
        above = sure
        left_open = np.where(sure, np.float32(0), inverse)
        _lower(values, level, partial(_of_all, noise, left_open))


def _of_all(noise: Singles, left_open: Singles, draws: Places) -> Singles:
    """(draws,) the largest ratio of all that is left open."""
    found, drawn = np.zeros(len(draws), np.float32), noise[draws]
    for at, inverse in enumerate(left_open):
        away = drawn[:, at, None] - drawn
        away *= inverse
        np.maximum(found, away.max(axis=1), out=found)
    return found


def _lower(values: Singles, level: float, anew: Callable[[Places], Singles]) -> None:
    """Puts the draws' values of fewer pairs in the place of those of more, as far as they tell.

    Fewer pairs have no larger value, so a draw whose value of more is below the quantile's two
    neighbours of the others stays below them, and is left as it is.
    """
    order = np.argsort(-values)
    # One more than the two, as numpy finds their place in as few digits as the values have.
    needed = min(len(values), len(values) + 1 - int((len(values) - 1) * level))
    done, size = 0, 2 * needed
    while done < len(order):
        draws = order[done : done + size]
        following = values[order[done + size]] if done + size < len(order) else -np.inf
        values[draws] = anew(draws)
        done += size
        known = values[order[:done]]
        if np.partition(known, len(known) - needed)[len(known) - needed] >= following:
            break


def _sets(decided: Flags) -> Integers:
    above, below = decided
    p = len(above)
    return np.stack([1 + below.sum(axis=1), p - above.sum(axis=1)], axis=1).astype(np.int64)
