"""A scheme's tree over arrays of many runs at once: floats, where ``composite`` is exact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce

import numpy as np

from analysis.arrays import Floats, Places
from analysis.index.composite import UnitScores
from analysis.index.institutions import Result
from analysis.rulebook.scheme import ROOT, Mean, Node, Scheme

FloatMean = Callable[[Sequence[Floats], Floats], Floats]
# Means other than the arithmetic one have values above 0 alone: what is drawn at 0 or below it,
# where no value was given, counts as all but 0.
ALL_BUT_NOTHING = 1e-9


def _arithmetic(values: Sequence[Floats], shares: Floats) -> Floats:
    total: Floats = values[0] * shares[0]
    for value, share in zip(values[1:], shares[1:], strict=True):
        total = total + value * share
    return total


def _geometric(values: Sequence[Floats], shares: Floats) -> Floats:
    mean: Floats = np.exp(_arithmetic([np.log(value) for value in values], shares))
    return mean


def _harmonic(values: Sequence[Floats], shares: Floats) -> Floats:
    return 1 / _arithmetic([1 / value for value in values], shares)


def _penalised(values: Sequence[Floats], shares: Floats, sign: int) -> Floats:
    mean = _arithmetic(values, shares)
    variance = _arithmetic([(value - mean) ** 2 for value in values], shares)
    return mean + sign * variance / mean


def _generalised(values: Sequence[Floats], shares: Floats, power: float) -> Floats:
    end: Floats = reduce(np.maximum if power > 0 else np.minimum, values)
    parts = [(value / end) ** power for value in values]
    mean: Floats = end * _arithmetic(parts, shares) ** (1 / power)
    return mean


def _positive(mean: FloatMean) -> FloatMean:
    """The mean, of values above 0."""
    return lambda values, shares: mean(
        [np.maximum(value, ALL_BUT_NOTHING) for value in values], shares
    )


FLOAT_MEANS: dict[Mean, FloatMean] = {
    "arithmetic": _arithmetic,
    "geometric": _positive(_geometric),
    "harmonic": _positive(_harmonic),
}


def float_mean(parent: Scheme | Node, scheme: Scheme, mean: Mean | None = None) -> FloatMean:
    """The mean by which a node's values follow from its children's, or another in its place."""
    kind = mean or parent.mean.value
    if kind == "penalised":
        return _positive(partial(_penalised, sign=1 if scheme.inverted else -1))
    if kind == "generalised":
        power = float(parent.power.value) if parent.power else 1.0
        return _positive(partial(_generalised, power=power))
    return FLOAT_MEANS[kind]


@dataclass(frozen=True)
class RankedUnits:
    """The units of the institutions that have a score, those of one institution on end.

    ``places``: of each unit in the result; ``institution``: of each unit its number among
    ``names``; ``starts``: of each institution its first unit; ``shares``: of each unit in its
    institution's score, which add up to 1; ``floats``: what was asked for of ``scores`` already.
    """

    scheme: Scheme
    scores: UnitScores
    names: Sequence[str]
    places: Places
    institution: Places
    starts: Places
    shares: Floats
    floats: dict[str, Floats] = field(default_factory=dict, repr=False, compare=False)

    def of(self, key: str) -> Floats:
        """(units,) the values of a node on the scheme's scale."""
        if key not in self.floats:
            column = self.scores.nodes[key]
            self.floats[key] = np.array([float(value or 0) for value in column])
        values: Floats = self.floats[key][self.places]
        return values

    def of_institutions(self, values: Floats) -> Floats:
        """(..., institutions) the scores from those of the units, (..., units)."""
        parts: Floats = values * self.shares
        if len(self.starts) == len(self.places):  # each unit by itself
            return parts
        means: Floats = np.add.reduceat(parts, self.starts, axis=-1)
        return means

    def block(self, first: int, end: int) -> "RankedUnits":
        """The institutions from one to before another, with their units."""
        until = self.starts[end] if end < len(self.names) else len(self.places)
        units = slice(int(self.starts[first]), int(until))
        return RankedUnits(
            self.scheme,
            self.scores,
            self.names[first:end],
            self.places[units],
            self.institution[units] - first,
            self.starts[first:end] - self.starts[first],
            self.shares[units],
            self.floats,
        )


def of_year(result: Result, year: int | None) -> Result:
    """The institutions of one year, scored as they are among all years."""
    return replace(result, institutions=[one for one in result.institutions if one.year == year])


def ranked_units(result: Result) -> RankedUnits:
    """The units that count in the ranks: of the institutions whose units all have a score.

    Raises ValueError for several years, whose ranks are of each apart: see ``of_year``.
    """
    years = {one.year for one in result.institutions}
    if len(years) > 1:
        raise ValueError(f"ranks of {len(years)} years at once")
    complete = [one.institution for one in result.institutions if one.score is not None]
    number = {name: at for at, name in enumerate(complete)}
    own = [
        (number[one.institution], place)
        for place, one in enumerate(result.units)
        if one.institution in number and one.year in years
    ]
    own.sort()
    institution = np.array([at for at, _ in own], np.intp)
    sizes = np.bincount(institution, minlength=len(complete))
    weights = np.array(
        [1.0 if result.weights is None else float(result.weights[place] or 0) for _, place in own]
    )
    totals = np.bincount(institution, weights, len(complete))
    return RankedUnits(
        scheme=result.scheme,
        scores=result.scores,
        names=complete,
        places=np.array([place for _, place in own], np.intp),
        institution=institution,
        starts=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp),
        shares=weights / totals[institution],
    )


def shares_of(parent: Scheme | Node) -> Floats:
    """(k,) the children's shares of the weights."""
    weights = np.array([float(child.weight.value) for child in parent.children])
    shares: Floats = weights / weights.sum()
    return shares


def root_values(units: RankedUnits, drawn: Mapping[str, Floats]) -> Floats:
    """(runs, units) the score where these nodes have other values, (runs, units) each.

    What is above them is computed anew, all else stands as it was scored.
    """
    if ROOT in drawn:
        return drawn[ROOT]
    found = _value(units, units.scheme, drawn)
    return units.of(ROOT)[None] if found is None else found


def node_values(units: RankedUnits, key: str, drawn: Mapping[str, Floats]) -> Floats:
    """(runs, units) likewise the values of one node."""
    if key in drawn:
        return drawn[key]
    node = next(one for one in units.scheme.nodes() if one.key == key)
    found = _value(units, node, drawn)
    return units.of(key)[None] if found is None else found


def _value(units: RankedUnits, parent: Scheme | Node, drawn: Mapping[str, Floats]) -> Floats | None:
    """The mean of the children where one of them, or what is below it, was drawn."""
    new = {
        child.key: drawn[child.key] if child.key in drawn else _value(units, child, drawn)
        for child in parent.children
    }
    if all(value is None for value in new.values()):
        return None
    values = [units.of(key)[None] if value is None else value for key, value in new.items()]
    return float_mean(parent, units.scheme)(values, shares_of(parent))
