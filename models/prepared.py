"""Inserts that are written once a process: for the rows of every form that is sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, FromClause, Table, insert
from sqlalchemy.orm import Session

Row = Mapping[str, object]
# So many rows go into SQLite by one statement. Few sizes, so that its driver keeps them prepared.
SIZES = (32, 16, 8, 4, 2, 1)


@dataclass(frozen=True)
class Prepared:
    """An INSERT of one row, and its columns in its order with how the driver wants their values."""

    statement: str
    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def values(self, row: Row) -> list[Any]:
        """The row's values as the driver takes them."""
        return [row[name] if fit is None else fit(row[name]) for name, fit in self.columns]

    def together(self, rows: int) -> str:
        """The same of several rows."""
        group = f"({', '.join('?' * len(self.columns))})"
        return f"{self.statement}{f', {group}' * (rows - 1)}"


_prepared: dict[tuple[str, FromClause, tuple[str, ...]], Prepared] = {}


def insert_rows(session: Session, table: FromClause, rows: Sequence[Row]) -> None:
    """Inserts rows that give values for the same columns; nothing where there are none."""
    if not rows:
        return
    connection = session.connection()
    dialect, names = connection.dialect, tuple(rows[0])
    key = dialect.name, table, names
    if key not in _prepared:
        _prepared[key] = _prepare(dialect, table, names)
    send = _send_together if dialect.positional else _send_each
    send(connection, _prepared[key], rows)


def _send_each(connection: Connection, prepared: Prepared, rows: Sequence[Row]) -> None:
    names = [name for name, _ in prepared.columns]
    values = [dict(zip(names, prepared.values(row), strict=True)) for row in rows]
    connection.exec_driver_sql(prepared.statement, values)


def _send_together(connection: Connection, prepared: Prepared, rows: Sequence[Row]) -> None:
    """By few statements: after each, the driver lets every other thread of the process in."""
    for some in _in_sizes(rows):
        values = tuple([value for row in some for value in prepared.values(row)])
        connection.exec_driver_sql(prepared.together(len(some)), values)


def _in_sizes(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    at = 0
    while at < len(rows):
        size = next(one for one in SIZES if one <= len(rows) - at)
        yield rows[at : at + size]
        at += size


def _prepare(dialect: Dialect, table: FromClause, names: Sequence[str]) -> Prepared:
    assert isinstance(table, Table)
    compiled = insert(table).compile(dialect=dialect, column_keys=names)
    order = getattr(compiled, "positiontup", None) or names
    types = {name: table.c[name].type.dialect_impl(dialect) for name in order}
    return Prepared(str(compiled), [(name, types[name].bind_processor(dialect)) for name in order])
