"""Schemes whose index is a straight line of the means of its elements, as satisfaction's are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Self

from analysis.rulebook.scheme import Node, Scheme

STRAIGHT = {"identity", "ladder", "goalposts"}


@dataclass(frozen=True)
class IndexLine:
    """An index = start + sum(slopes x element means), exactly.

    ``slopes``: by element, in the scheme's order.
    """

    start: Fraction
    slopes: Mapping[str, Fraction]

    @classmethod
    def of(cls, scheme: Scheme) -> Self:
        """That of a ``straight`` scheme: an element's share of the weights times its own slope."""
        weights = sum(node.weight.value for node in scheme.children)
        start, slopes = Fraction(0), {}
        for node in scheme.children:
            own, slope = _line(node)
            start += own * node.weight.value / weights
            slopes[node.key] = slope * node.weight.value / weights
        return cls(start, slopes)

    def at(self, means: Sequence[Fraction | int]) -> Fraction:
        """The index at these means, one an element in the order of the slopes.

        Over one common denominator, so that only the index itself is brought to lowest terms.

        >>> IndexLine(Fraction(1), {"a": Fraction(25), "b": Fraction(5)}).at([Fraction(3, 2), 3])
        Fraction(107, 2)
        """
        ratios = [mean.as_integer_ratio() for mean in means]
        common = lcm(*(below for _, below in ratios))
        below, start, slopes = self._whole
        total = start * common
        for slope, (above, under) in zip(slopes, ratios, strict=True):
            total += slope * above * (common // under)
        return Fraction(total, below * common)

    @cached_property
    def _whole(self) -> tuple[int, int, list[int]]:
        """The common denominator of start and slopes, and their numerators."""
        slopes = self.slopes.values()
        below = lcm(*(one.denominator for one in (self.start, *slopes)))
        return below, int(self.start * below), [int(slope * below) for slope in slopes]


def straight(scheme: Scheme) -> bool:
    """Whether the index is one: an arithmetic mean of indicators as they are, none relative."""
    return (
        scheme.mean.value == "arithmetic"
        and scheme.coverage is None
        and all(map(_straight, scheme.children))
    )


def _straight(node: Node) -> bool:
    done = node.children or node.per or node.missing or node.outliers
    return not done and node.normalise.value.kind in STRAIGHT


def _line(node: Node) -> tuple[Fraction, Fraction]:
    """Where the node stands at an answer of 0, and by how much it rises with each answer."""
    rule = node.normalise.value
    start, end = rule.onto[::-1] if node.inverted else rule.onto
    slope = (end - start) / (rule.between[1] - rule.between[0])
    return start - slope * rule.between[0], slope
