"""Nobody can be found: not in the rows, not by subtracting them from what is published."""

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.arrays import Flags
from analysis.publication.anonymity import (
    HIDDEN,
    Coarsening,
    Codes,
    Protected,
    RecodingStep,
    protect,
)

COLUMNS = 3
STEPS = [
    RecodingStep(2, np.array([0, 4, 4, 3, 4])),
    RecodingStep(2, None),
    RecodingStep(1, None),
    RecodingStep(0, None),
]


@st.composite
def a_unit(draw: st.DrawFn) -> tuple[Codes, Codes, Flags, float]:
    """Rows of skewed codes from one or two sources of five or more, with answers."""
    sizes = draw(st.lists(st.integers(5, 40), min_size=1, max_size=2))
    n = sum(sizes)
    seed = np.random.default_rng(draw(st.integers(0, 2**32)))
    evenness = draw(st.floats(0.1, 3))
    codes = np.column_stack(
        [seed.choice(4, n, p=seed.dirichlet([evenness] * 4)) for _ in range(COLUMNS)]
    ).astype(np.int64)
    low = draw(arrays.arrays(bool, (n, 2)))
    return codes, np.repeat(np.arange(len(sizes)), sizes), low, draw(st.sampled_from([0, 0.1, 1]))


def protected(unit: tuple[Codes, Codes, Flags, float]) -> Protected:
    codes, sources, low, tolerated = unit
    return protect(codes, sources, low, Coarsening(STEPS, tolerated, worthless=0.5))


def combinations(codes: Codes) -> Counter[tuple[int, ...]]:
    return Counter(map(tuple, codes.tolist()))


@given(a_unit())
def test_every_combination_occurs_five_times_in_each_source_or_never(
    unit: tuple[Codes, Codes, Flags, float],
) -> None:
    safe = protected(unit)
    for source in np.unique(unit[1]):
        assert min(combinations(safe.codes[unit[1] == source]).values()) >= 5


@given(a_unit())
def test_no_group_is_dissatisfied_to_the_last_person_unless_all_are(
    unit: tuple[Codes, Codes, Flags, float],
) -> None:
    _, sources, low, _ = unit
    safe = protected(unit)
    for source in np.unique(sources):
        rows = sources == source
        for answer in low[rows].T:
            for combination in combinations(safe.codes[rows]):
                group = (safe.codes[rows] == combination).all(axis=1)
                assert not answer[group].all() or answer.all()


@given(a_unit())
def test_what_is_hidden_of_a_value_is_five_or_nobody(
    unit: tuple[Codes, Codes, Flags, float],
) -> None:
    """Beside a published total of the value; those too small to have one are five together."""
    codes, sources, low, _ = unit
    safe = protect(codes, sources, low, Coarsening(STEPS[1:], tolerated=1, worthless=1))
    assert safe.taken == 0
    for source in np.unique(sources):
        for before, after in zip(
            codes[sources == source].T, safe.codes[sources == source].T, strict=True
        ):
            hidden = Counter(before[after == HIDDEN].tolist())
            published = {v for v, n in Counter(before.tolist()).items() if n >= 5}
            assert all(hidden[value] >= 5 for value in published if hidden[value])
            rest = sum(n for value, n in hidden.items() if value not in published)
            if 0 < rest < 5:  # then the next smallest is not published either
                unpublished = min(published, key=lambda v: (Counter(before.tolist())[v], v))
                assert unpublished not in after


@given(a_unit(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_plays_no_part(
    unit: tuple[Codes, Codes, Flags, float], random: Random
) -> None:
    codes, sources, low, tolerated = unit
    order = np.random.default_rng(random.randrange(2**32)).permutation(len(codes))
    shuffled = protected((codes[order], sources[order], low[order], tolerated))
    assert (shuffled.codes == protected(unit).codes[order]).all()


@given(a_unit())
def test_what_is_shown_is_true(unit: tuple[Codes, Codes, Flags, float]) -> None:
    safe = protected(unit)
    expected = unit[0].copy()
    for step in STEPS[: safe.taken]:
        if step.onto is not None:
            expected[:, step.column] = step.onto[expected[:, step.column]]
    assert ((safe.codes == HIDDEN) | (safe.codes == expected)).all()


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([5, 5], {0, 1}),
        ([20, 4], {HIDDEN}),  # 4 hidden alone could be had by subtraction
        ([20, 6, 4], {0, HIDDEN}),
        ([20, 6, 3, 2], {0, 1, HIDDEN}),
    ],
)
def test_small_values_are_hidden_as_in_publications(sizes: list[int], shown: set[int]) -> None:
    codes = np.repeat(np.arange(len(sizes)), sizes)[:, None]
    low = np.zeros((len(codes), 1), bool)
    safe = protect(
        codes,
        np.zeros(len(codes), np.int64),
        low,
        Coarsening([RecodingStep(0, None)], tolerated=1, worthless=1),
    )
    assert set(safe.codes[:, 0].tolist()) == shown


def test_columns_are_given_up_in_the_order_stated_and_no_more_than_needed() -> None:
    codes = np.array([[a, b, b] for a in (0, 1) for b in (1, 2) for _ in range(4)])
    low = np.zeros((16, 1), bool)
    safe = protect(codes, np.zeros(16, np.int64), low, Coarsening(STEPS, tolerated=0, worthless=1))
    assert safe.taken == 3
    assert combinations(safe.codes) == {(0, HIDDEN, HIDDEN): 8, (1, HIDDEN, HIDDEN): 8}


def test_single_cells_are_hidden_where_few_rows_are_unsafe() -> None:
    codes = np.array([[0, 0, 0]] * 40 + [[0, 0, 1]] * 40 + [[1, 0, 0]] * 5 + [[1, 0, 1]] * 5)
    codes = np.concatenate([codes, [[2, 0, 0]] * 3, [[2, 0, 1]] * 3])
    low = np.zeros((len(codes), 1), bool)
    safe = protect(
        codes,
        np.zeros(len(codes), np.int64),
        low,
        Coarsening(STEPS[1:], tolerated=0.1, worthless=1),
    )
    assert safe.taken == 0
    assert combinations(safe.codes) == {
        (0, 0, 0): 40,
        (0, 0, 1): 40,
        (1, 0, HIDDEN): 10,  # with them, so that no total gives away three
        (2, 0, HIDDEN): 6,
    }


@pytest.mark.parametrize(("worthless", "shown"), [(0.5, {HIDDEN}), (0.6, {HIDDEN, 0})])
def test_a_column_mostly_too_small_to_be_shown_is_hidden_wholly(
    worthless: float, shown: set[int]
) -> None:
    codes = np.repeat(np.arange(6), [9, 2, 2, 2, 2, 2])[:, None]
    low = np.zeros((19, 1), bool)
    safe = protect(
        codes, np.zeros(19, np.int64), low, Coarsening([RecodingStep(0, None)], 1, worthless)
    )
    assert set(safe.codes[:, 0].tolist()) == shown
