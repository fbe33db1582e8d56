"""Engines and transactions: one way to open either, on SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    FromClause,
    Insert,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from models.faults import hide_values, is_busy
from models.settings import OWNER_ALONE

WAIT_FOR_A_LOCK = 30  # seconds
WAIT_FOR_A_SERVER = 10  # seconds, where DATABASE_URL names no connect_timeout
# The one that the trigger on audit_events takes.
TRACE_LOCK = func.hashtextextended("audit_events", 0)
# What is committed stands in the WAL, durably; it is copied from there in larger pieces, of 16 MB.
LESS_COPYING = "wal_autocheckpoint = 4000"
A_MOMENT = 0.2  # seconds that a look may wait for it
LOOKS_AGAIN = 0.002  # seconds after which whoever waits for SQLite's one lock looks again


class Busy(Exception):
    """Others hold what a short transaction wanted to write."""


class WrongShape(Exception):
    """A database has not the shape that this program knows; told in a sentence."""


# What a wrong DATABASE_URL or DATA, or a database of another shape, raises.
UNUSABLE = (OSError, ModuleNotFoundError, DBAPIError, ArgumentError, WrongShape)


@cache
def open_engine(url: str) -> Engine:
    """The engine for a database URL, one a process.

    SQLite: foreign keys on, WAL, full durability, explicit BEGIN. An error's text never quotes
    what was to be stored.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        wait = {} if "connect_timeout" in address.query else {"connect_timeout": WAIT_FOR_A_SERVER}
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=wait)
        hide_values(engine)
        return engine
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(OWNER_ALONE, parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": WAIT_FOR_A_LOCK}, hide_parameters=True)
    same = _SameFile(address.database)
    event.listen(engine, "do_connect", same.look)  # which would make an empty one
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "connect", same.keep)
    event.listen(engine, "checkout", same.look)
    event.listen(engine, "engine_disposed", same.forget)
    event.listen(engine, "begin", _begin_sqlite)
    hide_values(engine)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the database throughout, and writes nothing."""
    with Session(engine.execution_options(**_one_state(engine))) as session:
        yield session


@contextmanager
def writing(engine: Engine, one_state: bool = False) -> Iterator[Session]:
    """A session whose changes are committed together at the end, or not at all.

    What it loaded may still be read afterwards. ``one_state``: it sees one state of the
    database throughout, as on SQLite always, and nobody adds to the trace meanwhile; for storing
    what was computed from many reads.
    """
    writer = engine.execution_options(writes=True)
    if not one_state or engine.dialect.name == "sqlite":
        with Session(writer, expire_on_commit=False) as session, session.begin():
            yield session
        return
    with (
        _turn_at_the_trace(writer.execution_options(**_one_state(engine))) as connection,
        Session(connection, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def _turn_at_the_trace(engine: Engine) -> Iterator[Connection]:
    """A connection whose turn it is before it sees anything.

    An event names the last one before it, which who sees an older state doesn't know.
    """
    with engine.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(TRACE_LOCK)))
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(select(func.pg_advisory_unlock(TRACE_LOCK)))
            connection.commit()


@contextmanager
def writing_at_once(engine: Engine, seconds: float = A_MOMENT) -> Iterator[Session]:
    """As ``writing``, but waits for nobody longer than ``seconds``: raises Busy then.

    For what is kept of a look: it is short, and can do without.
    """
    try:
        with writing(engine.execution_options(at_once=seconds)) as session:
            if engine.dialect.name == "postgresql":
                session.execute(text(f"SET LOCAL lock_timeout = {1000 * seconds:.0f}"))
            yield session
    except OperationalError as error:
        if is_busy(error):
            raise Busy from error
        raise


def one_at_a_time(session: Session, what: str) -> None:
    """Until the transaction ends nobody else does the same to ``what``; they wait.

    For rows that nobody may change: locking such a row takes the right to change it. On SQLite
    writers wait for each other anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def writes_alone(session: Session) -> bool:
    """Whether nobody else writes from the begin of this writing transaction to its end."""
    return session.get_bind().dialect.name == "sqlite"


def insert_absent(session: Session, table: type[DeclarativeBase] | FromClause) -> Insert:
    """An INSERT that passes over rows that are there already."""
    # The engine's own dialect: the other's takes memory.
    dialect = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")
    insert: Insert = dialect.insert(table).on_conflict_do_nothing()
    return insert


def _one_state(engine: Engine) -> dict[str, Any]:
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}


class _SameFile:
    """Refuses to go on where an SQLite file was moved or replaced while it is open.

    What is stored would go into the file that is gone, and nobody would notice.
    """

    def __init__(self, file: str | None) -> None:
        self._file = file
        self._first: tuple[int, int] | None = None

    def keep(self, *_: object) -> None:
        """Notes which file it is, once it has been opened."""
        self._first = self._first or self._now()

    def look(self, *_: object) -> None:
        """Raises OperationalError where it is another, or none; as where it can't be opened."""
        if self._first is not None and self._now() != self._first:
            cause = sqlite3.OperationalError("the file was moved or replaced; start anew")
            cause.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise OperationalError("", None, cause)

    def forget(self, *_: object) -> None:
        """The engine begins anew."""
        self._first = None

    def _now(self) -> tuple[int, int] | None:
        try:
            found = Path(self._file or "").stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins no transaction behind our back
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", LESS_COPYING):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once, so that it never has to give up what it has read."""
    options = connection.get_execution_options()
    if not options.get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    _wait(connection, 0)
    try:
        if not _get_a_turn(connection, options.get("at_once") or WAIT_FOR_A_LOCK):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # or it is told why not
    finally:
        _wait(connection, WAIT_FOR_A_LOCK)


def _get_a_turn(connection: Connection, seconds: float) -> bool:
    """Begins as soon as others let it: False where that takes longer.

    SQLite itself would look ever more seldom, every tenth of a second in the end, and miss the
    moments between the slices of others.
    """
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    until = monotonic() + seconds
    while monotonic() < until:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                return False
            sleep(LOOKS_AGAIN)
        else:
            return True
    return False


def _wait(connection: Connection, seconds: float) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * seconds:.0f}")
