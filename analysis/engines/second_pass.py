"""Linear errors of rows that stay with the engine that holds them."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.engines.writing import NumberTable
from analysis.errors import bad
from analysis.index.expression import SLOPE, START
from analysis.index.tally import Tally
from analysis.uncertainty.moments import Linear, Moments, Scale, SecondPass, whole_lines

SUMS = ("total", "high", "low")
# Asks an engine for ``expression.sum_errors`` over its rows and a table of lines.
SumErrors = Callable[[NumberTable], pd.DataFrame]


def second_pass(sum_errors: SumErrors) -> SecondPass:
    """Reads the rows of a tally once more, by its groups; no name of a group may be missing.

    Raises BadInput where other groups are found than before.
    """

    def read(given: Moments, scale: Scale, tally: Tally) -> Linear:
        lines, by = whole_lines(given, scale, tally), list(tally.by)
        items = [item for group in tally.items_of.values() for item in group]
        columns = [kind + item for kind in (SLOPE, START) for item in items]
        keys = list(tally.counted[by].itertuples(index=False, name=None))
        numbers = np.concatenate([lines.slope, lines.start], axis=1)
        sums = sum_errors(NumberTable(by, keys, columns, numbers))
        found = {key: at for at, key in enumerate(sums[by].itertuples(index=False, name=None))}
        if found.keys() != set(keys):
            raise bad("rows_changed")
        places = [found[key] for key in keys]
        total, high, low = (sums[name].to_numpy(np.int64)[places] for name in SUMS)
        return lines.linear(total, high, low)

    return read
