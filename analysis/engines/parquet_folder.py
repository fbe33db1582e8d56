"""Answers in Parquet, counted by DuckDB: an archive of closed periods, or single files."""

import os
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from sqlalchemy import FromClause, Select, table
from sqlalchemy import column as column_of

from analysis.engines.engine import LINES, AnswerEngine, ColumnKind, refused
from analysis.engines.writing import NumberTable, written
from analysis.errors import Place, Written, bad
from analysis.rulebook.instrument import Instrument

ROWS = "answers"
MEMORY = "2GB"
PART = "instrument={}"
SPECIAL = re.compile(r"[*?\[]")  # in the names that DuckDB is handed, which are patterns to it
WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}


class ParquetAnswers(AnswerEngine):
    """Rows in Parquet files; what does not fit in the memory allowed is spilled to the disk."""

    dialect = "duckdb"

    def __init__(self, name: str, files: Sequence[str]) -> None:
        """Reads the headings alone. Raises BadInput."""
        self.name = name
        self._spill = TemporaryDirectory(prefix="answers-")
        self._connection = duckdb.connect(
            config={"memory_limit": MEMORY, "temp_directory": self._spill.name}
        )
        self._connection.execute("SET preserve_insertion_order = false")
        try:
            # Codes of digits alone, as of provinces, stay text.
            options = "hive_partitioning = true, hive_types_autocast = false"
            listed = ", ".join(map(_literal, files))
            self._connection.execute(
                f"CREATE VIEW {ROWS} AS SELECT * FROM read_parquet([{listed}], {options})"
            )
            told = self._connection.execute(f"DESCRIBE {ROWS}").fetchall()
            each_file = self._connection.execute(
                f"SELECT DISTINCT name, duckdb_type FROM parquet_schema([{listed}])"
            ).fetchall()
        except duckdb.Error as error:
            self.close()
            raise refused(name, error) from error
        self._columns = {heading: _kind(kind) for heading, kind, *_ in told}
        # Of other files it would round 2.5 to fit the whole numbers of the first.
        for heading, kind in each_file:
            if self._columns.get(heading) == "whole" and kind:
                self._columns[heading] = _kind(kind)

    @property
    def columns(self) -> Mapping[str, ColumnKind]:
        """See ``AnswerEngine``."""
        return self._columns

    @cached_property
    def rows(self) -> FromClause:
        """See ``AnswerEngine``."""
        return table(ROWS, *map(column_of, self._columns))

    def run(self, expression: Select[Any], lines: NumberTable | None = None) -> pd.DataFrame:
        """See ``AnswerEngine``."""
        if lines:
            columns = zip(*lines.rows, strict=True)
            self._connection.register(LINES, pa.table([*map(list, columns)], names=lines.names))
        try:
            found = self._connection.execute(written(expression, self.dialect))
            headings = [heading for heading, *_ in found.description]
            return pd.DataFrame(found.fetchall(), columns=headings)
        except duckdb.Error as error:
            raise refused(self.name, error) from error

    def close(self) -> None:
        """Lets go of memory and of what was spilled."""
        self._connection.close()
        self._spill.cleanup()


def open_rows(url: str, rows: Sequence[str], instrument: Instrument) -> ParquetAnswers:
    """The rows of an archive's folder, or of the files that are named. Raises BadInput."""
    if not rows:
        raise bad("no_rows_named", Place(key="--engine"), found=Written(url))
    files = [pattern for one in rows for pattern in parts_of(one, instrument)]
    return ParquetAnswers(rows[0], files)


def parts_of(named: str, instrument: Instrument) -> list[str]:
    """The files of a folder, of an archive those of the instrument alone. Raises BadInput."""
    place = Path(named)
    if not place.exists():
        raise bad("no_such_file", Place(named))
    if not place.is_dir():
        if not place.is_file():  # a pipe may never end
            raise bad("special_file", Place(named))
        return [named]
    of_instrument = place / PART.format(instrument.id)
    inside = of_instrument if of_instrument.is_dir() else place
    found = sorted(map(os.fspath, inside.rglob("*.parquet")))
    if not found:
        raise bad("no_parts", Place(named), instrument=instrument.id)
    return found


def _literal(file: str) -> str:
    """A pattern that no other file meets, in quotes."""
    doubled = SPECIAL.sub(r"[\g<0>]", file).replace("'", "''")
    return f"'{doubled}'"


def _kind(kind: str) -> ColumnKind:
    if kind in WHOLE:
        return "whole"
    return "text" if kind == "VARCHAR" or kind.startswith("ENUM") else "other"
