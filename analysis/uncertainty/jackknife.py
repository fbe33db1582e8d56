"""The errors of a weighted index by leaving out each respondent in turn, from moments alone.

Respondents of a cell weigh alike, so that leaving one out changes the weights by cell, and each
item's mean by a term linear in the answer left out: sums of answers and of their products do.
"""

import numpy as np

from analysis.arrays import Floats, Places
from analysis.uncertainty.moments import Linear, Moments, Scale, item_shares


def left_out(given: Moments, scale: Scale, weights: Floats, of_stratum: Floats) -> Linear:
    """Linear errors whose variance in ``spread_of`` is the jackknife's.

    ``weights`` (G, G): in row g what each cell's respondents weigh once one of cell g is left
    out; ``of_stratum`` (G,): the respondents of the cell's stratum, n. Var = sum over strata of
    (n - 1)/n sum (I without one - their mean)^2, so that u = (n - 1)/n x (I without one).
    """
    answers = given.answers
    sums = np.einsum("gii->gi", given.sums)
    present = (weights @ answers) > 0
    numbers = np.where(present, weights @ answers, 1)
    means = weights @ sums / numbers
    share = np.nan_to_num(item_shares(present, given.element_of)) * scale.slopes[given.element_of]
    own = np.diagonal(weights)[:, None]
    factor = np.where(numbers > own, share * own / np.where(numbers > own, numbers - own, 1), 0)
    index = (share * means).sum(axis=1)
    index -= index.mean()  # else the squares of what hardly differs cancel
    crossed = given.sums * means[:, None, :]
    spread = given.products - crossed - crossed.transpose(0, 2, 1)
    spread += given.both * means[:, :, None] * means[:, None, :]
    moved = np.einsum("gi,gi->g", factor, sums - answers * means)
    squares = np.einsum("gi,gij,gj->g", factor, spread, factor)
    n, kept = given.respondents, (of_stratum - 1) / of_stratum
    total = n * index - moved
    squared = n * index**2 - 2 * index * moved + squares
    return Linear(index, kept * total, kept**2 * np.maximum(squared, 0))


def freedom(members: Floats, given: Moments) -> Places:
    """(1,) the respondents less the free cells of the margins, of ``members`` (G, M)."""
    there = members[given.respondents > 0]
    return np.array([int(given.respondents.sum()) - int(np.linalg.matrix_rank(there))], np.intp)
