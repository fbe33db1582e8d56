"""Whether all is there that a database of the newest shape has."""

from collections.abc import Collection

from sqlalchemy import Connection, inspect

from models.base import Base

VIEWS = (
    "counted_responses",
    "current_assessments",
    "current_interviews",
    "current_reconciliations",
    "current_self_assessments",
)


def missing(connection: Connection, answers_tables: Collection[str]) -> list[str]:
    """The tables and views that the database lacks, by name; columns as "units.open_link"."""
    inspector = inspect(connection)
    there = {*inspector.get_table_names(), *inspector.get_view_names()}
    found = {
        f"{table}.{column['name']}"
        for (_, table), columns in inspector.get_multi_columns().items()
        for column in columns
    }
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if table.name in there
        for column in table.columns
    }
    tables = {*Base.metadata.tables, *answers_tables, *VIEWS} - there
    return sorted(tables | (columns - found))
