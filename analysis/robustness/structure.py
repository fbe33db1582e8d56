"""How the parts of a score hang together: what moves it, what repeats it, and what it hides.

Of units, on the scheme's scale. Source: OECD and JRC, Handbook on Constructing Composite
Indicators (2008), chapters 4 and 6; Paruolo, Saisana, Saltelli (2013) for what weights are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Floats
from analysis.errors import Problem
from analysis.robustness.choices import frontier
from analysis.robustness.tree import RankedUnits, shares_of
from analysis.rulebook.scheme import ROOT, Node, Scheme, Zone, reach
from analysis.soundness.reliability import ReliabilityFigure, cronbach_alpha

# Of the largest value: what rounding alone makes of none.
NO_SPREAD = 1e-12
# Below so many units nothing is told of how parts hang together.
LEAST_UNITS = 3


@dataclass(frozen=True)
class IndicatorEffect:
    """What an indicator moves. None where it, or the score, is the same for all units.

    ``nominal``: its share of the weights; ``effective``: its share of the score's variance,
    share x cov(indicator, score) / var(score), which add up to 1 where all means are arithmetic
    and are None elsewhere; ``correlation`` with the score; ``main_effect``: its square, the part
    of the score's variance that the indicator alone would explain linearly.
    """

    key: str
    nominal: float
    effective: float | None
    correlation: float | None
    main_effect: float | None


@dataclass(frozen=True)
class PrincipalComponents:
    """Of the correlation matrix, largest first: ``shares`` (k,) of the variance, ``loadings``
    (k, k), a row an indicator, each column's largest above 0; ``kept``: eigenvalues above 1.
    """

    eigenvalues: Floats
    shares: Floats
    loadings: Floats
    kept: int


@dataclass(frozen=True)
class HiddenPart:
    """A unit whose score is in a green band and one of whose parts is in a red one."""

    unit: int
    node: str
    value: float


@dataclass(frozen=True)
class ScoreStructure:
    """``keys``: of the indicators that differ at all, which the matrices are of; ``constant``: of
    the others. ``alphas``: by dimension.
    """

    keys: Sequence[str]
    constant: Sequence[str]
    correlations: Floats
    effects: Sequence[IndicatorEffect]
    components: PrincipalComponents | None
    alphas: dict[str, ReliabilityFigure]
    hidden: Sequence[HiddenPart]


def structure(units: RankedUnits) -> ScoreStructure | Problem:
    """The structure of the units' scores; a problem where there are too few, or scores alone."""
    if any(child.key not in units.scores.nodes for child in units.scheme.children):
        return Problem("choices_without_parts")
    if len(units.places) < LEAST_UNITS:
        return Problem("few_units", found=len(units.places), least=LEAST_UNITS)
    leaves = frontier(units)
    values = {node.key: units.of(node.key) for node in leaves}
    keys = [key for key, column in values.items() if _varies(column)]
    table = np.array([values[key] for key in keys])
    correlations = np.atleast_2d(np.corrcoef(table)) if keys else np.empty((0, 0))
    return ScoreStructure(
        keys=keys,
        constant=[key for key in values if key not in keys],
        correlations=correlations,
        effects=_effects(units, values),
        components=_components(correlations) if len(keys) > 1 else None,
        alphas={
            child.key: _alpha({key: values[key] for key in _leaves(child, values)})
            for child in units.scheme.children
        },
        hidden=_hidden(units),
    )


def nominal_weights(scheme: Scheme, keys: Sequence[str]) -> dict[str, float]:
    """The share of each of these nodes in the whole: the product of the shares on its path."""
    found: dict[str, float] = {}

    def descend(parent: Scheme | Node, share: float) -> None:
        for child, own in zip(parent.children, shares_of(parent).tolist(), strict=True):
            if child.key in keys:
                found[child.key] = share * own
            else:
                descend(child, share * own)

    descend(scheme, 1.0)
    return found


def _effects(units: RankedUnits, values: dict[str, Floats]) -> list[IndicatorEffect]:
    total = units.of(ROOT)
    nominal = nominal_weights(units.scheme, list(values))
    means = [units.scheme.mean, *(node.mean for node in units.scheme.nodes() if node.children)]
    linear = all(mean.value == "arithmetic" for mean in means)
    found = []
    for key, column in values.items():
        if not (_varies(total) and _varies(column)):
            found.append(IndicatorEffect(key, nominal[key], None, None, None))
            continue
        with_score = np.cov(column, total)
        effective = nominal[key] * with_score[0, 1] / with_score[1, 1]
        r = float(np.corrcoef(column, total)[0, 1])
        found.append(
            IndicatorEffect(key, nominal[key], float(effective) if linear else None, r, r**2)
        )
    return found


def _components(correlations: Floats) -> PrincipalComponents:
    eigenvalues, vectors = np.linalg.eigh(correlations)
    eigenvalues, vectors = np.maximum(eigenvalues[::-1], 0), vectors[:, ::-1]
    largest = np.abs(vectors).argmax(axis=0)
    signs = np.sign(vectors[largest, np.arange(len(vectors))])
    return PrincipalComponents(
        eigenvalues=eigenvalues,
        shares=eigenvalues / eigenvalues.sum(),
        loadings=vectors * signs * np.sqrt(eigenvalues),
        kept=int((eigenvalues > 1 + NO_SPREAD).sum()),
    )


def _alpha(columns: dict[str, Floats]) -> ReliabilityFigure:
    if len(columns) < 2:
        return Problem("one_indicator")
    if constant := [key for key, column in columns.items() if not _varies(column)]:
        return Problem("scale_of_constant", indicators=constant)
    return cronbach_alpha(np.cov(np.array([*columns.values()])))


def _hidden(units: RankedUnits) -> list[HiddenPart]:
    """The lowest parts that are red under a green score, worst first in each unit."""
    scheme = units.scheme
    if not scheme.bands:
        return []
    parts = [
        node
        for node in scheme.nodes()
        if node.key in units.scores.nodes and reach(node) == reach(scheme)
    ]
    found = []
    for at in units.places.tolist():
        if _zone(units, ROOT, at) != "green":
            continue
        red = {node.key: node for node in parts if _zone(units, node.key, at) == "red"}
        lowest = [
            key for key, node in red.items() if not {one.key for one in node.children} & set(red)
        ]
        values = [HiddenPart(at, key, _value(units, key, at)) for key in lowest]
        found += sorted(values, key=lambda one: one.value)
    return found


def _zone(units: RankedUnits, key: str, at: int) -> Zone | None:
    value = units.scores.nodes[key][at]
    band = None if value is None else units.scheme.band(value)
    return band.zone if band else None


def _value(units: RankedUnits, key: str, at: int) -> float:
    return float(units.scores.nodes[key][at] or 0)


def _leaves(node: Node, among: dict[str, Floats]) -> list[str]:
    if node.key in among:
        return [node.key]
    return [key for child in node.children for key in _leaves(child, among)]


def _varies(column: Floats) -> bool:
    return bool(np.ptp(column) > NO_SPREAD * max(1.0, float(np.abs(column).max())))
