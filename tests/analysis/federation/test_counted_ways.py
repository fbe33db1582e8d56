"""What may leave a district, and what numbers can be: found out by trying all that there is."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import few
from analysis.federation.counted_ways import disclosed_ways, tally_of, ways_to_look
from analysis.federation.district_bundle import CountedWays, SentWay
from analysis.federation.limits import load_federation
from analysis.federation.possible import squares_bounds
from analysis.index.counting import count_frame
from analysis.index.tally import Tally
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.uncertainty.moments import linear, moments, scale_of

INSTRUMENT, SCHEME = load_instrument("skm-2017"), load_scheme("skm-2017")
ITEMS = list(INSTRUMENT.allowed)
WAYS: tuple[SentWay, ...] = ("import", "open_link", "visit")
ANSWERS = st.lists(
    st.lists(st.sampled_from([1, 2, 3, 4, None]), min_size=9, max_size=9), min_size=5, max_size=12
)


def look_of(answers: pd.DataFrame, ways: list[SentWay]) -> CountedWays:
    tally = count_frame(answers, INSTRUMENT, pairs=True)
    return CountedWays(
        of=ways,
        respondents=int(tally.respondents[0]),
        answered={element: int(tally.answered(element)[0]) for element in tally.items_of},
        items={item: tally.counts(item)[0].tolist() for item in ITEMS},
        squares=squares_of(tally),
        experienced=None,
        few_in_source=False,
    )


def squares_of(tally: Tally) -> float:
    return float(linear(moments(tally), scale_of(tally, SCHEME)).squares[0])


def frame(rows: list[list[int | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=ITEMS, dtype="Int64")


@settings(max_examples=40)
@given(ANSWERS)
def test_the_sum_of_squares_of_any_answers_is_within_its_bounds(
    rows: list[list[int | None]],
) -> None:
    look = look_of(frame(rows), ["visit"])
    (least,), (most,) = squares_bounds([look], INSTRUMENT, SCHEME)
    room = 1e-9 * max(most, 1)
    assert least - room <= look.squares <= most + room


def test_the_bounds_are_reached() -> None:
    """By who is consistent, and where only one thing is answered otherwise."""
    alike = look_of(frame([[1] * 9, [4] * 9] * 4), ["visit"])
    lone = look_of(frame([[1, *[4] * 8], [4] * 9] * 4), ["visit"])
    least, most = squares_bounds([alike, lone], INSTRUMENT, SCHEME)
    assert alike.squares == pytest.approx(most[0])
    assert lone.squares == pytest.approx(least[1])
    assert lone.squares == pytest.approx(most[1])
    assert least[0] == 0


@settings(max_examples=40)
@given(ANSWERS)
def test_counts_make_the_tally_of_the_rows_but_for_pairs(rows: list[list[int | None]]) -> None:
    answers = frame(rows)
    here = tally_of([look_of(answers, ["visit"])], [7], INSTRUMENT)
    counted = count_frame(answers, INSTRUMENT)
    assert here.counted["unit_id"].tolist() == [7]
    names = list(counted.counted.columns)
    assert here.counted[names].to_numpy().tolist() == counted.counted.to_numpy().tolist()


@given(st.tuples(*[st.integers(0, 9)] * 3), st.tuples(*[st.integers(0, 9)] * 3))
def test_no_sum_of_what_travels_leaves_one_to_four(
    people: tuple[int, ...], answering: tuple[int, ...]
) -> None:
    """``answering``: how many of each way's people answered the first item too."""
    present = [way for way, number in zip(WAYS, people, strict=True) if number]
    sizes = dict(zip(WAYS, people, strict=True))
    first = {way: min(one, sizes[way]) for way, one in zip(WAYS, answering, strict=True)}

    def look(ways: list[SentWay]) -> CountedWays:
        whole, some = sum(sizes[way] for way in ways), sum(first[way] for way in ways)
        items = {item: [0, 0, whole, 0] for item in ITEMS} | {ITEMS[0]: [0, 0, some, 0]}
        answered = {element: sum(items[of[0]]) for element, of in INSTRUMENT.items_of.items()}
        return CountedWays(
            of=ways,
            respondents=whole,
            answered=answered,
            items=items,
            squares=0,
            experienced=None,
            few_in_source=False,
        )

    kept = disclosed_ways([look(ways) for ways in ways_to_look(present)])
    assert bool(kept) == (sum(people) >= 5)
    for of in (sizes, first):
        told = [sum(of[way] for way in one.of) for one in kept]
        groups = [np.array([way in one.of for way in WAYS], int) for one in kept]
        for signs in product((-1, 0, 1), repeat=len(kept)):
            group = sum((sign * one for sign, one in zip(signs, groups, strict=True)), np.zeros(3))
            size = sum(sign * one for sign, one in zip(signs, told, strict=True))
            one_look = any(np.array_equal(group, one) for one in groups)
            if set(group) <= {0, 1} and group.any() and not one_look:
                assert not few(size)
    assert all(one.respondents >= 5 for one in kept)


@pytest.mark.parametrize("size", range(1, 4))
def test_each_way_that_is_there_is_looked_without_where_a_score_may_leave_it_out(
    size: int,
) -> None:
    for present in combinations(WAYS, size):
        found = list(ways_to_look(list(present)))
        assert found[0] == sorted(present)
        assert all("visit" in one for one in found) or "visit" not in present
        assert len({tuple(one) for one in found}) == len(found)


def test_the_rules_are_read_and_say_where_they_are_from() -> None:
    rules = load_federation()
    assert rules.standing == "assumed"
    assert rules.most_values < rules.most_bytes
