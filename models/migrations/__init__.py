"""How the database comes to its present shape, step by step (Alembic).

``chain.sha256`` names all migrations in their order, each with the SHA-256 of its file, as
``sha256sum`` writes it. A line that is on the main branch never changes, nor its place: whoever
was told a number has what stands before it.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from models.engine import WrongShape, open_engine
from models.migrations.shape import columns_there, missing

FOLDER = Path(__file__).parent
ANSWERS_MIGRATION = '''"""The table of the answers to one instrument."""

from models.migrations.guards import create_answers_table

revision = "{revision}"
down_revision = "{head}"

NAME = "{name}"
ITEMS = {{
{items}
}}


def upgrade() -> None:
    create_answers_table(NAME, ITEMS)
'''


def migrate(url: str) -> None:
    """Brings the database at ``url`` to the newest shape; creates a missing SQLite file.

    Raises WrongShape where that can't be, or where something is missing then.
    """
    engine = open_engine(url)
    with engine.connect() as connection:
        found = _revision(connection)
    if found != newest():
        from models.migrations.upgrade import upgrade  # Alembic takes memory, and is seldom needed

        upgrade(url)
    fault = shape_fault(engine)
    engine.dispose()  # what it opened is needed no more
    if fault:
        raise WrongShape(fault)


def shape_fault(engine: Engine) -> str | None:
    """Why the database is not of the newest shape, as a sentence; None where it is."""
    with engine.connect() as connection:
        if _revision(connection) != newest():
            return (
                "The database has not been migrated. The service does that when it starts, or"
                " python -m models."
            )
        lacking = missing(connection, answers_tables())
    if not lacking:
        return None
    return (
        f"The database says that it has the newest shape ({newest()}), yet it lacks"
        f" {', '.join(lacking)}. A program from between two releases has made it. Restore a"
        " backup from before, or name another database, which may be empty."
    )


def chain() -> list[str]:
    """The files of all migrations, in their order."""
    lines = (FOLDER / "chain.sha256").read_text(encoding="utf-8").splitlines()
    return [line.split()[1] for line in lines]


def newest() -> str:
    """The newest migration: "0018"."""
    return chain()[-1].split("_")[0]


def answers_tables() -> list[str]:
    """The answers tables that the migrations make."""
    names = [file.removesuffix(".py").split("_", 1)[1] for file in chain()]
    return [name for name in names if name.startswith("answers_")]


def write_answers_migration(name: str, allowed: Mapping[str, tuple[int, ...]]) -> Path:
    """Writes the migration that creates an answers table, after the newest one.

    Raises FileExistsError where a migration creates it already.
    """
    versions = FOLDER / "versions"
    if written := sorted(versions.glob(f"*_{name}.py")):
        raise FileExistsError(written[0])
    head = newest()
    revision = f"{int(head) + 1:04}"
    items = "\n".join(f'    "{item}": {values},' for item, values in allowed.items())
    file = versions / f"{revision}_{name}.py"
    content = ANSWERS_MIGRATION.format(revision=revision, head=head, name=name, items=items)
    file.write_text(content, encoding="utf-8")
    with (FOLDER / "chain.sha256").open("a", encoding="utf-8") as names:
        names.write(f"{sha256(content.encode()).hexdigest()}  {file.name}\n")
    return file


def _revision(connection: Connection) -> str | None:
    """The migration that the database has come to; None for none."""
    if ("alembic_version", "version_num") not in columns_there(connection):
        return None
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
