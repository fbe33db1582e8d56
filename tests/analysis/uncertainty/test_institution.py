"""An institution's index is the simple mean of its units'; its interval follows theirs."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.index.satisfaction import satisfaction
from analysis.index.tally import Tally
from analysis.uncertainty.institution import mean_uncertainty
from analysis.uncertainty.uncertainty import Uncertainty, uncertainty
from tests.analysis.rows import ELEMENTS, SKM, Row, in_pairs, same

ANSWERED = st.fixed_dictionaries(dict.fromkeys(ELEMENTS, st.integers(1, 4)))
UNIT = st.lists(ANSWERED, min_size=3, max_size=8)


def of(units: Mapping[str, Sequence[Row]], visits: int | None = None) -> Uncertainty:
    return of_counted(in_pairs(units), visits)


def of_counted(tally: Tally, visits: int | None = None) -> Uncertainty:
    indices = [float(one.index) for one in satisfaction(tally, SKM) if one.index is not None]
    return mean_uncertainty(tally, SKM, [visits] * len(tally), float(np.mean(indices)))


@given(rows=UNIT, visits=st.none() | st.integers(8, 20))
def test_of_one_unit_it_is_the_units(rows: list[Row], visits: int | None) -> None:
    tally = in_pairs({"A": rows})
    found, (alone,) = of_counted(tally, visits), uncertainty(tally, SKM, [visits])
    assert found.bounded == pytest.approx(alone.bounded)
    assert found.interval == pytest.approx(alone.interval)
    assert found.complete == alone.complete


@given(units=st.lists(UNIT, min_size=2, max_size=4))
def test_its_error_is_that_of_a_mean_of_independent_units(units: list[list[Row]]) -> None:
    tally = in_pairs({f"U{at}": rows for at, rows in enumerate(units)})
    each = [one.standard_error or 0.0 for one in uncertainty(tally, SKM)]
    found = of_counted(tally)
    if found.standard_error is not None:
        assert found.standard_error == pytest.approx(np.sqrt(np.sum(np.square(each))) / len(each))
    assert found.bounded is not None
    low, high = found.bounded
    indices = [float(one.index or 0) for one in satisfaction(tally, SKM)]
    assert 25 <= low <= np.mean(indices) <= high <= 100


def test_a_unit_without_an_interval_leaves_the_institution_without() -> None:
    found = of({"A": [*same(3, 3, 3, 3), *same(4, 4)], "B": same(3)})
    assert found.bounded is None
    assert found.no_interval is not None
    assert found.no_interval.code == "one_respondent"


def test_units_in_which_all_rate_alike_have_the_bounded_interval_alone() -> None:
    found = of({"A": same(*[4] * 20), "B": same(*[4] * 20)})
    assert found.interval is None
    assert found.bounded is not None
    assert found.bounded[1] == 100
    alone = uncertainty(in_pairs({"A": same(*[4] * 20)}), SKM)[0].bounded
    assert alone is not None
    assert found.bounded[0] > alone[0]


def test_a_census_of_every_unit_is_certain() -> None:
    found = of({"A": same(3, 3, 3, 4), "B": same(2, 2, 4, 4)}, visits=4)
    assert found.complete
    assert found.certainty("C") == "certain"
