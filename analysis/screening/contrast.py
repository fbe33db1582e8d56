"""Whether a group of responses rates its unit better than all others do.

The rated unit gains by nothing else: responses that came in a strange way, but say what others
say, are no reason for an alarm. Nor is a group that rates worse: angry people come together too.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import rankdata

from analysis.arrays import Floats
from analysis.screening.responses import Bools


@dataclass(frozen=True)
class Contrast:
    """``p``: of so high a rank sum if the group was drawn at random; ``points``: how much more
    the group gives than the others, of 100."""

    p: float
    points: float


NONE = Contrast(1.0, 0.0)


def contrast(points: Floats, group: Bools) -> Contrast:
    """The group against the rest, one-sided: Wilcoxon's rank sum with Mann and Whitney's
    correction for ties, continuity corrected.

    ``points`` (n,): of each response; those without an answer are left out.
    """
    known = ~np.isnan(points)
    values, inside = points[known], group[known]
    n, m = len(values), int(inside.sum())
    if m == 0 or m == n:
        return NONE
    ranks = rankdata(values)
    spread = float(np.sum((ranks - ranks.mean()) ** 2))
    variance = m * (n - m) * spread / (n * (n - 1))
    points_more = float(values[inside].mean() - values[~inside].mean())
    if variance == 0:
        return Contrast(1.0, points_more)
    away = float(ranks[inside].sum()) - m * (n + 1) / 2 - 0.5
    return Contrast(float(ndtr(-away / variance**0.5)), points_more)
