"""Counts of answers by group: all that indices and their errors need to know of the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.rulebook.instrument import Instrument

Counts = npt.NDArray[np.int64]
# Two sums in one int64, for half the work of the engine: enough for 50 million respondents.
PACKED = 2**32
# A whole number of 62 bits is told in two of so many each, whose sums over 2**31 rows fit in 63.
HALF = 31


@dataclass(frozen=True)
class Tally:
    """How often each item was answered with each value, by group of responses.

    ``counted`` has one row a group: the columns ``by``; ``respondents`` (responses with at
    least one answer to an item in use); ``answered_ELEMENT`` (with an answer to any of its
    items); and ``ITEM_VALUE``, how often the item was answered so. Counted in pairs, also two
    columns for each two items, which ``pairs`` reads. All int64.
    """

    counted: pd.DataFrame
    by: tuple[str, ...]
    items_of: dict[str, list[str]]
    allowed: dict[str, tuple[int, ...]]

    def __len__(self) -> int:
        return len(self.counted)

    def __add__(self, other: "Tally") -> "Tally":
        """The tally of both sets of answers taken together."""
        both = pd.concat([self.counted, other.counted], ignore_index=True)
        added = both.groupby(list(self.by), as_index=False, dropna=False).sum()
        return Tally(added, self.by, self.items_of, self.allowed)

    def regroup(self, by: Sequence[str]) -> "Tally":
        """The tally by some of its columns only; with none, one group: the whole."""
        keys = list(by)
        measures = self.counted.drop(columns=[name for name in self.by if name not in keys])
        if not keys:
            return Tally(measures.sum().to_frame().T, (), self.items_of, self.allowed)
        grouped = measures.groupby(keys, as_index=False, dropna=False).sum()
        return Tally(grouped, tuple(keys), self.items_of, self.allowed)

    @property
    def respondents(self) -> Counts:
        """(G,) responses with at least one answer."""
        return self._read("respondents")[:, 0]

    def answered(self, element: str) -> Counts:
        """(G,) responses with an answer to any item of the element."""
        return self._read(f"answered_{element}")[:, 0]

    def counts(self, item: str) -> Counts:
        """(G, V) how often each allowed value of the item was answered, in ascending order."""
        return self._read(*(f"{item}_{value}" for value in self.allowed[item]))

    @property
    def in_pairs(self) -> bool:
        """Whether it was counted in pairs."""
        return any(name.startswith("products_") for name in self._places)

    def pairs(self) -> "Pairs":
        """What those who answered both of two items answered; of a tally counted in pairs."""
        items = [item for group in self.items_of.values() for item in group]
        names = [f"{one}_{other}" for one, other in combinations(items, 2)]
        product, both = np.divmod(self._read(*(f"products_{name}" for name in names)), PACKED)
        first, second = np.divmod(self._read(*(f"sums_{name}" for name in names)), PACKED)
        return Pairs(both, first, second, product)

    def _read(self, *names: str) -> Counts:
        return self._numbers[:, [self._places[name] for name in names]]

    @cached_property
    def _numbers(self) -> Counts:
        return self.counted.drop(columns=list(self.by)).to_numpy(np.int64)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: at for at, name in enumerate(self.counted.columns.drop(list(self.by)))}


@dataclass(frozen=True)
class Pairs:
    """All (G, P), of each two of the items in order, as ``itertools.combinations`` has them.

    Of those who answered both: how many they are (``both``), the sums of their answers to the
    ``first`` and the ``second``, and of the ``product`` of the two.
    """

    both: Counts
    first: Counts
    second: Counts
    product: Counts


def read_tally(
    counted: pd.DataFrame,
    instrument: Instrument,
    by: Sequence[str],
    elements: Sequence[str] | None = None,
) -> Tally:
    """The rows that ``expression.tally`` gave, in the order of their groups."""
    measures = counted.columns.difference(list(by), sort=False)
    whole = pd.concat([counted[list(by)], counted[measures].astype(np.int64)], axis=1)
    ordered = whole.sort_values(list(by), kind="stable", ignore_index=True)
    return Tally(ordered, tuple(by), used_items(instrument, elements), instrument.allowed)


def used_items(
    instrument: Instrument, elements: Sequence[str] | None = None
) -> dict[str, list[str]]:
    """Item keys of the elements in use (all where none are named), in the order asked."""
    return {
        element: items
        for element, items in instrument.items_of.items()
        if elements is None or element in elements
    }
