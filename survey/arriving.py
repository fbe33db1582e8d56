"""Batches arrive in slices, so that no citizen waits; none of one counts before all of it is in.

Until then its rows stand under a batch in ``unfinished_batches``. Where the arriving is
interrupted, however that is, it is undone whole: at once, else by the next that stores a batch of
the unit, by the next start, or by ``python -m desk settle``.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, delete, select, update
from sqlalchemy.orm import Session

from analysis.errors import Place, Written, bad
from models import (
    AuditEvent,
    Batch,
    Keying,
    Period,
    UnfinishedBatch,
    Unit,
    now,
    one_at_a_time,
    reading,
    writing,
)
from models.at_work import at_work, forget_work, is_at_work, new_work
from models.slices import Pace
from models.unfinished import remove_unfinished
from survey.checks import AskedForm
from survey.storage import CheckedResponse, identified, ready, store

TellArrived = Callable[[int, int], None]
TOLD = 50  # times, of all that is stored
ACTOR = "command line"


@dataclass(frozen=True)
class Arriving:
    """A batch whose responses are still to be stored.

    ``rows``: makes them, as of this batch; ``end``: writes what is written with the last of them.
    """

    batch: Batch
    asked: AskedForm
    rows: Callable[[], Sequence[CheckedResponse]]
    end: Callable[[Session], None]


# Checks all and adds the batch, in a transaction that others wait for.
Begin = Callable[[Session], Arriving]


def store_whole(session: Session, arriving: Arriving) -> Batch:
    """Stores the batch in the caller's transaction, which others wait for."""
    asked = arriving.asked
    store(session, asked.unit, asked.period, asked.instrument, arriving.rows())
    arriving.end(session)
    return arriving.batch


def store_in_slices(
    engine: Engine, begin: Begin, tell: TellArrived | None = None, pace: Pace | None = None
) -> Batch:
    """Stores a batch in short transactions; it counts when this returns.

    ``tell``: takes how many of how many rows are in; what it raises ends it. Raises what ``begin``
    refuses, and BadInput while another batch of the unit is being stored, or where somebody undid
    this one. Nothing of it is left then.
    """
    work = new_work()
    with at_work(engine, work):
        with writing(engine) as session:
            arriving = begin(session)
            _take_place(session, arriving.batch, work)
        try:
            _store(engine, arriving, work, tell or _silent, pace or Pace())
        except BaseException:
            # Where this fails too, the next start or batch does it.
            with suppress(Exception):
                _undo(engine, arriving.batch.id)
            raise
    return arriving.batch


def undo_interrupted(engine: Engine, unit_id: int | None = None) -> int:
    """Undoes the batches, of a unit or all, that nobody stores any more; gives their number."""
    wanted = select(UnfinishedBatch)
    if unit_id is not None:
        wanted = wanted.where(UnfinishedBatch.unit_id == unit_id)
    with reading(engine) as session:
        left = [(one.batch_id, one.work) for one in session.scalars(wanted)]
    left = [(batch, work) for batch, work in left if not is_at_work(engine, work)]
    for batch, work in left:
        _undo(engine, batch)
        forget_work(engine, work)
    return len(left)


def one_of_a_unit(session: Session, unit_id: int) -> None:
    """Raises BadInput where another batch of the unit is being stored, or begins at this moment."""
    one_at_a_time(session, f"batches of unit {unit_id}")
    refuse_half_stored(session, Batch.unit_id == unit_id)


def refuse_half_stored(session: Session, among: ColumnElement[bool]) -> None:
    """Raises BadInput where a batch is being stored that meets the condition."""
    half = session.execute(
        select(Batch.file_name, Unit.name)
        .join(UnfinishedBatch, UnfinishedBatch.batch_id == Batch.id)
        .join(Unit, Unit.id == Batch.unit_id)
        .where(among)
    ).first()
    if half is not None:
        raise bad("batch_half_stored", file=Written(half.file_name), unit=half.name)


def _take_place(session: Session, batch: Batch, work: str) -> None:
    session.add(
        UnfinishedBatch(
            batch_id=batch.id,
            unit_id=batch.unit_id,
            period_id=batch.period_id,
            work=work,
            begun_at=now(),
        )
    )
    session.flush()


def _store(engine: Engine, arriving: Arriving, work: str, tell: TellArrived, pace: Pace) -> None:
    asked, rows = arriving.asked, identified(arriving.rows())
    done, told, step = 0, 0, max(1, len(rows) // TOLD)
    tell(0, len(rows))
    while done < len(rows):
        some = ready(asked.unit, asked.period, asked.instrument, rows[done : done + pace.rows])
        done = min(done + pace.rows, len(rows))
        with pace.slice(engine) as session:
            _require_unfinished(session, arriving.batch, work)
            some.write(session)
        if done - told >= step or done == len(rows):
            told = done
            tell(done, len(rows))
    with writing(engine) as session:
        _require_unfinished(session, arriving.batch, work)
        session.execute(delete(UnfinishedBatch).where(UnfinishedBatch.work == work))
        arriving.end(session)


def _require_unfinished(session: Session, batch: Batch, work: str) -> None:
    """Raises BadInput where it was undone meanwhile; its number may be another batch's then."""
    if session.scalar(select(UnfinishedBatch.work).where(_is(batch.id))) != work:
        raise bad("batch_undone", Place(batch.file_name))


def _undo(engine: Engine, batch_id: int, pace: Pace | None = None) -> None:
    """Removes all that is in of a batch, in slices, then the batch itself."""
    pace = pace or Pace()
    with writing(engine) as session:
        session.execute(update(Keying).where(Keying.batch_id == batch_id).values(batch_id=None))
    left = True
    while left:
        with pace.slice(engine) as session:
            batch = session.scalar(select(Batch).join(UnfinishedBatch).where(_is(batch_id)))
            left = batch is not None and _undo_some(session, batch, pace.rows)


def _undo_some(session: Session, batch: Batch, rows: int) -> bool:
    """Removes so many of its responses; where there are none, the batch. Whether any were left."""
    unit, period = session.get_one(Unit, batch.unit_id), session.get_one(Period, batch.period_id)
    told = {"batch": batch.id, "unit": unit.code, "period": period.code, "file": batch.file_name}
    if remove_unfinished(session, batch.id, rows):
        return True
    session.add(AuditEvent(created_at=now(), actor=ACTOR, act="undo_batch", details=told))
    return False


def _is(batch_id: int) -> ColumnElement[bool]:
    return UnfinishedBatch.batch_id == batch_id


def _silent(_done: int, _all: int) -> None:
    pass
