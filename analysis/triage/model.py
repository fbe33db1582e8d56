"""The linear model that labels comments: fitted anew from the corpus, the same everywhere.

A linear support vector machine, one label against the others (Crammer and Singer's problem taken
apart; Fan et al. 2008), whose distances become probabilities by one temperature (Guo et al. 2017)
and a floor of doubt, both found on comments of frames that the fit did not see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.svm import LinearSVC

from analysis.arrays import Floats
from analysis.triage.corpus import LABELS, SEED, LabelledComment, corpus
from analysis.triage.features import Features, learn_features
from analysis.triage.spelling import tokens

STRENGTH = 0.4
PARTS = 3  # one of them tells how far the distances are to be trusted
FIRST_GUESS, BOUNDS = (4.0, 0.05), ((0.5, 20.0), (0.001, 0.3))
# A reviewed comment counts as so many of the corpus: it is real.
WEIGHT_OF_REVIEWED = 5.0


@dataclass(frozen=True)
class Model:
    """Weights and offsets, labels x features and labels; ``temperature`` multiplies distances.

    ``doubt``: the share of every probability that is spread over all labels alike.
    """

    features: Features
    weights: Floats
    offsets: Floats
    temperature: float
    doubt: float

    def probabilities(self, matrix: sparse.csr_array) -> Floats:
        """Comments x labels, in the order of ``LABELS``."""
        distances = np.asarray(matrix @ self.weights.T + self.offsets)
        return _chances(distances, self.temperature, self.doubt)


def fit(comments: Sequence[LabelledComment]) -> Model:
    """The model of these comments. Takes seconds for ten thousand."""
    words = [tokens(comment.text) for comment in comments]
    features, matrix = learn_features(words)
    labels = np.array([LABELS.index(comment.label) for comment in comments])
    weights = np.where([comment.frame < 0 for comment in comments], WEIGHT_OF_REVIEWED, 1.0)
    frames = np.array([comment.frame for comment in comments])
    plane = _plane(matrix, labels, weights)
    return Model(
        features, plane.coef_, plane.intercept_, *_calibration(matrix, labels, weights, frames)
    )


@cache
def seed_model() -> Model:
    """The model of the seed corpus alone, fitted once a process."""
    return fit(corpus())


def _plane(matrix: sparse.csr_array, labels: Floats, weights: Floats) -> LinearSVC:
    return LinearSVC(C=STRENGTH, random_state=SEED).fit(matrix, labels, sample_weight=weights)


def _calibration(
    matrix: sparse.csr_array, labels: Floats, weights: Floats, frames: Floats
) -> tuple[float, float]:
    """The temperature and the doubt that make comments of unseen frames likeliest."""
    unseen = frames % PARTS == 0
    plane = _plane(matrix[~unseen], labels[~unseen], weights[~unseen])
    distances, right = plane.decision_function(matrix[unseen]), labels[unseen]

    def unlikeliness(asked: Floats) -> float:
        chances = _chances(distances, *asked)[np.arange(len(right)), right]
        return float(-np.log(chances).mean())

    found = minimize(unlikeliness, FIRST_GUESS, bounds=BOUNDS, method="Nelder-Mead")
    return float(found.x[0]), float(found.x[1])


def _chances(distances: Floats, temperature: float, doubt: float) -> Floats:
    spread = doubt / len(LABELS)
    return np.asarray((1 - doubt) * softmax(temperature * distances, axis=1) + spread)
