"""The same data as older worksheets and report templates count it, beside the exact index.

For comparison only: none of these but the exact one is ever a headline.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

from analysis.exact import Exact
from analysis.index.satisfaction import Satisfaction
from analysis.rulebook.scheme import Band, Scheme
from analysis.rules import Rule, Source, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing

OLDER = Path(__file__).parent / "reconcile.yaml"

CountingMethod = Literal["exact", "weight", "averaged"]


class OlderWorksheet(Rule):
    """The weights that older worksheets print for so many elements."""

    elements: int
    weights: list[Exact]
    standing: Standing
    source: Source


class OlderWorksheets(Rule):
    """The older worksheets, by their number of elements."""

    id: str
    valid: Validity
    worksheets: list[OlderWorksheet]

    def weights(self, elements: int) -> list[Fraction]:
        """What they print as the weight of each of so many elements; nothing where unknown."""
        return [
            weight for one in self.worksheets if one.elements == elements for weight in one.weights
        ]


@dataclass(frozen=True)
class Way:
    """One way to count: the index it gives, unrounded and as shown, with its band.

    ``weight``: of each element, None for the mean of the services' indices. ``difference``:
    of the figures shown, from the exact one.
    """

    kind: CountingMethod
    weight: Fraction | None
    index: Fraction
    shown: Decimal
    band: Band | None
    difference: Decimal


@cache
def older_worksheets() -> OlderWorksheets:
    """The rules in ``reconcile.yaml``."""
    return check(OlderWorksheets, parse_yaml(read_rules(OLDER), OLDER.name), OLDER.name)


def reconcile(unit: Satisfaction, averaged: Fraction | None = None) -> list[Way]:
    """The exact index first, then the other ways; nothing where there is no index.

    An older weight w gives w x k x the exact index, k being the number of elements.
    ``averaged``: the mean of the services' unrounded indices, None where not to be shown.
    """
    if unit.index is None:
        return []
    k = len(unit.means)
    ways: list[tuple[CountingMethod, Fraction | None, Fraction]] = [
        ("exact", Fraction(1, k), unit.index)
    ]
    older = older_worksheets().weights(k)
    ways += [("weight", weight, unit.index * weight * k) for weight in older]
    if averaged is not None:
        ways.append(("averaged", None, averaged))
    exact = unit.scheme.round(unit.index)
    return [
        Way(kind, weight, index, shown, _band(unit.scheme, index), shown - exact)
        for kind, weight, index in ways
        for shown in [unit.scheme.round(index)]
    ]


def _band(scheme: Scheme, index: Fraction) -> Band | None:
    """Short weights reach below the lowest band; an older worksheet calls that the lowest."""
    return scheme.band(max(index, scheme.span[0]))
