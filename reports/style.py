"""Colours and fonts of charts, on screen and on paper, distinct to the colour-blind and in grey."""

import json
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from textwrap import wrap

import altair as alt

INK = "#0b5d66"
ZONES = {"green": "#2e7d4f", "yellow": "#e0a800", "red": "#b3392f"}
ACCENT = "#c2571a"
TEXT = "#1d2a2e"
LONG_SCALE = 10
LONGEST_TIME = 11

Number = int | float | Fraction


def ticks(low: Number, high: Number) -> list[float]:
    """Where an axis from ``low`` to ``high`` is marked: at whole numbers, or in three parts.

    >>> ticks(1, 4), ticks(25, 100)
    ([1.0, 2.0, 3.0, 4.0], [25.0, 50.0, 75.0, 100.0])
    """
    length = float(high) - float(low)
    parts = round(length) if length < LONG_SCALE else 3
    return [float(low) + length * part / parts for part in range(parts + 1)]


def zoomed(span: tuple[Number, Number], values: Sequence[float]) -> tuple[float, float]:
    """The part of a scale that holds the values with room around them; at least a third of it.

    >>> zoomed((25, 100), [78.2, 83.9]), zoomed((25, 100), [99.0]), zoomed((25, 100), [])
    ((65.0, 95.0), (75.0, 100.0), (25.0, 100.0))
    """
    low, high = map(float, span)
    step = (high - low) / 15
    if not values:
        return low, high
    first, last = floor(min(values) / step - 1), ceil(max(values) / step + 1)
    while last - first < 5:
        first, last = first - 1, last + 1
    ends = max(low, first * step), min(high, last * step)
    if ends[1] - ends[0] >= 5 * step:
        return ends
    return (ends[0], ends[0] + 5 * step) if ends[0] == low else (ends[1] - 5 * step, ends[1])


def times_axis(names: Sequence[str], room: int | None = None) -> alt.Axis:
    """An axis of times in their order, numbered from 0, each name broken into lines.

    ``room``: how many letters stand side by side, so that as many names are left out as would
    overlap; None: as wide as its place, where Vega leaves them out.
    """
    lines = [wrap(name, LONGEST_TIME) for name in names]
    longest = max((len(line) for name in lines for line in name), default=0)
    every = ceil(longest * len(names) / room) if room else 1
    return alt.Axis(
        title=None,
        labelAngle=0,
        labelExpr=f"{json.dumps(lines)}[datum.value]",
        labelFlush=False,
        labelLimit=0,
        labelOverlap=room is None,
        values=list(range(0, len(names), max(1, every))),
    )
