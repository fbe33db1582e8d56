"""Answers to several items as one small number each: what is counted goes through fewer of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
import numpy.typing as npt

from analysis.arrays import Flags, Integers, NarrowPlaces, Places
from analysis.processors import each, shares

# The place of an answer among those allowed, from 1; 0 where nothing was answered.
AnswerCodes = npt.NDArray[np.uint8]
# Of the answers to all items of a pack: their codes as digits of a number, the first one's highest.
JointCodes = npt.NDArray[np.uint8]
MOST_JOINT = 2**8
# A table of more cells, groups times joint codes, costs more than it spares.
MOST_CELLS = 2**22
PIECE = 2**15


@dataclass(frozen=True)
class Pack:
    """Some items; ``widths``: how many codes each has, those of its answers and 0."""

    items: tuple[str, ...]
    widths: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many joint codes there are."""
        return prod(self.widths)

    @cached_property
    def codes(self) -> AnswerCodes:
        """(I, size) of each joint code the code of each item.

        >>> Pack(("a", "b"), (2, 3)).codes.tolist()
        [[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]]
        """
        return np.stack(np.unravel_index(np.arange(self.size), self.widths)).astype(np.uint8)

    def join(self, codes: Mapping[str, AnswerCodes]) -> JointCodes:
        """(n,) the joint codes of the codes (n,) by item."""
        joint = codes[self.items[0]].copy()
        for item, width in zip(self.items[1:], self.widths[1:], strict=True):
            joint *= np.uint8(width)
            joint += codes[item]
        return joint

    def silent(self, items: Sequence[str]) -> Flags:
        """(size,) whether a joint code holds no answer to any of these items."""
        own = [at for at, item in enumerate(self.items) if item in items]
        silent: Flags = (self.codes[own] == 0).all(axis=0)
        return silent

    def parts(self, groups: int) -> Iterator["PackPart"]:
        """What has one table for so many groups: the whole pack, or else each item alone."""
        if groups * self.size <= MOST_CELLS:
            yield PackPart(self)
        else:
            for code, item, width in zip(self.codes, self.items, self.widths, strict=True):
                yield PackPart(Pack((item,), (width,)), code)


@dataclass(frozen=True)
class PackPart:
    """A pack, or an item of one: then ``own`` (size,) is its code of each joint one."""

    pack: Pack
    own: AnswerCodes | None = None

    def cells(self, group: NarrowPlaces, joint: JointCodes) -> NarrowPlaces:
        """(n,) the places in a table (G, size) of a row a group and a column a joint code."""
        return group * self.pack.size + (joint if self.own is None else np.take(self.own, joint))


@dataclass(frozen=True)
class PackedAnswers:
    """Answers of n responses: ``group`` (n,) of each, by place; ``joint``: (n,) codes by pack."""

    group: NarrowPlaces
    joint: Sequence[JointCodes]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.group)

    def pieces(self) -> Iterator["PackedAnswers"]:
        """The same, so few at a time that what is made of them stays in a processor's cache."""
        for start in range(0, len(self), PIECE):
            own = slice(start, start + PIECE)
            yield PackedAnswers(self.group[own], [joint[own] for joint in self.joint])

    def silent(self, packs: Sequence[Pack], items: Sequence[str]) -> Flags:
        """(n,) who answered none of these items."""
        silent: Flags = np.ones(len(self.group), np.bool_)
        for pack, joint in zip(packs, self.joint, strict=True):
            none = pack.silent(items)
            if not none.all():
                silent &= np.take(none, joint) if none[1:].any() else joint == 0
        return silent


@dataclass(frozen=True)
class JointTables:
    """How often each of G groups has each joint code: ``tables`` (G, size) by part."""

    parts: Sequence[PackPart]
    tables: Sequence[Integers]

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self.tables[0])

    def counts(self, item: str) -> Integers:
        """(G, width) how often an item has each code."""
        part, table = self._of([item])[0]
        at = part.pack.items.index(item)
        others = tuple(1 + axis for axis in range(len(part.pack.items)) if axis != at)
        counts: Integers = table.reshape(-1, *part.pack.widths).sum(axis=others)
        return counts

    def silent(self, items: Sequence[str]) -> Integers | None:
        """(G,) who answered none of these items; None where no part holds all of them."""
        for part, table in self._of(items):
            silent: Integers = table[:, part.pack.silent(items)].sum(axis=1)
            return silent
        return None

    def _of(self, items: Sequence[str]) -> list[tuple[PackPart, Integers]]:
        both = zip(self.parts, self.tables, strict=True)
        return [(part, table) for part, table in both if {*items} <= {*part.pack.items}]


def count_joint(packs: Sequence[Pack], blocks: Sequence[PackedAnswers], groups: int) -> JointTables:
    """The joint codes of all blocks together, of so many groups."""
    parts = [(at, part) for at, pack in enumerate(packs) for part in pack.parts(groups)]

    def count(share: Sequence[PackedAnswers]) -> list[Integers]:
        cells = np.empty(max(len(block) for block in share), np.intp)
        tables = [np.zeros(groups * part.pack.size, np.int64) for _, part in parts]
        for block in share:
            for table, (at, part) in zip(tables, parts, strict=True):
                start = 0
                for piece in block.pieces():
                    own = part.cells(piece.group, piece.joint[at])
                    cells[start : start + len(piece)] = own
                    start += len(piece)
                _count(table, cells[:start])
        return tables

    each_share = zip(*each(count, shares(blocks)), strict=True)
    tables = [np.sum(one, axis=0).reshape(groups, -1) for one in each_share]
    return JointTables([part for _, part in parts], tables)


def _count(table: Integers, cells: Places) -> None:
    """Adds how often each place of the table is among the cells."""
    if len(cells) < len(table):  # as quick, where a table of its own would be made for few rows
        np.add.at(table, cells, 1)
    else:
        table += np.bincount(cells, minlength=len(table))


def packed(items: Sequence[str], allowed: Mapping[str, Sequence[int]]) -> list[Pack]:
    """The items in their order, as many together as have joint codes of a byte.

    >>> [one.items for one in packed("abcd", dict.fromkeys("abcd", (1, 2, 3, 4)))]
    [('a', 'b', 'c'), ('d',)]
    """
    found: list[Pack] = []
    for item in items:
        width = len(allowed[item]) + 1
        if found and found[-1].size * width <= MOST_JOINT:
            last = found.pop()
            found.append(Pack((*last.items, item), (*last.widths, width)))
        else:
            found.append(Pack((item,), (width,)))
    return found
