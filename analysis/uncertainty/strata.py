"""The index weighted to known visits, beside the unweighted headline: strata and margins.

A cell is a group of respondents of one unit that share stratum and margins. Its respondents
weigh alike, so counts by cell are all that is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Floats
from analysis.errors import Problem, Written, bad
from analysis.index.tally import Tally
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.moments import Linear, Moments, linear, moments, scale_of
from analysis.uncertainty.raking import indicators, project, rake
from analysis.uncertainty.uncertainty import (
    Design,
    Spread,
    Uncertainty,
    described,
    nodes_of,
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


@dataclass(frozen=True)
class Strata:
    """Of each cell its ``stratum`` (G,) and ``weights`` (G,); ``left`` (H,) and ``merged``."""

    stratum: Sequence[int]
    weights: Floats
    left: Floats
    merged: tuple[str, ...]


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
    are unknown or fewer than its respondents, and for a category without a share.
    """
    given = moments(cells)
    names = cells.counted[stratum].astype(str).tolist() if stratum else [""] * len(cells)
    strata = merge(names, given.respondents.tolist(), visits)
    weights, explained = strata.weights, None
    if margins:
        explained = indicators(cells, margins, given.respondents * weights)
        raked = rake(explained, given.respondents * weights)
        if isinstance(raked, Problem):
            return Weighted(None, None, strata.merged, not_raked=raked)
        weights = weights * raked
    found = linear(given, scale_of(cells, scheme), np.zeros(len(cells), int), weights)
    residual = found
    if explained:
        residual = project(found, explained.members, given.respondents, weights)
    domain = np.zeros(len(strata.left), np.intp)
    design = Design(np.array(strata.stratum, np.intp), domain, strata.left)
    spread = spread_of(residual, given.respondents, design, weights)
    whole = cells.regroup([])
    (reason,) = reasons(nodes_of(whole, scheme), moments(whole), spread)
    if reason and reason.code == "no_index":
        return Weighted(None, Uncertainty(no_interval=reason), strata.merged)
    (sure,) = described(scheme, found.index, spread, [reason])
    simple = _simple_variance(found, given, weights, visits is not None)
    return Weighted(
        index=float(found.index[0]),
        uncertainty=sure,
        merged=strata.merged,
        design_effect=_over(spread, simple) if sure.standard_error else None,
        kish=_kish(given, weights),
    )


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
    people = np.array([sum(asked[name] for name in group) for group in groups], float)
    total = people
    if visits is not None:
        total = np.array([sum(visits[name] for name in group) for group in groups], float)
    place = {name: at for at, group in enumerate(groups) for name in group}
    stratum = [place[name] for name in names]
    left = np.ones(len(groups)) if visits is None else 1 - people / np.maximum(total, 1)
    return Strata(stratum, (total / np.maximum(people, 1))[stratum], left, merged)


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
