"""How far ranks hang on choices of the method: weights, scale, mean, and which indicators.

The data stand as they are. There are no zones here: a zone's edges have no meaning on other
scales. Runs are drawn once as columns of a Sobol design; those that share scale, mean and the
indicator left out are computed together as arrays of runs x institutions.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from analysis.arrays import Floats, Integers, Places, product
from analysis.errors import Problem
from analysis.processors import each
from analysis.robustness.rules import ChoiceScale, RobustnessRules
from analysis.robustness.sobol import SobolDesign, factor_columns
from analysis.robustness.tree import RankedUnits, float_mean, shares_of
from analysis.rulebook.scheme import ROOT, Mean, Node, Scheme

# Values of runs x units at once, and of runs x institutions: what stays near the processor.
AT_ONCE = 2**17
TIE = 1e-9
WEIGHTS, SCALE, MEAN, LEFT_OUT = "weights", "normalisation", "mean", "left_out"
# What of the runs' choices each factor is.
FIELDS = {
    WEIGHTS: ("weights", "inner"),
    SCALE: ("scale",),
    MEAN: ("mean",),
    LEFT_OUT: ("left_out",),
}
# Smaller draws of a gamma distribution are no weight at all.
LEAST_WEIGHT = 1e-12


@dataclass(frozen=True)
class ChoiceSpace:
    """What there is to choose: ``scales``, ``means``, and the indicators of which one is left out.

    ``refused``: why a scale is not among them. ``values``: by scale and indicator (units,);
    ``inner``: the nodes below the root within which weights are drawn too.
    """

    units: RankedUnits
    scales: Sequence[ChoiceScale]
    refused: Mapping[ChoiceScale, Problem]
    means: Sequence[Mean]
    positive: Mapping[ChoiceScale, bool]
    indicators: Sequence[str]
    values: Mapping[ChoiceScale, Mapping[str, Floats]]
    inner: Sequence[Node]
    none_left_out: float

    @property
    def weighed(self) -> dict[str, slice]:
        """The columns of the weights within the root, and within each inner node."""
        inner = [(node.key, len(node.children)) for node in self.inner]
        return factor_columns([(ROOT, len(self.units.scheme.children)), *inner])

    @property
    def factors(self) -> dict[str, slice]:
        """The columns of each factor in a run's uniform values."""
        k = max(columns.stop for columns in self.weighed.values())
        return factor_columns([(WEIGHTS, k), (SCALE, 1), (MEAN, 1), (LEFT_OUT, 1)])

    @property
    def dimensions(self) -> int:
        """The number of uniform values of a run."""
        return int(self.factors[LEFT_OUT].stop)


@dataclass(frozen=True)
class ChosenRuns:
    """What runs chose, (runs,) each: places among scales, means, and indicators; the last: none.

    ``weights`` (runs, children) within the root, ``inner`` likewise by node.
    """

    weights: Floats
    inner: Mapping[str, Floats]
    scale: Places
    mean: Places
    left_out: Places


def choice_space(units: RankedUnits, rules: RobustnessRules) -> ChoiceSpace | Problem:
    """What there is to choose; a problem where only scores are known, or one part alone."""
    scheme = units.scheme
    if any(child.key not in units.scores.nodes for child in scheme.children):
        return Problem("choices_without_parts")
    if len(scheme.children) < 2 or len(units.names) < 2:
        return Problem("choices_of_one")
    leaves = frontier(units)
    legal = {node.key: units.of(node.key) for node in leaves}
    refused = _refused(scheme, legal, rules)
    scales = [scale for scale in rules.scales.value if scale not in refused]
    scaled = {scale: _scaled(legal, scale, rules) for scale in scales}
    left_out: list[str | None] = [*legal, None]
    inner = _inner(scheme, legal) if rules.weights_within else []
    return ChoiceSpace(
        units=units,
        scales=scales,
        refused=refused,
        means=list(dict.fromkeys([scheme.mean.value, "arithmetic", *rules.means.value])),
        positive={
            scale: scale in rules.scales_of_positive_means.value
            and all(_is_positive(scheme, scaled[scale], one) for one in left_out)
            and (not inner or min(float(one.min()) for one in scaled[scale].values()) >= 0)
            for scale in scales
        },
        indicators=list(legal),
        values=scaled,
        inner=inner,
        none_left_out=rules.none_left_out.value,
    )


