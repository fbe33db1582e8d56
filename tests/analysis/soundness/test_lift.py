"""Which element, lifted by how much, reaches the next grade."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import Problem
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.rulebook.scheme import load_scheme
from analysis.soundness.lift import NextGrade, next_grade
from locales.refusals import sentence
from tests.analysis.rows import ELEMENTS, SKM, Row, adding_to, columns, index_of, same, tally_of


def lifted(one: Satisfaction) -> NextGrade:
    found = next_grade(one)
    assert isinstance(found, NextGrade)
    return found


def reason(one: Satisfaction) -> str:
    found = next_grade(one)
    assert isinstance(found, Problem)
    return sentence("en", found)


def rows_adding_to(totals: Sequence[int], n: int) -> list[Row]:
    """n respondents; ``totals``: what the answers to each element add up to."""
    pairs = zip(ELEMENTS, totals, strict=True)
    return columns({key: adding_to(total, n) for key, total in pairs})


def test_the_worked_unit_of_all_threes_lacks_a_known_rise() -> None:
    """75.00 is C; B begins at 76.605 unrounded: 9 x 1.605 / 25 = 0.5778 of one element."""
    found = lifted(index_of(same(3, 3, 3)))
    assert (found.band.grade, found.edge) == ("B", Fraction("76.605"))
    assert {one.rise for one in found.lifts} == {9 * Fraction("1.605") / 25}
    assert [one.element for one in found.lifts] == ELEMENTS
    assert all(one.reachable and one.needed == 3 + one.rise for one in found.lifts)


def test_no_element_can_rise_above_four() -> None:
    found = lifted(index_of(rows_adding_to([20, *[14] * 8], 5)))
    assert found.band.grade == "B"
    assert not found.lifts[0].reachable
    assert found.lifts[0].mean == found.lifts[0].most == 4
    assert all(one.reachable for one in found.lifts[1:])


def test_a_whole_grade_is_out_of_reach_of_any_single_element() -> None:
    found = lifted(index_of(same(2, 2)))  # 50.00: C needs 5.4 more points of one mean
    assert not any(one.reachable for one in found.lifts)


@given(st.lists(st.integers(7, 28), min_size=9, max_size=9), st.integers(0, 8))
def test_that_rise_and_no_less_reaches_the_grade(totals: list[int], element: int) -> None:
    one = index_of(rows_adding_to(totals, 7))
    found = next_grade(one)
    if isinstance(found, Problem):
        assert one.band is not None
        assert one.band.grade == "A"
        return
    lift = found.lifts[element]
    means = {key: mean for key, mean in one.means.items() if mean is not None}
    for rise, reached in ((lift.rise, True), (lift.rise - Fraction(1, 10**9), False)):
        lifted_means = {**means, lift.element: lift.mean + rise}.values()
        index = 25 * sum(lifted_means, Fraction(0)) / len(means)
        # A mean above 4 lies above every band; only what is reachable can be graded.
        if lift.reachable:
            assert (SKM.band(index) == found.band) is reached


def test_fewer_elements_in_use_need_a_smaller_rise() -> None:
    rows = same(3, 3)
    eight = satisfaction(tally_of({"A": rows}, elements=ELEMENTS[:8]), SKM)[0]
    found = lifted(eight)
    assert len(found.lifts) == 8
    assert found.lifts[0].rise == 8 * Fraction("1.605") / 25


def test_another_scheme_has_its_own_scale() -> None:
    """IPKP 3.1333 of 4 lacks 0.0617 to 3.195: 8 x 0.0617 x 6/4 of a mean of at most 6."""
    scheme = load_scheme("ipkp-2021")
    keys = [node.key for node in scheme.children]
    rows = [dict.fromkeys(keys, answer) for answer in (4, 5, 5, 5, 4, 5, 5, 5, 4, 5)]
    found = lifted(satisfaction(tally_of({"A": rows}, "spkp-2021"), scheme)[0])
    assert (found.band.grade, found.edge) == ("WBK", Fraction("3.195"))
    assert found.lifts[0].rise == 8 * (Fraction("3.195") - Fraction("4.7") * 4 / 6) * 6 / 4
    assert found.lifts[0].most == 6


def test_no_rise_where_there_is_nothing_to_reach() -> None:
    assert reason(index_of(same(4, 4))) == "already at the highest grade"
    assert reason(index_of([])) == "there is no index yet"
    without = replace(index_of(same(3)), scheme=SKM.model_copy(update={"bands": None}))
    assert reason(without) == "the scheme has no grades"


@pytest.mark.parametrize("total", [76600, 76604])
def test_an_index_shown_as_76_60_still_lacks_a_rise(total: int) -> None:
    one = replace(index_of(same(3)), index=Fraction(total, 1000))
    found = lifted(one)
    assert one.shown == "76.60"
    assert found.lifts[0].rise == 9 * (Fraction("76.605") - Fraction(total, 1000)) / 25


def test_rising_alike_needs_the_same_from_each_element() -> None:
    """75.00 to 76.605: 25 points of index a point of all nine means, 1.605 / 25 of each."""
    found = lifted(index_of(same(3, 3, 3)))
    assert found.alike == Fraction("1.605") / 25


def test_rising_alike_is_none_where_an_element_is_at_its_end() -> None:
    rows = [{**dict.fromkeys(ELEMENTS, 3), "cost": 4}] * 9
    assert lifted(index_of(rows)).alike is None
