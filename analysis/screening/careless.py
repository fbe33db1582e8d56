"""How carefully a form was filled in, as R's package careless measures it.

``answers``: (n, items) in the order of the form, NaN where nothing was answered. Source: Yentes
and Wilhelm, careless 1.2 (longstring, irv, mahad).
"""

import numpy as np
import numpy.typing as npt

from analysis.arrays import Floats, Integers
from analysis.soundness.matrix import Answers


def longest_run(answers: Answers) -> Integers:
    """(n,) the longest run of the same answer in a row (longstring); a gap ends a run.

    >>> longest_run(np.array([[4.0, 4, 3, 3, 3], [1, 2, np.nan, 2, 1]]))
    array([3, 1])
    """
    run = np.ones(len(answers), np.int64)
    longest = np.where(np.isnan(answers).all(axis=1), 0, run)
    for before, after in zip(answers.T[:-1], answers.T[1:], strict=True):
        run = 1 + run * (before == after)
        longer = ~np.isnan(after) & (run > longest)
        longest[longer] = run[longer]
    return longest


def variability(answers: Answers) -> Floats:
    """(n,) the standard deviation of a person's own answers (irv); NaN for fewer than two."""
    given = ~np.isnan(answers)
    number = given.sum(axis=1)
    filled = np.where(given, answers, 0)
    mean = filled.sum(axis=1) / np.maximum(number, 1)
    squares = (np.where(given, answers - mean[:, None], 0) ** 2).sum(axis=1)
    return np.where(number > 1, np.sqrt(squares / np.maximum(number - 1, 1)), np.nan)


def mahalanobis(answers: Answers) -> Floats:
    """(n,) squared distance of a person's answers from all others' (mahad).

    z' S^+ z with z the answers less their item's mean, 0 where missing, and S their covariance,
    over pairs of answers that were both given.
    """
    given = ~np.isnan(answers)
    means = np.where(given, answers, 0).sum(axis=0) / np.maximum(given.sum(axis=0), 1)
    away = np.where(given, answers - means, 0)
    inverse = np.linalg.pinv(_covariance(away, given))
    distance: Floats = np.einsum("ni,ij,nj->n", away, inverse, away)
    return distance


def _covariance(away: Floats, given: npt.NDArray[np.bool_]) -> Floats:
    """Each pair's over those who answered both, about their own means, as R's cov."""
    present = given.astype(float)
    both = present.T @ present
    sums = away.T @ present
    products = away.T @ away
    covariance: Floats = (products - sums * sums.T / np.maximum(both, 1)) / np.maximum(both - 1, 1)
    return covariance
