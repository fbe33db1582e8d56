"""What the errors of the data leave open of each unit by itself: its rank among all, its zone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.arrays import Floats, Integers
from analysis.index.institutions import Result
from analysis.robustness.cells import ErrorCell
from analysis.robustness.data import all_runs, band_shares, data_runs, estimates
from analysis.robustness.rank_sets import holm_sets
from analysis.robustness.robustness import OF_DATA, Experiment, ascending, told_shares
from analysis.robustness.tree import RankedUnits
from analysis.rulebook.scheme import Band, Scheme
from analysis.uncertainty.intervals import edges_of


@dataclass(frozen=True)
class UnitRobustness:
    """Of the units of these codes: ``sets`` (p, 2) of ranks, ``bands`` (p, B) lowest first."""

    scheme: Scheme
    codes: Sequence[str]
    sets: Integers
    bands: Floats

    def shares(self, at: int) -> dict[str, float]:
        """The probability of each zone, or of each band where there are no zones."""
        return told_shares(self._ascending, self.bands[at])

    @cached_property
    def _ascending(self) -> list[Band]:
        return ascending(self.scheme)


def scored_units(result: Result) -> RankedUnits:
    """Each unit that has a score by itself, as all are ranked; ``names``: their codes."""
    places = [place for place, one in enumerate(result.units) if one.score is not None]
    alone = np.arange(len(places), dtype=np.intp)
    return RankedUnits(
        scheme=result.scheme,
        scores=result.scores,
        names=[result.units[place].unit for place in places],
        places=np.array(places, np.intp),
        institution=alone,
        starts=alone,
        shares=np.ones(len(places)),
    )


def robust_units(
    units: RankedUnits,
    cells: Sequence[ErrorCell],
    asked: Experiment,
    unsure: Collection[str],
) -> UnitRobustness | None:
    """What each of ``scored_units`` is worth; None where no error is known at all.

    ``unsure``: codes of units with errors of which nothing is known; nobody's set leaves them out.
    """
    if not any((cell.error > 0).any() for cell in cells):
        return None
    scheme = units.scheme
    bands = ascending(scheme)
    runs = data_runs(units, cells, asked.draws // OF_DATA, asked.seed)
    given = estimates(units, cells, scheme.inverted)
    compared = given.unsure(np.isin(list(units.names), list(unsure)))
    return UnitRobustness(
        scheme=scheme,
        codes=units.names,
        sets=holm_sets(compared, asked.rules.level.value),
        bands=band_shares(all_runs(runs), edges_of(scheme, bands))
        if bands
        else np.empty((len(units.names), 0)),
    )
