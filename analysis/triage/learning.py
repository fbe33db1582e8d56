"""Learning from reviews: how much one counts, and what they brought, by reviews not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

from analysis.arrays import Floats
from analysis.triage.corpus import LABELS, LabelledComment
from analysis.triage.model import WEIGHT_OF_REVIEWED, Model, fit
from analysis.triage.scores import LabelScores, scores
from analysis.triage.spelling import tokens

# With fewer there is nothing to choose by.
FEWEST = 20
WEIGHTS = (WEIGHT_OF_REVIEWED, 25.0)
HALVES = 2
# How strongly labels are held to be as likely here as in the corpus.
HOLD = 5.0
EVEN: Floats = np.zeros(len(LABELS))


@dataclass(frozen=True)
class Learned:
    """A model, how much a review counts in it, and the scores on reviews before and after.

    ``leaning``: by how much each label is likelier here than in the corpus; ``before``: of the
    program's own corpus; ``after``: of the reviews of one half by a model that saw the other half.
    None of fewer than ``FEWEST`` reviews.
    """

    model: Model
    weight: float
    leaning: Floats
    before: LabelScores | None = None
    after: LabelScores | None = None


def learn(comments: Sequence[LabelledComment], reviewed: Sequence[LabelledComment]) -> Learned:
    """The model of the comments and the reviews (of frames below 0), with the better weight."""
    if len(reviewed) < FEWEST:
        return Learned(fit([*comments, *reviewed]), WEIGHT_OF_REVIEWED, EVEN)
    right = np.array([LABELS.index(one.label) for one in reviewed])
    unseen = {weight: _halved(comments, reviewed, weight) for weight in WEIGHTS}
    leant = {weight: _leant(chances, right) for weight, chances in unseen.items()}
    weight = min(WEIGHTS, key=lambda one: _surprise(leant[one], right))
    leaning = _leaning(unseen[weight], right)
    model = fit([*comments, *reviewed], weight).leaning(leaning)
    before = _scored(reviewed, _chances(fit(comments), reviewed))
    return Learned(model, weight, leaning, before, _scored(reviewed, leant[weight]))


def _halved(
    comments: Sequence[LabelledComment], reviewed: Sequence[LabelledComment], weight: float
) -> Floats:
    """The chances of the labels of each half by a model that saw the other."""
    chances = np.zeros((len(reviewed), len(LABELS)))
    for half in range(HALVES):
        # Numbered anew: every other review tells how far to trust, whatever half it is of.
        seen = [one for at, one in enumerate(reviewed) if at % HALVES != half]
        numbered = [replace(one, frame=-1 - at) for at, one in enumerate(seen)]
        model = fit([*comments, *numbered], weight)
        chances[half::HALVES] = _chances(model, reviewed[half::HALVES])
    return chances


def _leant(chances: Floats, right: Floats) -> Floats:
    """The chances of each half, leaning as the other half tells."""
    leant = np.zeros_like(chances)
    for half in range(HALVES):
        other = np.arange(len(right)) % HALVES != half
        leant[~other] = _moved(chances[~other], _leaning(chances[other], right[other]))
    return leant


def _leaning(chances: Floats, right: Floats) -> Floats:
    """By how much each label is likelier than these chances say, where these are right."""
    given = np.eye(len(LABELS))[right]

    def surprise(leaning: Floats) -> tuple[float, Floats]:
        said = log_softmax(np.log(chances) + leaning, axis=1)
        held = HOLD / 2 * float(leaning @ leaning)
        slope = (np.exp(said) - given).sum(axis=0) + HOLD * leaning
        return held - float((said * given).sum()), slope

    return np.asarray(minimize(surprise, EVEN, jac=True, method="L-BFGS-B").x)


def _moved(chances: Floats, leaning: Floats) -> Floats:
    return np.asarray(np.exp(log_softmax(np.log(chances) + leaning, axis=1)))


def _surprise(chances: Floats, right: Floats) -> float:
    return float(-np.log(chances[np.arange(len(right)), right]).mean())


def _chances(model: Model, comments: Sequence[LabelledComment]) -> Floats:
    return model.probabilities(model.features.matrix([tokens(one.text) for one in comments])[0])


def _scored(comments: Sequence[LabelledComment], chances: Floats) -> LabelScores:
    given = [LABELS[at] for at in chances.argmax(axis=1)]
    return scores([one.label for one in comments], given, chances.max(axis=1).tolist())
