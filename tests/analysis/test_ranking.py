from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.ranking import ranks

SCORES = st.lists(st.none() | st.integers(0, 20).map(Fraction), max_size=12)
NANO = Fraction(1, 10**9)


@given(SCORES)
def test_a_rank_is_one_more_than_the_number_of_better_scores(scores: list[Fraction | None]) -> None:
    present = [score for score in scores if score is not None]
    better = [None if one is None else 1 + sum(s > one for s in present) for one in scores]
    assert ranks(scores) == better


@given(SCORES, st.randoms())
def test_order_of_entry_never_changes_a_rank(scores: list[Fraction | None], chance: Random) -> None:
    ranked = ranks(scores)
    order = chance.sample(range(len(scores)), len(scores))
    assert ranks([scores[at] for at in order]) == [ranked[at] for at in order]


@given(SCORES)
def test_the_lowest_may_be_the_best(scores: list[Fraction | None]) -> None:
    mirrored = [None if score is None else -score for score in scores]
    assert ranks(scores, inverted=True) == ranks(mirrored)


@pytest.mark.parametrize(("difference", "second"), [(NANO, 1), (NANO * 2, 2)])
def test_scores_within_a_billionth_tie(difference: Fraction, second: int) -> None:
    assert ranks([Fraction(50), Fraction(50) - difference]) == [1, second]


def test_ranks_within_a_province() -> None:
    scores = [Fraction(9), Fraction(8), Fraction(7), Fraction(6)]
    assert ranks(scores, within=["x", "y", "x", "y"]) == [1, 1, 2, 2]
