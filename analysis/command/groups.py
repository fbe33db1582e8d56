"""What the rows of a file belong to, and the visits that they tell of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.arrays import Integers, Places
from analysis.command.answers import WrongCells, whole_number
from analysis.errors import Place, Problem, Written, bad
from analysis.tables import RowBlock, TextColumn

# Visits by unit, or by unit and stratum.
CellVisits = dict[tuple[str, ...], int]
# Above so many pairs of texts those that are there are found by sorting.
MOST_PAIRS = 2**22


@dataclass
class GroupNumbers:
    """The groups of a file's rows, told apart by their texts in some columns, as they come."""

    by: Sequence[str]
    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    _last: tuple[list[tuple[str, ...]], Places] = ([], np.zeros(0, np.intp))

    def __len__(self) -> int:
        """How many have come."""
        return len(self._numbers)

    @property
    def keys(self) -> list[tuple[str, ...]]:
        """The texts of each."""
        return list(self._numbers)

    @property
    def named(self) -> pd.DataFrame:
        """(G, columns) the same as a table."""
        texts = zip(*self._numbers, strict=True) if self._numbers else ([] for _ in self.by)
        return pd.DataFrame(dict(zip(self.by, map(list, texts), strict=True)), dtype="str")

    def of(self, columns: Mapping[str, TextColumn]) -> Places:
        """(n,) the number of each row's group."""
        (first, *_) = columns.values()
        keys: list[tuple[str, ...]] = [()]
        code: Places = np.zeros(len(first.places), np.intp)
        for name in self.by:
            texts = columns[name].texts
            pairs = code * len(texts) + columns[name].places
            seen, code = _compact(pairs, len(keys) * len(texts))
            keys = [(*keys[at // len(texts)], texts[at % len(texts)]) for at in seen.tolist()]
        if keys != self._last[0]:  # blocks on end hold mostly the same
            numbers = [self._numbers.setdefault(key, len(self._numbers)) for key in keys]
            self._last = keys, np.array(numbers, np.intp)
        return self._last[1][code]


def _compact(codes: Places, size: int) -> tuple[Places, Places]:
    """The codes below ``size`` that are there, and of each its place among them."""
    if size > MOST_PAIRS:
        return np.unique(codes, return_inverse=True)
    seen = np.flatnonzero(np.bincount(codes, minlength=size))
    place: Places = np.zeros(size, np.intp)
    place[seen] = np.arange(len(seen))
    return seen, place[codes]


class GroupVisits:
    """The visits of each group: a whole number, blank where another of its rows tells it."""

    def __init__(self, groups: Mapping[str, str], heading: str, file: str) -> None:
        """``groups``: the headings of the columns that tell groups apart, by their names."""
        self._groups, self._heading, self._file = groups, heading, file
        self._wrong = WrongCells(file, _no_number)
        self._told = GroupNumbers([*groups, heading])
        self._rows: dict[tuple[str, ...], int] = {}

    def look(self, block: RowBlock) -> None:
        """Notes what the rows of a block tell."""
        column = block.columns[self._heading]
        self._wrong.look(
            block, self._heading, lambda text: text != "" and whole_number(text) is None
        )
        told = {name: block.columns[heading] for name, heading in self._groups.items()}
        places = self._told.of({**told, self._heading: column})
        first: Integers = np.zeros(len(self._told), np.int64)
        first[places[::-1]] = block.numbers[::-1]
        for key, row in zip(self._told.keys, first.tolist(), strict=True):
            if row:
                self._rows.setdefault(key, row)

    def known(self) -> CellVisits:
        """The visits by group. Raises BadInput for other cells, and for two numbers of a group."""
        self._wrong.refuse_any()
        found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for key, row in self._rows.items():
            if (number := whole_number(key[-1])) is not None:
                found.setdefault(key[:-1], []).append((number, row))
        most = {group: max(told, key=_more_and_before) for group, told in found.items()}
        for group in (ordered := sorted(most, key=lambda group: most[group][1])):
            (number, row), least = most[group], min(found[group])[0]
            if least != number:
                place = Place(self._file, row=row, column=self._heading)
                raise bad("other_visits_in_row", place, found=number, other=least)
        return {group: most[group][0] for group in ordered}


def _no_number(_: str, place: Place, found: Written) -> Problem:
    return Problem("no_whole_number", place, found=found)


def _more_and_before(told: tuple[int, int]) -> tuple[int, int]:
    number, row = told
    return number, -row
