"""Answers in a file: which column holds which item, and cells of text as checked numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from analysis.errors import SHOWN, BadInput, Place, Problem, Value, Written, bad
from analysis.index.tally import used_items
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from analysis.tables import ROW

Order = Literal["list", "form"]
# The problem of a cell, from its heading, its place and what stands in it.
Refuse = Callable[[str, Place, Written], Problem]

# Nine digits at most: more would fit no integer column. Two zeros at most after the decimal
# mark: "1.000" is a thousand to Indonesian eyes.
WHOLE = "^([0-9]{1,9})([.,]0{1,2})?$"


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
    return Columns(found, tuple(heading for heading in others if heading != ROW))


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


def checked_answers(
    table: ibis.Table, columns: Columns, instrument: Instrument, file: str
) -> ibis.Table:
    """``table`` with an integer column an item in place of the text; blank is NULL.

    "3", "3.0" and "3,0" are 3. Raises BadInput naming every cell that no item allows.
    """
    numbers = {item: whole_number(table[heading]) for item, heading in columns.items.items()}
    wrong = {
        columns.items[item]: (table[columns.items[item]] != "")
        & (number.isnull() | number.notin(instrument.allowed[item]))
        for item, number in numbers.items()
    }
    allowed = {heading: instrument.allowed[item] for item, heading in columns.items.items()}

    def refused(heading: str, place: Place, found: Written) -> Problem:
        return Problem("answer_not_offered", place, found=found, allowed=allowed[heading])

    refuse_cells(table, wrong, refused, file)
    return table.select(ROW, *columns.others, **numbers)


def read_overall(
    table: ibis.Table, columns: Columns, heading: str, instrument: Instrument, file: str
) -> pd.Series:
    """(n,) the overall ratings in the column ``heading``, blank as missing, in rows' order.

    They are the answers of the instrument's own overall question, or whole numbers where it
    asks none. Raises BadInput for other cells, and for a heading that is absent or an item's.
    """
    found = columns.other(heading.casefold())
    if found is None:
        raise bad("no_overall", Place(file), column=Written(heading))
    rating = whole_number(table[found])
    strange = rating.isnull()
    if question := instrument.overall:
        strange |= rating.notin(sorted(question.answers))

    def refused(_: str, place: Place, found: Written) -> Problem:
        if question := instrument.overall:
            allowed = sorted(question.answers)
            return Problem("answer_not_offered", place, found=found, allowed=allowed)
        return Problem("no_whole_number", place, found=found)

    refuse_cells(table, {found: (table[found] != "") & strange}, refused, file)
    rated: pd.DataFrame = table.select(ROW, rating=rating).order_by(ROW).execute()
    return rated["rating"]


def whole_number(text: ir.StringValue) -> ir.IntegerValue:
    """The whole number that a cell of text holds; NULL where it holds none."""
    return text.re_extract(WHOLE, 1).nullif("").cast("int64")


def refuse_cells(
    table: ibis.Table,
    wrong: Mapping[str, ir.BooleanValue],
    refuse: Refuse,
    file: str,
) -> None:
    """Raises BadInput for the cells that are ``wrong``, by heading.

    The first 20 cells are named, all are counted.
    """
    flags = {f"wrong {at}": condition for at, condition in enumerate(wrong.values())}
    flagged = table.select(ROW, *wrong, **flags)
    refused = flagged.filter(reduce(or_, (flagged[flag] for flag in flags)))
    rows = refused.order_by(ROW).limit(SHOWN).execute().to_dict("records")
    if not rows:
        return
    number = refused.aggregate(**{flag: refused[flag].sum() for flag in flags}).execute()
    problems = [
        refuse(heading, Place(file, row=row[ROW], column=heading), Written(row[heading]))
        for row in rows
        for flag, heading in zip(flags, wrong, strict=True)
        if row[flag]
    ]
    raise BadInput(problems, more=int(number.to_numpy().sum()) - len(problems))


def refuse_unnamed(table: ibis.Table, heading: str, file: str) -> None:
    """Raises BadInput for rows that do not say what they belong to, in column ``heading``."""

    def refused(_: str, place: Place, __: Written) -> Problem:
        return Problem("unnamed_row", place)

    refuse_cells(table, {heading: table[heading] == ""}, refused, file)


def read_population(
    table: ibis.Table, by: Mapping[str, str], heading: str, file: str
) -> dict[tuple[str, ...], int]:
    """Visits from the column ``heading`` by unit, or by unit and stratum.

    ``by``: their headings by what the groups are called. A cell may be blank where another row
    of its group is not. Raises BadInput for what is no whole number, and for two numbers in the
    rows of one group.
    """
    visits = whole_number(table[heading])
    wrong = (table[heading] != "") & visits.isnull()

    def refused(_: str, place: Place, found: Written) -> Problem:
        return Problem("no_whole_number", place, found=found)

    refuse_cells(table, {heading: wrong}, refused, file)
    groups = {name: table[column] for name, column in by.items()}
    known = table.select(ROW, **groups, visits=visits).filter(visits.notnull())
    result = known.group_by(list(by)).aggregate(
        low=known.visits.min(), high=known.visits.max(), row=known[ROW].argmax(known.visits)
    )
    rows = result.order_by("row").execute().to_dict("records")
    for row in rows:
        if row["low"] != row["high"]:
            place = Place(file, row=int(row["row"]), column=heading)
            raise bad("other_visits_in_row", place, found=int(row["high"]), other=int(row["low"]))
    return {tuple(row[name] for name in by): int(row["low"]) for row in rows}
