"""Responses that came closer together than their unit's own rhythm explains: scan statistics.

Three looks, each corrected for how often it looks (Bonferroni), and for being three:
windows of quarter-hours of a day, whole days, and quarter-hours of the clock over the period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import binom, hypergeom, nbinom

from analysis.arrays import Floats, Integers, Places
from analysis.screening.responses import Bools, ScreenedResponses

QUARTERS = 96
LOOKS = 3


@dataclass(frozen=True)
class ArrivalBursts:
    """``p`` (U,): of what stands out most in a unit, by chance; ``group`` (n,): what came in all
    that does."""

    p: Floats
    group: Bools


@dataclass(frozen=True)
class Rhythm:
    """When the timed responses of U units came: R rows, one a unit and day.

    ``unit`` and ``day`` (R,); ``counts`` (R, 96): by quarter-hour; ``row`` and ``quarter``: of
    each timed response; ``units``: their number.
    """

    unit: Places
    day: Integers
    counts: Integers
    row: Places
    quarter: Integers
    units: int

    @cached_property
    def by_day(self) -> Integers:
        """(R,) the responses of each row."""
        number: Integers = self.counts.sum(axis=1)
        return number

    @cached_property
    def by_time(self) -> Integers:
        """(U, 96) the responses of each unit by quarter-hour."""
        number = np.zeros((self.units, QUARTERS), np.int64)
        np.add.at(number, self.unit, self.counts)
        return number

    @cached_property
    def total(self) -> Integers:
        """(U,) the timed responses of each unit."""
        number: Integers = self.by_time.sum(axis=1)
        return number

    @cached_property
    def days(self) -> Integers:
        """(U,) the days on which each unit has responses."""
        return np.bincount(self.unit, minlength=self.units)


@dataclass(frozen=True)
class _Scan:
    """What is looked for: at least ``least`` responses, of a chance of ``level`` at most."""

    rhythm: Rhythm
    least: int
    level: float

    def large(self, unit: Places) -> Bools:
        """Which of these units have enough responses to be looked at."""
        enough: Bools = self.rhythm.total[unit] >= 2 * self.least
        return enough

    def least_of(self, p: Floats, unit: Places) -> Floats:
        """(U,) the smallest chance of each unit, 1 of one without any."""
        best = np.ones(self.rhythm.units)
        np.minimum.at(best, unit, p)
        return best


def rhythm(responses: ScreenedResponses) -> Rhythm:
    """When the timed responses came, by unit and day."""
    timed = responses.timed
    unit, day = responses.unit[timed], responses.day[timed]
    first, quarter = int(day.min(initial=0)), responses.quarter[timed]
    span = int(day.max(initial=0)) - first + 1
    rows, row = np.unique(unit * span + (day - first), return_inverse=True)
    counts = np.bincount(row * QUARTERS + quarter, minlength=len(rows) * QUARTERS)
    return Rhythm(
        unit=rows // span,
        day=rows % span + first,
        counts=counts.reshape(len(rows), QUARTERS),
        row=row,
        quarter=quarter,
        units=responses.units,
    )


def bursts(
    responses: ScreenedResponses, sizes: Sequence[int], least: int, steepest: float, level: float
) -> ArrivalBursts:
    """What came in bursts of at least ``least`` responses, in each unit by itself.

    ``sizes``: lengths of the windows, in quarter-hours; ``steepest``: the largest share that a
    quarter-hour has of itself and its busier neighbour in an honest rhythm; ``level``: at which
    a window stands out.
    """
    found = rhythm(responses)
    scan = _Scan(found, least, level / LOOKS)
    (windows, inside), (days, busy) = _windows(scan, sizes), _days(scan)
    clock, crowded = _clock(scan, steepest)
    at = responses.unit[responses.timed]
    group = np.zeros(len(responses), bool)
    group[responses.timed] = (
        inside[found.row, found.quarter] | busy[found.row] | crowded[at, found.quarter]
    )
    return ArrivalBursts(np.minimum(1, LOOKS * np.minimum.reduce([windows, days, clock])), group)


def _windows(scan: _Scan, sizes: Sequence[int]) -> tuple[Floats, Bools]:
    """Windows of a day: the numbers of day and of time of day given, any response may have come
    at any time with any other's (Kulldorff's space-time permutation): hypergeometric, exact.

    By unit its smallest chance; (R, 96) what lies in a window that stands out.
    """
    found = scan.rhythm
    times = {size: _added(found.by_time, size) for size in sizes}
    looks = found.days * sum((windows > 0).sum(axis=1) for windows in times.values())
    inside, best = np.zeros(found.counts.shape, bool), np.ones(found.units)
    for size in sizes:
        windows = _added(found.counts, size)
        rows, starts = np.nonzero(windows >= scan.least)
        large = scan.large(found.unit[rows])
        rows, starts = rows[large], starts[large]
        unit, seen = found.unit[rows], windows[rows, starts]
        chance = hypergeom.sf(
            seen - 1, found.total[unit], times[size][unit, starts], found.by_day[rows]
        )
        p = np.minimum(1, looks[unit] * chance)
        best = np.minimum(best, scan.least_of(p, unit))
        out = p <= scan.level
        for row, start in zip(rows[out].tolist(), starts[out].tolist(), strict=True):
            window = inside[row, start : start + size]
            window |= not window.any()  # the shortest window that stands out is enough
    return best, inside


def _days(scan: _Scan) -> tuple[Floats, Bools]:
    """Days against the unit's other days: negative binomial with their mean and spread.

    By unit its smallest chance; (R,) the days that stand out.
    """
    found, unit = scan.rhythm, scan.rhythm.unit
    numbers, others = found.by_day.astype(float), found.days[unit] - 1
    looked = np.flatnonzero((numbers >= scan.least) & (others >= scan.least) & scan.large(unit))
    numbers, others, unit = numbers[looked], others[looked], unit[looked]
    every_square = np.bincount(found.unit, found.by_day.astype(float) ** 2, found.units)[unit]
    mean = (found.total[unit] - numbers) / others
    squares = (every_square - numbers**2) / others - mean**2
    # What is estimated from few days is itself uncertain: by the factor of a prediction.
    variance = np.maximum(squares, mean) * (1 + 1 / others) + 1e-9
    chance = mean / np.maximum(variance, mean * 1.01)
    size = mean * chance / (1 - chance)
    p = np.minimum(1, found.days[unit] * nbinom.sf(numbers - 1, size, chance))
    busy = np.zeros(len(found.unit), bool)
    busy[looked] = p <= scan.level
    return scan.least_of(p, unit), busy


def _clock(scan: _Scan, steepest: float) -> tuple[Floats, Bools]:
    """Quarter-hours of the clock, all days together, against their busier neighbour: binomial.

    By unit its smallest chance; (U, 96) the quarter-hours that stand out.
    """
    numbers = scan.rhythm.by_time
    looks, around = (numbers > 0).sum(axis=1), _busier_neighbour(numbers)
    unit, quarter = np.nonzero(numbers >= scan.least)
    large = scan.large(unit)
    unit, quarter = unit[large], quarter[large]
    seen = numbers[unit, quarter]
    p = np.minimum(1, looks[unit] * binom.sf(seen - 1, seen + around[unit, quarter], steepest))
    crowded = np.zeros(numbers.shape, bool)
    crowded[unit, quarter] = p <= scan.level
    return scan.least_of(p, unit), crowded


def excess(responses: ScreenedResponses) -> Floats:
    """(n,) by how many times more came in a response's quarter-hour than day and time, or the
    busier neighbour of its time, make expect, as a logarithm; 0 where the time is not known."""
    found, timed = rhythm(responses), responses.timed
    unit, quarter, numbers = responses.unit[timed], found.quarter, found.by_time
    expected = found.by_day[found.row] * numbers[unit, quarter] / found.total[unit]
    steep = np.log((numbers + 1) / (_busier_neighbour(numbers) + 1))
    crowded = np.log((found.counts[found.row, quarter] + 1) / (expected + 1))
    result = np.zeros(len(responses))
    result[timed] = np.maximum(crowded, steep[unit, quarter])
    return result


def _busier_neighbour(numbers: Integers) -> Integers:
    """(U, 96) the larger number of the quarter-hours before and after."""
    around = np.pad(numbers, ((0, 0), (1, 1)))
    return np.maximum(around[:, :-2], around[:, 2:])


def _added(counts: Integers, size: int) -> Integers:
    """(D, 97 - size) the sums over windows of ``size`` quarter-hours."""
    sums = np.pad(np.cumsum(counts, axis=1, dtype=np.int64), ((0, 0), (1, 0)))
    windows: Integers = sums[:, size:] - sums[:, :-size]
    return windows
