"""Taking away, for one transaction, what keeps rows of an append-only table from removal."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.faults import is_busy

PATIENCE, BETWEEN = 60, 0.5  # seconds, for a moment in which nobody writes
# Waiting longer than PostgreSQL looks for deadlocks (1 s) could end another's transaction.
A_MOMENT = "SET LOCAL lock_timeout = '200ms'"


@contextmanager
def guards_lifted(session: Session, tables: Sequence[str]) -> Iterator[None]:
    """Takes away what refuses removal, and puts it back before anybody else can look.

    Both engines take definitions into transactions.
    """
    put_back = [_lift(session, table, f"{table}_no_delete") for table in tables]
    yield
    for statement in put_back:
        session.connection().exec_driver_sql(statement)


def _lift(session: Session, table: str, guard: str) -> str:
    """Gives what puts it back."""
    if session.get_bind().dialect.name == "sqlite":
        asked = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
        lift, put_back = f"DROP TRIGGER {guard}", str(session.scalar(asked, {"name": guard}))
    else:
        session.execute(text(A_MOMENT))
        lift, put_back = (
            f"ALTER TABLE {table} {how} TRIGGER {guard}" for how in ("DISABLE", "ENABLE")
        )
    session.execute(text(lift))
    return put_back


def patiently(act: Callable[[], None]) -> None:
    """Does a transaction, anew where somebody else was writing; raises what else it raises."""
    patient_until = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except OperationalError as error:
            if not is_busy(error) or time.monotonic() > patient_until:
                raise
        time.sleep(BETWEEN)
