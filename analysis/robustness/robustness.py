"""What the scores, zones and ranks of institutions are worth, by two questions kept apart.

Errors of the data, under the scheme's own rule: probabilities of zones, distributions of scores,
rank sets. Choices of the method: ranks alone. Beside both, what part of it each factor makes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.arrays import Floats, Integers
from analysis.errors import Problem, bad
from analysis.index.institutions import Result
from analysis.robustness.cells import ErrorCell, unknown_errors
from analysis.robustness.choices import (
    ChoiceSpace,
    all_choices,
    choice_space,
    chosen,
    chosen_design,
    rank_quantiles,
    ranks_of,
    scores_of,
    standardised,
)
from analysis.robustness.data import (
    all_runs,
    band_shares,
    data_runs,
    estimates,
    quantiles_of,
)
from analysis.robustness.rank_sets import RankSets, pairwise_above, rank_sets
from analysis.robustness.rules import RobustnessRules, load_robustness
from analysis.robustness.sobol import (
    Bootstrap,
    SobolIndex,
    SobolRuns,
    mapped,
    sobol_design,
    sobol_indices,
)
from analysis.robustness.tree import RankedUnits, ranked_units
from analysis.rulebook.scheme import ROOT, Band, Scheme
from analysis.uncertainty.intervals import edges_of

# Of the evaluations an eighth each are the runs A, B and those of each of the four choices; a
# sixteenth each A, B and those of the two sources of errors.
OF_CHOICES, OF_DATA = 8, 16
LEAST_DRAWS = 256
# Ranks at once: what stays near the processor.
NEAR = 2**16
# Of draws; further digits tell nothing.
SHARE_DECIMALS = 6


AskedOf = Literal["data", "choices"]


@dataclass(frozen=True)
class Experiment:
    """How often to draw, from which seed, and by which rules."""

    draws: int
    seed: int
    rules: RobustnessRules


@dataclass(frozen=True)
class FactorIndices:
    """Of one factor, of ``question`` data or choices: its part in score, and in mean rank shift.

    None where nothing varies. The score of the choices is each run's standardised one.
    """

    question: AskedOf
    score: SobolIndex | None
    rank_shift: SobolIndex | None


@dataclass(frozen=True)
class DataRobustness:
    """Of I institutions, in the order of the ranked units: what the errors of the data leave open.

    ``bands`` (I, B) the probability of each of the scheme's bands, lowest first; ``quantiles``
    (I, Q) of the score; ``errors`` (I,) standard errors; ``above`` (I, I) how sure the row's is
    truly better than the column's.
    """

    bands: Floats
    quantiles: Floats
    errors: Floats
    sets: RankSets
    above: Floats


@dataclass(frozen=True)
class ChoiceRobustness:
    """Ranks over choices: ``quantiles`` (I, Q) by concentration; the share of runs at the own rank.

    ``shift``: the mean over runs and institutions of how far a rank moves.
    """

    space: ChoiceSpace
    quantiles: Mapping[float, Integers]
    same: Floats
    shift: float


@dataclass(frozen=True)
class Robustness:
    """All that is said of a result, of the institutions ``names`` and their ``ranks``.

    ``data`` is a problem where no error is known at all, ``choices`` where there is nothing to
    choose; ``unknown``: parts that rest on samples of people, without a known error.
    """

    experiment: Experiment
    units: RankedUnits
    ranks: Integers
    data: DataRobustness | Problem
    unknown: Sequence[str]
    choices: ChoiceRobustness | Problem
    sobol: Mapping[str, FactorIndices]

    def band_probabilities(self, at: int) -> dict[str, float] | None:
        """Of the institution at this place, the best band first, by its grade or its label."""
        return band_names(self._shares(at)) or None

    def zones(self, at: int) -> dict[str, float] | None:
        """The probability of each zone; None where the scheme has none."""
        return zone_shares(self._shares(at)) or None

    def _shares(self, at: int) -> list[tuple[Band, float]]:
        if isinstance(self.data, Problem):
            return []
        return _of_bands(ascending(self.units.scheme), self.data.bands[at])


def told_shares(bands: Sequence[Band], shares: Floats) -> dict[str, float]:
    """(B,) the shares of the ascending bands by zone, the best first; by band without zones."""
    each = _of_bands(bands, shares)
    return zone_shares(each) or band_names(each)


def zone_shares(shares: Sequence[tuple[Band, float]]) -> dict[str, float]:
    """The shares of ascending bands by their zones, the best first."""
    found: dict[str, float] = {}
    for band, share in reversed(shares):
        if band.zone:
            found[band.zone] = round(found.get(band.zone, 0) + share, SHARE_DECIMALS)
    return found


def band_names(shares: Sequence[tuple[Band, float]]) -> dict[str, float]:
    """The shares of ascending bands by grade or label, the best first."""
    return {band.grade or band.label.id: share for band, share in reversed(shares)}


def _of_bands(bands: Sequence[Band], shares: Floats) -> list[tuple[Band, float]]:
    rounded = shares.round(SHARE_DECIMALS).tolist()
    return list(zip(bands, rounded, strict=True)) if bands else []


def experiment(draws: int | None = None, seed: int | None = None) -> Experiment:
    """What is drawn where nothing else is asked for; ``draws`` goes up to a power of two.

    Raises BadInput for more draws than the rules allow, and for a seed below 0.

    >>> experiment(1000).draws
    1024
    """
    rules = load_robustness()
    asked = rules.draws.value if draws is None else draws
    most = rules.most_draws.value
    if not 1 <= asked <= most:
        raise bad("draws_beyond", found=asked, most=most)
    own = rules.seed.value if seed is None else seed
    if own < 0:
        raise bad("seed_below_zero", found=own)
    return Experiment(max(LEAST_DRAWS, 1 << (asked - 1).bit_length()), own, rules)


def robustness(
    result: Result,
    cells: Sequence[ErrorCell],
    asked: Experiment,
    unsure: Collection[str] = (),
) -> Robustness:
    """What the result is worth under these errors of its data.

    Institutions without a score are left out, as they are of the ranks. ``unsure``: institutions
    with errors of which nothing is known; nobody's rank set leaves them out. Raises BadInput
    where none has a score.
    """
    units = ranked_units(result)
    if not units.names:
        raise bad("nothing_ranked")
    legal = units.of_institutions(units.of(ROOT))
    own = ranks_of(legal[None], result.scheme.inverted)[0]
    runs = data_runs(units, cells, asked.draws // OF_DATA, asked.seed)
    found, of_choices = _choices(choice_space(units, asked.rules), own, asked)
    shifts = mapped(runs, lambda one: _shift(ranks_of(one, result.scheme.inverted), own))
    return Robustness(
        experiment=asked,
        units=units,
        ranks=own,
        data=_data(units, cells, all_runs(runs), asked, unsure),
        unknown=unknown_errors(units, cells),
        choices=found,
        sobol={**_indices("data", runs, shifts, asked), **of_choices},
    )


def ascending(scheme: Scheme) -> list[Band]:
    """The scheme's bands, lowest first."""
    return sorted(scheme.bands.value, key=lambda band: band.start) if scheme.bands else []


