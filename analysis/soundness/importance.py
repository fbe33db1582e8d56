"""What drives the overall rating: relative importance of the elements, by LMG.

Source: Lindeman, Merenda and Gold (1980), as named by Groemping, Relative Importance for
Linear Regression in R: The Package relaimpo (2006).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
import pandas as pd

from analysis.arrays import Floats
from analysis.complete import Complete, complete_cases
from analysis.errors import Problem
from analysis.rulebook.conventions import conventions

OVERALL = "overall rating"  # no element has such a key
MOST_ELEMENTS = 16  # every further one doubles the subsets: 65,536 here
DRAWS, SEED, LEVEL = 1000, 2026, 0.95
# What is left of an element's variance, as a part of it, is then only rounding error.
NOTHING_LEFT = 1e-10


@dataclass(frozen=True)
class Driver:
    """An element's part of R squared, with the percentile interval of the bootstrap."""

    element: str
    importance: float
    low: float
    high: float


@dataclass(frozen=True)
class Importance:
    """Parts of R squared that add up to it, 0-1; ``drivers`` stand in the order given.

    ``n`` responses were complete, ``left_out`` were not. ``constant`` elements had no two
    different answers and are left out. Of the ``draws`` of the bootstrap those are counted in
    which the overall rating varied; ``seed`` repeats them.
    """

    n: int
    left_out: int
    constant: tuple[str, ...]
    r_squared: float
    drivers: tuple[Driver, ...]
    draws: int
    seed: int
    level: float


@dataclass(frozen=True)
class VarianceShares:
    """Shares of the variance of respondents' own indices, which add up to 1.

    They say where respondents differ, not what matters to them. A share may be negative.
    """

    n: int
    left_out: int
    constant: tuple[str, ...]
    shares: Mapping[str, float]


def importance(elements: pd.DataFrame, overall: pd.Series) -> Importance | Problem:
    """The relative importance of the elements for the overall rating.

    ``elements``: (n, k) values by element; ``overall``: (n,) ratings; missing is NaN or NA.
    Only complete cases count. An element's importance is what it adds to R squared, averaged
    over all k! orders in which the elements may enter. Refused, with the reason: too few
    respondents (10 an element, a convention), an overall rating that does not vary, more
    than 16 elements.
    """
    cases = complete_cases(elements.assign(**{OVERALL: overall}))
    names = [name for name in cases.table.columns if name != OVERALL]
    if refused := _refuse(cases, names):
        return refused
    values = cases.table[[*names, OVERALL]].to_numpy()
    parts = lmg(np.cov(values, rowvar=False))
    drawn = _bootstrap(values)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    rows = zip(names, parts.tolist(), low.tolist(), high.tolist(), strict=True)
    return Importance(
        n=cases.n,
        left_out=cases.left_out,
        constant=cases.constant,
        r_squared=float(parts.sum()),
        drivers=tuple(Driver(*row) for row in rows),
        draws=len(drawn),
        seed=SEED,
        level=LEVEL,
    )


def variance_shares(elements: pd.DataFrame) -> VarianceShares | Problem:
    """Each element's share of the variance of the index, where nobody rated the whole.

    ``elements``: (n, k) values by element, missing NaN or NA; complete cases only. Share =
    covariance of the element with the sum of the elements / variance of that sum.
    """
    cases = complete_cases(elements)
    if refused := _too_few(cases, len(cases.table.columns)):
        return refused
    covariance = np.atleast_2d(np.cov(cases.table.to_numpy(), rowvar=False))
    total = covariance.sum()
    if total <= NOTHING_LEFT * np.trace(covariance):
        return Problem("same_index")
    shares = (covariance.sum(axis=0) / total).tolist()
    by_element = dict(zip(cases.table.columns, shares, strict=True))
    return VarianceShares(cases.n, cases.left_out, cases.constant, by_element)


def element_values(answers: pd.DataFrame, items_of: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """(n, k) each respondent's unrounded mean of the answers given to an element's items."""
    known = answers.astype("float64")
    return pd.DataFrame({key: known[list(items)].mean(axis=1) for key, items in items_of.items()})


def lmg(covariance: Floats) -> Floats:
    """(..., k) parts of R squared, from (..., k + 1, k + 1) covariances, the overall last.

    Parts that the elements share are divided as over all orders of entry (Shapley).
    """
    weights = _shapley_weights(covariance.shape[-1] - 1)
    parts: Floats = explained(covariance) @ weights
    return parts


def explained(covariance: Floats) -> Floats:
    """(..., 2**k) R squared of the overall rating, the last variable, on every subset.

    Bit j of a subset's number says that element j is in it. The elements are swept out one
    after the other, once for all subsets at a time; one that the others determine adds nothing.
    """
    before = np.diagonal(covariance, axis1=-2, axis2=-1)
    residual = covariance[..., np.newaxis, :, :]
    for element in range(covariance.shape[-1] - 1):
        row, rest = residual[..., 0, 1:], residual[..., 1:, 1:]
        variance = residual[..., 0, 0]
        left = variance > NOTHING_LEFT * before[..., element, np.newaxis]
        inverse = np.divide(1, variance, out=np.zeros_like(variance), where=left)
        swept = rest - inverse[..., np.newaxis, np.newaxis] * row[..., :, None] * row[..., None, :]
        residual = np.concatenate([rest, swept], axis=-3)
    share: Floats = 1 - residual[..., 0, 0] / before[..., -1, np.newaxis]
    return share


@cache
def _shapley_weights(k: int) -> Floats:
    """(2**k, k): R squared of all subsets times these weights are the parts of the elements."""
    subsets = np.arange(2**k)
    inside = (subsets[:, np.newaxis] >> np.arange(k)) & 1
    size = inside.sum(axis=1)[:, np.newaxis]
    orders = np.array([k * comb(k - 1, others) for others in range(k)])
    weights: Floats = np.where(
        inside == 1, 1 / orders[np.maximum(size - 1, 0)], -1 / orders[np.minimum(size, k - 1)]
    )
    return weights


def _bootstrap(values: Floats) -> Floats:
    """(draws, k) the parts in samples of respondents drawn with replacement.

    A sample is n numbers of times that a respondent was drawn: its covariances are then one
    product with the pairwise products of the columns.
    """
    n, columns = values.shape
    centred = values - values.mean(axis=0)
    first, second = np.triu_indices(columns)
    moments = np.hstack([centred, centred[:, first] * centred[:, second]])
    random = np.random.default_rng(SEED)
    means = np.array(
        [np.bincount(random.integers(n, size=n), minlength=n) @ moments for _ in range(DRAWS)]
    )
    means /= n
    covariance = np.empty((DRAWS, columns, columns))
    products = means[:, columns:] - means[:, first] * means[:, second]
    covariance[:, first, second] = covariance[:, second, first] = products
    varied = covariance[:, -1, -1] > NOTHING_LEFT * centred[:, -1].var()
    return np.array([lmg(one) for one in covariance[varied]])


def _refuse(cases: Complete, names: Sequence[str]) -> Problem | None:
    if refused := _too_few(cases, len(names)):
        return refused
    if OVERALL not in cases.table.columns:
        return Problem("same_overall")
    if len(names) > MOST_ELEMENTS:
        return Problem("many_elements", n=len(names), most=MOST_ELEMENTS)
    return None


def _too_few(cases: Complete, k: int) -> Problem | None:
    needed = conventions().respondents_per_element.value * max(k, 1)
    if cases.n < needed:
        return Problem("few_respondents", n=cases.n, needed=needed)
    return None if k else Problem("nothing_varies")
