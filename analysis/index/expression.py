"""Counts of answers as an expression, for whichever engine holds the rows."""

from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from operator import or_

import ibis
import ibis.expr.types as ir

from analysis.index.tally import PACKED, used_items
from analysis.rulebook.instrument import Instrument


def tally(
    answers: ibis.Table,
    instrument: Instrument,
    by: Sequence[str],
    elements: Sequence[str] | None = None,
    pairs: bool = False,
) -> ibis.Table:
    """The expression that counts ``answers`` by the columns ``by``, one row a group.

    ``answers`` has an integer column an item, NULL where nothing was answered, which is in
    no count. ``pairs``: also what ``analysis.uncertainty.moments`` needs for
    variances, in the same pass.
    Runs on SQLite, PostgreSQL, DuckDB and Spark alike.
    """
    items_of = used_items(instrument, elements)
    items = [item for group in items_of.values() for item in group]
    measures = {"respondents": _answered(answers, items)}
    for element, group in items_of.items():
        measures[f"answered_{element}"] = _answered(answers, group)
    for item in items:
        for value in instrument.allowed[item]:
            measures[f"{item}_{value}"] = count_where(answers[item] == value)
    for one, other in combinations(items, 2) if pairs else ():
        measures |= _pair(answers, one, other)
    return answers.aggregate(by=list(by), **measures)


def _pair(answers: ibis.Table, one: str, other: str) -> dict[str, ir.IntegerScalar]:
    """Four sums over those who answered both items, two to a column: see ``Pairs``.

    Arithmetic with NULL is NULL, and in no sum.
    """
    first, second = answers[one], answers[other]
    return {
        f"products_{one}_{other}": _sum(first * second * PACKED + 1),
        f"sums_{one}_{other}": _sum(first * PACKED + second),
    }


def _sum(column: ir.IntegerColumn) -> ir.IntegerScalar:
    return column.sum().fill_null(0).cast("int64")


def _answered(answers: ibis.Table, items: Sequence[str]) -> ir.IntegerScalar:
    return count_where(reduce(or_, (answers[item].notnull() for item in items)))


def count_where(condition: ir.BooleanValue) -> ir.IntegerScalar:
    """How many rows meet the condition; 0, not NULL, where there are none."""
    return condition.sum().fill_null(0).cast("int64")
