"""Batches that are still being stored: what tells them from others, and takes their rows away."""

from sqlalchemy import (
    ColumnElement,
    Uuid,
    column,
    delete,
    exists,
    func,
    select,
    table,
)
from sqlalchemy.orm import Session

from models.batches import UnfinishedBatch
from models.migrations import answers_tables
from models.responses import Batch, Comment, Experience, Response


def all_in() -> ColumnElement[bool]:
    """That all responses of a row's batch are in: others are neither counted nor shown."""
    return ~exists().where(UnfinishedBatch.batch_id == Batch.id)


def received() -> ColumnElement[bool]:
    """That a row's response is none of a batch that is still being stored."""
    return ~exists().where(UnfinishedBatch.batch_id == Response.batch_id)


def remove_unfinished(session: Session, batch_id: int, most: int) -> int:
    """Removes responses, at most so many, of a batch that is still being stored; gives how many.

    Where none is left the batch itself goes.
    """
    if session.get_bind().dialect.name == "postgresql":  # by a right that nobody else has
        return session.scalar(select(func.remove_unfinished(batch_id, most))) or 0
    some = select(Response.id).where(Response.batch_id == batch_id).limit(most)
    going = session.scalars(some).all()
    if not going:
        session.execute(delete(Batch).where(Batch.id == batch_id))
        return 0
    for name in (Experience.__tablename__, Comment.__tablename__, *answers_tables()):
        part = table(name, column("response_id", Uuid))
        session.execute(delete(part).where(part.c.response_id.in_(going)))
    session.execute(delete(Response).where(Response.id.in_(going)))
    return len(going)
