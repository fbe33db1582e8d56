"""Counts along three margins, each by source: of all together, by service, by month."""

from typing import Any

import pandas as pd

from analysis.index.disclosed import SOURCE
from analysis.index.tally import Tally
from models.final_counts import MARGINS
from survey.pairs import PAIR, UnitPeriod

WHOLE = MARGINS[0]
GRAIN = ("service_id", "month", SOURCE)

# Margin, source, and service or month: the counts of a tally's row, respondents first.
MarginCell = tuple[str, str, int | str | None]
MarginCells = dict[MarginCell, list[int]]


def by_of(margin: str) -> list[str]:
    """The columns that tell a margin's rows of one unit and period apart."""
    return [SOURCE] if margin == WHOLE else [SOURCE, margin]


def margin_cells(grain: Tally) -> dict[UnitPeriod, MarginCells]:
    """By unit and period the cells of all margins in which anybody answered.

    ``grain``: by unit, period and ``GRAIN``.
    """
    cells: dict[UnitPeriod, MarginCells] = {}
    for margin in MARGINS:
        by = [*PAIR, *by_of(margin)]
        counted = grain.regroup(by).counted
        measures = counted.columns.difference(by, sort=False)
        keys = counted[by].itertuples(index=False, name=None)
        for (unit, period, source, *group), counts in zip(
            keys, counted[measures].to_numpy().tolist(), strict=True
        ):
            if counts[0]:
                key = margin, source, plain(group[0]) if group else None
                cells.setdefault((unit, period), {})[key] = counts
    return cells


def plain(key: Any) -> int | str | None:
    """pandas makes 1.0 of 1 and NaN of None where both stand in a column."""
    if pd.isna(key):
        return None
    return key if isinstance(key, str) else int(key)
