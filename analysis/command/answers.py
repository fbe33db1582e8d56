"""Answers in a file: which column holds which item, and cells of text as checked numbers."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.arrays import NarrowPlaces
from analysis.errors import SHOWN, BadInput, Place, Problem, Value, Written, bad
from analysis.index.packing import AnswerCodes
from analysis.index.tally import used_items
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.tables import FileRows, RowBlock

Order = Literal["list", "form"]
# The problem of a cell, from its heading, its place and what stands in it.
Refuse = Callable[[str, Place, Written], Problem]

# Nine digits at most: more would fit no integer column. Two zeros at most after the decimal
# mark: "1.000" is a thousand to Indonesian eyes.
WHOLE = re.compile("([0-9]{1,9})([.,]0{1,2})?")


@dataclass(frozen=True)
class Columns:
    """Where the items stand in a file: heading by item key, and what else was found."""

    items: Mapping[str, str]
    others: tuple[str, ...]

    def other(self, *names: str) -> str | None:
        """The heading found for one of these names, in any case."""
        return next((found for found in self.others if found.casefold() in names), None)


@dataclass(frozen=True)
class HeadingRow:
    """The headings of a file's first row; ``file``: its name, said in errors."""

    headings: Sequence[str]
    file: str = "file"


def find_columns(
    row: HeadingRow,
    instrument: Instrument,
    scheme: Scheme,
    order: Order = "list",
    elements: Sequence[str] | None = None,
) -> Columns:
    """The columns of the items in use. Raises BadInput for one that is absent or there twice.

    ``elements``: those in use, all where none are named; ``file`` is said in errors.
    """
    names = names_of_items(instrument, scheme, order)
    wanted = [item for items in used_items(instrument, elements).values() for item in items]
    found: dict[str, str] = {}
    others: list[str] = []
    for heading in row.headings:
        item = names.get(heading.casefold())
        if item not in wanted:
            others.append(heading)
        elif item in found:
            called = called_items(instrument, scheme, order)[item]
            both = [found[item], heading]
            raise bad("item_twice", Place(row.file), columns=both, item=called)
        else:
            found[item] = heading
    if absent := [item for item in wanted if item not in found]:
        called_of = called_items(instrument, scheme, order)
        raise bad("absent_items", Place(row.file), items=[called_of[item] for item in absent])
    return Columns(found, tuple(others))


def names_of_items(instrument: Instrument, scheme: Scheme, order: Order) -> dict[str, str]:
    """Item key by each name that a heading may have, in lower case.

    An item's own key; and for an element of one item its key, its number U1..U9 by the
    order declared, and its name in Indonesian and English.
    """
    names = {item.key.casefold(): item.key for item in instrument.items}
    for node in scheme.children:
        items = instrument.items_of.get(node.key, [])
        if len(items) == 1:
            number = [f"u{getattr(node.number, order)}"] if node.number else []
            for name in [node.key, *number, node.name.id, node.name.en]:
                names[name.casefold()] = items[0]
    return names


def called_items(instrument: Instrument, scheme: Scheme, order: Order) -> dict[str, Value]:
    """What each item is called: "U1 Persyaratan" where it is its element's only one."""
    called: dict[str, Value] = {item.key: item.key for item in instrument.items}
    for node in scheme.children:
        items = instrument.items_of.get(node.key, [])
        if len(items) == 1:
            called[items[0]] = node.called(order)
    return called


def in_use(named: Sequence[str], instrument: Instrument) -> list[str]:
    """The element keys that a person named. Raises BadInput for an unknown one."""
    if unknown := [name for name in named if name not in instrument.items_of]:
        found, known = [Written(name) for name in unknown], list(instrument.items_of)
        raise bad("unknown_elements", Place(key="--elements"), found=found, known=known)
    return list(named)


def whole_number(text: str) -> int | None:
    """The whole number that a cell of text holds, if it holds one.

    >>> [whole_number(text) for text in ("3", "3,0", "1.000", "")]
    [3, 3, None, None]
    """
    found = WHOLE.fullmatch(text)
    return int(found[1]) if found else None


class WrongCells:
    """The cells of a file that are refused for one reason: 20 rows are named, all are counted."""

    def __init__(self, file: str, refuse: Refuse) -> None:
        self._file, self._refuse = file, refuse
        self._number = 0
        self._found: dict[int, list[tuple[str, str]]] = {}

    def look(self, block: RowBlock, heading: str, wrong: Callable[[str], bool]) -> None:
        """Notes the cells of a column whose text is ``wrong``."""
        column = block.columns[heading]
        refused = np.array([wrong(text) for text in column.texts], bool)
        if not refused.any():
            return
        rows = np.flatnonzero(refused[column.places])
        self._number += len(rows)
        for row in rows[:SHOWN].tolist():
            cells = self._found.setdefault(int(block.numbers[row]), [])
            cells.append((heading, column.texts[column.places[row]]))

    def refuse_any(self) -> None:
        """Raises BadInput where there were any."""
        problems = [
            self._refuse(heading, Place(self._file, row=row, column=heading), Written(text))
            for row in sorted(self._found)[:SHOWN]
            for heading, text in self._found[row]
        ]
        if problems:
            raise BadInput(problems, more=self._number - len(problems))


