"""What is done to an indicator's raw values before they are normalised, each act told.

In this order: the denominator, missing values, outliers, and last, at the ends of the scale, caps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

from analysis.errors import BadInput, Place, Problem, bad
from analysis.exact import mean_of
from analysis.index.normalising import Column, Values, ends, logarithm, power, scaling
from analysis.rulebook.scheme import Node, Outliers

UnitKey = tuple[str, ...]


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
class BesideValues:
    """What stands beside the values of each row: its year where there are several, who it is
    (institution and unit), texts by heading, such as its group, and numbers, such as its people.
    """

    years: Sequence[int] | None = None
    who: Sequence[UnitKey] = ()
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbers: Mapping[str, Column] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangedValue:
    """A value that is not what was given: ``act`` says which operation made it so."""

    position: int
    node: str
    act: str
    before: Fraction | None
    after: Fraction


def normalise(
    node: Node, column: Column, origin: Origin, beside: BesideValues | None = None
) -> tuple[list[Fraction | None], list[ChangedValue]]:
    """Raw values of an indicator on the scheme's scale, None where missing, and what was changed.

    Raises BadInput where an operation has no meaning for them, and for values out of range.
    """
    given = beside or BesideValues()
    place = Place(origin.file, column=node.key)
    values = list(column)
    changed: list[ChangedValue] = []
    if node.per:
        values = _per(node, values, origin, given)
    if node.missing and node.missing.value.kind != "refuse":
        values = _filled(node, values, given, changed)
    if node.outliers:
        values = _treated(node.outliers.value, node.key, values, changed)
    among = _among(node, values, given, place)
    if node.span is None:
        values = _within(node, values, among, origin, changed)
    scaled = scaling(node, among, place)
    known = {one.as_integer_ratio(): scaled(one) for one in distinct(values)}
    found = [None if one is None else known[one.as_integer_ratio()] for one in values]
    return found, changed


def distinct(column: Column) -> list[Fraction]:
    """Each value of the column once: of judgements there are few, and fractions are slow."""
    return list({value.as_integer_ratio(): value for value in column if value is not None}.values())


def _per(node: Node, column: Column, origin: Origin, beside: BesideValues) -> list[Fraction | None]:
    """value x times / denominator, the denominator above 0. Source: OECD 2008, chapter 3."""
    assert node.per
    rule = node.per.value
    if rule.column not in beside.numbers:
        raise bad("no_denominator", Place(origin.file), column=rule.column, node=node.key)
    below = beside.numbers[rule.column]
    problems = [
        Problem("denominator_not_above_zero", origin.cell(at, rule.column), found=by)
        for at, (value, by) in enumerate(zip(column, below, strict=True))
        if value is not None and by is not None and by <= 0
    ]
    if problems:
        raise BadInput(problems)
    return [
        None if value is None or by is None else value * rule.times / by
        for value, by in zip(column, below, strict=True)
    ]


def _filled(
    node: Node, column: Column, beside: BesideValues, changed: list[ChangedValue]
) -> list[Fraction | None]:
    """Missing values by the mean of their group (of the same year), or by the nearest year of the
    same unit, the earlier of two. What has neither stays missing. Source: OECD 2008, chapter 3.
    """
    assert node.missing
    rule = node.missing.value
    years = beside.years or [0] * len(column)
    result = list(column)
    for at, value in enumerate(column):
        if value is not None:
            continue
        if rule.kind == "group_mean":
            groups = beside.texts[rule.by or ""]
            alike = [
                one
                for one, group, year in zip(column, groups, years, strict=True)
                if one is not None and (group, year) == (groups[at], years[at])
            ]
            found = mean_of(alike) if groups[at] else None
        else:
            others = [
                (abs(years[to] - years[at]), years[to], one)
                for to, one in enumerate(column)
                if one is not None and beside.who[to] == beside.who[at]
            ]
            found = min(others)[2] if others else None
        if found is not None:
            result[at] = found
            changed.append(ChangedValue(at, node.key, rule.kind, None, found))
    return result


def _treated(
    rule: Outliers, key: str, column: Column, changed: list[ChangedValue]
) -> list[Fraction | None]:
    """Outliers winsorised, and where that does not do, or where nothing else is asked for, Box-Cox.

    Winsorised as in COINr: while |skewness| and kurtosis both exceed their bounds, the largest
    value (the smallest where skewness is below 0) becomes the next one, until ``most`` values at
    both ends are. Equal ones move together, as there, so that the last move may exceed ``most``:
    to move some of equals would put apart what is alike.
    """
    present = [value for value in column if value is not None]
    if not _strays(present, rule):
        return list(column)
    if rule.kind == "winsorise":
        moved = _winsorised(present, rule)
        if rule.otherwise is not None and _strays(moved, rule):
            moved = box_cox(present, rule.otherwise)
            return _back(column, moved, key, "box_cox", changed)
        return _back(column, moved, key, "winsorise", changed)
    return _back(column, box_cox(present, rule.power), key, "box_cox", changed)


def _back(
    column: Column,
    moved: Sequence[Fraction],
    key: str,
    act: str,
    changed: list[ChangedValue],
) -> list[Fraction | None]:
    values = iter(moved)
    result = [None if value is None else next(values) for value in column]
    changed += [
        ChangedValue(at, key, act, before, after)
        for at, (before, after) in enumerate(zip(column, result, strict=True))
        if after is not None and after != before
    ]
    return result


def _winsorised(values: Values, rule: Outliers) -> list[Fraction]:
    moved, at_ends = list(values), {"high": 0, "low": 0}
    while _strays(moved, rule) and sum(at_ends.values()) < rule.most:
        high = skewness(moved) >= 0
        end = max(moved) if high else min(moved)
        inner = [value for value in moved if value != end]
        next_one = max(inner) if high else min(inner)
        at_ends["high" if high else "low"] = moved.count(end)
        moved = [next_one if value == end else value for value in moved]
    return moved


def box_cox(values: Values, exponent: Fraction) -> list[Fraction]:
    """((x - min + 1)^p - 1) / p, or its logarithm where p is 0; as COINr shifts it.

    >>> box_cox([Fraction(3), Fraction(5)], Fraction(2))
    [Fraction(0, 1), Fraction(4, 1)]
    """
    least = min(values)
    shifted = [value - least + 1 for value in values]
    if exponent == 0:
        return [logarithm(value) for value in shifted]
    return [(power(value, exponent) - 1) / exponent for value in shifted]


def skewness(values: Values) -> float:
    """G1 = g1 sqrt(n (n - 1)) / (n - 2), as in Excel, SAS and COINr; 0 of fewer than three."""
    n = len(values)
    second, third, _ = _moments(values)
    if n < 3 or second == 0:
        return 0.0
    return third / (second * sqrt(second)) * sqrt(n * (n - 1)) / (n - 2)


def kurtosis(values: Values) -> float:
    """G2 = (n - 1) ((n + 1) g2 + 6) / ((n - 2) (n - 3)), likewise; 0 of fewer than four."""
    n = len(values)
    second, _, fourth = _moments(values)
    if n < 4 or second == 0:
        return 0.0
    return (n - 1) * ((n + 1) * (fourth / second**2 - 3) + 6) / ((n - 2) * (n - 3))


def _moments(values: Values) -> tuple[float, float, float]:
    """The second to the fourth central moment, scaled by the largest distance from the mean."""
    if not values:
        return 0.0, 0.0, 0.0
    mean = sum(values, Fraction(0)) / len(values)
    largest = max(abs(value - mean) for value in values) or Fraction(1)
    away = [float((value - mean) / largest) for value in values]
    second, third, fourth = (sum(one**k for one in away) / len(away) for k in (2, 3, 4))
    return second, third, fourth


def _strays(values: Values, rule: Outliers) -> bool:
    return abs(skewness(values)) > rule.skewness and kurtosis(values) > rule.kurtosis


def _among(node: Node, column: Column, beside: BesideValues, place: Place) -> list[Fraction]:
    """The values of which the scale takes its ends: of all, or of the base year."""
    base = node.normalise.value.base
    if base is None:
        return [value for value in column if value is not None]
    years = beside.years or []
    found = [
        value
        for value, year in zip(column, years, strict=False)
        if value is not None and year == base
    ]
    if not found:
        raise bad("no_base_year", place, base=str(base))
    return found


def _within(
    node: Node,
    column: Column,
    among: Values,
    origin: Origin,
    changed: list[ChangedValue],
) -> list[Fraction | None]:
    """Values beyond the ends of the scale count as the ends where it caps, else are refused."""
    rule = node.normalise.value
    span = ends(rule, among)
    if span is None:
        return list(column)
    low, high = span
    if not rule.caps:
        problems = [
            Problem("outside_range", origin.cell(at, node.key), found=value, low=low, high=high)
            for at, value in enumerate(column)
            if value is not None and not low <= value <= high
        ]
        if problems:
            raise BadInput(problems)
        return list(column)
    result = [None if value is None else min(max(value, low), high) for value in column]
    changed += [
        ChangedValue(at, node.key, "cap", before, after)
        for at, (before, after) in enumerate(zip(column, result, strict=True))
        if after is not None and after != before
    ]
    return result
