"""The index weighted to known visits, beside the unweighted headline: strata and margins.

A cell is a group of respondents of one unit that share stratum and margins. Its respondents
weigh alike, so counts by cell are all that is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import Floats
from analysis.errors import Problem, Written, bad
from analysis.index.tally import Counts, Tally
from analysis.rulebook.certainty import load_certainty
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.jackknife import freedom, left_out
from analysis.uncertainty.moments import Linear, Moments, Scale, linear, moments, scale_of
from analysis.uncertainty.raking import Indicators, indicators, project, rake
from analysis.uncertainty.uncertainty import (
    Design,
    Spread,
    Uncertainty,
    described,
    fewest_answers,
    nodes_of,
    possible,
    reasons,
    spread_of,
)

# Visits by stratum; the shares (or visits) of the categories of each margin.
StratumVisits = Mapping[str, int]
Margins = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Weighted:
    """The index of one unit, weighted to visits.

    ``merged``: strata with fewer than two respondents and what they were merged with.
    ``jackknifed``: whether the error is by leaving out each respondent.
    ``design_effect``: the variance over that of a simple random sample of as many, survey's
    svymean; ``kish``: n sum w^2 / (sum w)^2, what the weights alone would cost.
    ``index`` None with the reason in ``uncertainty`` or ``not_raked``.
    """

    index: float | None
    uncertainty: Uncertainty | None
    merged: tuple[str, ...] = ()
    design_effect: float | None = None
    kish: float | None = None
    not_raked: Problem | None = None
    jackknifed: bool = False


@dataclass(frozen=True)
class Strata:
    """Of each cell its ``stratum`` (G,); of each stratum its ``visits`` (H,), NaN where unknown;
    ``merged``.
    """

    stratum: Sequence[int]
    visits: Floats
    merged: tuple[str, ...]

    def weights_of(self, respondents: Counts) -> Floats:
        """(G,) the visits of each cell's stratum over its ``respondents`` (G,); 1 where unknown."""
        at = np.array(self.stratum, np.intp)
        people = np.maximum(np.bincount(at, respondents, len(self.visits)), 1)
        return np.where(np.isnan(self.visits), 1.0, self.visits / people)[at]

    @property
    def population(self) -> int | None:
        """The visits of all strata; None where those of one are unknown."""
        return None if np.isnan(self.visits).any() else int(self.visits.sum())

    def left(self, answers: Floats) -> Floats:
        """(H,) the part of the visits that was not asked, see ``uncertainty.part_left``.

        ``answers`` (G, I): to each item, of each cell.
        """
        counted = np.zeros((len(self.visits), answers.shape[1]))
        np.add.at(counted, list(self.stratum), answers)
        known = np.where(np.isnan(self.visits), np.inf, np.maximum(self.visits, 1))
        return 1 - fewest_answers(counted, answers.sum(axis=0) > 0) / known


def weighted(
    cells: Tally,
    scheme: Scheme,
    stratum: str | None = None,
    visits: StratumVisits | None = None,
    margins: Margins | None = None,
) -> Weighted:
    """The index of the one unit whose ``cells`` are counted in pairs by stratum and margins.

    Each stratum's respondents weigh its visits over their number; without ``stratum`` all weigh
    alike. Then the weights are raked to ``margins``, by the column that they name: one margin is
    post-stratification. ``visits``: by stratum, or the unit's own under "". The variance is the
    strata's, of what the margins do not explain. Raises BadInput for a stratum whose visits
    are unknown or fewer than its respondents, and for a category without a share. No interval
    where a category has one respondent, whose own spread nobody knows, or where a small survey
    cannot do without somebody.
    """
    given = moments(cells)
    names = cells.counted[stratum].astype(str).tolist() if stratum else [""] * len(cells)
    strata = merge(names, given.respondents.tolist(), visits)
    survey = _Survey(cells, given, scale_of(cells, scheme), strata, margins)
    weighing = survey.weigh(given.respondents)
    if isinstance(weighing, Problem):
        return Weighted(None, None, strata.merged, not_raked=weighing)
    found = linear(given, survey.scale, np.zeros(len(cells), int), weighing.weights)
    apart = survey.jackknife(weighing)
    spread = apart if isinstance(apart, Spread) else survey.linearised(weighing, found)
    whole = cells.regroup([])
    (reason,) = reasons(nodes_of(whole, scheme), moments(whole), spread)
    if reason and reason.code == "no_index":
        return Weighted(None, Uncertainty(no_interval=reason), strata.merged)
    if isinstance(apart, Problem):
        reason = apart
    ends = possible(whole, scheme, [strata.population])
    (sure,) = described(scheme, found.index, spread, ends, [reason])
    simple = _simple_variance(found, given, weighing.weights, visits is not None)
    return Weighted(
        index=float(found.index[0]),
        uncertainty=sure,
        merged=strata.merged,
        design_effect=_over(spread, simple) if sure.standard_error else None,
        kish=_kish(given, weighing.weights),
        jackknifed=isinstance(apart, Spread),
    )


@dataclass(frozen=True)
class _Weighing:
    """What the respondents of each cell weigh (G,), and the margins that they were raked to."""

    weights: Floats
    raked: Indicators | None