class AnswerCells:
    """Reads the cells of the items in a file: "3", "3.0" and "3,0" are 3, blank is no answer."""

    def __init__(self, columns: Columns, instrument: Instrument, file: str) -> None:
        self._columns, self._instrument = columns, instrument
        self._wrong = WrongCells(file, self._not_offered)

    def codes(self, block: RowBlock) -> dict[str, AnswerCodes]:
        """(n,) by item, 0 also for what the item does not allow."""
        return {
            item: _each(map(self._code(item), column.texts), column.places)
            for item, heading in self._columns.items.items()
            for column in [block.columns[heading]]
        }

    def without_sound(self, block: RowBlock) -> RowBlock:
        """The block without the columns of items that hold nothing but what they allow."""
        items = self._columns.items.items()
        sound = [
            heading
            for item, heading in items
            if not any(map(self._is_wrong(item), block.columns[heading].texts))
        ]
        return block.without(sound)

    def look(self, block: RowBlock) -> None:
        """Notes the cells that hold what no item allows, in the columns that are there."""
        for item, heading in self._columns.items.items():
            if heading in block.columns:
                self._wrong.look(block, heading, self._is_wrong(item))

    def refuse_wrong(self) -> None:
        """Raises BadInput naming the cells that no item allows."""
        self._wrong.refuse_any()

    def _code(self, item: str) -> Callable[[str], int]:
        places: dict[int | None, int] = {
            number: at for at, number in enumerate(self._instrument.allowed[item], 1)
        }
        return lambda text: places.get(whole_number(text), 0)

    def _is_wrong(self, item: str) -> Callable[[str], bool]:
        code = self._code(item)
        return lambda text: text != "" and not code(text)

    def _not_offered(self, heading: str, place: Place, found: Written) -> Problem:
        (item,) = (item for item, own in self._columns.items.items() if own == heading)
        allowed = self._instrument.allowed[item]
        return Problem("answer_not_offered", place, found=found, allowed=allowed)


def _each(of_texts: Iterable[int], places: NarrowPlaces) -> AnswerCodes:
    """(n,) the codes of the texts at these places, which often are these very places."""
    codes = np.array([*of_texts], np.uint8)
    if np.array_equal(codes, np.arange(len(codes))):
        return places.astype(np.uint8, copy=False)
    return np.take(codes, places)


def read_answers(
    rows: FileRows, columns: Columns, instrument: Instrument, file: str
) -> pd.DataFrame:
    """(n, I) the answers, a column an item as asked, in the rows' order; NaN where there is none.

    Raises BadInput naming every cell that no item allows.
    """
    cells = AnswerCells(columns, instrument, file)
    values = {item: np.array([np.nan, *instrument.allowed[item]]) for item in columns.items}
    parts = []
    for block in rows.blocks([*columns.items.values()]):
        cells.look(block)
        given = {item: values[item][code] for item, code in cells.codes(block).items()}
        parts.append(pd.DataFrame(given))
    cells.refuse_wrong()
    asked = [item for item in instrument.allowed if item in columns.items]
    return pd.concat(parts, ignore_index=True)[asked]


def read_overall(
    rows: FileRows, columns: Columns, heading: str, instrument: Instrument, file: str
) -> pd.Series:
    """(n,) the overall ratings in the column ``heading``, blank as missing, in rows' order.

    They are the answers of the instrument's own overall question, or whole numbers where it
    asks none. Raises BadInput for other cells, and for a heading that is absent or an item's.
    """
    found = columns.other(heading.casefold())
    if found is None:
        raise bad("no_overall", Place(file), column=Written(heading))
    offered = sorted(instrument.overall.answers) if instrument.overall else None

    def rating(text: str) -> int | None:
        number = whole_number(text)
        return number if not offered or number in offered else None

    def refused(_: str, place: Place, text: Written) -> Problem:
        if offered:
            return Problem("answer_not_offered", place, found=text, allowed=offered)
        return Problem("no_whole_number", place, found=text)

    wrong, parts = WrongCells(file, refused), []
    for block in rows.blocks([found]):
        wrong.look(block, found, lambda text: text != "" and rating(text) is None)
        column = block.columns[found]
        ratings = np.array([rating(text) for text in column.texts], float)
        parts.append(pd.Series(ratings[column.places]))
    wrong.refuse_any()
    return pd.concat(parts, ignore_index=True)
