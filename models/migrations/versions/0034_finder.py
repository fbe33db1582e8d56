"""Trigram indices of the names by which citizens find a unit, kept by the database itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from models.engine import WrongShape

revision = "0034"
down_revision = "0033"

TABLES = ("units", "services", "institutions")
NO_FTS5 = (
    "Citizens' search needs SQLite 3.34 or newer with FTS5 and its trigrams; this is {version}."
    " Update SQLite, or use PostgreSQL."
)
NO_TRIGRAMS = (
    "Citizens' search needs PostgreSQL's extension pg_trgm, which this role may not create here."
    " Connect to this database as its owner or administrator, run CREATE EXTENSION pg_trgm; and"
    " start again. (On Debian it comes with the package postgresql.)"
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    (index_sqlite if sqlite else index_postgresql)()


def index_sqlite() -> None:
    """FTS5 holds the trigrams alone, the names stay in their tables (fts5.html, 4.4.3)."""
    for table in TABLES:
        index = f"{table}_search"
        added = f"INSERT INTO {index} (rowid, name) VALUES (NEW.id, NEW.name);"
        removed = f"INSERT INTO {index} ({index}, rowid, name) VALUES ('delete', OLD.id, OLD.name);"
        try:
            op.execute(
                f"CREATE VIRTUAL TABLE {index} USING fts5"
                f" (name, content='{table}', content_rowid='id', tokenize='trigram')"
            )
        except DBAPIError as error:
            version = op.get_bind().scalar(sa.text("SELECT sqlite_version()"))
            raise WrongShape(NO_FTS5.format(version=version)) from error
        for act, kept in (
            ("INSERT", added),
            ("DELETE", removed),
            ("UPDATE OF name", removed + added),
        ):
            name = f"{index}_{act.split()[0].lower()}"
            op.execute(f"CREATE TRIGGER {name} AFTER {act} ON {table} BEGIN {kept} END")
        op.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")


def index_postgresql() -> None:
    """pg_trgm is a trusted extension: whoever may create in the database may create it."""
    try:
        with op.get_bind().begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as error:
        raise WrongShape(NO_TRIGRAMS) from error
    for table in TABLES:
        # Names seldom change: what waits to be indexed would be read at each search.
        op.execute(
            f"CREATE INDEX {table}_search ON {table} USING gin (name gin_trgm_ops)"
            " WITH (fastupdate = off)"
        )