def _data(
    units: RankedUnits,
    cells: Sequence[ErrorCell],
    scores: Floats,
    asked: Experiment,
    unsure: Collection[str],
) -> DataRobustness | Problem:
    if not any((cell.error > 0).any() for cell in cells):
        return Problem("no_errors_known")
    scheme, rules = units.scheme, asked.rules
    bands = ascending(scheme)
    given = estimates(units, cells, scheme.inverted)
    compared = given.unsure(np.isin(list(units.names), list(unsure)))
    draws = rules.rank_draws.value.of(len(units.names))
    return DataRobustness(
        bands=band_shares(scores, edges_of(scheme, bands))
        if bands
        else np.empty((len(units.names), 0)),
        quantiles=quantiles_of(scores, rules.quantiles.value),
        errors=given.errors,
        sets=rank_sets(compared, rules.level.value, draws, asked.seed),
        above=pairwise_above(compared),
    )


def _choices(
    space: ChoiceSpace | Problem, own: Integers, asked: Experiment
) -> tuple[ChoiceRobustness | Problem, dict[str, FactorIndices]]:
    if isinstance(space, Problem):
        return space, {}
    rules, inverted = asked.rules, space.units.scheme.inverted
    scores = _choice_scores(space, asked)
    size, at = asked.draws // OF_CHOICES, rules.quantiles.value
    ranks = ranks_of(scores, inverted)
    every = ranks[: size * (2 + len(space.factors))]
    further = np.split(ranks[len(every) :], len(rules.other_concentrations.value))
    others = dict(zip(rules.other_concentrations.value, further, strict=True))
    shifts = _shift(every, own)
    found = ChoiceRobustness(
        space=space,
        quantiles={
            concentration: rank_quantiles(one, at)
            for concentration, one in {rules.concentration.value: every, **others}.items()
        },
        same=(every == own).mean(axis=0),
        shift=float(shifts.mean()),
    )
    runs = mapped(_runs(scores[: len(every)], space), standardised)
    return found, _indices("choices", runs, _runs(shifts, space), asked)


def _choice_scores(space: ChoiceSpace, asked: Experiment) -> Floats:
    """The scores of the design's runs, then by other concentrations those of the runs A."""
    rules = asked.rules
    design = sobol_design(asked.draws // OF_CHOICES, space.dimensions, asked.seed)
    others = [chosen(space, design.a, one) for one in rules.other_concentrations.value]
    own = chosen_design(space, design, rules.concentration.value)
    return scores_of(space, all_choices([*own, *others]))


def _runs(values: Floats, space: ChoiceSpace) -> SobolRuns:
    """The runs of ``chosen_design``, which stand one after another, apart."""
    a, b, *mixed = np.split(values, 2 + len(space.factors))
    return SobolRuns(a, b, dict(zip(space.factors, mixed, strict=True)))


def _shift(ranks: Integers, own: Integers) -> Floats:
    """(runs, 1) by how many ranks institutions move, in the mean."""
    blocks = np.array_split(ranks, 1 + ranks.size // NEAR)
    return np.concatenate([np.abs(one - own).mean(axis=1, keepdims=True) for one in blocks])


def _indices(
    question: AskedOf, scores: SobolRuns, shifts: SobolRuns, asked: Experiment
) -> dict[str, FactorIndices]:
    bootstrap = Bootstrap(asked.rules.bootstrap.value, asked.rules.level.value, asked.seed)
    of_scores, of_shifts = sobol_indices(scores, bootstrap), sobol_indices(shifts, bootstrap)
    return {
        name: FactorIndices(question, of_scores[name], of_shifts[name]) for name in scores.mixed
    }
