"""Comments that are of the same matter and kind, together under a title in words."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.triage.concepts import hits
from analysis.triage.corpus import LABELS
from analysis.triage.grammar import grammar
from analysis.triage.model import Model
from analysis.triage.phrases import MATTER, matter_phrases
from analysis.triage.settings import settings
from analysis.triage.spelling import spoken

TITLE_WORDS = 4
_SHORTEST = 3


@dataclass(frozen=True)
class CommentGroup:
    """Places of comments of one matter and kind in the list that was given, the surest first.

    ``matter``: a key of matters.yaml; ``label``: what they are; ``title``: the plain
    words that several of them say.
    """

    matter: str
    label: str
    title: str
    members: tuple[int, ...]


def groups(texts: Sequence[str], model: Model) -> list[CommentGroup]:
    """The groups of at least two comments, largest first; comments like no other are left out.

    A comment is of the matter of which it names most, and of the kind that the model reads.
    """
    if not texts:
        return []
    said = [spoken(text) for text in texts]
    words = [[plain for plain, _ in pairs] for pairs in said]
    chances = model.probabilities(model.features.matrix(words)[0])
    together = defaultdict[tuple[str, str], list[int]](list)
    for at, one in enumerate(words):
        matter = matter_of(one)
        if matter:
            together[matter, LABELS[int(chances[at].argmax())]].append(at)
    surest = chances.max(axis=1)
    found = [
        CommentGroup(
            matter,
            label,
            _title([said[at] for at in members]),
            tuple(int(members[one]) for one in np.argsort(-surest[members], kind="stable")),
        )
        for (matter, label), members in together.items()
        if len(members) >= settings().smallest_group
    ]
    return sorted(found, key=lambda group: -len(group.members))


def matter_of(words: Sequence[str]) -> str | None:
    """The matter that a comment names in the most different phrases, or None.

    >>> matter_of(["lampu", "jalan", "mati"])
    'street_lights'
    """
    named = {
        (hit.concept, *words[hit.start : hit.end])
        for hit in hits(words)
        if hit.concept.startswith(MATTER)
    }
    # Two words say more than one; of equals the first of the list.
    weights = Counter[str]()
    for concept, *phrase in named:
        weights[concept] += len(phrase)
    most = max(weights.values(), default=0)
    return next((key.removeprefix(MATTER) for key in _matters() if weights[key] == most > 0), None)


@cache
def _matters() -> tuple[str, ...]:
    return tuple(matter_phrases())


def _title(comments: Sequence[Sequence[tuple[str, str]]]) -> str:
    """The words that several of the comments say, most said first."""
    empty = grammar().function_words
    counted = Counter(
        plain
        for pairs in comments
        for plain in {plain for plain, _ in pairs}
        if len(plain) > _SHORTEST and plain.isalpha() and plain not in empty
    )
    shared = (word for word, times in counted.items() if times > 1)
    return ", ".join(sorted(shared, key=lambda word: (-counted[word], word))[:TITLE_WORDS])
