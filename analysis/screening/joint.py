"""The joint view: how unlike honest responses one is, by all indicators at once.

An isolation forest (Liu, Ting and Zhou 2008) grown once, with a fixed seed, on the simulator's
honest units; so a response's score depends on its own unit alone. It ranks, and alarms nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sklearn.ensemble import IsolationForest

from analysis.arrays import Floats
from analysis.screening.bursts import excess
from analysis.screening.careless import longest_run, mahalanobis, variability
from analysis.screening.contrast import ranks_within
from analysis.screening.devices import sizes
from analysis.screening.duplicates import duplicates
from analysis.screening.responses import Bools, ScreenedResponses, side_by_side
from analysis.screening.rules import load_rules
from analysis.screening.simulator import a_unit, honest

UNITS = 200


@dataclass(frozen=True)
class JointScores:
    """``score`` (n,): 0-1, higher is more unusual; ``unusual`` (n,): among the most unusual."""

    score: Floats
    unusual: Bools


@dataclass(frozen=True)
class GrownTree:
    """A tree, and by its leaves how far from the root a response is that falls there."""

    tree: Any
    depth: Floats


@dataclass(frozen=True)
class Grown:
    """The forest, how deep a response is in it that is like any other, and the score above which
    only the most unusual honest responses are."""

    trees: Sequence[GrownTree]
    usual: float
    threshold: float = 1.0

    def score(self, rows: Floats) -> Floats:
        """(n,) the scores of responses, as ``-IsolationForest.score_samples`` gives them.

        Which takes ten milliseconds to share its trees out, however few the responses.
        """
        low = rows.astype(np.float32)
        depth = np.zeros(len(rows))
        for one in self.trees:
            depth += one.depth[one.tree.apply(low)]
        score: Floats = 2.0 ** (-depth / (len(self.trees) * self.usual))
        return score


def joint(responses: ScreenedResponses) -> JointScores:
    """The joint view of a period, of each unit by itself."""
    if not len(responses):
        return JointScores(np.zeros(0), np.zeros(0, bool))
    grown = grow()
    score = grown.score(features(responses))
    return JointScores(score, score > grown.threshold)


@cache
def grow() -> Grown:
    """The forest of the rules, one a process."""
    rule = load_rules().joint
    random = np.random.default_rng(rule.seed.value)
    rows = features(side_by_side([honest(a_unit(random), random) for _ in range(UNITS)]))
    forest = IsolationForest(n_estimators=rule.trees.value, random_state=rule.seed.value).fit(rows)
    trees = [_grown(one.tree_) for one in forest.estimators_]
    usual = float(_average_depth(np.array([forest.max_samples_]))[0])
    grown = Grown(trees, usual)
    threshold = float(np.quantile(grown.score(rows), 1 - rule.unusual.value))
    return Grown(trees, usual, threshold)


def features(responses: ScreenedResponses) -> Floats:
    """(n, 10) all indicators of each response, each within its own unit."""
    filled, n = responses.filled, responses.numbers[responses.unit]
    points = np.nan_to_num(responses.points)
    away = [mahalanobis(filled[responses.rows_of(unit)]) for unit in range(responses.units)]
    columns = (
        longest_run(filled) / responses.answers.shape[1],
        np.nan_to_num(variability(filled)),
        np.log1p(np.maximum(np.concatenate(away), 0)),  # gaps may make it negative
        responses.fast == 1,
        np.log(sizes(responses)),
        excess(responses),
        duplicates(responses, load_rules().least_group.value).excess,
        responses.alike / n,
        ranks_within(points, responses.unit) / n,
        ~responses.vouched,
    )
    return np.column_stack([np.asarray(column, float) for column in columns])


def _grown(tree: Any) -> GrownTree:
    """The steps to each node, and what a tree over the responses that ended there would add."""
    steps = np.zeros(tree.node_count)
    for node, children in enumerate(zip(tree.children_left, tree.children_right, strict=True)):
        for child in children:
            if child > node:  # a leaf's are -1
                steps[child] = steps[node] + 1
    return GrownTree(tree, steps + _average_depth(tree.n_node_samples))


def _average_depth(size: "np.typing.NDArray[np.integer[Any]]") -> Floats:
    """The mean steps to a leaf of a tree over so many: 2 H(n - 1) - 2 (n - 1) / n."""
    n = np.maximum(size.astype(float), 3)
    depth = 2 * (np.log(n - 1) + np.euler_gamma) - 2 * (n - 1) / n
    return np.where(size > 2, depth, np.where(size == 2, 1.0, 0.0))
