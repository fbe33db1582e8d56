"""Whether all is there that a database of the newest shape has."""

from collections.abc import Collection

from sqlalchemy import Connection, inspect

from models.base import Base

VIEWS = (
    "counted_judgements",
    "counted_responses",
    "current_assessments",
    "current_interviews",
    "current_reconciliations",
    "current_self_assessments",
)


def missing(connection: Connection, answers_tables: Collection[str]) -> list[str]:
    """The tables and views that the database lacks, by name."""
    inspector = inspect(connection)
    there = {*inspector.get_table_names(), *inspector.get_view_names()}
    return sorted({*Base.metadata.tables, *answers_tables, *VIEWS} - there)
