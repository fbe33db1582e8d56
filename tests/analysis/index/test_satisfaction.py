from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exact import half_up
from analysis.index.composite import score
from analysis.index.satisfaction import average, satisfaction
from locales.refusals import sentence
from tests.analysis.conftest import DATA, read_csv
from tests.analysis.rows import (
    ELEMENTS,
    SKM,
    Row,
    adding_to,
    columns,
    index_of,
    plain_index,
    same,
    tally_of,
)

ANSWERS = st.integers(1, 4)
COMPLETE = st.lists(st.fixed_dictionaries(dict.fromkeys(ELEMENTS, ANSWERS)), min_size=1, max_size=6)
BLANKS = st.fixed_dictionaries(dict.fromkeys(ELEMENTS, st.none() | ANSWERS))
WITH_BLANKS = st.lists(BLANKS, max_size=5)


@pytest.mark.parametrize(
    ("sums", "n", "shown", "grade"),
    [
        ([105, 101, 100, 116, 102, 105, 106, 105, 115], 29, "91.48", "A"),
        ([21] * 9, 8, "65.63", "C"),  # 65.625; floats say 65.62
        ([4] * 9, 1, "100.00", "A"),
        ([1] * 9, 1, "25.00", "D"),
    ],
)
def test_worked_values(sums: list[int], n: int, shown: str, grade: str) -> None:
    given = {key: adding_to(total, n) for key, total in zip(ELEMENTS, sums, strict=True)}
    index = index_of(columns(given))
    assert (index.n, index.shown, index.band and index.band.grade) == (n, shown, grade)


@pytest.mark.parametrize(
    ("index", "grade", "label"),
    [
        ("25.00", "D", "Tidak baik"),
        ("64.99", "D", "Tidak baik"),
        ("64.9949", "D", "Tidak baik"),
        ("64.995", "C", "Kurang baik"),
        ("65.00", "C", "Kurang baik"),
        ("76.60", "C", "Kurang baik"),
        ("76.605", "B", "Baik"),
        ("76.61", "B", "Baik"),
        ("88.30", "B", "Baik"),
        ("88.305", "A", "Sangat baik"),
        ("88.31", "A", "Sangat baik"),
        ("100.00", "A", "Sangat baik"),
    ],
)
def test_edges_of_the_bands(index: str, grade: str, label: str) -> None:
    band = SKM.band(Fraction(index))
    assert band
    assert (band.grade, band.label.id) == (grade, label)


@pytest.mark.parametrize("case", read_csv(DATA / "published-means.csv"))
def test_published_means_give_their_exact_index(case: dict[str, str]) -> None:
    number = {node.key: getattr(node.number, case["order"]) for node in SKM.children}
    means = {key: [Fraction(case[f"U{number[key]}"])] for key in ELEMENTS}
    expected = Fraction(case["exact_index_of_these_means"])
    assert half_up(score(SKM, means).total[0] or Fraction(0), 4) == expected


@given(COMPLETE)
def test_the_index_is_the_formula_and_stays_within_25_and_100(rows: list[Row]) -> None:
    index = index_of(rows).index
    assert index == plain_index(rows)
    assert 25 <= index <= 100


@given(COMPLETE, st.data())
def test_a_better_answer_never_lowers_the_index(rows: list[Row], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    key = data.draw(st.sampled_from(ELEMENTS))
    better = data.draw(st.integers(rows[at][key] or 1, 4))
    improved = [{**row, key: better} if row is rows[at] else row for row in rows]
    assert plain_index(rows) <= (index_of(improved).index or 0)


@given(WITH_BLANKS, WITH_BLANKS)
def test_another_unit_never_changes_this_one(rows: list[Row], others: list[Row]) -> None:
    alone = satisfaction(tally_of({"B": rows}), SKM)
    together = satisfaction(tally_of({"A": others, "B": rows, "C": others}), SKM)
    assert together[1] == alone[0]


@given(WITH_BLANKS, WITH_BLANKS)
def test_two_tallies_add_up_to_the_tally_of_both(rows: list[Row], others: list[Row]) -> None:
    added = tally_of({"A": rows}) + tally_of({"A": others})
    assert satisfaction(added, SKM) == [index_of([*rows, *others])]


@given(WITH_BLANKS)
def test_no_index_without_a_reason(rows: list[Row]) -> None:
    index = index_of(rows)
    unanswered = [key for key in ELEMENTS if not any(row[key] for row in rows)]
    assert (index.index is None) == (index.no_index is not None) == bool(unanswered)
    assert (index.band is None) == (index.shown is None) == bool(unanswered)


def test_blank_rows_only_are_no_respondents() -> None:
    index = index_of([dict.fromkeys(ELEMENTS), dict.fromkeys(ELEMENTS)])
    assert (index.n, index.index) == (0, None)
    assert index.no_index
    assert sentence("id", index.no_index) == "belum ada responden"


def test_an_element_that_nobody_answered_gives_no_index() -> None:
    index = index_of([{**row, "cost": None} for row in same(4, 3)])
    assert (index.n, index.index, index.means["cost"], index.means["time"]) == (
        2,
        None,
        None,
        Fraction(7, 2),
    )
    assert index.no_index
    assert sentence("en", index.no_index) == "nobody answered: Cost or fee"


def test_elements_in_use_weigh_one_kth_each() -> None:
    rows: list[Row] = [{"time": 4, "cost": 3, "conduct": 1}]
    tally = tally_of({"A": rows}, elements=["time", "cost"])
    assert satisfaction(tally, SKM)[0].index == Fraction(175, 2)


def test_several_items_of_an_element_are_averaged_without_rounding() -> None:
    items = [f"p{number}" for number in range(1, 17)]
    rows: list[Row] = [
        {**dict.fromkeys(items, 4), "p1": 1, "p2": 2, "p7": None},
        {**dict.fromkeys(items, 4), "p1": None, "p2": 4},
    ]
    index = satisfaction(tally_of({"A": rows}, "skm-2026"), SKM)[0]
    assert index.means["requirements"] == (1 + 3) / Fraction(2)  # p1: 1 of one, p2: 6 of two
    assert index.means["cost"] == 4
    assert index.answered["cost"] == 2
    assert index.index == 25 * Fraction(2 + 8 * 4, 9)


def test_average_is_of_unrounded_indices_and_leaves_out_what_has_none() -> None:
    units = [index_of(same(*[3] * 2, 4)), index_of(same(1)), index_of([])]
    assert average(units) == (Fraction(250, 3) + 25) / 2
    assert average([]) is None
