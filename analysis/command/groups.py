"""What the rows of a file belong to, and the visits that they tell of it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.arrays import Integers, NarrowPlaces
from analysis.command.answers import WrongCells, whole_number
from analysis.errors import Place, Problem, Written, bad
from analysis.tables import RowBlock, TextColumn

# Visits by unit, or by unit and stratum.
CellVisits = dict[tuple[str, ...], int]
# By the number of what the columns before say and a text, the number of both.
_Level = dict[tuple[int, str], int]
# Above so many pairs of texts those that are there are found by sorting.
MOST_PAIRS = 2**22


class GroupNumbers:
    """The groups of a file's rows, told apart by their texts in some columns, as they come."""

    def __init__(self, by: Sequence[str]) -> None:
        self.by = by
        self._levels: list[_Level] = [{} for _ in by]

    def __len__(self) -> int:
        """How many have come."""
        return len(self._levels[-1])

    @property
    def keys(self) -> list[tuple[str, ...]]:
        """The texts of each."""
        keys: list[tuple[str, ...]] = [()]
        for level in self._levels:
            keys = [(*keys[before], text) for before, text in level]
        return keys

    @property
    def named(self) -> pd.DataFrame:
        """(G, columns) the same as a table."""
        texts = zip(*self.keys, strict=True) if len(self) else ([] for _ in self.by)
        return pd.DataFrame(dict(zip(self.by, map(list, texts), strict=True)), dtype="str")

    def of(self, columns: Mapping[str, TextColumn]) -> NarrowPlaces:
        """(n,) the number of each row's group."""
        numbers: NarrowPlaces = np.zeros(1, np.int32)
        before = 1
        for name, level in zip(self.by, self._levels, strict=True):
            texts, places = columns[name].texts, columns[name].places
            pairs = places if before == 1 else numbers.astype(np.int64) * len(texts) + places

            def number(pair: int, texts: Sequence[str] = texts, level: _Level = level) -> int:
                earlier, text = divmod(pair, len(texts))
                return level.setdefault((earlier, texts[text]), len(level))

            numbers, before = _numbered(pairs, before * len(texts), number), len(level)
        return numbers


def _numbered(codes: NarrowPlaces, size: int, number: Callable[[int], int]) -> NarrowPlaces:
    """(n,) the number of each code; codes are below ``size``, each is asked for once."""
    if size > MOST_PAIRS:
        seen, codes = np.unique(codes, return_inverse=True)
        numbers = np.array([*map(number, seen.tolist())], np.int32)
    else:
        seen = np.flatnonzero(np.bincount(codes, minlength=size))
        numbers = np.zeros(size, np.int32)
        numbers[seen] = [*map(number, seen.tolist())]
    return np.take(numbers, codes)


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
