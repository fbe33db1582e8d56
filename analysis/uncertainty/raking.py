"""Raking: weights that meet known margins, by iterative proportional fitting."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Floats
from analysis.errors import Place, Problem, Written, bad
from analysis.index.tally import Counts, Tally
from analysis.uncertainty.moments import Linear

MOST_SWEEPS = 1_000
MET = 1e-13


@dataclass(frozen=True)
class Indicators:
    """``members`` (G, M): 1 where the cell is of the category; ``shares`` (M,), of each margin
    1 together; ``margin`` (M,): of which margin; ``names`` (M,): "sex = F".
    """

    members: Floats
    shares: Floats
    margin: list[str]
    names: list[str]


def indicators(
    cells: Tally, margins: Mapping[str, Mapping[str, float]], initial: Floats
) -> Indicators:
    """The categories of the margins, each a column of ``cells``.

    Blank answers are a category of their own, which keeps its share of the cells' sums of
    weights ``initial`` (G,).
    Raises BadInput for a category of the cells that has no share.
    """
    columns, shares, of, names = [], [], [], []
    for margin, wanted in margins.items():
        values = cells.counted[margin].fillna("").astype(str).to_numpy()
        known = {category: share for category, share in wanted.items() if share > 0}
        if strange := sorted(set(values[initial > 0]) - set(known) - {""}):
            found = [Written(category) for category in strange]
            raise bad("category_without_share", Place(column=margin), categories=found)
        blank = initial[values == ""].sum() / max(initial.sum(), 1)
        each = {"": blank} if blank else {}
        part = (1 - blank) / sum(known.values())
        each |= {category: part * share for category, share in known.items()}
        for category, share in each.items():
            columns.append((values == category).astype(float))
            shares.append(share)
            of.append(margin)
            names.append(f"{margin} = {category}")
    return Indicators(np.stack(columns, axis=1), np.array(shares), of, names)


def rake(wanted: Indicators, initial: Floats) -> Floats | Problem:
    """(G,) the factors that bring the cells' sums of weights ``initial`` to the shares.

    A problem where no weights do.
    """
    members, total = wanted.members, initial.sum()
    targets = wanted.shares * total
    for at, present in enumerate(initial @ members > 0):
        if not present:
            return Problem("nobody_with", category=wanted.names[at])
    factors = np.ones(len(initial))
    margins = np.array(wanted.margin)
    for _ in range(MOST_SWEEPS):
        for margin in dict.fromkeys(wanted.margin):
            of = margins == margin
            now = (initial * factors) @ members[:, of]
            factors = factors * (members[:, of] @ (targets[of] / now))
        if np.abs((initial * factors) @ members - targets).max() <= MET * total:
            return factors
    return Problem("margins_at_odds", margins=list(dict.fromkeys(wanted.margin)))


def project(found: Linear, members: Floats, respondents: Counts, weights: Floats) -> Linear:
    """What the margins do not explain of the linear errors: u - x'b.

    b by least squares with the weights, on the categories of all margins at once (Deville and
    Sarndal 1992). Cells share x, so sums by cell are enough.
    """
    heavy = respondents * weights
    crossed = members.T @ (heavy[:, None] * members)
    slope = np.linalg.pinv(crossed) @ (members.T @ (weights * found.total))
    fitted = members @ slope
    return Linear(
        found.index,
        found.total - respondents * fitted,
        np.maximum(found.squares - 2 * fitted * found.total + respondents * fitted**2, 0),
    )