@dataclass(frozen=True)
class _Survey:
    """One unit's cells, their strata, and the margins that they shall meet."""

    cells: Tally
    given: Moments
    scale: Scale
    strata: Strata
    margins: Margins | None

    def weigh(self, respondents: Counts) -> _Weighing | Problem:
        """The weights if so many ``respondents`` (G,) had answered in each cell."""
        weights = self.strata.weights_of(respondents)
        if not self.margins:
            return _Weighing(weights, None)
        explained = indicators(self.cells, self.margins, respondents * weights)
        raked = rake(explained, respondents * weights)
        return raked if isinstance(raked, Problem) else _Weighing(weights * raked, explained)

    @property
    def design(self) -> Design:
        """All strata are of one domain."""
        strata, left = self.strata, self.strata.left(self.given.answers)
        return Design(np.array(strata.stratum, np.intp), np.zeros(len(left), np.intp), left)

    def linearised(self, weighing: _Weighing, found: Linear) -> Spread:
        """The spread of what the margins do not explain."""
        given, residual = self.given, found
        if weighing.raked:
            members = weighing.raked.members
            residual = project(found, members, given.respondents, weighing.weights)
        return spread_of(residual, given.respondents, self.design, weighing.weights)

    def jackknife(self, weighing: _Weighing) -> Spread | Problem | None:
        """The spread by leaving out each respondent, of a small raked survey; None of others.

        A problem where somebody is the only one of a category, in a large survey too, or where
        without somebody no weights meet the margins.
        """
        n = self.given.respondents
        if weighing.raked is None:
            return None
        if alone := self.alone():
            return Problem("one_of_category", categories=alone)
        if n.sum() >= load_certainty().jackknife_below:
            return None
        cells = np.arange(len(n))
        without = [self.weigh(n - (cells == cell)) for cell in cells]
        weights = [one.weights for one in without if isinstance(one, _Weighing)]
        if len(weights) < len(without):
            return Problem("nobody_left_out", margins=list(self.margins or {}))
        of_stratum = np.bincount(self.design.stratum, n)[self.design.stratum].astype(float)
        apart = left_out(self.given, self.scale, np.stack(weights), of_stratum)
        freed = freedom(weighing.raked.members, self.given)
        return replace(spread_of(apart, n, self.design), freedom=freed)

    def alone(self) -> list[str]:
        """The categories of the margins that a single respondent is of."""
        found, respondents = [], self.given.respondents
        for margin, wanted in (self.margins or {}).items():
            of = self.cells.counted[margin].fillna("").astype(str).to_numpy()
            people = {category: respondents[of == category].sum() for category in wanted}
            found += [f"{margin} = {category}" for category, n in people.items() if n == 1]
        return found


def merge(names: Sequence[str], respondents: Sequence[int], visits: StratumVisits | None) -> Strata:
    """Strata of at least two respondents: smaller ones are merged, with the next if need be.

    ``names``, ``respondents``: of each cell its stratum and how many they are, (G,).
    """
    asked = dict.fromkeys(visits or {}, 0)
    for name, n in zip(names, respondents, strict=True):
        asked[name] = asked.get(name, 0) + n
    if visits is not None:
        _refuse_unknown(asked, visits)
    merged = _merged(asked)
    groups = _grouped(asked, merged)
    known = np.full(len(groups), np.nan)
    if visits is not None:
        known = np.array([sum(visits[name] for name in group) for group in groups], float)
    place = {name: at for at, group in enumerate(groups) for name in group}
    stratum = [place[name] for name in names]
    return Strata(stratum, known, merged)


def _by_size(asked: Mapping[str, int]) -> list[str]:
    """The strata by their respondents, the fewest first."""
    return sorted(asked, key=lambda name: (asked[name], name))


def _merged(asked: Mapping[str, int]) -> tuple[str, ...]:
    """The strata under two respondents, and the next where those have one together or none."""
    ordered = _by_size(asked)
    small = [name for name in ordered if asked[name] < 2]
    if small and sum(asked[name] for name in small) < 2:
        small = ordered[: len(small) + 1]
    return tuple(small) if len(small) > 1 else ()


def _grouped(asked: Mapping[str, int], merged: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The strata that count as one together: the merged ones first, then each by itself."""
    kept: list[tuple[str, ...]] = [(one,) for one in _by_size(asked) if one not in merged]
    return [merged, *kept] if merged else kept


def _refuse_unknown(asked: Mapping[str, int], visits: StratumVisits) -> None:
    for name, n in asked.items():
        if name not in visits:
            raise bad("no_visits", stratum=Written(name))
        if visits[name] < n:
            known = visits[name]
            raise bad("few_visits_of_stratum", stratum=Written(name), found=known, least=n)


def _simple_variance(found: Linear, given: Moments, weights: Floats, known: bool) -> float:
    """What a simple random sample of as many would have."""
    n, total = given.respondents.sum(), (given.respondents * weights).sum()
    left = 1 - n / total if known else 1.0
    return float(left * total * (weights * found.squares).sum() / max(n - 1, 1))


def _kish(given: Moments, weights: Floats) -> float:
    n = given.respondents
    return float(n.sum() * (n * weights**2).sum() / (n * weights).sum() ** 2)


def _over(spread: Spread, simple: float) -> float | None:
    return float(spread.variance[0]) / simple if simple > 0 else None
