"""Learning from reviews: how much one counts, and what they brought, by reviews not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import Floats
from analysis.triage.corpus import LABELS, LabelledComment
from analysis.triage.model import WEIGHT_OF_REVIEWED, Model, fit
from analysis.triage.scores import LabelScores, scores
from analysis.triage.spelling import tokens

# With fewer there is nothing to choose by.
FEWEST = 20
WEIGHTS = (3.0, WEIGHT_OF_REVIEWED)
HALVES = 2


@dataclass(frozen=True)
class Learned:
    """A model, how much a review counts in it, and the scores on reviews before and after.

    ``before``: of the program's own corpus; ``after``: of the reviews of one half by a model that
    saw the other half. None of fewer than ``FEWEST`` reviews.
    """

    model: Model
    weight: float
    before: LabelScores | None = None
    after: LabelScores | None = None


def learn(comments: Sequence[LabelledComment], reviewed: Sequence[LabelledComment]) -> Learned:
    """The model of the comments and the reviews (of frames below 0), with the better weight."""
    if len(reviewed) < FEWEST:
        return Learned(fit([*comments, *reviewed]), WEIGHT_OF_REVIEWED)
    tried = {weight: _halved(comments, reviewed, weight) for weight in WEIGHTS}
    weight = min(WEIGHTS, key=lambda one: tried[one][1])
    before = _scored(reviewed, _chances(fit(comments), reviewed))
    model = fit([*comments, *reviewed], weight)
    return Learned(model, weight, before, tried[weight][0])


def _halved(
    comments: Sequence[LabelledComment], reviewed: Sequence[LabelledComment], weight: float
) -> tuple[LabelScores, float]:
    """The scores of each half by a model that saw the other, and how unlikely its labels were."""
    chances = np.zeros((len(reviewed), len(LABELS)))
    for half in range(HALVES):
        # Numbered anew: every other review tells how far to trust, whatever half it is of.
        seen = [one for at, one in enumerate(reviewed) if at % HALVES != half]
        numbered = [replace(one, frame=-1 - at) for at, one in enumerate(seen)]
        model = fit([*comments, *numbered], weight)
        chances[half::HALVES] = _chances(model, reviewed[half::HALVES])
    right = [LABELS.index(one.label) for one in reviewed]
    return _scored(reviewed, chances), float(-np.log(chances[np.arange(len(right)), right]).mean())


def _chances(model: Model, comments: Sequence[LabelledComment]) -> Floats:
    return model.probabilities(model.features.matrix([tokens(one.text) for one in comments])[0])


def _scored(comments: Sequence[LabelledComment], chances: Floats) -> LabelScores:
    given = [LABELS[at] for at in chances.argmax(axis=1)]
    return scores([one.label for one in comments], given, chances.max(axis=1).tolist())
