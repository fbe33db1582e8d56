"""Responses that came closer together than the unit's own rhythm explains: scan statistics.

Three looks, each corrected for how often it looks (Bonferroni), and for being three:
windows of quarter-hours of a day, whole days, and quarter-hours of the clock over the period.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, hypergeom, nbinom

from analysis.arrays import Floats, Integers
from analysis.screening.responses import Bools, ScreenedResponses

QUARTERS = 96
LOOKS = 3


@dataclass(frozen=True)
class ArrivalBursts:
    """``p``: of what stands out most, by chance; ``group`` (n,): what came in all that does."""

    p: float
    group: Bools


def rhythm(responses: ScreenedResponses) -> tuple[Integers, Integers, Integers]:
    """The days (D,) on which responses came, the place of each timed response's day among
    them, and the numbers (D, 96) by day and quarter-hour."""
    timed = responses.timed
    days, place = np.unique(responses.day[timed], return_inverse=True)
    cells = place * QUARTERS + responses.quarter[timed]
    counts = np.bincount(cells, minlength=len(days) * QUARTERS).reshape(len(days), QUARTERS)
    return days, place, counts


def bursts(
    responses: ScreenedResponses, sizes: Sequence[int], least: int, steepest: float, level: float
) -> ArrivalBursts:
    """What came in bursts of at least ``least`` responses.

    ``sizes``: lengths of the windows, in quarter-hours; ``steepest``: the largest share that a
    quarter-hour has of itself and its busier neighbour in an honest rhythm; ``level``: at which
    a window stands out.
    """
    _, place, counts = rhythm(responses)
    inside = np.zeros(counts.shape, bool)
    best = 1.0
    if counts.sum() >= 2 * least:
        for p, cells in (
            _windows(counts, sizes, least, level / LOOKS),
            _days(counts, least, level / LOOKS),
            _clock(counts, least, steepest, level / LOOKS),
        ):
            best, inside = min(best, p * LOOKS), inside | cells
    group = np.zeros(len(responses), bool)
    timed = responses.timed
    group[timed] = inside[place, responses.quarter[timed]]
    return ArrivalBursts(best, group)


def _windows(
    counts: Integers, sizes: Sequence[int], least: int, level: float
) -> tuple[float, Bools]:
    """Windows of a day: the numbers of day and of time of day given, any response may have come
    at any time with any other's (Kulldorff's space-time permutation): hypergeometric, exact."""
    total, by_day = int(counts.sum()), counts.sum(axis=1)
    by_time = counts.sum(axis=0, keepdims=True)
    looks = len(counts) * sum(int((_added(by_time, size) > 0).sum()) for size in sizes)
    inside, best = np.zeros(counts.shape, bool), 1.0
    for size in sizes:
        windows = _added(counts, size)
        days, starts = np.nonzero(windows >= least)
        seen, at_times = windows[days, starts], windows.sum(axis=0)[starts]
        p = np.minimum(1, looks * hypergeom.sf(seen - 1, total, at_times, by_day[days]))
        best = min(best, float(p.min(initial=1)))
        for day, start in zip(days[p <= level], starts[p <= level], strict=True):
            window = inside[day, start : start + size]
            window |= not window.any()  # the shortest window that stands out is enough
    return best, inside


def _days(counts: Integers, least: int, level: float) -> tuple[float, Bools]:
    """Days against the unit's other days: negative binomial with their mean and spread."""
    numbers = counts.sum(axis=1).astype(float)
    others = len(numbers) - 1
    if others < least:
        return 1.0, np.zeros(counts.shape, bool)
    mean = (numbers.sum() - numbers) / others
    squares = (np.sum(numbers**2) - numbers**2) / others - mean**2
    # What is estimated from few days is itself uncertain: by the factor of a prediction.
    variance = np.maximum(squares, mean) * (1 + 1 / others) + 1e-9
    chance = mean / np.maximum(variance, mean * 1.01)
    size = mean * chance / (1 - chance)
    p = np.minimum(1, len(numbers) * nbinom.sf(numbers - 1, size, chance))
    p = np.where(numbers >= least, p, 1.0)
    return float(p.min()), np.broadcast_to((p <= level)[:, None], counts.shape)


def _clock(counts: Integers, least: int, steepest: float, level: float) -> tuple[float, Bools]:
    """Quarter-hours of the clock, all days together, against their busier neighbour: binomial."""
    numbers = counts.sum(axis=0)
    neighbour = _busier_neighbour(numbers)
    looks = int((numbers > 0).sum())
    p = np.minimum(1, looks * binom.sf(numbers - 1, numbers + neighbour, steepest))
    p = np.where(numbers >= least, p, 1.0)
    return float(p.min()), np.broadcast_to(p <= level, counts.shape)


def excess(responses: ScreenedResponses) -> Floats:
    """(n,) by how many times more came in a response's quarter-hour than day and time, or the
    busier neighbour of its time, make expect, as a logarithm; 0 where the time is not known."""
    _, place, counts = rhythm(responses)
    result = np.zeros(len(responses))
    if not counts.size:
        return result
    expected = counts.sum(axis=1)[:, None] * counts.sum(axis=0)[None] / counts.sum()
    timed = responses.timed
    cell = place, responses.quarter[timed]
    numbers = counts.sum(axis=0)
    steep = np.log((numbers + 1) / (_busier_neighbour(numbers) + 1))
    crowded = np.log((counts[cell] + 1) / (expected[cell] + 1))
    result[timed] = np.maximum(crowded, steep[responses.quarter[timed]])
    return result


def _busier_neighbour(numbers: Integers) -> Integers:
    around = np.pad(numbers, 1)
    return np.maximum(around[:-2], around[2:])


def _added(counts: Integers, size: int) -> Integers:
    """(D, 97 - size) the sums over windows of ``size`` quarter-hours."""
    sums = np.pad(np.cumsum(counts, axis=1, dtype=np.int64), ((0, 0), (1, 0)))
    windows: Integers = sums[:, size:] - sums[:, :-size]
    return windows
