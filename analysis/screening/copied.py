"""Whether a period was copied from an earlier one: rare patterns that came back too often."""

import numpy as np
from scipy.stats import binom

from analysis.screening.bursts import ArrivalBursts
from analysis.screening.responses import ScreenedResponses


def copied(responses: ScreenedResponses, earlier: ScreenedResponses) -> ArrivalBursts:
    """Patterns seen exactly once in the earlier period, against Good and Turing's estimate.

    If nothing was copied, a response has a pattern that was seen once with the probability
    2 f2 / n1, f2 the patterns seen twice among n1. So of the k patterns seen once that came
    back and those f2, k is binomial with the share n2 / (n2 + n1 / 2). Straight lines are no
    rare patterns. ``group``: the responses whose pattern came back.
    """
    nothing = np.zeros(len(responses), bool)
    if not len(earlier) or not len(responses):
        return ArrivalBursts(1.0, nothing)
    patterns, times = np.unique(earlier.pattern[~earlier.straight], return_counts=True)
    once, twice = patterns[times == 1], int((times == 2).sum())
    group = np.isin(responses.pattern, once) & ~responses.straight
    back = len(np.unique(responses.pattern[group]))
    share = len(responses) / (len(responses) + len(earlier) / 2)
    return ArrivalBursts(float(binom.sf(back - 1, back + twice, share)) if back else 1.0, group)
