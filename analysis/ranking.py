"""Ranks, best first."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from fractions import Fraction

TIE = Fraction(1, 10**9)


def ranks(
    scores: Sequence[Fraction | None], within: Sequence[Hashable] | None = None
) -> list[int | None]:
    """The rank of each score among all, or among those with the same ``within``.

    Scores within 1e-9 of the best of their group of ties share its rank; None is unranked.

    >>> ranks([Fraction(9), Fraction(8), Fraction(8), Fraction(7), None])
    [1, 2, 2, 4, None]
    """
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for position, value in enumerate(scores):
        if value is not None:
            groups[within[position] if within else None].append(position)
    result: list[int | None] = [None] * len(scores)
    for group in groups.values():
        _rank_group(scores, group, result)
    return result


def _rank_group(
    scores: Sequence[Fraction | None], group: list[int], result: list[int | None]
) -> None:
    # Floats are compared faster, and never the other way round than their fractions.
    values = [(scores[at] or Fraction(0), at) for at in group]
    ordered = sorted(((float(value), value, at) for value, at in values), reverse=True)
    best, rank = ordered[0][1], 1
    for place, (_, value, at) in enumerate(ordered, start=1):
        if best - value > TIE:
            best, rank = value, place
        result[at] = rank
