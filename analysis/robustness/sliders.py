"""What becomes of ranks and zones where somebody weighs the dimensions otherwise, at once.

The values of the dimensions are drawn once with their errors; a move of the weights is one product
of runs x institutions x dimensions, and one ranking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Floats, Integers
from analysis.robustness.cells import ErrorCell
from analysis.robustness.choices import rank_quantiles, ranks_of
from analysis.robustness.data import drawn_nodes
from analysis.robustness.tree import RankedUnits, float_mean, shares_of

# Of the ranks over draws; no confidence set, which simulated ranks are not.
ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class DrawnParts:
    """``values`` (draws, units or institutions, k) of the root's children; see ``drawn_parts``.

    ``exact`` (units or institutions, k): as they were scored.
    """

    units: RankedUnits
    values: Floats
    exact: Floats

    @property
    def straight(self) -> bool:
        """Whether the mean is arithmetic, so that institutions' means of the parts are enough."""
        return self.units.scheme.mean.value == "arithmetic"


@dataclass(frozen=True)
class MovedTable:
    """Of each institution under other weights: score, rank, and 95 of 100 simulated ranks."""

    scores: Floats
    ranks: Integers
    ranges: Integers


def drawn_parts(
    units: RankedUnits, cells: Sequence[ErrorCell], draws: int, seed: int
) -> DrawnParts:
    """The dimensions with their errors drawn: of institutions where the mean is arithmetic."""
    keys = [child.key for child in units.scheme.children]
    values = drawn_nodes(units, cells, keys, (draws, seed))
    exact = np.stack([units.of(key) for key in keys], axis=-1)
    if units.scheme.mean.value == "arithmetic":
        values = np.stack([units.of_institutions(one) for one in np.moveaxis(values, -1, 0)], -1)
        exact = np.stack([units.of_institutions(one) for one in exact.T], axis=-1)
    return DrawnParts(units, values, exact)


def moved_table(drawn: DrawnParts, weights: Floats) -> MovedTable:
    """The table under these weights, of which the sum is above 0."""
    shares, inverted = weights / weights.sum(), drawn.units.scheme.inverted
    scores = _scores(drawn, drawn.exact[None], shares)[0]
    found = ranks_of(_scores(drawn, drawn.values, shares), inverted)
    return MovedTable(scores, ranks_of(scores[None], inverted)[0], rank_quantiles(found, ENDS))


def own_weights(units: RankedUnits) -> Floats:
    """The scheme's own shares of the dimensions."""
    return shares_of(units.scheme)


def _scores(drawn: DrawnParts, values: Floats, shares: Floats) -> Floats:
    """(runs, institutions)"""
    if drawn.straight:
        scores: Floats = values @ shares
        return scores
    scheme = drawn.units.scheme
    parts = list(np.moveaxis(values, -1, 0))
    return drawn.units.of_institutions(float_mean(scheme, scheme)(parts, shares))
