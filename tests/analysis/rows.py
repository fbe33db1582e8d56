"""Rows of answers for tests, counted in plain Python: no engine, nothing shared with one."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import pandas as pd

from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.index.tally import PACKED, Tally, read_tally, used_items
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme

SKM = load_scheme("skm-2017")
ELEMENTS = [node.key for node in SKM.children]

Row = Mapping[str, int | None]


def same(*answers: int) -> list[Row]:
    """One respondent an answer, who gives it to every element."""
    return [dict.fromkeys(ELEMENTS, answer) for answer in answers]


def adding_to(total: int, n: int) -> list[int]:
    """n answers 1-4, as alike as may be, that add up to ``total``."""
    low, more = divmod(total, n)
    return [low + 1] * more + [low] * (n - more)


def columns(by_element: Mapping[str, Sequence[int | None]]) -> list[Row]:
    """Rows from a column of answers an element."""
    return [
        dict(zip(by_element, row, strict=True)) for row in zip(*by_element.values(), strict=True)
    ]


def tally_of(
    units: Mapping[str, Sequence[Row]],
    instrument: str = "skm-2017",
    elements: Sequence[str] | None = None,
    pairs: bool = False,
) -> Tally:
    """The tally of the rows of each unit."""
    asked = load_instrument(instrument)
    items_of = used_items(asked, elements)
    used = [item for items in items_of.values() for item in items]
    records = []
    for unit, rows in units.items():
        counted: dict[str, object] = {"unit": unit}
        counted["respondents"] = sum(any(row.get(item) for item in used) for row in rows)
        for element, items in items_of.items():
            counted[f"answered_{element}"] = sum(any(map(row.get, items)) for row in rows)
        for item in used:
            for value in asked.allowed[item]:
                counted[f"{item}_{value}"] = sum(row.get(item) == value for row in rows)
        for one, other in combinations(used, 2) if pairs else ():
            counted |= _pair(rows, one, other)
        records.append(counted)
    return read_tally(pd.DataFrame(records), asked, ["unit"], elements)


def in_pairs(
    units: Mapping[str, Sequence[Row]],
    instrument: str = "skm-2017",
    elements: Sequence[str] | None = None,
) -> Tally:
    """The tally of the rows of each unit, counted in pairs."""
    return tally_of(units, instrument, elements, pairs=True)


def _pair(rows: Sequence[Row], one: str, other: str) -> dict[str, object]:
    given = [(row.get(one), row.get(other)) for row in rows]
    both = [(a, b) for a, b in given if a is not None and b is not None]
    return {
        f"products_{one}_{other}": PACKED * sum(a * b for a, b in both) + len(both),
        f"sums_{one}_{other}": PACKED * sum(a for a, _ in both) + sum(b for _, b in both),
    }


def index_of(rows: Sequence[Row], instrument: str = "skm-2017") -> Satisfaction:
    """The satisfaction index of one unit with these rows."""
    return satisfaction(tally_of({"A": rows}, instrument), SKM)[0]


def plain_index(rows: Sequence[Row]) -> Fraction:
    """The formula of the regulation once more, straight from complete rows of skm-2017."""
    means = [Fraction(sum(row[key] or 0 for row in rows), len(rows)) for key in ELEMENTS]
    return 25 * sum(means, Fraction(0)) / len(means)
