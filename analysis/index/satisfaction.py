"""The satisfaction index (Indeks Kepuasan Masyarakat, IKM), exactly.

Source: PermenPANRB 14/2017, by the scheme skm-2017.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from analysis.errors import Problem
from analysis.exact import mean_of
from analysis.index.composite import UnitScores, score
from analysis.index.tally import Counts, Tally
from analysis.rulebook.scheme import Band, Scheme


@dataclass(frozen=True)
class Satisfaction:
    """The index of one group of responses.

    ``n``: responses with at least one answer; ``answered`` and ``means``: by element, the
    responses that answered it and its unrounded mean (NRR), None where nobody did;
    ``index``: unrounded, on the scheme's own scale (skm-2017: 25-100; ipkp-2021, ipak-2021: up
    to 4), None where there is ``no_index``.
    """

    scheme: Scheme
    n: int
    answered: Mapping[str, int]
    means: Mapping[str, Fraction | None]
    index: Fraction | None
    no_index: Problem | None

    @cached_property
    def shown(self) -> str | None:
        """The index as it is printed in files, rounded once: "78.74"."""
        return None if self.index is None else str(self.scheme.round(self.index))

    @cached_property
    def band(self) -> Band | None:
        """The band of the printed index."""
        return None if self.index is None else self.scheme.band(self.index)


def satisfaction(tally: Tally, scheme: Scheme) -> list[Satisfaction]:
    """The index of each group of the tally.

    Item mean = sum of the answers given / their number; element mean = mean of its item
    means; index = mean of the k element means in use, weight exactly 1/k, brought to the
    scheme's scale (skm-2017: x 25).
    """
    means, scores = element_means(tally), index_scores(tally, scheme)
    answered = {element: tally.answered(element).tolist() for element in means}
    return [
        Satisfaction(
            scheme=scheme,
            n=n,
            answered={key: column[group] for key, column in answered.items()},
            means={key: column[group] for key, column in means.items()},
            index=scores.total[group],
            no_index=_no_index(scores, n, group),
        )
        for group, n in enumerate(tally.respondents.tolist())
    ]


def element_means(tally: Tally) -> dict[str, list[Fraction | None]]:
    """The unrounded mean (NRR) of each element, by group; None where nobody answered."""
    return {element: _element_means(tally, items) for element, items in tally.items_of.items()}


def index_scores(tally: Tally, scheme: Scheme) -> UnitScores:
    """The unrounded index of each group, from nothing but the counts of each item."""
    return score(restrict(scheme, list(tally.items_of)), element_means(tally))


def average(indices: Sequence[Satisfaction]) -> Fraction | None:
    """The simple mean of unrounded indices (of services, or of an institution's units).

    Groups without an index are left out; None where none has one.
    """
    return mean_of([one.index for one in indices if one.index is not None])


def restrict(scheme: Scheme, elements: Sequence[str]) -> Scheme:
    """The scheme over the elements in use only, in the scheme's own order."""
    kept = [node for node in scheme.children if node.key in elements]
    return scheme.model_copy(update={"children": kept})


def _element_means(tally: Tally, items: Sequence[str]) -> list[Fraction | None]:
    columns = [_item_means(tally.counts(item), tally.allowed[item]) for item in items]
    rows = zip(*columns, strict=True)
    return [mean_of([mean for mean in row if mean is not None]) for row in rows]


def _item_means(counts: Counts, allowed: Sequence[int]) -> list[Fraction | None]:
    sums, numbers = (counts @ np.array(allowed)).tolist(), counts.sum(axis=1).tolist()
    return [Fraction(s, n) if n else None for s, n in zip(sums, numbers, strict=True)]


def _no_index(scores: UnitScores, n: int, group: int) -> Problem | None:
    if n == 0:
        return Problem("no_respondents")
    missing = scores.missing(group)
    unanswered = [node.name for node in scores.scheme.children if node.key in missing]
    return Problem("unanswered", elements=unanswered) if unanswered else None
