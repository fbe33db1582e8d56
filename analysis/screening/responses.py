"""What is screened: the responses of one unit in one period, as arrays. No id, no person."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.arrays import Floats, Integers

Bools = npt.NDArray[np.bool_]
UNKNOWN = -1


@dataclass(frozen=True)
class ScreenedResponses:
    """n responses of one unit in one period.

    ``answers`` (n, items): 0 where nothing was answered; ``highest`` (items,): each item's best
    answer, its worst being 1. All others (n,), ``UNKNOWN`` where not known: ``day`` (any count
    of days), ``quarter`` (0-95 of the day), ``fast`` (1: the shortest class of completion time,
    0: a longer one), ``client`` (a number for each daily group; kiosks and paper have none);
    ``vouched``: came by a token, at a kiosk, on paper or by import.
    """

    answers: Integers
    highest: Integers
    day: Integers
    quarter: Integers
    fast: Integers
    client: Integers
    vouched: Bools

    def __len__(self) -> int:
        return len(self.answers)

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


def join(parts: Sequence[ScreenedResponses]) -> ScreenedResponses:
    """The responses of several lots as one; clients and days keep their numbers."""
    fields = ("answers", "day", "quarter", "fast", "client", "vouched")
    joined = {name: np.concatenate([getattr(one, name) for one in parts]) for name in fields}
    return ScreenedResponses(highest=parts[0].highest, **joined)


def numbered(*keys: Integers) -> tuple[Integers, Integers]:
    """A number for each combination of the keys (n,), and how often each number occurs.

    >>> numbered(np.array([7, 7, 9]), np.array([1, 1, 1]))
    (array([0, 0, 1]), array([2, 1]))
    """
    found = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        _, place = np.unique(key, return_inverse=True)
        found = found * (int(place.max(initial=0)) + 1) + place
    _, number, count = np.unique(found, return_inverse=True, return_counts=True)
    return number, count
