"""Which element to mend first: one rule for the screen and the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from analysis.errors import Problem
from analysis.soundness.importance import Driver, Importance, VarianceShares

Basis = Literal["importance", "mean"]
ImportanceVerdict = Literal["clear", "unclear", "no"]


@dataclass(frozen=True)
class Priorities:
    """The elements in the order in which to mend them, and by what the first was chosen.

    ``clear``: those below the average mean whose importance is clearly above the average;
    ``unclear``: those of which it isn't clear.
    """

    basis: Basis
    order: tuple[str, ...]
    clear: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def priorities(
    means: Mapping[str, Fraction],
    found: Importance | VarianceShares | Problem | None = None,
) -> Priorities:
    """The order in which to mend elements with these means; ``found``: their importance.

    Where importance is known: first the elements below the average mean whose whole interval of
    importance lies above the average importance. Then, and where nothing is clear or known, the
    lowest mean first. Shares of variance are no importance.
    """
    lowest = sorted(means, key=lambda key: means[key])
    if not isinstance(found, Importance) or not means:
        return Priorities("mean", tuple(lowest))
    average = sum(means.values()) / len(means)
    verdicts = {one.element: important(one, found) for one in found.drivers}
    below = [key for key in lowest if means[key] < average]
    clear, unclear = (
        tuple(key for key in below if verdicts.get(key) == verdict)
        for verdict in ("clear", "unclear")
    )
    rest = tuple(key for key in lowest if key not in clear)
    return Priorities("importance" if clear else "mean", (*clear, *rest), clear, unclear)


def important(one: Driver, found: Importance) -> ImportanceVerdict:
    """Whether an element matters more than the average one: clear where its interval says so."""
    cut = found.r_squared / len(found.drivers)
    if one.low > cut:
        return "clear"
    return "unclear" if one.high > cut else "no"
