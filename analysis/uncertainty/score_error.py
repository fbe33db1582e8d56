"""What sampling leaves open of a composite score: the citizens' part, and nothing else.

Assessors' judgements are taken as given. A unit's score moves with its survey by a slope along
the tree (the delta method); the survey's variance comes from its second moments or its counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.arrays import Floats
from analysis.errors import Problem
from analysis.index.composite import UnitScores
from analysis.rulebook.certainty import load_certainty
from analysis.rulebook.scheme import ROOT, Node, Scheme
from analysis.uncertainty.change import MeanEstimate
from analysis.uncertainty.intervals import t_interval
from analysis.uncertainty.uncertainty import NO_SPREAD

# The evidence that is a sample of people: a survey, or the Ombudsman's interviews.
SURVEYED = (
    "satisfaction_index",
    "perceived_maladministration",
    "perceived_standards",
    "public_trust",
)
Keys = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Surveys:
    """Of n units: the variance of a survey's figure, on its own scale, and its freedom.

    NaN where it is unknown: under two respondents, all alike, or withheld.
    """

    variance: Floats
    freedom: Floats


def index_surveys(respondents: Sequence[int], squares: Sequence[float | None]) -> Surveys:
    """Of satisfaction indices: n / (n - 1) x the sum of squared linear errors of n people."""
    n = np.asarray(respondents, float)
    spread = np.array([np.nan if one is None else one for one in squares], float)
    return _surveys(n, spread * n / np.maximum(n - 1, 1))


def share_surveys(answered: Sequence[int], none: Sequence[int]) -> Surveys:
    """Of scores 100 x none / answered: 100^2 p (1 - p) / (n - 1)."""
    n, clean = np.asarray(answered, float), np.asarray(none, float)
    p = clean / np.maximum(n, 1)
    return _surveys(n, 100**2 * p * (1 - p) / np.maximum(n - 1, 1))


def instead(held: Sequence[bool], interviews: Surveys, surveys: Surveys) -> Surveys:
    """The Ombudsman's interviews where they were held, what units' own surveys say elsewhere."""
    return Surveys(
        np.where(held, interviews.variance, surveys.variance),
        np.where(held, interviews.freedom, surveys.freedom),
    )


def _surveys(n: Floats, variance: Floats) -> Surveys:
    known = (n > 1) & (variance * n > NO_SPREAD)
    return Surveys(np.where(known, variance, np.nan), np.where(known, n - 1, np.nan))


def slopes(scores: UnitScores, key: str) -> Floats:
    """(n,) by how much each unit's score rises with one raw point of the indicator ``key``.

    The product along the path of each mean's derivative at the unit's values: arithmetic w,
    geometric w M / v, harmonic w (M / v)^2, with w the share of the weights. Not for an
    indicator under min-max, whose scale itself depends on the values.
    """
    node, slope = _path(scores.scheme, key)[-1], np.ones(len(scores.total))
    rule = node.normalise.value
    low, high = (float(end) for end in rule.between)
    start, end = (float(edge) for edge in rule.onto)
    above: Scheme | Node = scores.scheme
    for one in _path(scores.scheme, key):
        weights = sum(child.weight.value for child in above.children)
        ratio = _values(scores, _key(above)) / _values(scores, one.key)
        power = {"arithmetic": 0, "geometric": 1, "harmonic": 2}[above.mean.value]
        slope = slope * float(one.weight.value / weights) * (ratio**power if power else 1)
        above = one
    return slope * (end - start) / (high - low) * (-1 if node.inverted else 1)


def institution_figures(
    scores: UnitScores, institutions: Sequence[str], surveys: Mapping[str, Surveys]
) -> dict[str, MeanEstimate]:
    """The mean of each institution's units with its variance, by the institution's name.

    Variance of the mean of m units: the sum of slope^2 x variance over m^2; degrees of freedom
    after Satterthwaite. ``surveys``: by the key of the indicator; of several, answered by the
    same people, the standard deviations add up. Without any: no sampling, no interval.
    Institutions with a unit without a score are left out.
    """
    names, places = np.unique(np.asarray(institutions, str), return_inverse=True)
    each, freedom = _of_units(scores, surveys)
    m = np.bincount(places, minlength=len(names)).astype(float)
    means = np.bincount(places, _values(scores, ROOT), len(names)) / m
    variance = np.bincount(places, each, len(names)) / m**2
    squared = np.bincount(places, each**2 / freedom, len(names)) / m**4
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = variance**2 / squared
    why = Problem("unit_without_spread") if surveys else Problem("no_survey")
    return {
        name: MeanEstimate(mean, spread, f, None if spread > 0 else why)
        for name, mean, spread, f in zip(
            names.tolist(), means.tolist(), variance.tolist(), pooled.tolist(), strict=True
        )
        if not np.isnan(mean)
    }


def interval(figure: MeanEstimate, scheme: Scheme) -> tuple[float, float] | None:
    """The t interval of a score at the rules' level, clipped to the scheme's span."""
    if figure.no_interval:
        return None
    mean, error, freedom = (
        np.array([one]) for one in (figure.mean, figure.variance**0.5, figure.freedom)
    )
    span = float(scheme.span[0]), float(scheme.span[1])
    low, high = t_interval(mean, error, freedom, load_certainty().level, span)[0].tolist()
    return low, high


def _of_units(scores: UnitScores, surveys: Mapping[str, Surveys]) -> tuple[Floats, Floats]:
    """Each unit's variance and freedom."""
    deviation, freedom = np.zeros(len(scores.total)), np.full(len(scores.total), np.inf)
    for key, survey in surveys.items():
        deviation = deviation + np.abs(slopes(scores, key)) * np.sqrt(survey.variance)
        freedom = np.minimum(freedom, survey.freedom)
    return deviation**2, freedom


def _path(parent: Scheme | Node, key: str) -> list[Node]:
    """The nodes from below ``parent`` down to the one of this key; empty where it is not there."""
    for child in parent.children:
        if child.key == key:
            return [child]
        if below := _path(child, key):
            return [child, *below]
    return []


def _key(node: Scheme | Node) -> str:
    return node.key if isinstance(node, Node) else ROOT


def _values(scores: UnitScores, key: str) -> Floats:
    return np.array([np.nan if one is None else float(one) for one in scores.nodes[key]])
