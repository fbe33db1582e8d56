"""Which element, lifted by how much, would bring the index to its next grade."""

from dataclasses import dataclass
from fractions import Fraction

from analysis.errors import Problem
from analysis.index.satisfaction import Satisfaction, restrict
from analysis.rulebook.scheme import Band, Node, Scheme


@dataclass(frozen=True)
class Lift:
    """What one element alone would need: its mean now, the rise, the largest mean there is."""

    element: str
    mean: Fraction
    rise: Fraction
    most: Fraction

    @property
    def needed(self) -> Fraction:
        """The mean that would just reach the next grade, whether or not there is such a mean."""
        return self.mean + self.rise

    @property
    def reachable(self) -> bool:
        """Whether this element alone can do it."""
        return self.needed <= self.most


@dataclass(frozen=True)
class NextGrade:
    """The band above, the least unrounded index that is rounded into it, a lift an element."""

    band: Band
    edge: Fraction
    lifts: tuple[Lift, ...]

    @property
    def alike(self) -> Fraction | None:
        """The rise that reaches it where all elements rise alike; None where one can't."""
        rise = 1 / sum((1 / lift.rise for lift in self.lifts), Fraction(0))
        return rise if all(lift.mean + rise <= lift.most for lift in self.lifts) else None


def next_grade(one: Satisfaction) -> NextGrade | Problem:
    """The rise of each element's mean that brings the index to the next grade, exactly.

    Grades are read on the rounded index, so the edge lies half a last decimal below the band.
    Rise = (edge - index) / (what the index gains from one point of the element's mean); under
    PermenPANRB 14/2017 that is k (edge - index) / 25, and a mean is at most 4. Refused where
    there is no index, the scheme has no bands, the grade is the highest, or no mean may be shown.
    """
    if one.index is None:
        return Problem("no_index_yet")
    if one.scheme.bands is None or one.band is None:
        return Problem("no_bands")
    above = [band for band in one.scheme.bands.value if not one.scheme.reaches(one.index, band)]
    if not above:
        return Problem("top_grade")
    band = min(above, key=lambda band: band.start)
    edge = one.scheme.edge(band)
    used = restrict(one.scheme, list(one.means))
    lifts = tuple(
        Lift(
            element=node.key,
            mean=mean,
            rise=(edge - one.index) / _gain(used, node),
            most=node.normalise.value.between[1],
        )
        for node in used.children
        if (mean := one.means[node.key]) is not None
    )
    return NextGrade(band, edge, lifts) if lifts else Problem("means_hidden")


def _gain(scheme: Scheme, node: Node) -> Fraction:
    (low, high), (bottom, top) = node.normalise.value.between, node.normalise.value.onto
    weights = sum((child.weight.value for child in scheme.children), Fraction(0))
    return node.weight.value / weights * (top - bottom) / (high - low)
