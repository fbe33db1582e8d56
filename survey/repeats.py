"""Which rows of a file are stored already: the same answers once more, or grown by new ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Batch, Period, Response, Unit, Withdrawal, answers_table
from survey.periods import asked_instrument
from survey.reading.understood import Understood

# Rows whose answers differ among themselves seldom come twice by chance: so many of them, and
# such a part of the smaller of two files, are a repeat. Assumed.
FEWEST, SHARE = 5, 0.9


@dataclass(frozen=True)
class StoredBefore:
    """A batch that holds so many of a file's rows already."""

    batch: Batch
    rows: int


def stored_before(
    session: Session, unit: Unit, period: Period, understood: Understood
) -> Sequence[StoredBefore]:
    """The batches that still count and hold the file's answers, oldest first.

    Those of the institution with exactly these answers in any order; and those of the unit, of any
    period with the same questionnaire, that hold most of the file's rows, or whose rows the file
    holds: a table that grows from month to month.
    """
    withdrawn = select(Withdrawal.batch_id).where(Withdrawal.confirmed.is_(True))
    counting = select(Batch).where(Batch.id.not_in(withdrawn)).order_by(Batch.id)
    exactly = session.scalars(
        counting.where(
            Batch.institution_id == unit.institution_id,
            Batch.content_hash == understood.content_hash,
        )
    ).all()
    others = session.scalars(
        counting.where(
            Batch.unit_id == unit.id,
            Batch.id.not_in([one.id for one in exactly]),
            Batch.period_id.in_(
                select(Period.id).where(Period.instrument_hash == period.instrument_hash)
            ),
        )
    ).all()
    grown = _shared(session, period, {one.id: one for one in others}, understood.answers)
    found = [*(StoredBefore(one, len(understood.answers)) for one in exactly), *grown]
    return sorted(found, key=lambda one: one.batch.id)


def _shared(
    session: Session, period: Period, batches: dict[int, Batch], answers: pd.DataFrame
) -> list[StoredBefore]:
    """Those of the batches that are a repeat of the answers, with how many rows they share."""
    items = list(answers.columns)
    given = answers.fillna(0).astype("int64").groupby(items).size().rename("given").reset_index()
    if not batches or given["given"][_differ(given, items)].sum() < FEWEST:
        return []
    stored = _counted(session, period, list(batches), items).merge(given, on=items, how="left")
    stored["both"] = stored[["stored", "given"]].min(axis=1).where(stored["given"].notna(), 0)
    telling = stored[_differ(stored, items)].groupby("batch_id")[["both", "stored"]].sum()
    smaller = telling["stored"].clip(upper=given["given"][_differ(given, items)].sum())
    repeats = telling[(telling["both"] >= FEWEST) & (telling["both"] >= SHARE * smaller)]
    rows = stored.groupby("batch_id")["both"].sum()
    return [StoredBefore(batches[int(key)], int(rows[key])) for key in repeats.index]


def _counted(
    session: Session, period: Period, batches: Sequence[int], items: Sequence[str]
) -> pd.DataFrame:
    """How often each batch holds each row of answers; 0 stands for none."""
    instrument = asked_instrument(period)
    table = answers_table(instrument.id, instrument.allowed)
    columns = [func.coalesce(table.c[item], 0).label(item) for item in items]
    rows = session.execute(
        select(Response.batch_id, *columns, func.count().label("stored"))
        .join(table, table.c.response_id == Response.id)
        .where(Response.batch_id.in_(batches))
        .group_by(Response.batch_id, *columns)
    ).all()
    return pd.DataFrame(rows, columns=["batch_id", *items, "stored"])


def _differ(rows: pd.DataFrame, items: Sequence[str]) -> pd.Series:
    """Which rows have answers that differ: those all alike are many people's."""
    given = rows[list(items)].where(rows[list(items)] > 0)
    return given.min(axis=1) < given.max(axis=1)
