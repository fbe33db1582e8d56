"""The synthetic survey that R's package survey was asked about, and what R said."""

from collections.abc import Mapping, Sequence
from functools import cache

import pandas as pd

from analysis.index.counting import count_frame
from analysis.index.tally import Tally
from analysis.rulebook.instrument import load_instrument
from tests.analysis.conftest import DATA
from tests.analysis.rows import ELEMENTS

SKM = load_instrument("skm-2017")
U = [f"u{number}" for number in range(1, 10)]


def r_says(name: str) -> pd.DataFrame:
    """One of R's tables."""
    return pd.read_csv(DATA / "r-survey" / f"likert_{name}.csv")


@cache
def respondents() -> pd.DataFrame:
    """4,966 respondents with unit, its visits N, district, sex, age and their answers."""
    return r_says("data").rename(columns=dict(zip(U, ELEMENTS, strict=True)))


def cells(by: Sequence[str], only: Mapping[str, str] | None = None) -> Tally:
    """Their answers in pairs by these columns, of those only whose columns are so."""
    return _cells(tuple(by), tuple((only or {}).items()))


@cache
def _cells(by: tuple[str, ...], only: tuple[tuple[str, str], ...]) -> Tally:
    rows = respondents()
    for column, value in only:
        rows = rows[rows[column] == value]
    return count_frame(rows, SKM, by, pairs=True)


def visits(district: str | None = None) -> dict[str, int]:
    """The visits of the units, of one district or of all."""
    rows = respondents()
    kept = rows if district is None else rows[rows.district == district]
    return {str(unit): int(number) for unit, number in kept.groupby("unit")["N"].first().items()}
