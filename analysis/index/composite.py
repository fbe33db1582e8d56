"""Composite scores: a scheme's tree over the indicators of many units at once, exactly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from analysis.errors import BadInput, Place, Problem, bad
from analysis.exact import mean_of, weighted_mean, whole_weights
from analysis.rulebook.scheme import ROOT, Mean, Node, Scheme, reach

Column = Sequence[Fraction | None]
MeasureUnit = Literal["percent", "points"]


@dataclass(frozen=True)
class Origin:
    """Where columns of values came from, for errors: the file, and the row of each value."""

    file: str = "input"
    rows: Sequence[int] = ()

    def cell(self, position: int, key: str) -> Place:
        """The place of one value; without known rows, entries count from 1."""
        row = self.rows[position] if self.rows else position + 1
        return Place(self.file, row=row, column=key)


@dataclass(frozen=True)
class UnitScores:
    """The scores of units under a scheme, in the order given.

    ``nodes`` holds a column a node, on the scheme's scale, the root under "score";
    None where something below it is missing.
    """

    scheme: Scheme
    nodes: Mapping[str, list[Fraction | None]]

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
) -> UnitScores:
    """The scores of n units from columns of n values by node key ("score": a finished one).

    An indicator's column holds raw values, any other node's the scheme's scale (mostly 0-100);
    with ``unit`` "points" the root's children are given in weight points, 0 to their weight,
    instead. Missing is None, and makes the score None: a scheme is never reweighted. Formula:
    weighted mean of each node's children, bottom up, in exact fractions (geometric means in
    50 digits).
    Raises BadInput for values out of range, a column that is no node, an absent column, a
    value given twice (a node and something below it), constant values under min-max, and a
    geometric or harmonic mean over 0.
    """
    scoring = _Scoring(scheme, columns, unit, origin or Origin())
    computed = scoring.mean_of_children(scheme)
    if computed is None and ROOT not in columns:
        raise bad("no_node", scoring.file, root=ROOT, children=_keys(scheme))
    scoring.nodes[ROOT] = scoring.either(ROOT, computed)
    return UnitScores(scheme, scoring.nodes)


def institution_score(units: Column) -> Fraction | None:
    """The simple mean of the units' unrounded scores; None while one is missing."""
    values = [value for value in units if value is not None]
    return mean_of(values) if len(values) == len(units) else None


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
        self, scheme: Scheme, columns: Mapping[str, Column], unit: MeasureUnit, origin: Origin
    ) -> None:
        self.columns = columns
        self.origin = origin
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
        mean = MEANS[parent.mean.value]
        return [
            None if None in row else mean([value for value in row if value is not None], weights)
            for row in zip(*present.values(), strict=True)
        ]

    def value(self, node: Node) -> list[Fraction | None] | None:
        """The column of ``node``; None where neither it nor anything below was given."""
        given = self.columns.get(node.key)
        if self.points and given is not None:
            full = reach(node)[1] / node.weight.value
            return [None if points is None else points * full for points in given]
        if not node.children:
            return None if given is None else normalise(node, given, self.origin)
        computed = self.mean_of_children(node)
        return None if computed is None and given is None else self.either(node.key, computed)

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


def normalise(node: Node, column: Column, origin: Origin) -> list[Fraction | None]:
    """Raw values of an indicator on the scale of the scheme; None stays None.

    x -> to_0 + (x - from_0) / (from_1 - from_0) (to_1 - to_0), mirrored where less is better.
    Raises BadInput where min-max finds no two different values.
    """
    rule = node.normalise.value
    low, high = rule.between
    if rule.kind == "min_max":
        present = [value for value in column if value is not None]
        low, high = (min(present), max(present)) if present else (low, high)
        if low == high:
            raise bad("no_spread", Place(origin.file, column=node.key), found=low)
    start, end = rule.onto[::-1] if node.inverted else rule.onto
    slope = (end - start) / (high - low)
    scaled = {value.as_integer_ratio(): start + (value - low) * slope for value in distinct(column)}
    return [None if value is None else scaled[value.as_integer_ratio()] for value in column]


def distinct(column: Column) -> list[Fraction]:
    """Each value of the column once: of judgements there are few, and fractions are slow."""
    return list({value.as_integer_ratio(): value for value in column if value is not None}.values())


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


MEANS: dict[Mean, Callable[[Sequence[Fraction], Sequence[int]], Fraction]] = {
    "arithmetic": weighted_mean,
    "geometric": _geometric,
    "harmonic": _harmonic,
}


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
