import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from analysis.uncertainty.change import (
    Change,
    MeanEstimate,
    apart,
    element_changes,
    holm,
    index_changes,
    together,
    welch,
)
from locales.refusals import show_value
from tests.analysis.rows import ELEMENTS, SKM, Row, columns, in_pairs, same

EARLIER = [3, 2, 4, 3, 3, 2, 3]
LATER = [4, 4, 3, 4, 3]


def varied(answers: list[int], seed: int) -> list[Row]:
    """Respondents whose elements differ."""
    chance = np.random.default_rng(seed)
    return columns({key: chance.permutation(answers).tolist() for key in ELEMENTS})


def test_the_index_by_welch() -> None:
    before, after = varied(EARLIER, 1), varied(LATER, 2)
    indices = [
        [25 / 9 * sum(row[key] or 0 for key in ELEMENTS) for row in rows]
        for rows in (after, before)
    ]
    expected = ttest_ind(*indices, equal_var=False)
    interval = expected.confidence_interval(0.95)
    (found,) = index_changes(in_pairs({"A": before}), in_pairs({"A": after}), SKM).values()
    assert found.difference == pytest.approx(np.mean(indices[0]) - np.mean(indices[1]))
    assert found.interval == pytest.approx((interval.low, interval.high))
    assert found.p == pytest.approx(expected.pvalue)


def test_elements_by_welch_of_those_who_answered() -> None:
    before = columns({key: [*EARLIER, None] for key in ELEMENTS})
    after = columns(dict.fromkeys(ELEMENTS, LATER))
    found = element_changes(in_pairs({"A": before}), in_pairs({"A": after}), SKM)
    expected = ttest_ind(LATER, EARLIER, equal_var=False)
    assert set(found) == set(ELEMENTS)
    assert found["time"].difference == pytest.approx(18 / 5 - 20 / 7)
    assert found["time"].p == pytest.approx(expected.pvalue)


def test_only_what_both_periods_have_is_compared() -> None:
    before = in_pairs({"A": same(3, 4), "B": same(1, 2)}, elements=["time", "cost"])
    after = in_pairs({"B": same(3, 4), "C": same(1, 2)}, elements=["cost", "product"])
    assert [*index_changes(before, after, SKM)] == ["B"]
    assert [*element_changes(before.regroup([]), after.regroup([]), SKM)] == ["cost"]


@pytest.mark.parametrize(
    ("before", "after", "difference", "why"),
    [
        (same(3), same(3, 4), 12.5, "one_respondent"),
        (same(3, 4), same(4, 4, 4), 12.5, "all_alike"),
        (same(3, 4), [], None, "no_index"),
        (same(3), [], None, "one_respondent"),
    ],
)
def test_what_cannot_be_compared_says_why(
    before: list[Row], after: list[Row], difference: float | None, why: str
) -> None:
    (found,) = index_changes(in_pairs({"A": before}), in_pairs({"A": after}), SKM).values()
    assert found.difference == pytest.approx(difference)
    assert found.no_interval
    assert found.no_interval.code == why
    assert (found.changed, found.interval, found.p) == (None, None, None)
    assert found.verdict == found.no_interval


def test_everybody_asked_is_still_a_sample_of_what_comes() -> None:
    """Two periods are compared as samples: no correction for a finite population."""
    (found,) = index_changes(in_pairs({"A": same(3, 4)}), in_pairs({"A": same(1, 2)}), SKM).values()
    assert found.interval
    assert found.interval[0] < found.interval[1]


def test_holm_by_hand() -> None:
    """0.01 x 4, 0.02 x 3, 0.03 x 2 and never less than before, 0.5."""
    given = [0.5, 0.01, None, 0.03, 0.02]
    found = holm([Change(1.0, p=p) for p in given])
    adjusted = [one.adjusted for one in found]
    assert adjusted == pytest.approx([0.5, 0.04, None, 0.06, 0.06], nan_ok=True)
    assert [one.changed for one in found] == [False, True, None, False, False]
    assert (show_value("id", found[1].verdict), show_value("en", found[1].verdict)) == (
        "berubah",
        "changed",
    )
    assert show_value("id", found[0].verdict) == "tidak tampak berubah"


def test_holm_never_exceeds_one() -> None:
    assert [one.adjusted for one in holm([Change(1.0, p=0.9), Change(1.0, p=0.8)])] == [1.0, 1.0]
    assert holm([]) == []


KNOWN = st.lists(
    st.tuples(st.floats(-3, 3), st.floats(0.05, 2), st.integers(2, 200)), min_size=1, max_size=12
)


@given(KNOWN)
def test_intervals_beside_holm_never_contradict_it(given: list[tuple[float, float, int]]) -> None:
    """And each is as wide as Bonferroni's, so that all hold together."""
    changes = [
        welch(
            MeanEstimate(0.0, error**2 / 2, freedom, None),
            MeanEstimate(difference, error**2 / 2, freedom, None),
        )
        for difference, error, freedom in given
    ]
    for plain, told in zip(changes, together(changes), strict=True):
        assert told.adjusted is not None
        if told.interval is None:
            assert told.changed
            continue
        low, high = told.interval
        assert told.changed == (not low <= 0 <= high)
        assert plain.interval is not None
        assert low <= plain.interval[0] + 1e-9
        assert high >= plain.interval[1] - 1e-9


def test_one_alone_keeps_its_interval() -> None:
    (change,) = together([welch(MeanEstimate(0, 1, 50, None), MeanEstimate(9, 1, 50, None))])
    assert change.interval == pytest.approx((6.19, 11.81), abs=0.01)


def test_the_highest_and_lowest_of_many_need_more_to_be_apart() -> None:
    one, other = (MeanEstimate(mean, 4.0, 60, None) for mean in (85.0, 77.0))
    assert apart(one, other, 2)
    assert not apart(one, other, 9)
    assert not apart(one, MeanEstimate(85.0, 4.0, 60, None), 2)