def chosen(space: ChoiceSpace, uniform: Floats, concentration: float) -> ChosenRuns:
    """What runs choose by their uniform values (runs, dimensions).

    Weights within a node: gamma variates of shape concentration x share, over their sum, which is
    Dirichlet, about those that the scheme declares there.
    A scale without values above 0 meets the arithmetic mean alone.
    """
    return _meeting(space, _drawn(space, uniform, concentration))


def chosen_design(
    space: ChoiceSpace, design: SobolDesign, concentration: float
) -> list[ChosenRuns]:
    """What the runs A and B choose, then A with each of the factors from B."""
    a, b = (_drawn(space, one, concentration) for one in (design.a, design.b))
    mixed = [
        replace(a, **{name: getattr(b, name) for name in FIELDS[factor]})
        for factor in space.factors
    ]
    return [_meeting(space, one) for one in (a, b, *mixed)]


def _drawn(space: ChoiceSpace, uniform: Floats, concentration: float) -> ChosenRuns:
    columns = space.factors
    shares = [shares_of(space.units.scheme), *(shares_of(node) for node in space.inner)]
    shapes = concentration * np.concatenate(shares)
    least = np.finfo(float).tiny
    drawn = gammaincinv(shapes, np.maximum(uniform[:, columns[WEIGHTS]], least)) + LEAST_WEIGHT
    inner = {key: _of_one(drawn[:, own]) for key, own in space.weighed.items()}
    root = inner.pop(ROOT)
    scale = _place(uniform[:, columns[SCALE]], len(space.scales))
    mean = _place(uniform[:, columns[MEAN]], len(space.means))
    left = (uniform[:, columns[LEFT_OUT]][:, 0] - space.none_left_out) / (1 - space.none_left_out)
    among = len(space.indicators)
    out = np.where(left < 0, among, np.minimum((left * among).astype(np.intp), among - 1))
    return ChosenRuns(root, inner, scale, mean, out)


def _meeting(space: ChoiceSpace, runs: ChosenRuns) -> ChosenRuns:
    able = np.array([space.positive[one] for one in space.scales])
    means = np.where(able[runs.scale], runs.mean, space.means.index("arithmetic"))
    return replace(runs, mean=means)


def all_choices(parts: Sequence[ChosenRuns]) -> ChosenRuns:
    """The runs of all the parts, one after another."""

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(one, name) for one in parts])

    return ChosenRuns(
        weights=joined("weights"),
        inner={key: np.concatenate([one.inner[key] for one in parts]) for key in parts[0].inner},
        scale=joined("scale"),
        mean=joined("mean"),
        left_out=joined("left_out"),
    )


def scores_of(space: ChoiceSpace, runs: ChosenRuns) -> Floats:
    """(runs, institutions) scores, each on the scale of its run.

    Of many runs in far less time than of as many a few at a time.
    """
    found, units = np.empty((len(runs.scale), len(space.units.names))), space.units
    nodes = _inner(units.scheme, space.indicators)
    straight = all(node.mean.value == "arithmetic" for node in nodes)
    tables = {scale: _institutions_values(units, one) for scale, one in space.values.items()}

    def score(alike: tuple[ChoiceScale, Mean, str | None, Places]) -> None:
        scale, mean, out, rows = alike
        weights = {key: drawn[rows] for key, drawn in runs.inner.items()}
        one = _Run({ROOT: runs.weights[rows], **weights}, space.values[scale], out)
        if straight and mean == "arithmetic":
            found[rows] = _straight_scores(units.scheme, one, tables[scale])
        else:
            found[rows] = _mean_scores(units, one, mean)

    for _ in each(score, list(_alike(space, runs))):
        pass
    return found


