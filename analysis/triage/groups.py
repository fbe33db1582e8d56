"""Comments that tell the same concern, together under a title in words."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.arrays import Floats
from analysis.triage.concerns import NONE, concern_reader
from analysis.triage.grammar import grammar
from analysis.triage.model import Model
from analysis.triage.settings import settings
from analysis.triage.spelling import spoken

TITLE_WORDS = 4
AT_ONCE = 2000
_SHORTEST = 3


@dataclass(frozen=True)
class CommentGroup:
    """Places of comments of one concern in the list that was given, the surest first.

    ``concern``: a key of corpus/concerns; ``title``: the plain words that several of them say.
    """

    concern: str
    title: str
    members: tuple[int, ...]


def groups(texts: Sequence[str], model: Model) -> list[CommentGroup]:
    """The groups of enough comments, largest first; what is like no other is left out.

    So is a comment of whose concern nothing is sure: a group is worth little where many of its
    comments are of something else.
    """
    if not texts:
        return []
    said = [spoken(text) for text in texts]
    chances = _chances([[plain for plain, _ in pairs] for pairs in said], model)
    reader, rules = concern_reader(), settings()
    likeliest, surest = chances.argmax(axis=1), chances.max(axis=1)
    found = []
    for place, concern in enumerate(reader.names):
        members = np.flatnonzero((likeliest == place) & (surest >= rules.concern_from))
        if concern != NONE and len(members) >= rules.smallest_group:
            ordered = members[np.argsort(-surest[members], kind="stable")]
            title = _title([said[at] for at in members], partial(reader.speaks_for, place))
            found.append(CommentGroup(concern, title, tuple(map(int, ordered))))
    return sorted(found, key=lambda group: -len(group.members))


def _chances(comments: Sequence[Sequence[str]], model: Model) -> Floats:
    """Comments x concerns, some comments at once: what each takes is counted for all features."""
    reader = concern_reader()
    some = (comments[at : at + AT_ONCE] for at in range(0, len(comments), AT_ONCE))
    return np.concatenate(
        [reader.chances(part, model.probabilities(model.features.matrix(part)[0])) for part in some]
    )


def _title(comments: Sequence[Sequence[tuple[str, str]]], speaks: Callable[[str], bool]) -> str:
    """The words that several of the comments say and that speak for their concern."""
    empty = grammar().function_words
    counted = Counter(
        plain
        for pairs in comments
        for plain in {plain for plain, _ in pairs}
        if len(plain) > _SHORTEST and plain.isalpha() and plain not in empty
    )
    shared = (word for word, times in counted.items() if times > 1 and speaks(word))
    return ", ".join(sorted(shared, key=lambda word: (-counted[word], word))[:TITLE_WORDS])
