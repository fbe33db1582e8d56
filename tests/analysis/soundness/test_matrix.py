from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.index.satisfaction import satisfaction
from analysis.rulebook.instrument import load_instrument
from analysis.soundness.matrix import Answers, tally_of
from tests.analysis.rows import SKM, Row
from tests.analysis.rows import index_of as index_of_rows
from tests.refusing import refusing

INSTRUMENTS = ("skm-2017", "skm-2026")


def matrix(rows: list[Row], instrument: str = "skm-2017") -> Answers:
    """The rows as a matrix, a column an item."""
    items = [item.key for item in load_instrument(instrument).items]
    table = [[row.get(item) for item in items] for row in rows]
    return np.array(table, dtype=np.float64).reshape(-1, len(items))


@st.composite
def rows_of(draw: st.DrawFn) -> tuple[str, list[Row]]:
    name = draw(st.sampled_from(INSTRUMENTS))
    items = [item.key for item in load_instrument(name).items]
    row = st.fixed_dictionaries(dict.fromkeys(items, st.none() | st.integers(1, 4)))
    return name, draw(st.lists(row, max_size=6))


@given(rows_of())
def test_a_matrix_gives_the_index_of_its_rows(asked: tuple[str, list[Row]]) -> None:
    name, rows = asked
    found = satisfaction(tally_of(matrix(rows, name), load_instrument(name)), SKM)[0]
    assert found == index_of_rows(rows, name)


def test_who_answered_nothing_does_not_count() -> None:
    answers = matrix([{"time": 4}, {}, {"time": 3}])
    found = satisfaction(tally_of(answers, load_instrument("skm-2017")), SKM)[0]
    assert (found.n, found.means["time"]) == (2, Fraction(7, 2))


@pytest.mark.parametrize("answer", [0, 5, 2.5])
def test_an_answer_that_is_not_allowed_is_named(answer: float) -> None:
    answers = np.full((6, 9), 3.0)
    answers[4, 2] = answer
    with refusing(f"column time: found {answer:g}, expected 1, 2, 3, 4 or"):
        tally_of(answers, load_instrument("skm-2017"))


def test_another_number_of_columns_is_refused() -> None:
    with refusing(r"found shape \(6, 8\), expected 9 columns"):
        tally_of(np.full((6, 8), 3.0), load_instrument("skm-2017"))