def ranks_of(scores: Floats, inverted: bool) -> Integers:
    """(runs, institutions) ranks, the best 1; within 1e-9 of the one above, its rank."""
    ranks = np.empty(scores.shape, np.int64)
    size = max(1, AT_ONCE // max(1, scores.shape[1]))
    blocks = [slice(start, start + size) for start in range(0, len(scores), size)]

    def put(rows: slice) -> None:
        ranks[rows] = _block_ranks(scores[rows], inverted)

    for _ in each(put, blocks):
        pass
    return ranks


def _block_ranks(scores: Floats, inverted: bool) -> Integers:
    runs, count = scores.shape
    better = scores if inverted else -scores
    order = np.argsort(better, axis=1)
    order += np.arange(runs)[:, None] * count
    ordered = better.ravel()[order]
    first = np.zeros(scores.shape, np.int64)
    np.copyto(first[:, 1:], np.arange(1, count), where=ordered[:, 1:] - ordered[:, :-1] > TIE)
    np.maximum.accumulate(first, axis=1, out=first)
    first += 1
    ranks = np.empty(scores.shape, np.int64)
    ranks.ravel()[order] = first
    return ranks


def rank_quantiles(ranks: Integers, at: Sequence[float]) -> Integers:
    """(institutions, quantiles) the least rank that so many runs do not exceed."""
    runs, count = ranks.shape
    held = np.bincount((ranks - 1 + np.arange(count) * count).ravel(), minlength=count * count)
    below = np.cumsum(held.reshape(count, count), axis=1)
    needed = np.ceil(np.array(at) * runs)
    least: Integers = 1 + (below[:, None, :] < needed[None, :, None]).sum(axis=2)
    return least


def standardised(scores: Floats) -> Floats:
    """Each run's scores less their mean, over their spread: comparable from scale to scale."""
    spread = scores.std(axis=1, keepdims=True)
    away: Floats = (scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
    return away


def _alike(
    space: ChoiceSpace, runs: ChosenRuns
) -> Iterator[tuple[ChoiceScale, Mean, str | None, Places]]:
    """The runs that share scale, mean and what is left out, a few at a time."""
    out: list[str | None] = [*space.indicators, None]
    code = (runs.scale * len(space.means) + runs.mean) * len(out) + runs.left_out
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    at_once = max(1, AT_ONCE // len(space.units.places))
    for rows in np.split(order, starts[1:]):
        first = rows[0]
        key = space.scales[runs.scale[first]], space.means[runs.mean[first]]
        for start in range(0, len(rows), at_once):
            yield *key, out[runs.left_out[first]], rows[start : start + at_once]


@dataclass(frozen=True)
class _Run:
    """Runs that share scale and what is left out: ``weights`` (runs, children) by node."""

    weights: Mapping[str, Floats]
    values: Mapping[str, Floats]
    without: str | None

    def within(self, parent: Scheme | Node) -> Floats:
        """(runs or 1, children) the weights within a node: the scheme's own where none is drawn."""
        key = parent.key if isinstance(parent, Node) else ROOT
        drawn = self.weights.get(key)
        return shares_of(parent)[None] if drawn is None else drawn


def _institutions_values(units: RankedUnits, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """(institutions,) their means of each indicator."""
    means = units.of_institutions(np.stack([*values.values()]))
    return dict(zip(values, means, strict=True))


def _straight_scores(scheme: Scheme, run: _Run, values: Mapping[str, Floats]) -> Floats:
    """(runs, institutions) where all means are arithmetic: of institutions' means of indicators."""
    weights = _leaf_weights(scheme, run)
    columns = np.broadcast_arrays(*weights.values())
    table = np.stack([values[key] for key in weights])
    return product(np.stack(columns, axis=1), table)


def _leaf_weights(parent: Scheme | Node, run: _Run) -> dict[str, Floats]:
    """(runs or 1,) the weight of each indicator that is left, which add up to 1; none: nothing."""
    below = [
        ({} if child.key == run.without else {child.key: np.ones(1)})
        if child.key in run.values
        else _leaf_weights(child, run)
        for child in parent.children
    ]
    kept = [at for at, one in enumerate(below) if one]
    shares = _of_one(run.within(parent)[:, kept]) if kept else np.empty((1, 0))
    return {
        key: shares[:, place] * weight
        for place, at in enumerate(kept)
        for key, weight in below[at].items()
    }


def _mean_scores(units: RankedUnits, run: _Run, mean: Mean) -> Floats:
    """(runs, institutions) by the tree, with this mean at its root."""
    found = [_node_values(units.scheme, child, run) for child in units.scheme.children]
    kept = [at for at, one in enumerate(found) if one is not None]
    weights = _of_one(run.within(units.scheme)[:, kept])
    parts = [one for one in found if one is not None]
    if mean == "geometric" and all(len(one) == 1 for one in parts):
        logs = np.log(np.concatenate(parts))
        return units.of_institutions(np.exp(product(weights, logs)))
    shares = weights.T[:, :, None]
    return units.of_institutions(float_mean(units.scheme, units.scheme, mean)(parts, shares))


def _node_values(scheme: Scheme, node: Node, run: _Run) -> Floats | None:
    """(runs or 1, units) the values of a node; None of one of which nothing is left."""
    if node.key in run.values:
        return None if node.key == run.without else run.values[node.key][None]
    found = [_node_values(scheme, child, run) for child in node.children]
    kept = [at for at, one in enumerate(found) if one is not None]
    if not kept:
        return None
    values = [one for one in found if one is not None]
    weights = _of_one(run.within(node)[:, kept])
    if node.mean.value == "arithmetic" and all(len(one) == 1 for one in values):
        return product(weights, np.concatenate(values))
    return float_mean(node, scheme)(values, weights.T[:, :, None])


def _of_one(weights: Floats) -> Floats:
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _inner(scheme: Scheme, among: Collection[str]) -> list[Node]:
    """The nodes above these indicators that have more than one child."""

    def below(node: Node) -> list[Node]:
        if node.key in among:
            return []
        own = [node] if len(node.children) > 1 else []
        return [*own, *(one for child in node.children for one in below(child))]

    return [one for child in scheme.children for one in below(child)]


def _is_positive(scheme: Scheme, values: Mapping[str, Floats], without: str | None) -> bool:
    """Whether every part is above 0, by the scheme's own weights in it."""
    run = _Run({}, values, without)
    parts = [_node_values(scheme, child, run) for child in scheme.children]
    return all((one > 0).all() for one in parts if one is not None)


def frontier(units: RankedUnits) -> list[Node]:
    """The lowest nodes that every unit has a value of: indicators, or what was given instead."""

    def below(node: Node) -> list[Node]:
        known = all(
            units.scores.nodes[child.key][at] is not None
            for child in node.children
            if child.key in units.scores.nodes
            for at in units.places
        )
        given = all(child.key in units.scores.nodes for child in node.children)
        if not node.children or not (known and given):
            return [node]
        return [leaf for child in node.children for leaf in below(child)]

    return [leaf for child in units.scheme.children for leaf in below(child)]


def _refused(
    scheme: Scheme, legal: Mapping[str, Floats], rules: RobustnessRules
) -> dict[ChoiceScale, Problem]:
    """Scales that have no meaning here, each with why."""
    refused: dict[ChoiceScale, Problem] = {}
    constant = [key for key, column in legal.items() if np.ptp(column) <= TIE]
    inner = [
        node.key for node in scheme.nodes() if node.children and node.mean.value != "arithmetic"
    ]
    for scale in rules.scales.value:
        if scale in ("min_max", "z_score") and constant:
            refused[scale] = Problem("scale_of_constant", indicators=constant)
        elif inner and scale not in rules.scales_of_positive_means.value:
            refused[scale] = Problem("scale_under_mean", nodes=inner)
    return refused


def _scaled(
    legal: Mapping[str, Floats], scale: ChoiceScale, rules: RobustnessRules
) -> dict[str, Floats]:
    """The indicators on another scale: of who is present."""
    if scale == "legal":
        return dict(legal)
    if scale == "z_score":
        return {key: (one - one.mean()) / one.std() for key, one in legal.items()}
    if scale == "rank":
        from scipy.stats import rankdata  # takes half a second, and few simulate

        return {key: rankdata(one) for key, one in legal.items()}
    low, high = rules.min_max_onto.value
    return {key: low + (high - low) * (one - one.min()) / np.ptp(one) for key, one in legal.items()}


def _place(uniform: Floats, among: int) -> Places:
    return np.minimum((uniform[:, 0] * among).astype(np.intp), among - 1)
