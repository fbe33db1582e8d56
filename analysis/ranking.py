"""Ranks, best first."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from fractions import Fraction

TIE = Fraction(1, 10**9)


def ranks(
    scores: Sequence[Fraction | None],
    within: Sequence[Hashable] | None = None,
    inverted: bool = False,
) -> list[int | None]:
    """The rank of each score among all, or among those with the same ``within``.

    The highest is the best; ``inverted``: the lowest. Scores within 1e-9 of the best of their
    group of ties share its rank; None is unranked.

    >>> ranks([Fraction(9), Fraction(8), Fraction(8), Fraction(7), None])
    [1, 2, 2, 4, None]
    """
    groups: dict[Hashable, list[tuple[float, Fraction, int]]] = defaultdict(list)
    for position, value in enumerate(scores):
        if value is not None:  # floats are compared faster, and never the other way round
            entry = float(value), value, position
            groups[within[position] if within else None].append(entry)
    result: list[int | None] = [None] * len(scores)
    for group in groups.values():
        _rank_group(sorted(group, reverse=not inverted), result)
    return result


def _rank_group(ordered: list[tuple[float, Fraction, int]], result: list[int | None]) -> None:
    best, rank = ordered[0][1], 1
    for place, (_, value, at) in enumerate(ordered, start=1):
        if abs(best - value) > TIE:
            best, rank = value, place
        result[at] = rank
