from fractions import Fraction

from analysis.index.experience import Experienced


def test_score_and_shares_are_of_those_who_answered() -> None:
    one = Experienced(answered=8, none=6, declined=5, forms={"request_for_payment": 2})
    assert one.score == 75
    assert one.share("request_for_payment") == Fraction(1, 4)


def test_nobody_answered_is_no_score() -> None:
    one = Experienced(answered=0, none=0, declined=5, forms={"request_for_payment": 0})
    assert (one.score, one.share("request_for_payment")) == (None, None)
