"""What a migration does to a full table of PostgreSQL while others go on writing to it.

Each of these ends the transaction before it begins, with all earlier migrations, and can't be
undone: a migration that does one does nothing else before, and may be run again after it was
broken off.
SQLite has one writer: there the table is read once while the others wait.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.migrations.guards import replace_check

NO_LIMIT = "SET lock_timeout = 0"
BROKEN_OFF = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid"
CHECKED = (
    "SELECT convalidated FROM pg_constraint"
    " WHERE conname = :name AND conrelid = to_regclass(:table)"
)


def create_index_online(name: str, table: str, columns: Sequence[str]) -> None:
    """Creates an index; what was left of it when it was broken off is made anew."""
    if _sqlite():
        op.create_index(name, table, columns)
        return
    with op.get_context().autocommit_block():
        # It waits for those who write already, and nobody waits for it.
        op.execute(NO_LIMIT)
        if op.get_bind().scalar(sa.text(BROKEN_OFF), {"name": name}):
            op.execute(f"DROP INDEX CONCURRENTLY {name}")
        op.create_index(name, table, columns, postgresql_concurrently=True, if_not_exists=True)
        op.execute("SET lock_timeout = '2s'")


def replace_check_online(table: str, name: str, old: str, new: str) -> None:
    """As ``guards.replace_check``; the stored rows are read while others add to them.

    In force for new rows at once. Whoever adds waits only while the old condition is taken away.
    """
    if _sqlite():
        replace_check(table, name, old, new)
        return
    its = f"ck_{table}_{name}"
    with op.get_context().autocommit_block():
        done = op.get_bind().scalar(sa.text(CHECKED), {"name": f"{its}_new", "table": table})
        if done is None:
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {its}_new CHECK ({new}) NOT VALID")
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {its}_new")
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {its}")
    op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {its}_new TO {its}")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
