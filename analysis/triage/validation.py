"""The fixed comments by which versions are compared: written by hand, never fitted to."""

from collections.abc import Sequence
from functools import cache

from analysis.triage.corpus import LABELS, LabelledComment, corpus, told_by
from analysis.triage.model import Model, fit
from analysis.triage.scores import LabelScores, scores
from analysis.triage.spelling import FOLDER, tokens

# Frames were written after each set's errors had been read: only the first reading of a set says
# how well other hands are read (docs/model-card.md); from then on sets compare versions. "other"
# is by a hand that wrote no frame, and no hand that did saw it.
SETS = ("development", "final", "late", "last", "other")
HELD_OUT = 4


@cache
def validation(name: str) -> tuple[tuple[str, str], ...]:
    """Each comment of a set as its label and its text."""
    lines = (FOLDER / f"validation-{name}.tsv").read_text("utf-8").splitlines()
    labelled = [line.split("\t") for line in lines]
    return tuple((label, text) for label, text in labelled)


def whole_validation() -> tuple[tuple[str, str], ...]:
    """All sets together: by these every version is compared with the one before."""
    return tuple(labelled for name in SETS for labelled in validation(name))


def judge(model: Model, labelled: Sequence[tuple[str, str]]) -> LabelScores:
    """The model's scores on comments that come with their labels."""
    matrix, _ = model.features.matrix([tokens(text) for _, text in labelled])
    chances = model.probabilities(matrix)
    given = [LABELS[at] for at in chances.argmax(axis=1)]
    return scores([label for label, _ in labelled], given, chances.max(axis=1).tolist())


def unseen_hand(hand: str) -> LabelScores:
    """The scores on what one of ``HANDS`` wrote, of a model that saw only the others' frames."""
    return judge(fit(corpus(without=hand)), told_by(hand))


def unseen_frames() -> LabelScores:
    """The scores on comments of every fourth frame, of a model that saw none of these frames."""
    seen: list[LabelledComment] = []
    unseen: list[tuple[str, str]] = []
    for comment in corpus():
        if comment.frame % HELD_OUT:
            seen.append(comment)
        else:
            unseen.append((comment.label, comment.text))
    return judge(fit(seen), unseen)
