"""Comments that say alike things, together under a title."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from analysis.triage.model import Model
from analysis.triage.settings import settings
from analysis.triage.spelling import tokens

LONGEST_TITLE = 80


@dataclass(frozen=True)
class CommentGroup:
    """Places of alike comments in the list that was given, the most central first."""

    title: str
    members: tuple[int, ...]


def groups(texts: Sequence[str], model: Model) -> list[CommentGroup]:
    """The groups of at least two comments, largest first; comments like no other are left out.

    Two comments are alike whose features point the same way (cosine of at least ``alike_from``
    of settings.yaml); a group is what is alike step by step. Its title is the beginning of the
    comment most like all others. For up to some thousands of comments: memory grows with pairs.
    """
    matrix, _ = model.features.matrix([tokens(text) for text in texts])
    alike = (matrix @ matrix.T) / len(model.features.families)
    alike.data[alike.data < settings().alike_from] = 0
    alike.eliminate_zeros()
    _, group_of = connected_components(alike, directed=False)
    closeness = np.asarray(alike.sum(axis=1)).ravel()
    found = []
    for group in np.flatnonzero(np.bincount(group_of) > 1):
        members = np.flatnonzero(group_of == group)
        ordered = members[np.argsort(-closeness[members], kind="stable")]
        found.append(CommentGroup(_title(texts[ordered[0]]), tuple(int(at) for at in ordered)))
    return sorted(found, key=lambda group: -len(group.members))


def _title(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_TITLE else words[: LONGEST_TITLE - 1].rstrip() + "…"
