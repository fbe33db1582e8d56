"""Which concern a comment tells, of those that come up in many offices: what it is grouped by.

Read from frames of the voices and sentences written for it (``corpus/concerns``), by the letters of
words, words in pairs, and the matters named (matters.yaml). A concern is held to the labels that
its frames have, as far as the labels' chances go: neither words nor labels decide alone.
"""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import sparse
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from analysis.arrays import Floats
from analysis.triage.concepts import hits
from analysis.triage.corpus import LABELS, SEED, told_by
from analysis.triage.features import pieces, words_and_pairs
from analysis.triage.model import Plane
from analysis.triage.phrases import MATTER
from analysis.triage.spelling import FOLDER, tokens
from analysis.triage.voices import VOICES, voice_frames

# Frames and sentences of no concern that others share.
NONE = "-"
STRENGTH, SMOOTHING, TOLERANCE = 0.25, 0.2, 0.01
# How far the machine, naive Bayes and the labels count; found on voices left out.
MACHINE, BAYES, HELD_TO_LABELS = 2.5, 1.0, 0.85
# A frame counts as so many of its label, beside this share of one of each other label.
UNSEEN_LABEL = 0.02
LEAST_FRAMES = 2
MATTERS_COUNT = 1.5


@dataclass(frozen=True)
class ConcernExample:
    """A comment that tells a concern; ``label``: what its frame is labelled, None of a sentence.

    ``hand``: whose frame it is, empty of a sentence.
    """

    concern: str
    text: str
    label: str | None = None
    hand: str = ""


@dataclass(frozen=True)
class ConcernReader:
    """What was learned: features by family, the plane of concerns, and the labels of each."""

    names: tuple[str, ...]
    families: tuple[TfidfVectorizer, ...]
    plane: Plane
    labels: Floats

    def chances(self, comments: Sequence[Sequence[str]], labels: Floats) -> Floats:
        """Comments x concerns in the order of ``names``; ``labels``: the chances of theirs."""
        words = self.plane.distances(_joined([one.transform(comments) for one in self.families]))
        held = np.log(np.maximum(labels @ self.labels.T, np.finfo(float).tiny))
        return np.asarray(softmax(words + HELD_TO_LABELS * held, axis=1))

    def speaks_for(self, place: int, word: str) -> bool:
        """Whether a word says more of the concern at ``place`` than of the others."""
        pieces_before, said = (one.vocabulary_ for one in self.families[:2])
        if word not in said:
            return False
        weights = self.plane.weights[:, len(pieces_before) + said[word]]
        return bool(weights[place] > weights.mean())


def told_concerns() -> list[ConcernExample]:
    """The frames of voices and the sentences, each with its concern."""
    frames = [(voice, frame.text) for voice in VOICES for frame in voice_frames(voice)]
    concerns = concerns_of([text for _, text in frames], _lines("frames.tsv"))
    told = [one for voice in VOICES for one in told_by(voice)]
    return [
        *(
            ConcernExample(concern, text, label, voice)
            for concern, (voice, _), (label, text) in zip(concerns, frames, told, strict=True)
        ),
        *(ConcernExample(concern, text) for concern, text in _lines("sentences.tsv")),
    ]


def concerns_of(frames: Sequence[str], named: Sequence[tuple[str, str]]) -> list[str]:
    """The concern of each frame from ``named``: concerns, each with the opening words of a frame.

    Each frame has a line of its own, the longest that it begins with; one too few or too many is
    refused.

    >>> concerns_of(["Bagus sekali", "Bagus"], [("praise", "Bagus"), ("road", "Bagus sekali")])
    ['road', 'praise']
    """
    concerns = {opening: concern for concern, opening in named}
    openings = [_opening(frame, concerns) for frame in frames]
    unused = Counter(opening for _, opening in named) - Counter(openings)
    unnamed = Counter(openings) - Counter(opening for _, opening in named)
    if unused or unnamed:
        raise ValueError(f"no frame or several: {[*unused]}; no line or several: {[*unnamed]}")
    return [concerns[opening] for opening in openings]


def _opening(frame: str, openings: Container[str]) -> str:
    """The longest of ``openings`` that a frame begins with, in whole words; else the frame."""
    words = frame.split(" ")
    begun = (" ".join(words[:many]) for many in range(len(words), 0, -1))
    return next((one for one in begun if one in openings), frame)


def _lines(name: str) -> list[tuple[str, str]]:
    lines = (FOLDER / "corpus" / "concerns" / name).read_text("utf-8").splitlines()
    return [(concern, text) for concern, text in (line.split("\t") for line in lines)]


def learn_concerns(told: Sequence[ConcernExample]) -> ConcernReader:
    """A reader of concerns learned from these comments."""
    names = tuple(sorted({one.concern for one in told}))
    comments = [tokens(one.text) for one in told]
    families = tuple(
        TfidfVectorizer(analyzer=analyzer, min_df=least, sublinear_tf=True)
        for analyzer, least in (
            (pieces, LEAST_FRAMES),
            (words_and_pairs, LEAST_FRAMES),
            (matters_of, 1),
        )
    )
    matrix = _joined([family.fit_transform(comments) for family in families])
    places = np.array([names.index(one.concern) for one in told])
    machine = LinearSVC(C=STRENGTH, tol=TOLERANCE, random_state=SEED, class_weight="balanced")
    machine.fit(matrix, places)
    bayes = ComplementNB(alpha=SMOOTHING).fit(matrix, places)
    plane = Plane(
        MACHINE * machine.coef_ + BAYES * bayes.feature_log_prob_, MACHINE * machine.intercept_
    )
    return ConcernReader(names, families, plane, _labels_of(names, told))


def _labels_of(names: tuple[str, ...], told: Sequence[ConcernExample]) -> Floats:
    """Concerns x labels: how likely each label is of a comment of the concern."""
    counts = np.full((len(names), len(LABELS)), UNSEEN_LABEL)
    for one in told:
        if one.label is not None:
            counts[names.index(one.concern), LABELS.index(one.label)] += 1
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


@cache
def concern_reader() -> ConcernReader:
    """The reader of all that is told, learned once a process."""
    return learn_concerns(told_concerns())


def matters_of(words: Sequence[str]) -> list[str]:
    """The matters that a comment names.

    >>> matters_of(["lampu", "jalan", "mati"])
    ['roads', 'street_lights']
    """
    return sorted(
        {hit.concept.removeprefix(MATTER) for hit in hits(words) if hit.concept.startswith(MATTER)}
    )


def _joined(parts: Sequence[sparse.csr_array]) -> sparse.csr_array:
    *others, matters = parts
    return sparse.csr_array(sparse.hstack([*others, MATTERS_COUNT * matters], format="csr"))
