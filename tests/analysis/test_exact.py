from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exact import exact, half_up


@given(st.decimals(-(10**12), 10**12, places=6), st.integers(0, 4))
def test_half_up_is_decimals_half_up(number: Decimal, decimals: int) -> None:
    expected = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert half_up(Fraction(number), decimals) == expected


@given(st.fractions(0, 100), st.integers(0, 4))
def test_half_up_is_the_nearest(number: Fraction, decimals: int) -> None:
    difference = Fraction(half_up(number, decimals)) - number
    assert -Fraction(1, 2) < difference * 10**decimals <= Fraction(1, 2)


def test_half_up_keeps_every_digit_of_a_large_number() -> None:
    assert half_up(Fraction(10**40 + 1), 2) == Decimal(10**40 + 1)


@pytest.mark.parametrize("text", ["", "-", "1/3", "nan", "inf", "1e999", "٣", "1_000", "9" * 5000])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a number"):
        exact(text)
