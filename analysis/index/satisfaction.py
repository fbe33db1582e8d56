"""The satisfaction index (Indeks Kepuasan Masyarakat, IKM), exactly.

Source: PermenPANRB 14/2017, by the scheme skm-2017.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from analysis.errors import Problem
from analysis.exact import mean_of
from analysis.index.composite import Column, UnitScores, score
from analysis.index.line import IndexLine, straight
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
    means = element_means(tally)
    answered = [tally.answered(element).tolist() for element in means]
    totals = _totals(restrict(scheme, list(means)), means)
    rows = zip(*means.values(), strict=True), zip(*answered, strict=True), totals
    return [
        Satisfaction(
            scheme=scheme,
            n=n,
            answered=dict(zip(means, numbers, strict=True)),
            means=dict(zip(means, row, strict=True)),
            index=index,
            no_index=None if index is not None else _no_index(scheme, n, means, row),
        )
        for row, numbers, index, n in zip(*rows, tally.respondents.tolist(), strict=True)
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


def _totals(scheme: Scheme, means: Mapping[str, Column]) -> list[Fraction | None]:
    """The unrounded index of each group, as ``score`` gives it; a straight line is quicker."""
    if not straight(scheme):
        return score(scheme, means).total
    line, columns = IndexLine.of(scheme), [means[node.key] for node in scheme.children]
    rows = ([mean for mean in row if mean is not None] for row in zip(*columns, strict=True))
    return [line.at(row) if len(row) == len(columns) else None for row in rows]


def _no_index(
    scheme: Scheme, n: int, elements: Iterable[str], means: Sequence[Fraction | None]
) -> Problem:
    if n == 0:
        return Problem("no_respondents")
    missing = {key for key, mean in zip(elements, means, strict=True) if mean is None}
    return Problem(
        "unanswered", elements=[one.name for one in scheme.children if one.key in missing]
    )
