"""What a comment says: its label, its tone, what it is about, how sure that is, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Floats
from analysis.triage.concepts import Hit, hits
from analysis.triage.corpus import COMPLAINTS, LABELS, NEUTRAL, PRAISE
from analysis.triage.features import CONCEPTS, PIECES, WORDS, name_of, pieces_of
from analysis.triage.grammar import grammar
from analysis.triage.model import NO_ASPECT, Model
from analysis.triage.phrases import SERIOUS
from analysis.triage.settings import Settings, settings
from analysis.triage.spelling import spoken
from analysis.triage.topics import elements_of
from analysis.triage.voices import ASPECTS, TONES

AT_ONCE = 2000
MOST_REASONS = 5
SENTIMENTS = {PRAISE: "positive", NEUTRAL: "neutral"}
_OUTCOMES = (NO_ASPECT, *ASPECTS)


@dataclass(frozen=True)
class Triaged:
    """One comment read by the model.

    ``label``: the best guess, also where ``abstained``; ``secondary``: a second form or None;
    ``aspect``: "unspecific" (dissatisfied of nothing in particular), "elsewhere" (about no public
    service) or None; ``confidence``: the label's probability, 0..1; ``elements``: keys of the
    survey's nine elements; ``sentiment``: positive, neutral or negative, whatever the label;
    ``urgent``: likely of bribery, threats or discrimination; ``withheld``: may be, so that the
    unit must not read it singly; ``concepts``: what it speaks of, each with the words that do so,
    and ``reasons``: the words that decided, both weightiest first.
    """

    label: str
    secondary: str | None
    aspect: str | None
    confidence: float
    abstained: bool
    elements: tuple[str, ...]
    sentiment: str
    urgent: bool
    withheld: bool
    concepts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Chances:
    """What is read of comments together: labels' probabilities, tones and aspects by place.

    ``apart``: how near each is to the serious forms in the reading of these alone.
    ``known``: whether enough of a comment's words were learned; else what is likely beforehand
    would be taken for knowledge.
    """

    labels: Floats
    tones: Floats
    aspects: Floats
    serious: Floats
    grave: Floats
    apart: Floats
    known: NDArray[np.bool_]


def triage(texts: Sequence[str], model: Model) -> list[Triaged]:
    """Each text read by the model, in order."""
    rules = settings()
    weigh = _Weigher(model)
    return [
        one
        for start in range(0, len(texts), AT_ONCE)
        for one in _triage(texts[start : start + AT_ONCE], model, rules, weigh)
    ]


def sentiment_of(label: str, read: str) -> str:
    """The sentiment of a comment that a person gave a label: of a neutral one, as it was read.

    >>> sentiment_of("undue_delay", "neutral"), sentiment_of("neutral", "negative")
    ('negative', 'negative')
    """
    if label == NEUTRAL:
        return read
    return SENTIMENTS.get(label, "negative")


def _triage(
    texts: Sequence[str], model: Model, rules: Settings, weigh: "_Weigher"
) -> Iterator[Triaged]:
    said = [spoken(text) for text in texts]
    words = [[plain for plain, _ in pairs] for pairs in said]
    matrix, lengths = model.features.matrix(words)
    labels = model.probabilities(matrix)
    chances = _Chances(
        labels,
        model.tones.distances(matrix).argmax(axis=1),
        model.aspects.distances(matrix).argmax(axis=1),
        labels[:, _places(rules.serious)].sum(axis=1),
        labels[:, _places(rules.serious | rules.grave)].sum(axis=1),
        model.serious.distances(matrix)[:, 0],
        np.array([model.features.share_known(some) >= rules.known_from for some in words]),
    )
    for at, pairs in enumerate(said):
        found = hits(words[at])
        read = _read(chances, at, found, rules)
        concepts, reasons = weigh.reasons(pairs, found, LABELS.index(read.label), lengths[at])
        yield replace(read, concepts=concepts, reasons=reasons)


def _read(chances: _Chances, at: int, found: Sequence[Hit], rules: Settings) -> Triaged:
    """What the chances and the phrases of one comment say; why is told elsewhere."""
    second, first = chances.labels[at].argsort()[-2:]
    label, other = LABELS[first], LABELS[second]
    confidence = float(chances.labels[at, first]) if chances.known[at] else 1 / len(LABELS)
    beside = float(chances.labels[at, second]) >= rules.secondary_from
    sentiment = TONES[chances.tones[at]]
    outcome = _OUTCOMES[chances.aspects[at]]
    abstained = confidence < rules.abstain_below
    phrased = any(hit.concept.startswith(SERIOUS) and not hit.denied for hit in found)
    serious, grave = chances.serious[at] * chances.known[at], chances.grave[at]
    near = chances.known[at] and chances.apart[at] >= rules.serious_distance_from
    return Triaged(
        label=label,
        secondary=other if beside and {label, other} <= set(COMPLAINTS) else None,
        aspect=outcome if label == NEUTRAL and outcome != NO_ASPECT else None,
        confidence=confidence,
        abstained=abstained,
        elements=elements_of(label, found),
        sentiment=sentiment,
        urgent=bool(
            near
            or (serious >= rules.urgent_from and (sentiment != "positive" or label != PRAISE))
            or (phrased and serious >= rules.urgent_with_phrase_from)
        ),
        withheld=bool(
            abstained
            or near
            or phrased
            or serious >= rules.withheld_from
            or grave >= rules.withheld_with_grave_from
        ),
        concepts=(),
        reasons=(),
    )


def _places(labels: frozenset[str]) -> list[int]:
    return [at for at, label in enumerate(LABELS) if label in labels]


class _Weigher:
    """What each word adds to a label beyond what it adds to the others on average."""

    def __init__(self, model: Model) -> None:
        self._features = model.features
        self._above = model.weights - model.weights.mean(axis=0)
        self._known: dict[tuple[int, str], Floats | None] = {}

    def reasons(
        self, pairs: Sequence[tuple[str, str]], found: Sequence[Hit], label: int, lengths: Floats
    ) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
        """Concepts with the words that carry them, and the words, that speak most for the label.

        As they were written; words that say nothing of the matter are left out.
        """
        speaks, concepts = np.zeros(len(pairs)), dict[tuple[str, str], float]()
        for at, (plain, _) in enumerate(pairs):
            pieces = self._of_pieces(plain)
            if pieces is not None:
                speaks[at] += pieces[label] / lengths[PIECES]
            word = self._of(WORDS, plain)
            if word is not None:
                speaks[at] += word[label] / lengths[WORDS]
        for hit in found:
            concept = self._of(CONCEPTS, name_of(hit))
            if concept is not None:
                share = concept[label] / lengths[CONCEPTS] / (hit.end - hit.start)
                speaks[hit.start : hit.end] += share
                carried = " ".join(written for _, written in pairs[hit.start : hit.end])
                if concept[label] > 0 and not _empty(pairs[hit.start : hit.end]):
                    concepts[name_of(hit), carried] = float(concept[label])
        weightiest = sorted(concepts, key=lambda one: -concepts[one])[:MOST_REASONS]
        ordered = np.argsort(-speaks, kind="stable")
        words = (pairs[at][1] for at in ordered if speaks[at] > 0 and not _empty([pairs[at]]))
        return tuple(weightiest), tuple(dict.fromkeys(words))[:MOST_REASONS]

    def _of_pieces(self, word: str) -> Floats | None:
        key = (PIECES, word)
        if key not in self._known:
            weighed = [self._column(PIECES, piece) for piece in pieces_of(word)]
            present = [one for one in weighed if one is not None]
            self._known[key] = np.sum(present, axis=0) if present else None
        return self._known[key]

    def _of(self, family: int, feature: str) -> Floats | None:
        key = (family, feature)
        if key not in self._known:
            self._known[key] = self._column(family, feature)
        return self._known[key]

    def _column(self, family: int, feature: str) -> Floats | None:
        found = self._features.column(family, feature)
        return None if found is None else self._above[:, found[0]] * found[1]


def _empty(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether none of the words says anything of the matter."""
    return all(
        plain in grammar().function_words or not plain[0].isalnum() or plain.isdigit()
        for plain, _ in pairs
    )
