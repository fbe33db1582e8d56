"""Answers in Parquet, counted by Spark: on this machine (local[N]) or by a cluster."""

import logging
import os
import shutil
import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

import pandas as pd
from sqlalchemy import FromClause, Select, table
from sqlalchemy import column as column_of

from analysis.engines.engine import LINES, AnswerEngine, ColumnKind, refused
from analysis.engines.writing import NumberTable, written
from analysis.errors import Place, Written, bad
from analysis.rulebook.instrument import Instrument

ROWS = "answers"
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # Codes of digits alone, as of provinces, stay text.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
}
# One machine needs no more pieces, and nobody else reaches its driver.
HERE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}
OWN_LOG = "SQLQueryContextLogger"
WHOLE = {"tinyint", "smallint", "int", "bigint"}


class SparkAnswers(AnswerEngine):
    """Rows in Parquet files that the workers of a cluster reach by the same names."""

    dialect = "spark"

    def __init__(self, session: Any, name: str, files: Sequence[str]) -> None:
        """Reads the headings alone. Raises BadInput."""
        self.name, self._session = name, session
        try:
            rows = session.read.parquet(*files)
            rows.createOrReplaceTempView(ROWS)
        except Exception as error:  # its own, and those of the Java side
            self.close()
            raise refused(name, error) from error
        self._columns = {heading: _kind(kind) for heading, kind in rows.dtypes}

    @property
    def columns(self) -> Mapping[str, ColumnKind]:
        """See ``AnswerEngine``."""
        return self._columns

    @cached_property
    def rows(self) -> FromClause:
        """See ``AnswerEngine``."""
        return table(ROWS, *map(column_of, self._columns))

    def run(self, expression: Select[Any], lines: NumberTable | None = None) -> pd.DataFrame:
        """See ``AnswerEngine``. Rows come and go as tuples: pandas 3 is unknown to Spark."""
        try:
            if lines:
                self._hand_over(lines)
            found = self._session.sql(written(expression, self.dialect))
            return pd.DataFrame([*map(tuple, found.collect())], columns=found.columns)
        except Exception as error:  # its own, and those of the Java side
            raise refused(self.name, error) from error

    def close(self) -> None:
        """Ends the session."""
        self._session.stop()

    def _hand_over(self, lines: NumberTable) -> None:
        texts = lines.texts
        columns = [f"`{one}` {'STRING' if one in texts else 'BIGINT'}" for one in lines.names]
        handed = self._session.createDataFrame(lines.rows, ", ".join(columns))
        # To every worker, else the answers would be sorted for the join.
        handed.hint("broadcast").createOrReplaceTempView(LINES)


def open_rows(url: str, rows: Sequence[str], instrument: Instrument) -> SparkAnswers:
    """The rows of folders or files of Parquet, named as the workers reach them. Raises BadInput."""
    if not rows:
        raise bad("no_rows_named", Place(key="--engine"), found=Written(url))
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise bad("no_java", Place(key="--engine"), found=Written(url))
    try:
        session = _session(url)
    except ModuleNotFoundError as error:
        raise bad("no_pyspark", Place(key="--engine"), found=Written(url)) from error
    except Exception as error:  # its own, and those of the Java side
        raise refused(url, error) from error
    return SparkAnswers(session, rows[0], rows)


def _session(url: str) -> Any:
    with warnings.catch_warnings():
        # Whatever it gets of pandas or gives, it gets and gives none.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        builder = import_module("pyspark.sql").SparkSession.builder
        builder = builder.master(url).appName("suara-layanan")
        for name, value in (SETTINGS | (HERE if url.startswith("local") else {})).items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
    logging.getLogger(OWN_LOG).disabled = True  # what it refuses is told once, by us
    return session


def _kind(kind: str) -> ColumnKind:
    if kind in WHOLE:
        return "whole"
    return "text" if kind == "string" else "other"
