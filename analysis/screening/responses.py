"""What is screened: the responses of units in one period, as arrays. No id, no person."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.arrays import Floats, Integers, Places

Bools = npt.NDArray[np.bool_]
UNKNOWN = -1
FIELDS = ("answers", "day", "quarter", "fast", "client", "vouched")
MOST_NUMBERS = 2**62  # of combinations that are told apart by one int64


@dataclass(frozen=True)
class ScreenedResponses:
    """n responses of the units of one period, unit by unit.

    ``answers`` (n, items): 0 where nothing was answered; ``highest`` (items,): each item's best
    answer, its worst being 1. All others (n,), ``UNKNOWN`` where not known: ``day`` (any count
    of days), ``quarter`` (0-95 of the day), ``fast`` (1: the shortest class of completion time,
    0: a longer one), ``client`` (a number for each daily group; kiosks and paper have none);
    ``vouched``: came by a token, at a kiosk, on paper or by import. ``sizes``: how many responses
    each unit has; None: all are of one.
    """

    answers: Integers
    highest: Integers
    day: Integers
    quarter: Integers
    fast: Integers
    client: Integers
    vouched: Bools
    sizes: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.answers)

    @cached_property
    def numbers(self) -> Integers:
        """(U,) how many responses each unit has."""
        return np.array([len(self)] if self.sizes is None else self.sizes, np.int64)

    @property
    def units(self) -> int:
        """How many units they are of."""
        return len(self.numbers)

    @cached_property
    def unit(self) -> Places:
        """(n,) the place of each response's unit."""
        return np.repeat(np.arange(self.units), self.numbers)

    def rows_of(self, unit: int) -> slice:
        """The places of a unit's responses."""
        return slice(int(self._ends[unit]), int(self._ends[unit + 1]))

    def of(self, unit: int) -> "ScreenedResponses":
        """Those of a unit alone."""
        rows = self.rows_of(unit)
        own: dict[str, Any] = {name: getattr(self, name)[rows] for name in FIELDS}
        return ScreenedResponses(highest=self.highest, **own)

    @cached_property
    def _ends(self) -> Integers:
        return np.concatenate([[0], np.cumsum(self.numbers)])

    def count(self, some: Bools) -> Integers:
        """(U,) of how many of each unit's responses it holds."""
        return np.bincount(self.unit[some], minlength=self.units)

    @cached_property
    def filled(self) -> Floats:
        """(n, items) the answers, NaN where nothing was answered."""
        return np.where(self.answers > 0, self.answers, np.nan)

    @cached_property
    def points(self) -> Floats:
        """(n,) the mean answer on a scale of 0 (all worst) to 100; NaN without an answer."""
        given = self.answers > 0
        places = np.where(given, (self.answers - 1) / (self.highest - 1), 0)
        number = given.sum(axis=1)
        return np.where(number > 0, 100 * places.sum(axis=1) / np.maximum(number, 1), np.nan)

    @cached_property
    def straight(self) -> Bools:
        """(n,) whether every answer given is the same."""
        given = np.where(self.answers > 0, self.answers, self.answers.max(axis=1)[:, None])
        same: Bools = np.ptp(given, axis=1) == 0
        return same

    @cached_property
    def pattern(self) -> Integers:
        """(n,) one number for each pattern of answers."""
        coded: Integers = self.answers @ self.places
        return coded

    @cached_property
    def places(self) -> Integers:
        """(items,) what an answer to each item adds to the number of its pattern."""
        base = np.concatenate([[1], np.cumprod(self.highest + 1)[:-1]])
        return base.astype(np.int64)

    @cached_property
    def timed(self) -> Bools:
        """(n,) whether day and quarter-hour are known."""
        known: Bools = np.minimum(self.day, self.quarter) != UNKNOWN
        return known

    @cached_property
    def alike(self) -> Integers:
        """(n,) how many of the unit have the response's pattern."""
        number, count = numbered(self.unit, self.pattern)
        times: Integers = count[number]
        return times


def join(parts: Sequence[ScreenedResponses]) -> ScreenedResponses:
    """The responses of several lots as those of one unit; clients and days keep their numbers."""
    return ScreenedResponses(highest=parts[0].highest, **_joined(parts))


def side_by_side(parts: Sequence[ScreenedResponses]) -> ScreenedResponses:
    """The responses of several units that were asked the same, each unit by itself."""
    sizes = [size for part in parts for size in part.numbers.tolist()]
    return ScreenedResponses(highest=parts[0].highest, sizes=sizes, **_joined(parts))


def _joined(parts: Sequence[ScreenedResponses]) -> dict[str, Any]:
    return {name: np.concatenate([getattr(one, name) for one in parts]) for name in FIELDS}


def numbered(*keys: Integers) -> tuple[Integers, Integers]:
    """A number for each combination of the keys (n,), and how often each number occurs.

    >>> numbered(np.array([7, 7, 9]), np.array([1, 1, 1]))
    (array([0, 0, 1]), array([2, 1]))
    """
    found, numbers = np.zeros(len(keys[0]), np.int64), 1
    for key in keys:
        low, high = int(key.min(initial=0)), int(key.max(initial=0))
        if numbers * (high - low + 1) > MOST_NUMBERS:
            found, key = (np.unique(one, return_inverse=True)[1] for one in (found, key))
            low, high, numbers = 0, int(key.max(initial=0)), int(found.max(initial=0)) + 1
        found = found * (high - low + 1) + (key - low)
        numbers *= high - low + 1
    _, number, count = np.unique(found, return_inverse=True, return_counts=True)
    return number, count
