"""Colours and fonts of charts, on screen and on paper, distinct to the colour-blind and in grey."""

from fractions import Fraction

INK = "#0b5d66"
ZONES = {"green": "#2e7d4f", "yellow": "#e0a800", "red": "#b3392f"}
ACCENT = "#c2571a"
TEXT = "#1d2a2e"
LONG_SCALE = 10

Number = int | float | Fraction


def ticks(low: Number, high: Number) -> list[float]:
    """Where an axis from ``low`` to ``high`` is marked: at whole numbers, or in three parts.

    >>> ticks(1, 4), ticks(25, 100)
    ([1.0, 2.0, 3.0, 4.0], [25.0, 50.0, 75.0, 100.0])
    """
    length = float(high) - float(low)
    parts = round(length) if length < LONG_SCALE else 3
    return [float(low) + length * part / parts for part in range(parts + 1)]
