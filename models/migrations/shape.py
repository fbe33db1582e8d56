"""Whether all is there that a database of the newest shape has."""

from collections.abc import Collection

from sqlalchemy import Connection, text

from models.base import Base

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
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if table.name in there
        for column in table.columns
        if (table.name, column.name) not in found
    }
    tables = {*Base.metadata.tables, *answers_tables, *VIEWS} - there
    return sorted(tables | columns)
