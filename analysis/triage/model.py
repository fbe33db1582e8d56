"""The linear model that labels comments: fitted anew from the corpus, the same everywhere.

Two readings of the same features, added up: a linear support vector machine, one label against the
others (Fan et al. 2008), and naive Bayes on what the other labels say (Rennie et al. 2003). How
much each counts, how likely a label is before anything is read, and a floor of doubt are found on
comments of voices that neither saw: so confidence is calibrated across styles, not across rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import softmax

from analysis.arrays import Floats
from analysis.triage.corpus import LABELS, NEUTRAL, PRAISE, SEED, LabelledComment, corpus
from analysis.triage.features import Features, learn_features
from analysis.triage.settings import settings
from analysis.triage.spelling import tokens
from analysis.triage.voices import ASPECTS, TONES, VOICES

STRENGTH = 0.2
SMOOTHING = 0.1
TOLERANCE = 0.05
# A comment of a voice counts as so many of the hands: it is written as citizens write.
WEIGHT_OF_VOICES = 2.0
# A reviewed comment counts as so many of the hands: it is real.
WEIGHT_OF_REVIEWED = 8.0
# How strongly what is likely beforehand is held to be alike for all labels.
EVENNESS = 0.005
FIRST_GUESS, BOUNDS = (3.0, 0.5, 0.02), ((0.5, 20.0), (0.0, 5.0), (0.001, 0.3))
NO_ASPECT = "service"


@dataclass(frozen=True)
class Plane:
    """Weights and offsets of classes: what speaks for each."""

    weights: Floats
    offsets: Floats

    def distances(self, matrix: sparse.csr_array) -> Floats:
        """Comments x classes."""
        return np.asarray(matrix @ self.weights.T + self.offsets)


@dataclass(frozen=True)
class Trust:
    """How far the two readings count, the labels' offsets, and the share spread over all alike."""

    machine: float
    bayes: float
    doubt: float
    offsets: Floats


@dataclass(frozen=True)
class Model:
    """What was learned: the labels' plane, its doubt, and planes of tones and of aspects.

    ``serious``: what tells a serious form, be it the first or the second.
    """

    features: Features
    labels: Plane
    doubt: float
    tones: Plane
    aspects: Plane
    serious: Plane

    def probabilities(self, matrix: sparse.csr_array) -> Floats:
        """Comments x labels, in the order of ``LABELS``."""
        return _chances(self.labels.distances(matrix), self.doubt)

    def leaning(self, leaning: Floats) -> "Model":
        """The model with what speaks for each label moved."""
        moved = Plane(self.labels.weights, self.labels.offsets + leaning)
        return replace(self, labels=moved)

    @property
    def weights(self) -> Floats:
        """Labels x features."""
        return self.labels.weights


@dataclass(frozen=True)
class _Examples:
    """Comments as numbers, their labels, and how much each counts."""

    matrix: sparse.csr_array
    labels: Floats
    weights: Floats

    def where(self, chosen: NDArray[np.bool_]) -> "_Examples":
        return _Examples(self.matrix[chosen], self.labels[chosen], self.weights[chosen])


def fit(
    comments: Sequence[LabelledComment], weight_of_reviewed: float = WEIGHT_OF_REVIEWED
) -> Model:
    """The model of these comments, of which some are of voices. Takes seconds for ten thousand."""
    features, matrix = learn_features([tokens(comment.text) for comment in comments])
    labels = np.array([LABELS.index(comment.label) for comment in comments])
    weights = np.array([_weight(comment, weight_of_reviewed) for comment in comments])
    examples = _Examples(matrix, labels, weights)
    trust = _trusted(examples, np.array([_held_out(comment) for comment in comments]))
    machine, bayes = _readings(examples)
    plane = Plane(
        trust.machine * machine.weights + trust.bayes * bayes.weights,
        trust.machine * machine.offsets + trust.bayes * bayes.offsets + trust.offsets,
    )
    return Model(
        features=features,
        labels=plane,
        doubt=trust.doubt,
        tones=_tones(comments, matrix),
        aspects=_aspects(comments, matrix),
        serious=_serious(comments, examples),
    )


@cache
def seed_model() -> Model:
    """The model of the seed corpus alone, fitted once a process."""
    return fit(corpus())


def _weight(comment: LabelledComment, weight_of_reviewed: float) -> float:
    if comment.frame < 0:
        return weight_of_reviewed
    return WEIGHT_OF_VOICES if comment.hand in VOICES else 1.0


def _held_out(comment: LabelledComment) -> bool:
    """Whether it tells how far the readings are to be trusted: every other voice and review."""
    if comment.frame < 0:
        return comment.frame % 2 == 0
    return comment.hand in VOICES and VOICES.index(comment.hand) % 2 == 0


