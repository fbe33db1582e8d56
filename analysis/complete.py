"""Complete cases: the responses that answered all of several questions."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Complete:
    """The responses that answered every varying column of a table.

    ``table``: (n, k) floats, every column with at least two values. ``left_out``: responses
    that answered something, but not all of these. ``constant``: columns that were left out
    because all answers were the same, or there were none.
    """

    table: pd.DataFrame
    left_out: int
    constant: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many responses are complete."""
        return len(self.table)


def complete_cases(answers: pd.DataFrame) -> Complete:
    """The complete cases of ``answers``, (n, k), a missing answer being NaN or NA.

    A constant column drops no response for a missing answer to it.
    """
    answered = answers.astype("float64").dropna(how="all")
    table = answered[_varying(answered)].dropna()
    kept = _varying(table)
    constant = tuple(column for column in answers.columns if column not in kept)
    return Complete(table[kept], len(answered) - len(table), constant)


def _varying(table: pd.DataFrame) -> list[str]:
    return [column for column in table.columns if table[column].nunique() > 1]
