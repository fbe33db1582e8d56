"""Inserts that are written once a process: for the rows of every form that is sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, FromClause, Table, insert
from sqlalchemy.orm import Session

Column = tuple[str, Callable[[Any], Any] | None]
# The statement, and the columns in its order with how the driver wants their values.
Prepared = tuple[str, list[Column]]
_prepared: dict[tuple[str, FromClause, tuple[str, ...]], Prepared] = {}


def insert_rows(session: Session, table: FromClause, rows: Sequence[Mapping[str, object]]) -> None:
    """Inserts rows that give values for the same columns; nothing where there are none."""
    if not rows:
        return
    connection = session.connection()
    dialect, names = connection.dialect, tuple(rows[0])
    key = dialect.name, table, names
    if key not in _prepared:
        _prepared[key] = _prepare(dialect, table, names)
    statement, columns = _prepared[key]
    values: list[Any]
    if dialect.positional:
        values = [
            tuple([row[name] if fit is None else fit(row[name]) for name, fit in columns])
            for row in rows
        ]
    else:
        values = [
            {name: row[name] if fit is None else fit(row[name]) for name, fit in columns}
            for row in rows
        ]
    connection.exec_driver_sql(statement, values)


def _prepare(dialect: Dialect, table: FromClause, names: Sequence[str]) -> Prepared:
    assert isinstance(table, Table)
    compiled = insert(table).compile(dialect=dialect, column_keys=names)
    order = getattr(compiled, "positiontup", None) or names
    types = {name: table.c[name].type.dialect_impl(dialect) for name in order}
    return str(compiled), [(name, types[name].bind_processor(dialect)) for name in order]
