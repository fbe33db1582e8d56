"""How good and how honest a triage is: F1, precision where it is sure, calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
MOST_CONFIDENT = 0.6


@dataclass(frozen=True)
class Bin:
    """Comments of like confidence: how many, how confident on average, what share is right."""

    comments: int
    confidence: float
    right: float


@dataclass(frozen=True)
class LabelScores:
    """Of labels given to comments whose labels are known; all but ``comments`` in 0..1.

    ``macro_f1``: the mean over labels of the harmonic mean of precision and recall.
    ``precision``: the share right among the 60 % most confident.
    ``calibration_error``: the mean over ten bins of confidence, by comments, of the distance
    between confidence and the share right (expected calibration error; Naeini, Cooper and
    Hauskrecht 2015).
    """

    comments: int
    macro_f1: float
    accuracy: float
    precision: float
    calibration_error: float
    by_label: dict[str, float]
    bins: tuple[Bin, ...]


def scores(
    true: Sequence[str], given: Sequence[str], confidence: Sequence[float], fewest: int = 1
) -> LabelScores:
    """The scores of the labels given, beside the true ones and the confidences, one a comment.

    The macro-F1 is that of labels with ``fewest`` comments and more.
    """
    wanted, said, sure = np.array(true), np.array(given), np.array(confidence)
    right = wanted == said
    labels = sorted(set(true))
    by_label = {label: _f1(wanted == label, said == label) for label in labels}
    counted = [by_label[label] for label in labels if (wanted == label).sum() >= fewest]
    first = np.argsort(-sure, kind="stable")[: max(1, round(MOST_CONFIDENT * len(sure)))]
    bins = _bins(right, sure)
    off = sum(one.comments * abs(one.confidence - one.right) for one in bins) / len(right)
    return LabelScores(
        comments=len(right),
        macro_f1=float(np.mean(counted)) if counted else 0.0,
        accuracy=float(right.mean()),
        precision=float(right[first].mean()),
        calibration_error=float(off),
        by_label=by_label,
        bins=bins,
    )


def _f1(wanted: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    both = wanted.sum() + said.sum()
    return float(2 * (wanted & said).sum() / both) if both else 0.0


def _bins(right: NDArray[np.bool_], sure: NDArray[np.float64]) -> tuple[Bin, ...]:
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(int(here.sum()), float(sure[here].mean()), float(right[here].mean()))
        for here in (place == at for at in range(BINS))
        if here.any()
    )
