"""Whether all is there that a database of the newest shape has."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

from models.further import every_table

LISTED = Path(__file__).with_name("columns.txt")
VIEWS = (
    "counted_responses",
    "current_assessments",
    "current_interviews",
    "current_reconciliations",
    "current_self_assessments",
    "current_service_visits",
    "current_visits",
    "received_responses",
)


# Tables and views with their columns. Asked so, since an inspector keeps much of what it reads.
COLUMNS = {
    "sqlite": (
        "SELECT one.name, its.name FROM sqlite_master one JOIN pragma_table_info(one.name) its"
        " WHERE one.type IN ('table', 'view')"
    ),
    "postgresql": (
        "SELECT one.relname, its.attname FROM pg_class one"
        " JOIN pg_namespace around ON around.oid = one.relnamespace"
        " JOIN pg_attribute its ON its.attrelid = one.oid"
        " WHERE around.nspname = current_schema() AND one.relkind IN ('r', 'v')"
        " AND its.attnum > 0 AND NOT its.attisdropped"
    ),
}


def columns_there(connection: Connection) -> set[tuple[str, str]]:
    """The columns of the database's tables and views, each with its table."""
    rows = connection.execute(text(COLUMNS[connection.dialect.name]))
    return {(table, column) for table, column in rows}


def missing(connection: Connection, answers_tables: Collection[str]) -> list[str]:
    """The tables and views that the database lacks, by name; columns as "units.open_link"."""
    found = columns_there(connection)
    there = {table for table, _ in found}
    listed = columns_listed()
    columns = {
        f"{table}.{column}"
        for table, its in listed.items()
        if table in there
        for column in its
        if (table, column) not in found
    }
    tables = {*listed, *answers_tables, *VIEWS} - there
    return sorted(tables | columns)


@cache
def columns_listed() -> dict[str, list[str]]:
    """The columns of each table as the listing has them: to load all models for it takes longer."""
    lines = LISTED.read_text(encoding="utf-8").splitlines()
    return {table: its.split() for table, _, its in (line.partition(":") for line in lines)}


def columns_described() -> dict[str, list[str]]:
    """The same as the models describe them, without the tables of answers."""
    return {
        name: sorted(column.name for column in table.columns)
        for name, table in sorted(every_table().tables.items())
        if not name.startswith("answers_")
    }


def write_listing() -> None:
    """Lists them anew: ``python -m models.migrations.shape``, after a table has changed."""
    lines = [f"{table}: {' '.join(its)}\n" for table, its in columns_described().items()]
    LISTED.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write_listing()
