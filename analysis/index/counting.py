"""Counts of answers that are in memory; what an engine counts of its own rows: ``expression``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.arrays import NarrowPlaces, Places
from analysis.index.packing import (
    AnswerCodes,
    JointCodes,
    JointTables,
    Pack,
    PackedAnswers,
    count_joint,
    packed,
)
from analysis.index.tally import PACKED, Counts, Tally, read_tally, used_items
from analysis.rulebook.instrument import Instrument


@dataclass(frozen=True)
class AnswerCounter:
    """What is counted: the items of the elements in use, and whether in pairs too."""

    instrument: Instrument
    elements: Sequence[str] | None = None
    pairs: bool = False

    @property
    def items_of(self) -> dict[str, list[str]]:
        """The items in use of each element."""
        return used_items(self.instrument, self.elements)

    @property
    def items(self) -> list[str]:
        """The items in use, in the order asked."""
        return [item for items in self.items_of.values() for item in items]

    @property
    def measures(self) -> list[str]:
        """The names of the counts, as ``Tally`` has them."""
        names = ["respondents", *(f"answered_{element}" for element in self.items_of)]
        for item in self.items:
            names += [f"{item}_{value}" for value in self.instrument.allowed[item]]
        if self.pairs:
            twos = [f"{one}_{other}" for one, other in combinations(self.items, 2)]
            names += [f"{kind}_{two}" for two in twos for kind in ("products", "sums")]
        return names

    @cached_property
    def packs(self) -> list[Pack]:
        """The items in use, as the answers are packed that are counted."""
        return packed(self.items, self.instrument.allowed)

    def join(self, codes: Mapping[str, AnswerCodes]) -> list[JointCodes]:
        """(n,) by pack the joint codes of the codes (n,) by item."""
        return [pack.join(codes) for pack in self.packs]

    def count(self, blocks: Sequence[PackedAnswers], groups: int) -> Counts:
        """(G, M) the counts of each of so many groups, by ``measures``."""
        tables = count_joint(self.packs, blocks, groups)
        of_items = [tables.counts(item) for item in self.items]
        asked = of_items[0].sum(axis=1)
        sets = self.items, *self.items_of.values()
        columns = [(asked - self._silent(tables, blocks, items))[:, None] for items in sets]
        columns += [counts[:, 1:] for counts in of_items]
        if self.pairs:
            columns.append(np.sum([self._pairs(block, groups) for block in blocks], axis=0))
        return np.concatenate(columns, axis=1)

    def _silent(
        self, tables: JointTables, blocks: Sequence[PackedAnswers], items: Sequence[str]
    ) -> Counts:
        """(G,) how many answered none of these items."""
        told = tables.silent(items)
        if told is not None:
            return told
        silent = np.zeros(len(tables), np.int64)
        for block in blocks:
            rows = block.group[block.silent(self.packs, items)]
            silent += np.bincount(rows, minlength=len(tables))
        return silent

    def tally(self, counts: Counts, groups: pd.DataFrame) -> Tally:
        """The counts (G, M) of the groups, whose names are in the columns of ``groups``."""
        counted = pd.concat([groups, pd.DataFrame(counts, columns=self.measures)], axis=1)
        return read_tally(counted, self.instrument, list(groups.columns), self.elements)

    def _pairs(self, answers: PackedAnswers, groups: int) -> Counts:
        """(G, 2 P): of each two items what ``Pairs`` needs, packed in two numbers."""
        # Few bits are sorted by counting.
        order = np.argsort(answers.group.astype(np.min_scalar_type(groups)), kind="stable")
        size, most = len(self.items), max(max(self.instrument.allowed[one]) for one in self.items)
        # Sums of whole numbers are exact up to 2**24 in 32 bits, up to 2**53 in 64.
        kind = np.float32 if len(order) * most**2 < 2**24 else np.float64
        columns = np.empty((2 * size, len(order)), kind)
        for pack, joint in zip(self.packs, answers.joint, strict=True):
            sorted_codes = np.take(joint, order)
            for item, codes in zip(pack.items, pack.codes, strict=True):
                at, values = self.items.index(item), np.array([0, *self.instrument.allowed[item]])
                columns[at] = np.take(values[codes].astype(kind), sorted_codes)
                columns[size + at] = np.take((codes > 0).astype(kind), sorted_codes)
        crossed = _crossed(columns, answers.group[order], groups)
        one, other = np.triu_indices(size, 1)
        products = crossed[:, one, other] * PACKED + crossed[:, size + one, size + other]
        sums = crossed[:, one, size + other] * PACKED + crossed[:, size + one, other]
        return np.stack([products, sums], axis=2).reshape(groups, -1)


def count_frame(
    answers: pd.DataFrame, instrument: Instrument, by: Sequence[str] = (), pairs: bool = False
) -> Tally:
    """The tally of a table that has a column an item, a missing answer being NaN or NA.

    By its columns ``by``; with none, one group: the whole.
    """
    counter = AnswerCounter(instrument, pairs=pairs)
    packed_answers, groups = pack_frame(answers, counter, by)
    return counter.tally(counter.count([packed_answers], len(groups)), groups)


def pack_frame(
    answers: pd.DataFrame, counter: AnswerCounter, by: Sequence[str] = ()
) -> tuple[PackedAnswers, pd.DataFrame]:
    """The same packed, by the groups of the columns ``by``, which ascend."""
    named = answers[list(by)]
    group: Places = np.zeros(len(answers), np.intp)
    groups = named.iloc[:0].reindex([0])
    if by:
        for name in by:
            code, texts = pd.factorize(named[name], sort=True, use_na_sentinel=False)
            group = group * len(texts) + code
        if len(by) > 1:
            group = pd.factorize(group, sort=True)[0]
        first: Places = np.zeros(int(group.max(initial=-1)) + 1, np.intp)
        first[group[::-1]] = np.arange(len(group))[::-1]
        groups = named.iloc[first].reset_index(drop=True)
    allowed = counter.instrument.allowed
    codes = {item: codes_of(answers[item], allowed[item]) for item in counter.items}
    return PackedAnswers(group, counter.join(codes)), groups


def codes_of(answers: pd.Series, allowed: Sequence[int]) -> AnswerCodes:
    """(n,) the place of each answer among the allowed ones, from 1; 0 where there is none.

    >>> codes_of(pd.Series([4, None, 1, 7]), (1, 2, 3, 4)).tolist()
    [4, 0, 1, 0]
    """
    none = max(allowed) + 1
    places = np.zeros(none + 1, np.uint8)
    places[list(allowed)] = np.arange(1, len(allowed) + 1)
    return np.take(places, answers.to_numpy(np.intp, na_value=none), mode="clip")


def _crossed(columns: npt.NDArray[np.floating], group: NarrowPlaces, groups: int) -> Counts:
    """(G, c, c) the sums of the products of each two of the ``columns`` (c, n) by group.

    ``group`` (n,) ascends.
    """
    sums = np.zeros((groups, len(columns), len(columns)), np.int64)
    ends = np.searchsorted(group, np.arange(groups + 1)).tolist()
    for at in range(groups):
        own = columns[:, ends[at] : ends[at + 1]]
        sums[at] = own @ own.T
    return sums
