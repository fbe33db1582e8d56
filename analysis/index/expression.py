"""Counts of answers as an expression, for whichever engine holds the rows.

Nothing in them is of one engine: SQLite, PostgreSQL, DuckDB and Spark take them as they are
written for each by ``analysis.engines.writing``.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Label,
    Select,
    and_,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from analysis.index.tally import HALF, PACKED, used_items
from analysis.rulebook.instrument import Instrument

SLOPE, START, GIVEN = "slope_", "start_", "given_"


def tally(
    answers: FromClause,
    instrument: Instrument,
    by: Sequence[str],
    elements: Sequence[str] | None = None,
    pairs: bool = False,
) -> Select[Any]:
    """The expression that counts ``answers`` by the columns ``by``, one row a group.

    ``answers`` has an integer column an item, NULL where nothing was answered, which is in
    no count. ``pairs``: also what ``analysis.uncertainty.moments`` needs for
    variances, in the same pass.
    """
    items_of, given = used_items(instrument, elements), answers.c
    items = [item for group in items_of.values() for item in group]
    measures = [_answered(answers, items).label("respondents")]
    for element, group in items_of.items():
        measures.append(_answered(answers, group).label(f"answered_{element}"))
    for item in items:
        for value in instrument.allowed[item]:
            measures.append(CountWhere(given[item] == value).label(f"{item}_{value}"))
    for one, other in combinations(items, 2) if pairs else ():
        measures += _pair(answers, one, other)
    return _by(answers, by, measures)


def count_given(answers: FromClause, items: Sequence[str]) -> list[Label[Any]]:
    """What is to be counted besides: all that is in each item's column ("given_ITEM")."""
    return [func.count(answers.c[item]).label(GIVEN + item) for item in items]


def sum_errors(
    answers: FromClause, lines: FromClause, items: Sequence[str], by: Sequence[str]
) -> Select[Any]:
    """The expression of the second pass: by group the sums of z, and of the square of z in halves.

    z = sum over the items answered of slope x answer - start, whole numbers below 2**31 that
    ``lines`` has of each group (columns "slope_ITEM", "start_ITEM"), so that each engine sums
    exactly. Of ``by`` nothing is NULL, and each group has its line: the join is an outer one since
    SQLite would else go through all answers for each line.
    """
    same = and_(*(answers.c[name] == lines.c[name] for name in by))
    z = _z(answers, lines, items).label("z")
    each = select(*(answers.c[name] for name in by), z).select_from(answers.outerjoin(lines, same))
    of = each.subquery("each_answered")
    square = of.c.z * of.c.z
    halves = {
        "total": of.c.z,
        "high": square.bitwise_rshift(HALF),
        "low": square.bitwise_and(2**HALF - 1),
    }
    # PostgreSQL sums 64 bits as decimal numbers, four times slower.
    sums = [func.sum(cast(half, Integer)).label(name) for name, half in halves.items()]
    return _by(of, by, sums)


class CountWhere(FunctionElement[int]):
    """How many rows meet the condition; 0, not NULL, where there are none."""

    inherit_cache = True
    type = BigInteger()


@compiles(CountWhere)
def _filtered(counted: CountWhere, compiler: SQLCompiler, **how: Any) -> str:
    return f"count(*) FILTER (WHERE {compiler.process(counted.clauses, **how)})"


@compiles(CountWhere, "duckdb", "spark")
def _counted_if(counted: CountWhere, compiler: SQLCompiler, **how: Any) -> str:
    """Three times as fast in DuckDB, which has NULL where all conditions are."""
    return f"coalesce(count_if({compiler.process(counted.clauses, **how)}), 0)"


def _by(rows: FromClause, by: Sequence[str], measures: Sequence[Label[Any]]) -> Select[Any]:
    keys = [rows.c[name] for name in by]
    return select(*keys, *measures).select_from(rows).group_by(*keys)


def _z(answers: FromClause, lines: FromClause, items: Sequence[str]) -> ColumnElement[Any]:
    (first, *others) = [
        func.coalesce(answers.c[item] * lines.c[SLOPE + item] - lines.c[START + item], 0)
        for item in items
    ]
    z: ColumnElement[Any] = first
    for one in others:
        z = z + one
    return z


def _pair(answers: FromClause, one: str, other: str) -> list[Label[Any]]:
    """Four sums over those who answered both items, two to a column: see ``Pairs``.

    Arithmetic with NULL is NULL, and in no sum.
    """
    first, second = answers.c[one], answers.c[other]
    return [
        func.coalesce(func.sum(first * second * PACKED + 1), 0).label(f"products_{one}_{other}"),
        func.coalesce(func.sum(first * PACKED + second), 0).label(f"sums_{one}_{other}"),
    ]


def _answered(answers: FromClause, items: Sequence[str]) -> ColumnElement[int]:
    return CountWhere(or_(*(answers.c[item].is_not(None) for item in items)))
