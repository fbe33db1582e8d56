"""Answer patterns that are alike, and come on the same day more often than chance makes them.

Alike: they differ in one item at most. Straight lines (the same answer throughout) are left
out: honest people in a hurry draw them too.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma

from analysis.arrays import Floats, Integers
from analysis.screening.responses import UNKNOWN, Bools, ScreenedResponses, numbered


@dataclass(frozen=True)
class DuplicateResponses:
    """``p``: of so many alike pairs on the same days; ``group``: responses with at least the
    asked number of others alike on their day; ``excess``: by how many times more, as a
    logarithm. Both (n,)."""

    p: float
    group: Bools
    excess: Floats


def duplicates(responses: ScreenedResponses, least: int) -> DuplicateResponses:
    """Knox's count of pairs alike in pattern and day, against its mean and variance if patterns
    fell on days at random (Barton and David 1966), with a gamma tail."""
    kept = ~responses.straight & (responses.day != UNKNOWN)
    n = int(kept.sum())
    group, excess = np.zeros(len(responses), bool), np.zeros(len(responses))
    if n < 2 * least:
        return DuplicateResponses(1.0, group, excess)
    answers, day = responses.answers[kept], responses.day[kept]
    near = _near(answers, responses.places, np.zeros_like(day))
    near_today = _near(answers, responses.places, day)
    number, count = numbered(day)
    today = count[number] - 1
    expected, variance = _chance(near, today, n)
    seen = near_today.sum() / 2
    group[kept] = near_today >= least - 1
    excess[kept] = np.log((near_today + 1) / (near * today / (n - 1) + 1))
    if variance <= 0 or seen < least * (least - 1) / 2:
        return DuplicateResponses(1.0, group, excess)
    p = float(gamma.sf(seen, expected**2 / variance, scale=variance / expected))
    return DuplicateResponses(p, group, excess)


def _near(answers: Integers, places: Integers, within: Integers) -> Integers:
    """(n,) how many others ``within`` the same differ in one item at most.

    Two patterns alike agree once one item is left out: counted by what is left of each pattern,
    equal ones once for every item.
    """
    coded = answers @ places
    equal = _others(coded, within)
    left = sum(_others(coded - answers[:, at] * places[at], within) for at in range(len(places)))
    near: Integers = left - (len(places) - 1) * equal
    return near


def _others(key: Integers, within: Integers) -> Integers:
    number, count = numbered(key, within)
    others: Integers = count[number] - 1
    return others


def _chance(near: Integers, today: Integers, n: int) -> tuple[float, float]:
    """Mean and variance of the edges that two graphs on n points share at random; given are
    the degrees of the points in each."""
    (edges, paths), (others, bends) = (
        (float(degree.sum()) / 2, float((degree * (degree - 1)).sum()) / 2)
        for degree in (near.astype(float), today.astype(float))
    )
    expected = 2 * edges * others / (n * (n - 1))
    sharing = 4 * paths * bends / (n * (n - 1) * (n - 2))
    apart = (edges * (edges - 1) - 2 * paths) * (others * (others - 1) - 2 * bends)
    variance = expected + sharing + 4 * apart / (n * (n - 1) * (n - 2) * (n - 3)) - expected**2
    return expected, variance
