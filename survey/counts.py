"""Stored answers, counted by the database: ``counted_responses`` is where they are read.

A response came by a way that a result can be shown without: the number of its imported batch,
the open link, or, for the rest, a visit that somebody vouched for: by a token, at a kiosk, on
paper. Its source is that way and, where somebody saw it being answered, who: "visit",
"open_link:unit_staff".
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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

from analysis.engines.writing import KEPT, written
from analysis.index.counting import AnswerCounter
from analysis.index.disclosed import SOURCE
from analysis.index.experience import Experienced, experience_tally, read_experience
from analysis.index.expression import tally
from analysis.index.tally import Tally, read_tally
from analysis.rulebook.instrument import Instrument
from models import Batch, Withdrawal, answers_name
from models.responses import FORMS, RESPONDENT
from survey.answer_archive.reading import run_archived, thinned
from survey.final_counts import (
    FinalFigures,
    FoundFigures,
    experience_columns,
    find_final,
    measures_of,
)
from survey.pairs import PAIR, UnitPeriod, asked_pairs

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
PEOPLE_COUNTED = ("source", "field", "value", "number")


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


def source_of(batch: int | None, channel: str, provenance: str) -> str:
    """The source of one response.

    >>> source_of(7, "paper", "paper"), source_of(None, "open_link", "unit_staff")
    ('7', 'open_link:unit_staff')
    >>> source_of(None, "kiosk", "self")
    'visit'
    """
    if batch is not None:
        return str(batch)
    way = OPEN_LINK if channel == OPEN_LINK else VISIT
    return f"{way}:{provenance}" if provenance in SEEN_BY_OTHERS else way


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

    ``without``: ways that are left out; ``but``: units with periods that are.
    """

    periods: Collection[int]
    units: Collection[int]
    without: Collection[str] = ()
    but: Collection[UnitPeriod] = ()


@dataclass(frozen=True)
class Counting:
    """An expression over the answers to an instrument, and the columns that it groups them by."""

    instrument: Instrument
    expression: Select[Any]
    by: tuple[str, ...]


def count_responses(session: Session, selection: Selection) -> dict[UnitPeriod, ResponseCounts]:
    """The responses by unit and period; a pair without any is absent.

    ``without``: ways that do not count.
    """
    found = find_final(session, selection.periods, selection.units)
    final = {
        pair: _final_counts(figures, selection.without)
        for pair, figures in found.kept.items()
        if figures.received
    }
    if found.kept and not found.left:
        return final
    return final | _count_rows(session, _left(selection, found))


def _final_counts(figures: FinalFigures, without: Collection[str]) -> ResponseCounts:
    out = sum(one.counted for one in figures.whole if way_of(one.source) in without)
    counted = sum(one.counted for one in figures.whole) - out
    return ResponseCounts(figures.received, counted, figures.withdrawn, out)


def _count_rows(session: Session, selection: Selection) -> dict[UnitPeriod, ResponseCounts]:
    received = _count_pairs(session, "received_responses", replace(selection, without=()))
    withdrawn = _count_withdrawn(session, selection)
    whole = _count_pairs(session, "counted_responses", replace(selection, without=()))
    counted = _count_pairs(session, "counted_responses", selection) if selection.without else whole
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
    found = FoundFigures()
    if set(by) <= {*PAIR, SOURCE}:
        found = find_final(session, selection.periods, selection.units, instrument)
    kept = _final_tally(found, instrument, selection.without, pairs)
    if found.kept and not found.left:
        return kept.regroup(by)
    counts = _answer_counts(instrument, tuple(by), _ways(selection), pairs)
    counting = Counting(instrument, counts, tuple(by))
    rows = read_tally(_added(session, counting, _left(selection, found)), instrument, by)
    if not found.kept:
        return rows
    both = pd.concat([kept.regroup(by).counted, rows.counted], ignore_index=True)
    return replace(rows, counted=both).regroup(by)


def _added(session: Session, counting: Counting, selection: Selection) -> pd.DataFrame:
    """The counts of what is stored and of what was moved to an archive, added by group."""
    expression = counting.expression
    stored = _run(session, expression, selection)
    gone = thinned(session, selection.periods, selection.units, selection.but)
    archived = run_archived(session, counting.instrument, expression, gone)
    if archived is None:
        return stored
    both = pd.concat([one for one in (stored, archived) if len(one)] or [stored])
    if not counting.by:
        return both.sum().to_frame().T
    return both.groupby(list(counting.by), as_index=False, dropna=False).sum()


def _final_tally(
    found: FoundFigures, instrument: Instrument, without: Collection[str], pairs: bool
) -> Tally:
    """What is kept, by unit, period and source."""
    wanted, by = AnswerCounter(instrument, pairs=pairs).measures, [*PAIR, SOURCE]
    rows = [
        (*pair, one.source, *one.numbers)
        for pair, figures in found.kept.items()
        for one in figures.whole
        if way_of(one.source) not in without
    ]
    counted = pd.DataFrame(rows, columns=[*by, *measures_of(instrument)])
    return read_tally(counted[[*by, *wanted]], instrument, by)


