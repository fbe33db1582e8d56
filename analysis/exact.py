"""Exact numbers: fractions until the single rounding, half up."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Annotated, Any

from pydantic import BeforeValidator

# Bounded digits and exponent: a cell such as 1e999999999 must not fill the memory.
NUMBER = re.compile(r"[+-]?\d{1,30}([.,]\d{1,30})?([eE][+-]?\d{1,2})?", re.ASCII)


def exact(value: Any) -> Fraction:
    """The number as a person wrote it, without binary error; a decimal comma is a point.

    Raises ValueError for anything that is not a number.

    >>> exact(32.37), exact("78,74")
    (Fraction(3237, 100), Fraction(3937, 50))
    """
    if isinstance(value, Fraction):
        return value
    text = str(value).strip()
    if not NUMBER.fullmatch(text):
        raise ValueError("a number")
    return Fraction(text.replace(",", "."))


def half_up(value: Fraction, decimals: int) -> Decimal:
    """``value`` rounded once to ``decimals`` places (0 or more), halves away from zero.

    >>> half_up(Fraction(525, 8), 2), half_up(Fraction("64.995"), 2)
    (Decimal('65.63'), Decimal('65.00'))
    """
    above, below = value.as_integer_ratio()
    whole = (2 * abs(above) * 10**decimals + below) // (2 * below)
    return Decimal(f"{whole if value >= 0 else -whole}e-{decimals}")  # scaleb rounds at 28 digits


def mean_of(values: Sequence[Fraction]) -> Fraction | None:
    """The simple mean, unrounded; None of nothing.

    >>> mean_of([Fraction(50), Fraction(51)])
    Fraction(101, 2)
    """
    if len(values) <= 1:
        return values[0] if values else None
    return weighted_mean(values, [1] * len(values))


def weighted_mean(values: Sequence[Fraction], weights: Sequence[int]) -> Fraction:
    """The mean of one value or more under whole weights above 0, unrounded.

    Over one common denominator, so that only the mean itself is brought to lowest terms.

    >>> weighted_mean([Fraction(1, 2), Fraction(1, 3)], [3, 1])
    Fraction(11, 24)
    """
    ratios = [value.as_integer_ratio() for value in values]
    common = lcm(*(below for _, below in ratios))
    total = sum(
        weight * above * (common // below)
        for weight, (above, below) in zip(weights, ratios, strict=True)
    )
    return Fraction(total, common * sum(weights))


def whole_weights(weights: Sequence[Fraction]) -> list[int]:
    """Whole numbers in the same proportions.

    >>> whole_weights([Fraction("12.22"), Fraction("12.54")])
    [611, 627]
    """
    common = lcm(*(weight.denominator for weight in weights))
    return [int(weight * common) for weight in weights]


Exact = Annotated[Fraction, BeforeValidator(exact)]
