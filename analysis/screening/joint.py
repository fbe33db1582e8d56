"""The joint view: how unlike honest responses one is, by all indicators at once.

An isolation forest (Liu, Ting and Zhou 2008) grown once, with a fixed seed, on the simulator's
honest units; so a response's score depends on its own unit alone. It ranks, and alarms nobody.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import IsolationForest

from analysis.arrays import Floats
from analysis.screening.bursts import excess
from analysis.screening.careless import longest_run, mahalanobis, variability
from analysis.screening.devices import sizes
from analysis.screening.duplicates import duplicates
from analysis.screening.responses import Bools, ScreenedResponses, numbered
from analysis.screening.rules import load_rules
from analysis.screening.simulator import a_unit, honest

UNITS = 200


@dataclass(frozen=True)
class JointScores:
    """``score`` (n,): 0-1, higher is more unusual; ``unusual`` (n,): among the most unusual."""

    score: Floats
    unusual: Bools


@dataclass(frozen=True)
class Grown:
    """The forest, and the score above which only the most unusual honest responses are."""

    forest: IsolationForest
    threshold: float


def joint(responses: ScreenedResponses) -> JointScores:
    """The joint view of a unit's period."""
    if not len(responses):
        return JointScores(np.zeros(0), np.zeros(0, bool))
    grown = grow()
    score = _score(grown.forest, features(responses))
    return JointScores(score, score > grown.threshold)


@cache
def grow() -> Grown:
    """The forest of the rules, one a process."""
    rule = load_rules().joint
    random = np.random.default_rng(rule.seed.value)
    rows = np.concatenate([features(honest(a_unit(random), random)) for _ in range(UNITS)])
    forest = IsolationForest(n_estimators=rule.trees.value, random_state=rule.seed.value).fit(rows)
    threshold = float(np.quantile(_score(forest, rows), 1 - rule.unusual.value))
    return Grown(forest, threshold)


def features(responses: ScreenedResponses) -> Floats:
    """(n, 10) all indicators of each response, each within its own unit."""
    number, count = numbered(responses.pattern)
    n = len(responses)
    points = np.nan_to_num(responses.points)
    columns = (
        longest_run(responses.filled) / responses.answers.shape[1],
        np.nan_to_num(variability(responses.filled)),
        np.log1p(np.maximum(mahalanobis(responses.filled), 0)),  # gaps may make it negative
        responses.fast == 1,
        np.log(sizes(responses)),
        excess(responses),
        duplicates(responses, load_rules().least_group.value).excess,
        count[number] / n,
        rankdata(points) / n,
        ~responses.vouched,
    )
    return np.column_stack([np.asarray(column, float) for column in columns])


def _score(forest: IsolationForest, rows: Floats) -> Floats:
    score: Floats = -forest.score_samples(rows)
    return score
