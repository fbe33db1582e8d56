"""Weighted kappa: against scikit-learn, and where there is none."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from analysis.rulebook.fieldwork import RUNGS
from analysis.uncertainty.agreement import Agreement, agreement

RUNG = st.sampled_from(RUNGS)


@given(st.lists(st.tuples(RUNG, RUNG), min_size=2, max_size=40))
def test_as_scikit_learn_has_it(pairs: list[tuple[int, int]]) -> None:
    found = agreement(pairs)
    assert found.n == len(pairs)
    if found.kappa is None:
        assert len({rung for pair in pairs for rung in pair}) == 1
        return
    expected = cohen_kappa_score(*zip(*pairs, strict=True), labels=RUNGS, weights="quadratic")
    assert float(found.kappa) == pytest.approx(expected, abs=1e-12)


@given(st.lists(RUNG, min_size=2).filter(lambda rungs: len(set(rungs)) > 1))
def test_who_agrees_throughout_has_one(rungs: list[int]) -> None:
    found = agreement([(rung, rung) for rung in rungs])
    assert found == Agreement(len(rungs), len(rungs), Fraction(1))


@pytest.mark.parametrize("pairs", [[], [(3, 3)], [(4, 4)] * 20])
def test_there_is_none_without_two_different_rungs(pairs: list[tuple[int, int]]) -> None:
    assert agreement(pairs).kappa is None


def test_one_always_above_the_other_by_a_rung_is_no_perfect_agreement() -> None:
    """Means 2 and 1, variances 2/3: 1 - 1 / (1 + 4/3)."""
    assert agreement([(1, 0), (2, 1), (3, 2)]).kappa == Fraction(4, 7)