def _left(selection: Selection, found: FoundFigures) -> Selection:
    """What is not kept, and must be counted."""
    if not found.kept:
        return selection
    units, periods = ({pair[at] for pair in found.left} for at in (0, 1))
    but = [pair for pair in found.kept if pair[0] in units and pair[1] in periods]
    return replace(selection, periods=sorted(periods), units=sorted(units), but=but)


@lru_cache(KEPT)
def _answer_counts(
    instrument: Instrument, by: tuple[str, ...], without: tuple[str, ...], pairs: bool
) -> Select[Any]:
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
    found = find_final(session, selection.periods, selection.units, instrument)
    kept = _final_experiences(found, instrument, selection.without)
    if found.kept and not found.left:
        return kept.groupby(list(by), as_index=False)[[*experience_columns(instrument)]].sum()
    counts = _experience_counts(instrument, by, _ways(selection))
    rows = _run(session, counts, _left(selection, found))
    if not found.kept:
        return rows
    both = pd.concat([kept[rows.columns], rows], ignore_index=True)
    return both.groupby(list(by), as_index=False).sum()


def _final_experiences(
    found: FoundFigures, instrument: Instrument, without: Collection[str]
) -> pd.DataFrame:
    """What is kept, by unit, period and source; those who told nothing are absent."""
    rows = [
        (*pair, one.source, *numbers)
        for pair, figures in found.kept.items()
        for one in figures.whole
        if way_of(one.source) not in without and any(numbers := json.loads(one.experienced or "[]"))
    ]
    return pd.DataFrame(rows, columns=[*PAIR, SOURCE, *experience_columns(instrument)])


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
    selection = Selection(periods, units)
    found = find_final(session, periods, units, instrument, parts=True)
    kept = pd.DataFrame(
        [
            (pair[0], *row)
            for pair, figures in found.kept.items()
            for row in json.loads(figures.people)
        ],
        columns=["unit_id", *PEOPLE_COUNTED],
    )
    if found.left or not found.kept:
        rows = _run(session, _people_counts(instrument), _left(selection, found))
        if not found.kept:
            return rows
        kept = pd.concat([kept, rows[kept.columns]], ignore_index=True)
    return kept.groupby(["unit_id", *PEOPLE_COUNTED[:-1]], as_index=False, dropna=False).sum()


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


def _count_pairs(session: Session, name: str, selection: Selection) -> dict[UnitPeriod, int]:
    rows = table(name, *map(column, ("unit_id", "period_id", "batch_id", "channel")))
    pairs = asked_pairs(selection.periods, selection.units, selection.but)
    asked = pairs.cte("asked").prefix_with("MATERIALIZED")
    same = (asked.c.unit_id == rows.c.unit_id) & (asked.c.period_id == rows.c.period_id)
    number = select(func.count()).select_from(rows).where(same)
    if selection.without:
        number = number.where(_way(rows.c.batch_id, rows.c.channel).not_in(selection.without))
    query = select(asked.c.unit_id, asked.c.period_id, number.scalar_subquery())
    return {(unit, period): n for unit, period, n in session.execute(query) if n}


def count_sources(session: Session, selection: Selection) -> dict[tuple[int, str], int]:
    """How many responses count, by unit and source; from the responses themselves."""
    counted = table(
        "counted_responses",
        *map(column, ("unit_id", "period_id", "batch_id", "channel", "provenance")),
    ).c
    by = counted.unit_id, counted.batch_id, counted.channel, counted.provenance
    here = counted.unit_id.in_(selection.units), counted.period_id.in_(selection.periods)
    found: Counter[tuple[int, str]] = Counter()
    for unit, batch, channel, provenance, number in session.execute(
        select(*by, func.count()).where(*here).group_by(*by)
    ):
        found[unit, source_of(batch, channel, provenance)] += number
    return found


def _count_withdrawn(session: Session, selection: Selection) -> dict[UnitPeriod, int]:
    query = (
        select(Batch.unit_id, Batch.period_id, func.sum(Batch.rows))
        .join(Withdrawal, (Withdrawal.batch_id == Batch.id) & Withdrawal.confirmed)
        .where(Batch.period_id.in_(selection.periods), Batch.unit_id.in_(selection.units))
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


def run(
    session: Session, expression: Select[Any], periods: Collection[int], units: Collection[int]
) -> pd.DataFrame:
    """The rows of the expression over the responses of these periods and units.

    In the session's transaction.
    """
    return _run(session, expression, Selection(periods, units))


def _run(session: Session, expression: Select[Any], selection: Selection) -> pd.DataFrame:
    dialect = session.get_bind().dialect
    pairs = asked_pairs(selection.periods, selection.units, selection.but)
    asked = pairs.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    sql = written(expression, dialect.name).replace(":", r"\:")
    query = f"WITH asked AS MATERIALIZED ({asked}) SELECT * FROM ({sql}) AS counted"
    rows = session.execute(text(query))
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))
