"""Run by Alembic: all missing migrations, on the URL handed over.

In one transaction; on PostgreSQL those that must not keep others waiting for a full table end it
before they begin (``models.migrations.online``). There too nobody waits long for a lock while
others queue behind: ``upgrade`` tries again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

import psycopg
from alembic import context
from sqlalchemy import Connection, text

from models.engine import open_engine
from models.further import every_table

MIGRATION_LOCK = 20171405
MOMENT = 0.2


@contextmanager
def own_connection() -> Iterator[Connection]:
    """One that is closed at the end, whatever happens, with what it holds and was told."""
    engine = open_engine(context.config.attributes["url"])
    with engine.execution_options(writes=True).connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.detach()  # it would not check foreign keys
            # Altering a table copies it; within a transaction the pragma has no effect.
            connection.connection.execute("PRAGMA foreign_keys = OFF")
            yield connection
            return
        try:
            take_turn(connection)
            yield connection
        finally:
            connection.invalidate()


def take_turn(connection: Connection) -> None:
    """Waits until nobody else migrates; without a transaction, for which they would wait."""
    driven = connection.connection.driver_connection
    assert isinstance(driven, psycopg.Connection)
    driven.autocommit = True
    asked = "SELECT pg_try_advisory_lock(%s)"
    while driven.execute(asked, [MIGRATION_LOCK]).fetchall() != [(True,)]:
        sleep(MOMENT)
    driven.execute("SET lock_timeout = '2s'")
    driven.autocommit = False


with own_connection() as connection:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=every_table(),
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
            raise RuntimeError(f"foreign keys broken by a migration: {broken}")
    connection.commit()
