"""Answers in SQLite or PostgreSQL: a table of anybody's, or what the service stored."""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
from sqlalchemy import (
    Connection,
    Engine,
    FromClause,
    Select,
    TableClause,
    create_engine,
    inspect,
    make_url,
    table,
    text,
    types,
)
from sqlalchemy import column as column_of
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from analysis.engines.engine import LINES, AnswerEngine, ColumnKind, refused
from analysis.engines.stored import ANSWERS, COUNTED, THINNED, moved_periods, stored_answers
from analysis.engines.writing import NumberTable, with_table, written
from analysis.errors import Place, Written, bad
from analysis.rulebook.instrument import Instrument

TableColumns = dict[str, types.TypeEngine[Any]]


class DatabaseAnswers(AnswerEngine):
    """Rows of one table or view, or of a selection of some."""

    def __init__(self, engine: Engine, name: str, columns: TableColumns, rows: FromClause) -> None:
        self.name, self.dialect = name, engine.dialect.name
        self._engine, self._rows = engine, rows
        self._columns = columns

    @property
    def columns(self) -> Mapping[str, ColumnKind]:
        """See ``AnswerEngine``. What SQLite does not declare is told by its values alone."""
        return {name: _kind(kind) for name, kind in self._columns.items()}

    @property
    def rows(self) -> FromClause:
        """See ``AnswerEngine``."""
        return self._rows

    @cached_property
    def elsewhere(self) -> Sequence[Mapping[str, str]]:
        """See ``AnswerEngine``."""
        if isinstance(self._rows, TableClause) or not inspect(self._engine).has_table(THINNED):
            return ()
        return [
            {str(name): str(value) for name, value in one.items()}
            for one in self.run(moved_periods()).to_dict("records")
        ]

    def run(self, expression: Select[Any], lines: NumberTable | None = None) -> pd.DataFrame:
        """See ``AnswerEngine``. Nothing is written, nor any table made."""
        sql, given = written(expression, self.dialect).replace(":", r"\:"), dict[str, str]()
        if lines:
            sql = f"WITH {with_table(lines, LINES, self.dialect)} SELECT * FROM ({sql}) AS counted"
            given = {"given": lines.as_json()}
        try:
            found = self._snapshot.execute(text(sql), given)
            return pd.DataFrame(found.all(), columns=list(found.keys()))
        except SQLAlchemyError as error:
            raise _refused(self.name, error) from error

    def close(self) -> None:
        """Closes all connections."""
        if "_snapshot" in vars(self):
            self._snapshot.close()
        self._engine.dispose()

    @cached_property
    def _snapshot(self) -> Connection:
        """One state of the database for all that is asked, whoever writes meanwhile."""
        connection = self._engine.connect()
        if self.dialect == "sqlite":  # whose driver begins with the first change alone
            connection.exec_driver_sql("BEGIN")
        return connection


def open_rows(url: str, rows: Sequence[str], instrument: Instrument) -> DatabaseAnswers:
    """The rows of the table named, else what the service stored of an instrument's answers."""
    if len(rows) > 1:
        raise bad("one_table", Place(key="--engine"), found=[Written(one) for one in rows])
    engine = _engine(url)
    told = make_url(url).render_as_string(hide_password=True)
    try:
        if rows:
            named, columns = _table(engine, rows[0], told)
            return DatabaseAnswers(engine, rows[0], columns, named)
        of_instrument = ANSWERS.format(instrument.id.replace("-", "_"))
        for needed in (COUNTED, of_instrument):
            _table(engine, needed, told)
    except SQLAlchemyError as error:
        raise _refused(told, error) from error
    stored = stored_answers(instrument, of_instrument)
    kinds = {column.name: column.type for column in stored.c}
    return DatabaseAnswers(engine, told, kinds, stored)


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
            return create_engine(
                address,
                hide_parameters=True,
                isolation_level="REPEATABLE READ",
                execution_options={"postgresql_readonly": True},
            )
        file = Path(address.database or "")
        if not file.is_file():
            raise bad("no_such_file", Place(str(file)))
        # SQLite would make an absent file, and a journal beside one that is there.
        read_only = address.set(
            database=f"file:{quote(os.fspath(file.absolute()))}",
            query={"mode": "ro", "uri": "true"},
        )
        return create_engine(read_only, hide_parameters=True)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise refused("--engine", error) from error


def _table(engine: Engine, name: str, told: str) -> tuple[TableClause, TableColumns]:
    """The table of a whole name, dots and all, or else of SCHEMA.NAME."""
    looked, (schema, _, alone) = inspect(engine), name.rpartition(".")
    for own, within in ((name, None), (alone, schema or None)):
        if looked.has_table(own, schema=within):
            columns = {one["name"]: one["type"] for one in looked.get_columns(own, within)}
            own_columns = (column_of(one, kind) for one, kind in columns.items())
            return table(own, *own_columns, schema=within), columns
    raise bad("no_such_table", Place(told), found=Written(name))


def _kind(kind: types.TypeEngine[Any]) -> ColumnKind:
    if isinstance(kind, types.Integer | types.NullType):
        return "whole"
    return "text" if isinstance(kind, types.String) else "other"


def _refused(name: str, error: SQLAlchemyError) -> Exception:
    """Without the statement, which is long, and without what was asked for."""
    return refused(name, getattr(error, "orig", None) or error)
