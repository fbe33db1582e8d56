"""One state of the database in a file of its own, taken while others write; and put back."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from models.engine import WrongShape, reading
from models.keeping.telling import Unfit
from models.migrations.shape import columns_there
from models.trace import TraceHead, follow

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
FAULTS = {"integrity_check": "ok", "foreign_key_check": None}
# Whose password it is stays out of the list of processes.
DUMP = ("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
PUT_BACK = (
    "pg_restore",
    "--no-owner",
    "--no-privileges",
    "--exit-on-error",
    "--single-transaction",
)


@dataclass(frozen=True)
class DatabaseFacts:
    """What a copy must agree with: its engine and shape, rows by table, the end of its trace."""

    engine: str
    revision: str
    rows: Mapping[str, int]
    trace: TraceHead


def take_copy(engine: Engine, folder: Path) -> tuple[Path, DatabaseFacts]:
    """A file with one state of the database, and what is in it.

    Raises Unfit where the trace does not hold, or the copy is no sound database.
    """
    file = folder / NAMES[engine.dialect.name]
    if engine.dialect.name == "sqlite":
        _vacuum_into(engine, file)
        return file, facts_of_file(file)
    with reading(engine) as session:  # what is counted is what is dumped
        snapshot = session.scalar(text("SELECT pg_export_snapshot()"))
        _run(engine.url, [*DUMP, f"--snapshot={snapshot}", f"--file={file}"])
        facts = facts_of(session)
    _run(engine.url, ["pg_restore", "--list", str(file)], database=False)
    return file, facts


def facts_of(session: Session) -> DatabaseFacts:
    """What stands in the database. Raises Unfit where its trace does not hold."""
    connection = session.connection()
    tables = sorted({table for table, _ in columns_there(connection) if _is_kept(table)})
    verdict = follow(session)
    if verdict.broken:
        raise Unfit(f"The trace is broken after {verdict.events} events. {verdict.broken}")
    return DatabaseFacts(
        engine=connection.dialect.name,
        revision=str(connection.scalar(text("SELECT version_num FROM alembic_version"))),
        rows={table: _count(connection, table) for table in tables},
        trace=verdict.head,
    )


def facts_of_file(file: Path) -> DatabaseFacts:
    """What stands in an SQLite file. Raises Unfit where it is not sound."""
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=1"))
    with engine.connect() as connection:
        for check, sound in FAULTS.items():
            if (found := connection.execute(text(f"PRAGMA {check}")).first()) and found[0] != sound:
                raise Unfit(f"{file.name} is damaged: {check} found {found[0]}.")
    with Session(engine) as session:
        return facts_of(session)


def is_empty(url: str) -> bool:
    """Whether nothing stands where a database shall be restored."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return not (address.database and Path(address.database).exists())
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return not columns_there(connection)


def put_back(file: Path, url: str) -> None:
    """Makes the database at ``url``, where nothing is, of the file."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        _run(address, [*PUT_BACK, str(file)])
        return
    if not address.database:
        raise WrongShape("DATABASE_URL names no file to restore into.")
    place = Path(address.database)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, place)


def _vacuum_into(engine: Engine, file: Path) -> None:
    """Also leaves out what was deleted and still stood in free pages."""
    file.touch(mode=0o600, exist_ok=False)
    with closing(sqlite3.connect(str(engine.url.database), timeout=30)) as connection:
        connection.execute("VACUUM INTO ?", (str(file),))


def _is_kept(table: str) -> bool:
    """Not what the database makes by itself, nor views, whose rows stand elsewhere."""
    return not (
        "_search" in table
        or table.startswith(("sqlite_", "current_", "counted_"))
        or table == "alembic_version"
    )


def _count(connection: Connection, table: str) -> int:
    return int(connection.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0)


def _run(address: URL, command: Sequence[str], database: bool = True) -> None:
    """Runs one of PostgreSQL's own programs. Raises Unfit with what it says."""
    shown = address.set(drivername="postgresql", password=None).render_as_string(False)
    secret = {"PGPASSWORD": address.password} if address.password else {}
    words = [command[0], *([f"--dbname={shown}"] if database else []), *command[1:]]
    try:
        done = subprocess.run(words, capture_output=True, text=True, env=os.environ | secret)
    except FileNotFoundError as error:
        raise Unfit(f"{command[0]} is missing: install PostgreSQL's client programs.") from error
    if done.returncode:
        told = done.stderr.strip().splitlines() or ["it says nothing"]
        raise Unfit(f"{command[0]} failed: {told[0]}")
