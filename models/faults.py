"""What keeps a database from being used, in words that quote nothing stored.

What a database says of an error may quote what was to be stored: PostgreSQL does so in its DETAIL,
and where a value is of the wrong kind. The rest of the program gets to see no more than this.
"""

import logging
import sqlite3
import time
from collections.abc import Mapping
from functools import cache

from sqlalchemy import Engine, ExceptionContext, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

FULL = "the disk is full"
READ_ONLY = "its file, or the file system, can only be read"
LOCKED = "somebody else has held it locked for too long"
NOT_OPENED = "its file cannot be opened"
NOT_READ = "the disk cannot be read or written"
DAMAGED = "its file is damaged, or none of ours"
SILENT = "it does not answer"

SQLITE: Mapping[int, str] = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_CANTOPEN: NOT_OPENED,
    sqlite3.SQLITE_IOERR: NOT_READ,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
POSTGRESQL: Mapping[str, str] = {"53100": FULL, "25006": READ_ONLY, "55P03": LOCKED}
# Classes of PostgreSQL's codes that say so of the server, not of a statement.
OF_THE_SERVER = ("08", "53", "57P", "58")
NO_CONNECTION = (OperationalError, InterfaceError)
PRIMARY_CODE = 0xFF  # of SQLite's extended ones
SECONDS_BETWEEN_LINES = 60

logger = logging.getLogger(__name__)


def fault_of(error: BaseException) -> str | None:
    """What keeps the database from being used; None where the error is the statement's own."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        return None if code is None else SQLITE.get(code & PRIMARY_CODE)
    state: str | None = getattr(cause, "sqlstate", None)
    if state and state in POSTGRESQL:
        return POSTGRESQL[state]
    of_the_server = state is None or state.startswith(OF_THE_SERVER)
    return SILENT if of_the_server and isinstance(error, NO_CONNECTION) else None


def is_busy(error: BaseException) -> bool:
    """Whether others hold what the statement wanted to write."""
    return fault_of(error) == LOCKED


def told(error: Exception) -> str:
    """The error in one line, for whoever runs a command; it quotes nothing stored."""
    if isinstance(error, DBAPIError) and (fault := fault_of(error)):
        return f"{fault} ({_first_line(error.orig or error)})"
    return _first_line(getattr(error, "orig", None) or error)


def hide_values(engine: Engine) -> None:
    """Lets no error of this engine quote what is stored."""
    event.listen(engine, "handle_error", _hide_values)


@cache
def log_faults(engine: Engine) -> None:
    """Names the faults of this engine in the log of a service, each in a line a minute at most.

    Once a process, however often it is asked.
    """
    last: dict[str, float] = {}

    def log(context: ExceptionContext) -> None:
        options = context.connection.get_execution_options() if context.connection else {}
        fault = fault_of(context.sqlalchemy_exception or context.original_exception)
        if fault and not context.is_pre_ping and "at_once" not in options:
            moment = time.monotonic()
            if moment - last.get(fault, -SECONDS_BETWEEN_LINES) >= SECONDS_BETWEEN_LINES:
                last[fault] = moment
                logger.error("the database cannot be used: %s", fault)

    event.listen(engine, "handle_error", log)


def _hide_values(context: ExceptionContext) -> None:
    cause, wrapped = context.original_exception, context.sqlalchemy_exception
    if not hasattr(cause, "sqlstate"):
        return  # SQLite quotes nothing
    about_a_value = any(kind.__name__ == "DataError" for kind in type(cause).__mro__)
    kept = type(cause).__name__ if about_a_value else _first_line(cause)
    cause.args = (kept,)
    if wrapped is not None:
        kind = type(cause)
        wrapped.args = (f"({kind.__module__}.{kind.__name__}) {kept}",)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
