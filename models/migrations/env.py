"""Run by Alembic: all missing migrations in one transaction, on the URL handed over."""

from alembic import context
from sqlalchemy import text

from models.base import Base
from models.engine import open_engine

MIGRATION_LOCK = 20171405

engine = open_engine(context.config.attributes["url"])

with engine.execution_options(writes=True).connect() as connection:
    connection.detach()  # closed at the end, whatever happens: it would not check foreign keys
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # altering a table copies it; within a transaction the pragma has no effect
        connection.connection.execute("PRAGMA foreign_keys = OFF")
    else:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
            raise RuntimeError(f"foreign keys broken by a migration: {broken}")
    connection.commit()
