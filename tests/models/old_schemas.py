"""Databases as earlier versions made and filled them: tests/data/schemas, see make.sh there."""

import lzma
import subprocess
from pathlib import Path

from sqlalchemy import Connection, make_url, text

from models.migrations.shape import columns_there

FOLDER = Path(__file__).parents[1] / "data" / "schemas"
REVISIONS = [line.split()[0] for line in (FOLDER / "versions").read_text().splitlines()[1:]]

Rows = dict[str, list[tuple[str, ...]]]


def restore(revision: str, url: str) -> None:
    """Makes a database as the version with this newest migration had it; fills PostgreSQL's."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        Path(str(address.database)).write_bytes(_unpacked(f"{revision}.sqlite3.xz"))
        return
    owner = address.set(drivername="postgresql").render_as_string(False)
    asked = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", owner]
    subprocess.run(asked, input=_unpacked(f"{revision}.postgresql.sql.xz"), check=True)


def _unpacked(name: str) -> bytes:
    return lzma.decompress((FOLDER / name).read_bytes())


def rows(connection: Connection, columns: set[tuple[str, str]] | None = None) -> Rows:
    """What stands in the tables, by name; of these columns alone, where some are named."""
    kept: dict[str, list[str]] = {}
    for table, column in sorted(columns or data_columns(connection)):
        kept.setdefault(table, []).append(f'"{column}"')
    return {
        table: sorted(
            tuple(map(repr, row))
            for row in connection.execute(text(f'SELECT {", ".join(names)} FROM "{table}"'))
        )
        for table, names in kept.items()
    }


def data_columns(connection: Connection) -> set[tuple[str, str]]:
    """The columns of tables that hold what people gave; no views, no index of the finder."""
    views = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'view'",
        "postgresql": "SELECT viewname FROM pg_views WHERE schemaname = current_schema()",
    }
    apart = set(connection.scalars(text(views[connection.dialect.name])))
    return {
        (table, column)
        for table, column in columns_there(connection)
        if table not in apart and "_search" not in table and table != "alembic_version"
    }