def _readings(examples: _Examples) -> tuple[Plane, Plane]:
    from sklearn.naive_bayes import ComplementNB  # takes a second, and most only read labels
    from sklearn.svm import LinearSVC

    given = (examples.matrix, examples.labels, examples.weights)
    machine = LinearSVC(C=STRENGTH, tol=TOLERANCE, random_state=SEED).fit(*given)
    bayes = ComplementNB(alpha=SMOOTHING).fit(*given)
    return (
        Plane(machine.coef_, machine.intercept_),
        Plane(bayes.feature_log_prob_, np.zeros(len(LABELS))),
    )


def _trusted(examples: _Examples, held_out: NDArray[np.bool_]) -> Trust:
    """What makes comments of voices and reviews likeliest that the readings did not see."""
    unseen = examples.where(held_out)
    machine, bayes = (
        plane.distances(unseen.matrix) for plane in _readings(examples.where(~held_out))
    )
    return _likeliest(machine, bayes, unseen)


def _likeliest(machine: Floats, bayes: Floats, examples: _Examples) -> Trust:
    right = (np.arange(len(examples.labels)), examples.labels)
    share = examples.weights / examples.weights.sum()

    def unlikeliness(asked: Floats) -> tuple[float, Floats]:
        """The mean surprise at the right labels, and how it grows with each number asked."""
        chances = softmax(asked[0] * machine + asked[1] * bayes + asked[3:], axis=1)
        doubted = (1 - asked[2]) * chances[right] + asked[2] / len(LABELS)
        steep = share * (1 - asked[2]) * chances[right] / doubted
        by_score = chances * steep[:, None]
        by_score[right] -= steep
        by_doubt = float((share * (chances[right] - 1 / len(LABELS)) / doubted).sum())
        weighed = [float((by_score * machine).sum()), float((by_score * bayes).sum()), by_doubt]
        by_offset = by_score.sum(axis=0) + 2 * EVENNESS * asked[3:]
        uneven = EVENNESS * float(np.square(asked[3:]).sum())
        surprise = -float((share * np.log(doubted)).sum())
        return surprise + uneven, np.array([*weighed, *by_offset])

    start = np.array([*FIRST_GUESS, *np.zeros(len(LABELS))])
    bounds = [*BOUNDS, *[(-5.0, 5.0)] * len(LABELS)]
    found = minimize(unlikeliness, start, bounds=bounds, method="L-BFGS-B", jac=True).x
    return Trust(float(found[0]), float(found[1]), float(found[2]), found[3:])


def _tones(comments: Sequence[LabelledComment], matrix: sparse.csr_array) -> Plane:
    """What tells the tone: of the voices, and of the hands' praise and complaints."""
    told = [comment.tone or _tone_of(comment.label) for comment in comments]
    return _plane([None if tone is None else TONES.index(tone) for tone in told], matrix)


def _tone_of(label: str) -> str | None:
    if label == NEUTRAL:
        return None
    return "positive" if label == PRAISE else "negative"


def _aspects(comments: Sequence[LabelledComment], matrix: sparse.csr_array) -> Plane:
    """What tells neutral comments of voices that are of no service from the others."""
    classes = (NO_ASPECT, *ASPECTS)
    told = [
        classes.index(comment.aspect or NO_ASPECT)
        if comment.label == NEUTRAL and comment.hand in VOICES
        else None
        for comment in comments
    ]
    return _plane(told, matrix)


def _serious(comments: Sequence[LabelledComment], examples: _Examples) -> Plane:
    """What tells comments of which a form, the first or the second, is serious."""
    from sklearn.svm import LinearSVC

    forms = settings().serious
    told = np.array([not forms.isdisjoint({one.label, one.secondary}) for one in comments])
    machine = LinearSVC(C=STRENGTH, tol=TOLERANCE, random_state=SEED)
    found = machine.fit(examples.matrix, told, examples.weights)
    return Plane(found.coef_, found.intercept_)


def _plane(classes: Sequence[int | None], matrix: sparse.csr_array) -> Plane:
    from sklearn.svm import LinearSVC

    known = np.array([one is not None for one in classes])
    wanted = np.array([one for one in classes if one is not None])
    balanced = LinearSVC(C=STRENGTH, tol=TOLERANCE, random_state=SEED, class_weight="balanced")
    found = balanced.fit(matrix[known], wanted)
    return Plane(found.coef_, found.intercept_)


def _chances(scores: Floats, doubt: float) -> Floats:
    return np.asarray((1 - doubt) * softmax(scores, axis=1) + doubt / len(LABELS))
