"""Whether a period was copied from an earlier one: rare patterns that came back too often."""

import numpy as np
from scipy.stats import binom

from analysis.screening.bursts import ArrivalBursts
from analysis.screening.responses import ScreenedResponses, numbered


def copied(responses: ScreenedResponses, earlier: ScreenedResponses) -> ArrivalBursts:
    """Patterns seen exactly once in the unit's earlier period, against Good and Turing's estimate.

    If nothing was copied, a response has a pattern that was seen once with the probability
    2 f2 / n1, f2 the patterns seen twice among n1. So of the k patterns seen once that came
    back and those f2, k is binomial with the share n2 / (n2 + n1 / 2). Straight lines are no
    rare patterns. ``group``: the responses whose pattern came back. ``earlier``: of the same
    units, in the same order.
    """
    units, own = responses.units, len(responses)
    unit = np.concatenate([responses.unit, earlier.unit])
    number, _ = numbered(unit, np.concatenate([responses.pattern, earlier.pattern]))
    now, before = number[:own], number[own:][~earlier.straight]
    numbers = int(number.max(initial=-1)) + 1
    of = np.zeros(numbers, np.int64)
    of[number] = unit
    times = np.bincount(before, minlength=numbers)
    group = (times == 1)[now] & ~responses.straight
    back = np.bincount(of[np.unique(now[group])], minlength=units)
    twice = np.bincount(of[times == 2], minlength=units)
    share = responses.numbers / np.maximum(responses.numbers + earlier.numbers / 2, 1)
    p = np.ones(units)
    some = back > 0
    p[some] = binom.sf(back[some] - 1, (back + twice)[some], share[some])
    return ArrivalBursts(p, group)
