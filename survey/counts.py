"""Stored answers, counted by the database: ``counted_responses`` is where they are read.

A response came by a way that a result can be shown without: the number of its imported batch,
the open link, or, for the rest, a visit that somebody vouched for: by a token, at a kiosk, on
paper. Its source is that way and, where somebody saw it being answered, who: "visit",
"open_link:unit_staff".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Select,
    Subquery,
    TableClause,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    text,
    types,
    union_all,
)
from sqlalchemy.orm import Session

from analysis.engines.writing import KEPT, NumberTable, with_table, written
from analysis.index.experience import Experienced, experience_tally, read_experience
from analysis.index.expression import sum_errors, tally
from analysis.index.tally import Tally, read_tally
from analysis.rulebook.instrument import Instrument
from models import Batch, Period, Unit, Withdrawal, answers_name
from models.responses import FORMS, RESPONDENT
from survey.answer_archive.reading import run_archived

OPEN_LINK, VISIT = "open_link", "visit"
# Provenances of answers that somebody else saw being given.
SEEN_BY_OTHERS = ("unit_staff", "unit_interviewer", "ombudsman_interviewer")
RowColumns = Mapping[str, types.TypeEngine[Any]]
RESPONSES: dict[str, types.TypeEngine[Any]] = {
    "id": types.NullType(),
    "unit_id": types.BigInteger(),
    "period_id": types.BigInteger(),
    "service_id": types.BigInteger(),
    "batch_id": types.BigInteger(),
    "channel": types.Text(),
    "provenance": types.Text(),
    "local_date": types.NullType(),
}
ASKED = table("asked", column("unit_id"), column("period_id"))
PEOPLE = RESPONSES | dict.fromkeys(RESPONDENT, types.Text())
LINES = "lines"


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


@dataclass(frozen=True)
class Counting:
    """An expression over the answers to an instrument, and the columns that it groups them by."""

    instrument: Instrument
    expression: Select[Any]
    by: tuple[str, ...]


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
    counting = Counting(instrument, counts, tuple(by))
    return read_tally(_added(session, counting, selection), instrument, by)


def sum_answer_errors(
    session: Session, instrument: Instrument, selection: Selection, lines: NumberTable
) -> pd.DataFrame:
    """The second pass over what ``count_answers`` counted, see ``expression.sum_errors``."""
    sums = _error_sums(instrument, tuple(lines.by), tuple(lines.columns), _ways(selection))
    return _added(session, Counting(instrument, sums, tuple(lines.by)), selection, lines)


def _added(
    session: Session, counting: Counting, selection: Selection, lines: NumberTable | None = None
) -> pd.DataFrame:
    """The counts of what is stored and of what was moved to an archive, added by group."""
    asked, expression = (selection.periods, selection.units), counting.expression
    stored = run(session, expression, *asked, lines)
    archived = run_archived(session, counting.instrument, expression, asked, lines)
    if archived is None:
        return stored
    both = pd.concat([one for one in (stored, archived) if len(one)] or [stored])
    if not counting.by:
        return both.sum().to_frame().T
    return both.groupby(list(counting.by), as_index=False, dropna=False).sum()


@lru_cache(KEPT)
def _answer_counts(
    instrument: Instrument, by: tuple[str, ...], without: tuple[str, ...], pairs: bool
) -> Select[Any]:
    return tally(counted_answers(instrument, without), instrument, by, pairs=pairs)


@lru_cache(KEPT)
def _error_sums(
    instrument: Instrument, by: tuple[str, ...], columns: tuple[str, ...], without: tuple[str, ...]
) -> Select[Any]:
    lines = table(LINES, *map(column, (*by, *columns)))
    items = [item.key for item in instrument.items]
    return sum_errors(counted_answers(instrument, without), lines, items, by)


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
) -> Select[Any]:
    told = table("experiences", column("response_id"), column("answer"), *map(_form, FORMS))
    return experience_tally(_counted(without, RESPONSES, told), instrument, by)


def _form(form: str) -> ColumnClause[bool]:
    return column(form, types.Boolean)


def count_people(
    session: Session, instrument: Instrument, periods: Collection[int], units: Collection[int]
) -> pd.DataFrame:
    """How many of those who answered are what, and came how; one query.

    Columns: ``unit_id``, ``source``, ``field`` (of the respondent, "channel" or "provenance"),
    ``value`` (None: left empty), ``number``.
    """
    return run(session, _people_counts(instrument), periods, units)


@lru_cache(KEPT)
def _people_counts(instrument: Instrument) -> Select[Any]:
    rows = _counted((), PEOPLE, _answers(instrument), moved=True)
    some = or_(rows.c.moved, *(rows.c[item].is_not(None) for item in instrument.allowed))
    keys = rows.c.unit_id, rows.c.source
    counted = [
        select(
            *keys,
            rows.c[field].label("value"),
            func.count().label("number"),
            literal(field, types.Text).label("field"),
        )
        .where(some)
        .group_by(*keys, rows.c[field])
        for field in (*RESPONDENT, "channel", "provenance")
    ]
    return select(union_all(*counted).subquery("people"))


def counted_answers(
    instrument: Instrument, without: Collection[str] = (), columns: RowColumns = RESPONSES
) -> Subquery:
    """The counted responses that ``run`` is asked for, a row each, with their answers.

    Beside ``columns``: ``month`` ("2026-11"), ``source``, and a column an item.
    """
    return _counted(without, columns, _answers(instrument))


def _answers(instrument: Instrument) -> TableClause:
    items = (column(item, types.SmallInteger) for item in instrument.allowed)
    return table(answers_name(instrument.id), column("response_id"), *items)


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
        number = number.where(_way(rows.c.batch_id, rows.c.channel).not_in(without))
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


def _counted(
    without: Collection[str], columns: RowColumns, told: TableClause, moved: bool = False
) -> Subquery:
    """The counted responses with what a table beside them tells of each.

    ``moved``: also those of which it tells no more, since an archive does; told by ``moved``.
    """
    rows = table("counted_responses", *(column(name, kind) for name, kind in columns.items()))
    given = rows.c
    way = _way(given.batch_id, given.channel)
    seen = given.batch_id.is_(None) & given.provenance.in_(SEEN_BY_OTHERS)
    source = case((seen, way + ":" + given.provenance), else_=way)
    month = func.substr(cast(given.local_date, types.Text), 1, 7)
    beside = (one for one in told.c if one.name != "response_id")
    same = and_(given.unit_id == ASKED.c.unit_id, given.period_id == ASKED.c.period_id)
    gone = [told.c.response_id.is_(None).label("moved")] if moved else []
    found = select(
        *given, month.label("month"), source.label("source"), *beside, *gone
    ).select_from(rows.join(ASKED, same).join(told, given.id == told.c.response_id, isouter=moved))
    return (found.where(way.not_in(sorted(without))) if without else found).subquery("counted")


def _way(batch: ColumnElement[Any], channel: ColumnElement[Any]) -> ColumnElement[str]:
    """See above: by which way a response came."""
    return case(
        (batch.is_not(None), cast(batch, types.Text)),
        (channel == OPEN_LINK, OPEN_LINK),
        else_=VISIT,
    )


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
    session: Session,
    expression: Select[Any],
    periods: Collection[int],
    units: Collection[int],
    lines: NumberTable | None = None,
) -> pd.DataFrame:
    """The rows of the expression over the responses of these periods and units.

    In the session's transaction; ``lines``: numbers that the expression takes from a table of
    that name.
    """
    dialect = session.get_bind().dialect
    asked = _asked(periods, units).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    tables = [f"asked AS MATERIALIZED ({asked})"]
    if lines:
        tables.append(with_table(lines, LINES, dialect.name))
    sql = written(expression, dialect.name).replace(":", r"\:")
    rows = session.execute(
        text(f"WITH {', '.join(tables)} SELECT * FROM ({sql}) AS counted"),
        {"given": lines.as_json()} if lines else {},
    )
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))
