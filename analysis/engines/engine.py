"""What every engine does with the answers that it holds."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Literal

import pandas as pd
from sqlalchemy import FromClause, Select

from analysis.engines.writing import NumberTable
from analysis.errors import Place, Written, bad
from analysis.rulebook.instrument import Instrument

ColumnKind = Literal["whole", "text", "other"]
LINES = "error_lines_"  # beside a table of anybody's, whatever that is called
# By which module answers are reached, by how the URL begins.
MODULES = {
    "sqlite": "database",
    "postgresql": "database",
    "duckdb": "parquet_folder",
    "spark": "spark",
    "local": "spark",
    "yarn": "spark",
    "k8s": "spark",
}


class AnswerEngine(ABC):
    """Rows of answers with the engine that counts them where they are."""

    dialect: str
    name: str

    @property
    @abstractmethod
    def columns(self) -> Mapping[str, ColumnKind]:
        """What stands in each column of the rows."""

    @property
    @abstractmethod
    def rows(self) -> FromClause:
        """The rows, to be named in expressions."""

    @property
    def elsewhere(self) -> Sequence[Mapping[str, str]]:
        """The periods ("period", "year") whose answers are no longer here, but in an archive."""
        return ()

    @abstractmethod
    def run(self, expression: Select[Any], lines: NumberTable | None = None) -> pd.DataFrame:
        """What the expression finds; ``lines``: numbers it takes from a table of that name.

        Raises BadInput where the engine refuses.
        """

    @abstractmethod
    def close(self) -> None:
        """Lets go of the engine."""


# From the URL, the names of what holds the rows, and what was asked.
OpenAnswers = Callable[[str, Sequence[str], Instrument], AnswerEngine]


def open_answers(url: str, rows: Sequence[str], instrument: Instrument) -> AnswerEngine:
    """The engine of a URL over the rows named: a table of a database, an archive or its files.

    Without a name a database counts the answers that the service has stored in it. Raises BadInput.
    """
    kind = url.partition(":")[0].partition("[")[0].partition("+")[0]
    if kind not in MODULES:
        raise bad("unknown_engine", Place(key="--engine"), found=Written(url), known=[*MODULES])
    opened: OpenAnswers = import_module(f"analysis.engines.{MODULES[kind]}").open_rows
    return opened(url, rows, instrument)


def refused(engine: str, error: Exception) -> Exception:
    """The error for what an engine would not do, in its own words."""
    told = str(error).strip() or type(error).__name__
    return bad("engine_refused", Place(engine), reason=told.splitlines()[0][:300])
