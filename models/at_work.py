"""Whether somebody is still at a piece of work that is written in several transactions.

Told by a lock that goes with its process, however that ends: nobody need wait for a silence to
know that a work was interrupted.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Engine, func, select


def new_work() -> str:
    """A name for a piece of work that nothing else bears."""
    return token_hex(32)


@contextmanager
def at_work(engine: Engine, work: str) -> Iterator[None]:
    """Others can tell meanwhile that this work goes on."""
    if engine.dialect.name == "sqlite":
        with _lock_file(engine, work).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                forget_work(engine, work)
        return
    with engine.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(_number(work))))
        connection.commit()
        try:
            yield
        finally:
            connection.invalidate()  # the lock ends with it, whatever state it is in


def is_at_work(engine: Engine, work: str) -> bool:
    """Whether a process is still at it, here or, on PostgreSQL, elsewhere."""
    if engine.dialect.name == "sqlite":
        try:
            with _lock_file(engine, work).open() as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False
    with engine.connect() as connection:
        free = func.pg_try_advisory_xact_lock(_number(work))
        return not connection.scalar(select(free))


def forget_work(engine: Engine, work: str) -> None:
    """Removes what a work that was interrupted left of its lock."""
    if engine.dialect.name == "sqlite":
        _lock_file(engine, work).unlink(missing_ok=True)


def _lock_file(engine: Engine, work: str) -> Path:
    """Beside the database: whoever shares it sees the lock."""
    return Path(f"{engine.url.database}-{work}.at-work")


def _number(work: str) -> int:
    return int(work[:15], 16)
