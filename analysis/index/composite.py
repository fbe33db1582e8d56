"""Composite scores: a scheme's tree over the indicators of many units at once, exactly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial
from typing import Literal

from analysis.errors import BadInput, Place, Problem, bad
from analysis.exact import mean_of, weighted_mean, whole_weights
from analysis.index.normalising import Column as Column
from analysis.index.normalising import power
from analysis.index.preparing import BesideValues, ChangedValue, distinct, normalise
from analysis.index.preparing import Origin as Origin
from analysis.rulebook.scheme import ROOT, Mean, Node, Scheme, reach

MeasureUnit = Literal["percent", "points"]
MeanFunction = Callable[[Sequence[Fraction], Sequence[int]], Fraction]


@dataclass(frozen=True)
class UnitScores:
    """The scores of units under a scheme, in the order given.

    ``nodes`` holds a column a node, on the scheme's scale, the root under "score";
    None where something below it is missing. ``changed``: values that are not those given.
    """

    scheme: Scheme
    nodes: Mapping[str, list[Fraction | None]]
    changed: Sequence[ChangedValue] = ()

    @property
    def total(self) -> list[Fraction | None]:
        """The unrounded score of each unit."""
        return self.nodes[ROOT]

    def missing(self, position: int) -> list[str]:
        """Keys of the lowest nodes for which the unit at ``position`` has no value."""
        return _missing(self.scheme, self, position)


@dataclass(frozen=True)
class DerivationLine:
    """One line of a derivation: a node's value on the scheme's scale, its share of the weights.

    ``contribution``: what it adds to its parent's value; None for other means than arithmetic.
    """

    node: Node
    depth: int
    value: Fraction | None
    share: Fraction
    contribution: Fraction | None


def score(
    scheme: Scheme,
    columns: Mapping[str, Column],
    unit: MeasureUnit = "percent",
    origin: Origin | None = None,
    beside: BesideValues | None = None,
) -> UnitScores:
    """The scores of n units from columns of n values by node key ("score": a finished one).

    An indicator's column holds raw values, any other node's the scheme's scale (mostly 0-100);
    with ``unit`` "points" the root's children are given in weight points, 0 to their weight,
    instead. Missing is None, and makes the score None: a scheme is never reweighted, but for
    nodes that declare a coverage. Formula: weighted mean of each node's children, bottom up, in
    exact fractions (geometric means in 50 digits). ``beside``: what the scheme's operations need
    besides the values.
    Raises BadInput for values out of range, a column that is no node, an absent column, a
    value given twice (a node and something below it), constant values under min-max, and a
    geometric or harmonic mean over 0.
    """
    scoring = _Scoring(scheme, columns, unit, origin or Origin(), beside)
    computed = scoring.mean_of_children(scheme)
    if computed is None and ROOT not in columns:
        raise bad("no_node", scoring.file, root=ROOT, children=_keys(scheme))
    scoring.nodes[ROOT] = scoring.either(ROOT, computed)
    return UnitScores(scheme, scoring.nodes, scoring.changed)


def institution_score(units: Column, weights: Column | None = None) -> Fraction | None:
    """The simple mean of the units' unrounded scores; None while one is missing.

    ``weights``: where the scheme weighs units by a number of theirs, such as their people.
    """
    values = [value for value in units if value is not None]
    if len(values) < len(units):
        return None
    if weights is None:
        return mean_of(values)
    known = [weight for weight in weights if weight is not None]
    return weighted_mean(values, whole_weights(known)) if len(known) == len(values) else None


def derivation(scores: UnitScores, position: int) -> list[DerivationLine]:
    """The tree of the unit at ``position``, top down, as far as it has values."""
    steps: list[DerivationLine] = []

    def descend(parent: Scheme | Node, depth: int) -> None:
        weights = sum((child.weight.value for child in parent.children), Fraction(0))
        for child in parent.children:
            if child.key not in scores.nodes:
                continue
            value = scores.nodes[child.key][position]
            share = child.weight.value / weights
            added = None if value is None or parent.mean.value != "arithmetic" else value * share
            steps.append(DerivationLine(child, depth, value, share, added))
            descend(child, depth + 1)

    descend(scores.scheme, 0)
    return steps


class _Scoring:
    """The tree being filled with columns, bottom up."""

    def __init__(
        self,
        scheme: Scheme,
        columns: Mapping[str, Column],
        unit: MeasureUnit,
        origin: Origin,
        beside: BesideValues | None,
    ) -> None:
        self.columns = columns
        self.origin, self.beside = origin, beside
        self.changed: list[ChangedValue] = []
        self.inverted = scheme.inverted
        self.file = Place(origin.file)
        self.points = unit == "points"
        self.nodes: dict[str, list[Fraction | None]] = {}
        spans = {ROOT: scheme.span, **{node.key: node.span for node in scheme.nodes()}}
        if strange := set(columns) - set(spans):
            raise bad("unknown_nodes", self.file, found=sorted(strange), scheme=scheme.id)
        if self.points:
            spans |= self._spans_of_points(scheme)
        self._check_range(spans)

    def mean_of_children(self, parent: Scheme | Node) -> list[Fraction | None] | None:
        """The column of ``parent`` from its children; None where nothing below was given."""
        columns = {child.key: self.value(child) for child in parent.children}
        present = {key: column for key, column in columns.items() if column is not None}
        if not present:
            return None
        if absent := [key for key in columns if key not in present]:
            raise bad("absent_nodes", self.file, columns=absent, needed=_keys(parent))
        self.nodes |= present
        if parent.mean.value != "arithmetic":
            self._check_positive(present)
        weights = whole_weights([child.weight.value for child in parent.children])
        mean = mean_of_node(parent, self.inverted)
        needed = sum(weights) if parent.coverage is None else parent.coverage.value * sum(weights)
        return [
            _covered_mean(mean, row, weights, needed) for row in zip(*present.values(), strict=True)
        ]

    def value(self, node: Node) -> list[Fraction | None] | None:
        """The column of ``node``; None where neither it nor anything below was given."""
        given = self.columns.get(node.key)
        if self.points and given is not None:
            full = reach(node)[1] / node.weight.value
            return [None if points is None else points * full for points in given]
        if not node.children:
            return None if given is None else self._normalised(node, given)
        computed = self.mean_of_children(node)
        return None if computed is None and given is None else self.either(node.key, computed)

    def _normalised(self, node: Node, given: Column) -> list[Fraction | None]:
        scaled, changed = normalise(node, given, self.origin, self.beside)
        self.changed += changed
        return scaled

    def either(self, key: str, computed: Column | None) -> list[Fraction | None]:
        """Given values where there are any, computed ones elsewhere; never both in a row."""
        given = self.columns.get(key)
        if given is None or computed is None:
            return list(given or computed or [])
        pairs = list(zip(given, computed, strict=True))
        for position, pair in enumerate(pairs):
            if None not in pair:
                raise bad("value_twice", self.origin.cell(position, key))
        return [value if value is not None else below for value, below in pairs]

    def _spans_of_points(self, scheme: Scheme) -> dict[str, tuple[Fraction, Fraction]]:
        if scheme.total is None:
            raise bad("no_points", scheme=scheme.id)
        spans = {node.key: (Fraction(0), node.weight.value) for node in scheme.children}
        if deep := set(self.columns) - set(spans) - {ROOT}:
            raise bad("points_too_deep", self.file, found=sorted(deep), nodes=_keys(scheme))
        return spans

    def _check_range(self, spans: Mapping[str, tuple[Fraction, Fraction] | None]) -> None:
        problems = [
            Problem(
                "outside_range",
                self.origin.cell(position, key),
                found=value,
                low=span[0],
                high=span[1],
            )
            for key, column in self.columns.items()
            if (span := spans[key]) and any(_outside(value, span) for value in distinct(column))
            for position, value in enumerate(column)
            if value is not None and _outside(value, span)
        ]
        if problems:
            raise BadInput(problems)

    def _check_positive(self, columns: Mapping[str, Column]) -> None:
        problems = [
            Problem("not_above_zero", self.origin.cell(position, key), found=value)
            for key, column in columns.items()
            for position, value in enumerate(column)
            if value is not None and value <= 0
        ]
        if problems:
            raise BadInput(problems)


def _outside(value: Fraction, span: tuple[Fraction, Fraction]) -> bool:
    return not span[0] <= value <= span[1]


def _geometric(values: Sequence[Fraction], weights: Sequence[int]) -> Fraction:
    total = sum(weights)
    with localcontext() as context:
        context.prec = 50
        logs = [Decimal(v.numerator).ln() - Decimal(v.denominator).ln() for v in values]
        powers = [
            log * Fraction(w, total).numerator / Fraction(w, total).denominator
            for log, w in zip(logs, weights, strict=True)
        ]
        mean = Fraction(sum(powers, Decimal(0)).exp())
    return min(max(mean, min(values)), max(values))  # not a 50th digit beyond its values


def _harmonic(values: Sequence[Fraction], weights: Sequence[int]) -> Fraction:
    inverse = sum((w / v for v, w in zip(values, weights, strict=True)), Fraction(0))
    return sum(weights) / inverse


def _penalised(
    values: Sequence[Fraction], weights: Sequence[int], upwards: bool = False
) -> Fraction:
    """M - S^2 / M: the mean less what its values differ, so that one cannot make up for another.

    ``upwards``: M + S^2 / M, where more is worse. The adjusted Mazziotta-Pareto index, M the
    weighted mean, S^2 the weighted variance; exact.
    Source: Mazziotta and Pareto, Social Indicators Research 127 (2016).
    """
    mean = weighted_mean(values, weights)
    penalty = weighted_mean([(value - mean) ** 2 for value in values], weights) / mean
    return mean + penalty if upwards else mean - penalty


def _generalised(exponent: Fraction) -> MeanFunction:
    """(weighted mean of x^p)^(1/p), p not 0: 1 the arithmetic mean, -1 the harmonic one.

    Source: OECD and JRC 2008, chapter 6.
    """

    def mean(values: Sequence[Fraction], weights: Sequence[int]) -> Fraction:
        found = power(
            weighted_mean([power(value, exponent) for value in values], weights), 1 / exponent
        )
        return min(max(found, min(values)), max(values))

    return mean


def mean_of_node(parent: Scheme | Node, inverted: bool = False) -> MeanFunction:
    """The mean by which a node's value follows from its children's.

    ``inverted``: where less is better in the whole, unlike values are penalised upwards.
    """
    if parent.mean.value == "penalised":
        return partial(_penalised, upwards=inverted)
    if parent.mean.value == "generalised" and parent.power:
        return _generalised(parent.power.value)
    return MEANS[parent.mean.value]


MEANS: dict[Mean, MeanFunction] = {
    "arithmetic": weighted_mean,
    "geometric": _geometric,
    "harmonic": _harmonic,
}


def _covered_mean(
    mean: MeanFunction,
    row: Sequence[Fraction | None],
    weights: Sequence[int],
    needed: Fraction | int,
) -> Fraction | None:
    """The mean of the values there are, if they have at least so much of the weights."""
    if None not in row:
        return mean([value for value in row if value is not None], weights)
    present = [
        (value, weight) for value, weight in zip(row, weights, strict=True) if value is not None
    ]
    if not present or sum(weight for _, weight in present) < needed:
        return None
    return mean([value for value, _ in present], [weight for _, weight in present])


def _missing(parent: Scheme | Node, scores: UnitScores, position: int) -> list[str]:
    missing: list[str] = []
    for child in parent.children:
        column = scores.nodes.get(child.key)
        if column is None or column[position] is not None:
            continue
        missing += _missing(child, scores, position) or [child.key]
    return missing


def _keys(parent: Scheme | Node) -> list[str]:
    return [child.key for child in parent.children]
