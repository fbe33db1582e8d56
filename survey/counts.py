"""Stored answers, counted by the database: ``counted_responses`` is where they are read.

A response came by a way that a result can be shown without: the number of its imported batch,
the open link, or, for the rest, a visit that somebody vouched for: by a token, at a kiosk, on
paper. Its source is that way and, where somebody saw it being answered, who: "visit",
"open_link:unit_staff".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pandas as pd
from sqlalchemy import Select, case, cast, column, func, select, table, text, types
from sqlalchemy.orm import Session

from analysis.index.experience import Experienced, experience_tally, read_experience
from analysis.index.expression import tally
from analysis.index.tally import Tally, read_tally
from analysis.rulebook.instrument import Instrument
from models import Batch, Period, Unit, Withdrawal, answers_name
from models.responses import FORMS, RESPONDENT

OPEN_LINK, VISIT = "open_link", "visit"
# Provenances of answers that somebody else saw being given.
SEEN_BY_OTHERS = ("unit_staff", "unit_interviewer", "ombudsman_interviewer")
IBIS_DIALECTS = {"sqlite": "sqlite", "postgresql": "postgres"}
RESPONSES = {
    "id": "string",
    "unit_id": "int64",
    "period_id": "int64",
    "service_id": "int64",
    "batch_id": "int64",
    "channel": "string",
    "provenance": "string",
    "local_date": "date",
}
EXPERIENCES = {"response_id": "string", "answer": "string", **dict.fromkeys(FORMS, "boolean")}
ASKED = ibis.table({"unit_id": "int64", "period_id": "int64"}, name="asked")
PEOPLE = RESPONSES | dict.fromkeys(RESPONDENT, "string")
# To write a query takes longer than to count a unit's answers.
KEPT = 256


def way_of(source: str) -> str:
    """By which way the responses of a source came.

    >>> [way_of(source) for source in ("7", "open_link", "open_link:unit_staff")]
    ['7', 'open_link', 'open_link']
    """
    return source.partition(":")[0]


def holder_of(source: str) -> str:
    """Those who may hold a source: of a file, of what a kind of helper saw, or else nobody.

    >>> [holder_of(source) for source in ("7", "open_link", "visit", "open_link:unit_staff")]
    ['7', 'visit', 'visit', 'unit_staff']
    """
    way, _, helper = source.partition(":")
    return helper or (VISIT if way == OPEN_LINK else way)


def held_by(batch: int | None, provenance: str) -> str:
    """The same of one response.

    >>> held_by(7, "paper"), held_by(None, "self"), held_by(None, "unit_staff")
    ('7', 'visit', 'unit_staff')
    """
    if batch is not None:
        return str(batch)
    return provenance if provenance in SEEN_BY_OTHERS else VISIT


@dataclass(frozen=True)
class ResponseCounts:
    """How many responses were received, and what became of them.

    ``left_out``: those of the ways that are left out which would count; the rest was excluded
    one by one.
    """

    received: int = 0
    counted: int = 0
    withdrawn: int = 0
    left_out: int = 0

    @property
    def excluded(self) -> int:
        """Responses that an analyst took out of the count one by one."""
        return self.received - self.counted - self.withdrawn - self.left_out


@dataclass(frozen=True)
class Selection:
    """The responses that are counted: in which periods, of which units.

    ``without``: ways that are left out.
    """

    periods: Collection[int]
    units: Collection[int]
    without: Collection[str] = ()


def count_responses(
    session: Session, selection: Selection
) -> dict[tuple[int, int], ResponseCounts]:
    """The responses by unit and period; a pair without any is absent.

    ``without``: ways that do not count.
    """
    received = _count_pairs(session, "received_responses", selection.periods, selection.units)
    withdrawn = _count_withdrawn(session, selection.periods, selection.units)
    whole = _count_pairs(session, "counted_responses", selection.periods, selection.units)
    counted = (
        _count_pairs(
            session, "counted_responses", selection.periods, selection.units, selection.without
        )
        if selection.without
        else whole
    )
    return {
        pair: ResponseCounts(
            received=number,
            counted=counted.get(pair, 0),
            withdrawn=withdrawn.get(pair, 0),
            left_out=whole.get(pair, 0) - counted.get(pair, 0),
        )
        for pair, number in received.items()
    }


def count_answers(
    session: Session,
    instrument: Instrument,
    by: Sequence[str],
    selection: Selection,
    pairs: bool = False,
) -> Tally:
    """The tally of an instrument's answers in these periods, by columns of ``responses``.

    ``by`` may also name "month" ("2026-11") and "source". ``without``: ways to leave out.
    ``pairs``: also what standard errors need.
    """
    counts = _answer_counts(instrument, tuple(by), _ways(selection), pairs)
    return read_tally(run(session, counts, selection.periods, selection.units), instrument, by)


@lru_cache(KEPT)
def _answer_counts(
    instrument: Instrument, by: tuple[str, ...], without: tuple[str, ...], pairs: bool
) -> ir.Table:
    return tally(counted_answers(instrument, without), instrument, by, pairs=pairs)


def _ways(selection: Selection) -> tuple[str, ...]:
    return tuple(sorted(selection.without))


def count_experiences(
    session: Session, instrument: Instrument, selection: Selection
) -> dict[int, Experienced]:
    """What the responses in these periods experienced, by unit; one without any is absent."""
    counted = _count_experiences(session, instrument, selection, "unit_id")
    return dict(zip(counted["unit_id"], read_experience(counted, instrument), strict=True))


def count_experiences_apart(
    session: Session, instrument: Instrument, selection: Selection
) -> dict[tuple[int, str], Experienced]:
    """The same by unit and source."""
    counted = _count_experiences(session, instrument, selection, "unit_id", "source")
    keys = zip(counted["unit_id"], counted["source"], strict=True)
    return dict(zip(keys, read_experience(counted, instrument), strict=True))


def _count_experiences(
    session: Session, instrument: Instrument, selection: Selection, *by: str
) -> pd.DataFrame:
    counts = _experience_counts(instrument, by, _ways(selection))
    return run(session, counts, selection.periods, selection.units)


@lru_cache(KEPT)
def _experience_counts(
    instrument: Instrument, by: tuple[str, ...], without: tuple[str, ...]
) -> ir.Table:
    experiences = ibis.table(EXPERIENCES, name="experiences")
    rows = _counted(without).join(experiences, [("id", "response_id")])
    return experience_tally(rows, instrument, by)


def count_people(
    session: Session, instrument: Instrument, periods: Collection[int], units: Collection[int]
) -> pd.DataFrame:
    """How many of those who answered are what, and came how; one query.

    Columns: ``unit_id``, ``source``, ``field`` (of the respondent, "channel" or "provenance"),
    ``value`` (None: left empty), ``number``.
    """
    return run(session, _people_counts(instrument), periods, units)


@lru_cache(KEPT)
def _people_counts(instrument: Instrument) -> ir.Table:
    rows = counted_answers(instrument, columns=PEOPLE)
    rows = rows.filter(reduce(or_, (rows[item].notnull() for item in instrument.allowed)))
    counted = [
        rows.group_by("unit_id", "source", value=rows[field])
        .aggregate(number=lambda group: group.count())
        .mutate(field=ibis.literal(field))
        for field in (*RESPONDENT, "channel", "provenance")
    ]
    return ibis.union(*counted)


def counted_answers(
    instrument: Instrument,
    without: Collection[str] = (),
    columns: Mapping[str, str] = RESPONSES,
) -> ir.Table:
    """The counted responses that ``run`` is asked for, a row each, with their answers.

    Beside ``columns``: ``month`` ("2026-11"), ``source``, and a column an item.
    """
    answers = ibis.table(
        {"response_id": "string", **dict.fromkeys(instrument.allowed, "int64")},
        name=answers_name(instrument.id),
    )
    rows = _counted(without, columns)
    return rows.join(answers, [("id", "response_id")])


def _count_pairs(
    session: Session,
    name: str,
    periods: Collection[int],
    units: Collection[int],
    without: Collection[str] = (),
) -> dict[tuple[int, int], int]:
    rows = table(name, *map(column, ("unit_id", "period_id", "batch_id", "channel")))
    asked = _asked(periods, units).cte("asked").prefix_with("MATERIALIZED")
    same = (asked.c.unit_id == rows.c.unit_id) & (asked.c.period_id == rows.c.period_id)
    number = select(func.count()).select_from(rows).where(same)
    if without:
        way = case(
            (rows.c.batch_id.is_not(None), cast(rows.c.batch_id, types.Text)),
            (rows.c.channel == OPEN_LINK, OPEN_LINK),
            else_=VISIT,
        )
        number = number.where(way.not_in(without))
    query = select(asked.c.unit_id, asked.c.period_id, number.scalar_subquery())
    return {(unit, period): n for unit, period, n in session.execute(query) if n}


def _count_withdrawn(
    session: Session, periods: Collection[int], units: Collection[int]
) -> dict[tuple[int, int], int]:
    query = (
        select(Batch.unit_id, Batch.period_id, func.sum(Batch.rows))
        .join(Withdrawal, (Withdrawal.batch_id == Batch.id) & Withdrawal.confirmed)
        .where(Batch.period_id.in_(periods), Batch.unit_id.in_(units))
        .group_by(Batch.unit_id, Batch.period_id)
    )
    return {(unit, period): int(number) for unit, period, number in session.execute(query)}


def _counted(without: Collection[str], columns: Mapping[str, str] = RESPONSES) -> ir.Table:
    rows = ibis.table(columns, name="counted_responses").join(ASKED, list(ASKED.columns))
    way = ibis.cases(
        (rows.batch_id.notnull(), rows.batch_id.cast("string")),
        (rows.channel == OPEN_LINK, OPEN_LINK),
        else_=VISIT,
    )
    seen = rows.batch_id.isnull() & rows.provenance.isin(SEEN_BY_OTHERS)
    source = seen.ifelse(way + ":" + rows.provenance, way)
    rows = rows.filter(way.notin(list(without))) if without else rows
    return rows.mutate(month=rows.local_date.cast("string").left(7), source=source)


def _asked(periods: Collection[int], units: Collection[int]) -> Select[int, int]:
    """Each of the units with each of the periods that are its institution's.

    Made once (MATERIALIZED) and from the units on (+ 0: no index): to look up a nation's units in
    the periods of all others too takes longer than to count.
    """
    return (
        select(Unit.id.label("unit_id"), Period.id.label("period_id"))
        .join(Period, Period.institution_id == Unit.institution_id)
        .where(Unit.id.in_(units), (Period.id + 0).in_(periods))
    )


def run(
    session: Session, expression: ir.Table, periods: Collection[int], units: Collection[int]
) -> pd.DataFrame:
    """The rows of the expression over the responses of these periods and units.

    Compiled for the session's engine, in its transaction.
    """
    dialect = session.get_bind().dialect
    sql = _written(expression.op(), IBIS_DIALECTS[dialect.name])
    asked = _asked(periods, units).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    query = f"WITH asked AS MATERIALIZED ({asked}) SELECT * FROM ({sql}) AS counted"
    rows = session.execute(text(query))
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))


@lru_cache(KEPT)
def _written(counts: ops.Node, dialect: str) -> str:
    """In SQL, as ``text`` takes it."""
    sql: str = ibis.to_sql(counts.to_expr(), dialect=dialect)
    return sql.replace(":", r"\:")
