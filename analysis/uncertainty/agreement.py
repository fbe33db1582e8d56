"""How far two assessors agree on a ladder: Cohen's kappa with quadratic weights (Cohen 1968).

kappa = 1 - D / E with D the mean of (a - b)^2 over what both judged, and E what it would be if
each gave the same rungs as often, but independently of the other: the mean of (a_i - b_j)^2 over
all i and j. 1: alike throughout; 0: no more alike than by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product


@dataclass(frozen=True)
class Agreement:
    """Two assessors over the ``n`` judgements that both gave; ``same``: of them alike.

    ``kappa``: at most 1, exact; None where nothing was judged by both, or both gave one and the
    same rung throughout, so that chance alone would agree as well.
    """

    n: int
    same: int
    kappa: Fraction | None


def agreement(pairs: Sequence[tuple[int, int]]) -> Agreement:
    """The agreement of two assessors from their judgements of the same things.

    >>> agreement([(4, 4), (3, 2), (0, 1), (4, 3)])
    Agreement(n=4, same=1, kappa=Fraction(13, 16))
    """
    same = sum(one == other for one, other in pairs)
    ones, others = [one for one, _ in pairs], [other for _, other in pairs]
    by_chance = sum((one - other) ** 2 for one, other in product(ones, others))
    if by_chance == 0:
        return Agreement(len(pairs), same, None)
    observed = sum((one - other) ** 2 for one, other in pairs)
    return Agreement(len(pairs), same, 1 - Fraction(len(pairs) * observed, by_chance))
