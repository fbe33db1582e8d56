"""A comment as numbers: pieces of its words, its words in pairs, and what it speaks of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from analysis.arrays import Floats
from analysis.triage.concepts import Hit, hits
from analysis.triage.phrases import BESIDE
from analysis.triage.spelling import END

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

PIECES, WORDS, CONCEPTS = range(3)
_LENGTHS = (3, 4, 5)
_NUMBER = "#"


@cache
def pieces_of(word: str) -> tuple[str, ...]:
    """The runs of 3 to 5 letters of a word, its ends marked; none of a sign or a number.

    >>> pieces_of("air")
    ('<ai', 'air', 'ir>', '<air', 'air>', '<air>')
    """
    if not word[0].isalpha():
        return ()
    whole = f"<{word}>"
    return tuple(
        whole[at : at + length] for length in _LENGTHS for at in range(len(whole) - length + 1)
    )


def pieces(words: Sequence[str]) -> list[str]:
    """All pieces of all words."""
    return [piece for word in words for piece in pieces_of(word)]


def words_and_pairs(words: Sequence[str]) -> list[str]:
    """Each word and each two neighbours; every number is the same one."""
    said = [_NUMBER if word.isdigit() else word for word in words if word != END]
    return [*said, *(f"{one} {two}" for one, two in pairwise(said))]


def concepts(words: Sequence[str]) -> list[str]:
    """What the comment speaks of or denies, what it ends on, and what it speaks of together."""
    found, last = spoken_of(words), _last_clause(words)
    names = sorted({name_of(hit) for hit in found})
    ends = {f"end:{name_of(hit)}" for hit in found if hit.start >= last}
    pairs = [f"{one}&{two}" for at, one in enumerate(names) for two in names[at + 1 :]]
    return [*names, *names, *names, *sorted(ends), *pairs]


def spoken_of(words: Sequence[str]) -> list[Hit]:
    """What the comment speaks of; the phrases beside the lexicon are not learned from."""
    return [hit for hit in hits(words) if not hit.concept.startswith(BESIDE)]


def name_of(hit: Hit) -> str:
    """The feature of a concept that is spoken of, or denied."""
    return f"-{hit.concept}" if hit.denied else hit.concept


def _last_clause(words: Sequence[str]) -> int:
    return max((at for at, word in enumerate(words[:-2]) if word == END), default=0)


# Family, its smallest number of comments for a feature to count, and how long it is: how much it
# says beside the others.
_FAMILIES: tuple[tuple[Callable[[Sequence[str]], list[str]], int, float], ...] = (
    (pieces, 4, 1.0),
    (words_and_pairs, 2, 1.6),
    (concepts, 3, 0.35),
)


@dataclass(frozen=True)
class Features:
    """The features that were learned from comments; each family is weighed to its length."""

    families: "tuple[TfidfVectorizer, ...]"

    def matrix(self, comments: Sequence[Sequence[str]]) -> tuple[sparse.csr_array, Floats]:
        """Comments (as words) x features, and by what each comment's families were divided."""
        return _joined([sparse.csr_array(family.transform(comments)) for family in self.families])

    def share_known(self, words: Sequence[str]) -> float:
        """The share of the words of two letters and more that were learned; 0 where none stands."""
        known = self.families[WORDS].vocabulary_
        said = [word in known for word in words if len(word) > 1 and word[0].isalpha()]
        return sum(said) / max(1, len(said))

    def column(self, family: int, feature: str) -> tuple[int, float] | None:
        """The column of a feature and its weight by rarity; None for one that was not learned."""
        vectorizer: Any = self.families[family]
        at = vectorizer.vocabulary_.get(feature)
        return None if at is None else (self._starts[family] + at, float(self._rarity[family][at]))

    @cached_property
    def _rarity(self) -> list[Floats]:
        return [family.idf_ for family in self.families]

    @cached_property
    def _starts(self) -> list[int]:
        sizes = [len(family.vocabulary_) for family in self.families]
        return [sum(sizes[:at]) for at in range(len(sizes))]


def learn_features(comments: Sequence[Sequence[str]]) -> tuple[Features, sparse.csr_array]:
    """The features of comments that are given as words, and the comments as numbers."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second

    families, parts = [], []
    for analyzer, at_least, _ in _FAMILIES:
        vectorizer = TfidfVectorizer(
            analyzer=analyzer, min_df=at_least, sublinear_tf=True, norm=None
        )
        parts.append(sparse.csr_array(vectorizer.fit_transform(comments)))
        families.append(vectorizer)
    return Features(tuple(families)), _joined(parts)[0]


def _joined(parts: Sequence[sparse.csr_array]) -> tuple[sparse.csr_array, Floats]:
    """The families side by side, each row of each of its length, and by what it was divided."""
    lengths = [
        np.maximum(np.sqrt(part.power(2).sum(axis=1)), 1e-9) / length
        for part, (_, _, length) in zip(parts, _FAMILIES, strict=True)
    ]
    each = [sparse.diags_array(1 / by) @ part for part, by in zip(parts, lengths, strict=True)]
    return sparse.csr_array(sparse.hstack(each, format="csr")), np.column_stack(lengths)
