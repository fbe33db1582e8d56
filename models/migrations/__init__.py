"""How the database comes to its present shape, step by step (Alembic)."""

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

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


def alembic_config(url: str) -> Config:
    """Alembic's configuration for a database URL."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Brings the database at ``url`` to the newest shape; creates a missing SQLite file."""
    command.upgrade(alembic_config(url), "head")


def write_answers_migration(name: str, allowed: Mapping[str, tuple[int, ...]]) -> Path:
    """Writes the migration that creates an answers table, after the newest one.

    Raises FileExistsError where a migration creates it already.
    """
    versions = FOLDER / "versions"
    if written := sorted(versions.glob(f"*_{name}.py")):
        raise FileExistsError(written[0])
    head = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    revision = f"{int(head or 0) + 1:04}"
    items = "\n".join(f'    "{item}": {values},' for item, values in allowed.items())
    file = versions / f"{revision}_{name}.py"
    file.write_text(
        ANSWERS_MIGRATION.format(revision=revision, head=head, name=name, items=items),
        encoding="utf-8",
    )
    return file
