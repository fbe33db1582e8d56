"""What a comment says: its label, how sure that is, and the words that decided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
import yaml

from analysis.arrays import Floats
from analysis.triage.concepts import Hit, hits
from analysis.triage.corpus import COMPLAINTS, LABELS, NEUTRAL, PRAISE
from analysis.triage.features import CONCEPTS, PIECES, WORDS, name_of, pieces_of
from analysis.triage.model import Model
from analysis.triage.settings import Settings, settings
from analysis.triage.spelling import FOLDER, spoken

AT_ONCE = 2000
MOST_REASONS = 5
SENTIMENTS = {PRAISE: "positive", NEUTRAL: "neutral"}


@dataclass(frozen=True)
class Triaged:
    """One comment read by the model.

    ``label``: the best guess, also where ``abstained``; ``secondary``: a second form or None;
    ``confidence``: the label's probability, 0..1; ``elements``: keys of the survey's nine elements;
    ``sentiment``: positive, neutral or negative; ``urgent``: of bribery, threats or
    discrimination; ``reasons``: the words that decided, weightiest first.
    """

    label: str
    secondary: str | None
    confidence: float
    abstained: bool
    elements: tuple[str, ...]
    sentiment: str
    urgent: bool
    reasons: tuple[str, ...]


def triage(texts: Sequence[str], model: Model) -> list[Triaged]:
    """Each text read by the model, in order."""
    rules = settings()
    weigh = _Weigher(model)
    return [
        one
        for start in range(0, len(texts), AT_ONCE)
        for one in _triage(texts[start : start + AT_ONCE], model, rules, weigh)
    ]


def sentiment_of(label: str) -> str:
    """The sentiment of a label: positive, neutral or, for every failing, negative.

    >>> sentiment_of("undue_delay")
    'negative'
    """
    return SENTIMENTS.get(label, "negative")


def _triage(
    texts: Sequence[str], model: Model, rules: Settings, weigh: "_Weigher"
) -> Iterator[Triaged]:
    said = [spoken(text) for text in texts]
    words = [[plain for plain, _ in pairs] for pairs in said]
    matrix, lengths = model.features.matrix(words)
    probabilities = model.probabilities(matrix)
    first, second = (probabilities.argsort(axis=1)[:, at] for at in (-1, -2))
    for at, pairs in enumerate(said):
        label, other = LABELS[first[at]], LABELS[second[at]]
        found = hits(words[at])
        confidence = float(probabilities[at, first[at]])
        beside = float(probabilities[at, second[at]]) >= rules.secondary_from
        secondary = other if beside and {label, other} <= set(COMPLAINTS) else None
        yield Triaged(
            label=label,
            secondary=secondary,
            confidence=confidence,
            abstained=confidence < rules.abstain_below,
            elements=_elements(found),
            sentiment=sentiment_of(label),
            urgent=_urgent(label, secondary, found, rules),
            reasons=weigh.reasons(pairs, found, first[at], lengths[at]),
        )


@cache
def _element_of() -> dict[str, str]:
    """The element of which each concept speaks, in the order of the survey."""
    topics = yaml.safe_load((FOLDER / "topics.yaml").read_text("utf-8"))
    return {
        concept: element
        for element, concepts in cast(dict[str, list[str]], topics).items()
        for concept in concepts
    }


def _elements(found: Sequence[Hit]) -> tuple[str, ...]:
    spoken_of = {_element_of().get(hit.concept) for hit in found}
    return tuple(
        element for element in dict.fromkeys(_element_of().values()) if element in spoken_of
    )


def _urgent(label: str, secondary: str | None, found: Sequence[Hit], rules: Settings) -> bool:
    if label not in COMPLAINTS:
        return False
    threatened = any(hit.concept in rules.threats and not hit.denied for hit in found)
    return bool(rules.urgent & {label, secondary}) or (
        label in rules.urgent_where_threatened and threatened
    )


class _Weigher:
    """What each word adds to a label beyond what it adds to the others on average."""

    def __init__(self, model: Model) -> None:
        self._features = model.features
        self._above = model.weights - model.weights.mean(axis=0)
        self._known: dict[tuple[int, str], Floats | None] = {}

    def reasons(
        self, pairs: Sequence[tuple[str, str]], found: Sequence[Hit], label: int, lengths: Floats
    ) -> tuple[str, ...]:
        """The words, as they were written, that speak most for the label."""
        speaks = np.zeros(len(pairs))
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
        weightiest = np.argsort(-speaks, kind="stable")[: 2 * MOST_REASONS]
        words = (pairs[at][1] for at in weightiest if speaks[at] > 0 and pairs[at][0].isalnum())
        return tuple(dict.fromkeys(words))[:MOST_REASONS]

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
