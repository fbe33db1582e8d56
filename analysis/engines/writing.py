"""Expressions as each engine reads them, and tables of whole numbers to hand to a database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select, types
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import (
    GenericTypeCompiler,
    IdentifierPreparer,
    SQLCompiler,
)

from analysis.arrays import Integers

# To write a query takes longer than to count a unit's answers.
KEPT = 256


class _Quoting(IdentifierPreparer):
    """All names in quotes: which words an engine keeps for itself need not be known."""

    def _requires_quotes(self, value: str) -> bool:
        return True


class _Backticks(_Quoting):
    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect, initial_quote="`")


class _Escaping(SQLCompiler):
    """Text as Spark reads it, to which a backslash is more than itself."""

    def render_literal_value(self, value: Any, type_: types.TypeEngine[Any]) -> str:
        if isinstance(value, str):
            escaped = value.replace("\\", "\\\\").replace("'", "\\'")
            return f"'{escaped}'"
        return str(super().render_literal_value(value, type_))


class _Strings(GenericTypeCompiler):
    """``TEXT`` is ``STRING`` in Spark."""

    def visit_TEXT(self, type_: types.Text, **_: Any) -> str:  # SQLAlchemy's own name for it
        return "STRING"


class DuckDBDialect(DefaultDialect):
    """How DuckDB reads SQL."""

    name = "duckdb"
    preparer: type[IdentifierPreparer] = _Quoting


class SparkDialect(DefaultDialect):
    """How Spark reads SQL."""

    name = "spark"
    preparer: type[IdentifierPreparer] = _Backticks
    statement_compiler = _Escaping
    type_compiler_cls = _Strings


DIALECTS: dict[str, Dialect] = {
    "sqlite": SQLiteDialect(),
    "postgresql": PGDialect(),  # type: ignore[no-untyped-call]
    "duckdb": DuckDBDialect(),
    "spark": SparkDialect(),
}


@lru_cache(KEPT)
def written(expression: Select[Any], dialect: str) -> str:
    """In SQL; kept as long as the expression is."""
    literal = {"literal_binds": True}
    return str(expression.compile(dialect=DIALECTS[dialect], compile_kwargs=literal))


@dataclass(frozen=True)
class NumberTable:
    """Rows of whole numbers by some keys: (G, N) ``numbers`` in ``columns``."""

    by: Sequence[str]
    keys: Sequence[tuple[Any, ...]]
    columns: Sequence[str]
    numbers: Integers

    @property
    def names(self) -> list[str]:
        """The names of all columns, keys first."""
        return [*self.by, *self.columns]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """Row by row, as ``names``."""
        return [(*key, *row) for key, row in zip(self.keys, self.numbers.tolist(), strict=True)]

    @property
    def texts(self) -> set[str]:
        """Which of the keys are text; the others are whole numbers."""
        return {
            name
            for at, name in enumerate(self.by)
            if any(isinstance(key[at], str) for key in self.keys)
        }

    def as_json(self) -> str:
        """Row by row, for a statement that begins ``with_table``."""
        return json.dumps(self.rows)


def with_table(table: NumberTable, name: str, dialect: str) -> str:
    """What makes of the parameter ``:given`` a table of that name, in a database.

    No table is made in it, which a role that only reads may not.
    """
    kind, cell, source = {
        "sqlite": ("INTEGER", "json_extract(value, '$[{at}]')", "json_each(:given)"),
        "postgresql": (
            "BIGINT",
            "(value ->> {at})",
            "jsonb_array_elements(CAST(:given AS jsonb))",
        ),
    }[dialect]
    texts = table.texts
    cells = ", ".join(
        f"CAST({cell.format(at=at)} AS {'TEXT' if column in texts else kind})"
        f" AS {DIALECTS[dialect].identifier_preparer.quote(column)}"
        for at, column in enumerate(table.names)
    )
    return f"{name} AS MATERIALIZED (SELECT {cells} FROM {source})"
