from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.errors import BadInput
from analysis.index.satisfaction import satisfaction
from analysis.rulebook.certainty import FILE, load_certainty, parse_certainty
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import parse_scheme
from analysis.uncertainty.intervals import Sampled, bounded, t_interval
from analysis.uncertainty.moments import linear, moments, scale_of
from analysis.uncertainty.uncertainty import (
    Uncertainty,
    element_errors,
    possible,
    uncertainty,
)
from locales.refusals import sentence
from tests.analysis.likert import U, cells, r_says, visits
from tests.analysis.rows import ELEMENTS, SKM, Row, in_pairs, same
from tests.refusing import in_english, refusing

SPAN = (25.0, 100.0)
EDGES = np.array([64.995, 76.605, 88.305])
BLANKS = st.fixed_dictionaries(dict.fromkeys(ELEMENTS, st.none() | st.integers(1, 4)))
SOME = st.lists(BLANKS, min_size=2, max_size=8)


def sure(rows: Sequence[Row], visits: int | None = None, like: str = "skm-2017") -> Uncertainty:
    return uncertainty(in_pairs({"A": rows}, like), SKM, [visits])[0]


def by_totals(rows: Sequence[Row], items_of: dict[str, list[str]], left: float) -> float:
    """The standard error once more: the delta method on the totals of answers and of numbers.

    Covariances of the totals from the respondents' own rows, then the gradient of the index.
    """
    items = [item for group in items_of.values() for item in group]
    size = {item: len(group) for group in items_of.values() for item in group}
    kept = [row for row in rows if any(row.get(item) for item in items)]
    n = len(kept)
    totals = np.array(
        [
            [float(row.get(item) or 0) for item in items]
            + [float(row.get(item) is not None) for item in items]
            for row in kept
        ]
    )
    covariance = left * n * np.cov(totals, rowvar=False)
    answers, numbers = np.split(totals.sum(axis=0), 2)
    share = 25 / len(items_of) / np.array([size[item] for item in items])
    gradient = np.concatenate([share / numbers, -share * answers / numbers**2])
    return float(np.sqrt(gradient @ covariance @ gradient))


def test_units_have_the_standard_errors_of_r() -> None:
    expected = r_says("unit")
    found = uncertainty(cells(["unit"]), SKM, [visits()[unit] for unit in expected.unit])
    errors = [one.standard_error for one in found]
    np.testing.assert_allclose(np.array(errors, float), expected["se.ikm"], rtol=1e-9)
    indices = [float(one.index or 0) for one in satisfaction(cells(["unit"]), SKM)]
    np.testing.assert_allclose(indices, expected["ikm"], rtol=1e-9)


def test_elements_have_the_standard_errors_of_r() -> None:
    expected, tally = r_says("unit"), cells(["unit"])
    errors = element_errors(tally, [visits()[unit] for unit in expected.unit])
    means = satisfaction(tally, SKM)
    for u, element in zip(U, ELEMENTS, strict=True):
        found = [float(one.means[element] or 0) for one in means]
        np.testing.assert_allclose(found, expected[u], rtol=1e-9)
        np.testing.assert_allclose(errors[element], expected[f"se.{u}"], rtol=1e-9)


def test_elements_of_one_answer_or_all_alike_have_no_error() -> None:
    rows: list[Row] = [{"time": 3, "cost": 2}, {"time": 4, "cost": 2}, {"product": 4}]
    errors = element_errors(in_pairs({"A": rows}))
    assert errors["time"] == pytest.approx([0.5])
    assert np.isnan([errors[key][0] for key in ("cost", "product", "conduct")]).all()


@given(SOME, st.none() | st.integers(11, 40))
def test_missing_answers_by_the_delta_method(some: list[Row], visits: int | None) -> None:
    rows = [*some, *same(2, 3)]
    found = sure(rows, visits)
    assume(found.standard_error)
    fewest = min(sum(row[key] is not None for row in rows) for key in ELEMENTS)
    left = 1 - fewest / visits if visits else 1.0
    expected = by_totals(rows, {element: [element] for element in ELEMENTS}, left)
    assert found.standard_error == pytest.approx(expected, rel=1e-9, abs=1e-7)


def test_many_missing_answers_by_the_delta_method() -> None:
    chance = np.random.default_rng(4)
    table = chance.integers(1, 5, (300, 9))
    rows: list[Row] = [
        {
            key: int(y) if kept else None
            for key, y, kept in zip(ELEMENTS, row, answered, strict=True)
        }
        for row, answered in zip(table, chance.random((300, 9)) < 0.7, strict=True)
    ]
    fewest = min(sum(row[key] is not None for row in rows) for key in ELEMENTS)
    expected = by_totals(rows, {element: [element] for element in ELEMENTS}, 1 - fewest / 500)
    assert sure(rows, 500).standard_error == pytest.approx(expected, rel=1e-9)


def test_several_items_an_element_by_the_delta_method() -> None:
    instrument = load_instrument("skm-2026")
    chance = np.random.default_rng(5)
    rows: list[Row] = [
        {item.key: int(y) or None for item, y in zip(instrument.items, row, strict=True)}
        for row in chance.integers(0, 5, (60, len(instrument.items)))
    ]
    expected = by_totals(rows, instrument.items_of, 1.0)
    assert sure(rows, like="skm-2026").standard_error == pytest.approx(expected, rel=1e-9)


def test_an_item_that_nobody_answered_is_in_no_mean() -> None:
    instrument = load_instrument("skm-2026")
    rows: list[Row] = [
        {item.key: y for item in instrument.items if item.key != "p1"} for y in (2, 3, 4, 4)
    ]
    whole = {
        key: [item for item in items if item != "p1"] for key, items in instrument.items_of.items()
    }
    expected = by_totals(rows, whole, 1.0)
    assert sure(rows, like="skm-2026").standard_error == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("onto: [25, 100]", "onto: [40, 100]"),
        ("between: [1, 4]", "between: [0, 5]"),
        ("key: time,", "key: time, weight: 3,"),
        ("key: cost,", "key: cost, direction: down,"),
    ],
)
def test_the_errors_are_of_the_index_of_any_scheme(old: str, new: str) -> None:
    """By the index itself: a hair more of an answer moves it by the slope times the hair."""
    assert old in SKM.yaml
    scheme = parse_scheme(SKM.yaml.replace(old, new), "changed.yaml")
    tally = in_pairs({"A": [*same(1, 2, 4), {"time": 2, "cost": 4}]})
    found = linear(moments(tally), scale_of(tally, scheme))
    (index,) = satisfaction(tally, scheme)
    assert found.index == pytest.approx([float(index.index or 0)])
    apart = [float(satisfaction(in_pairs({"A": same(y)}), scheme)[0].index or 0) for y in (1, 2, 4)]
    whole = in_pairs({"A": same(1, 2, 4)})
    spread = uncertainty(whole, scheme)[0].standard_error
    assert spread == pytest.approx(np.std(apart, ddof=1) / 3**0.5)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("level: 0.95", "level: 95", 'level: found "95"'),
        ("likely: 0.80", "likely: 1.5", 'likely: found "1.5"'),
        ("  almost_certain:", "  nearly:", "words.almost_certain"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(old: str, new: str, told: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadInput) as refused:
        parse_certainty(text.replace(old, new), "certainty.yaml")
    assert told in in_english(refused.value)


def test_answers_counted_apart_add_up_to_the_same() -> None:
    apart = cells(["unit", "sex", "age"])
    whole = uncertainty(apart.regroup(["unit"]), SKM)
    assert whole == uncertainty(cells(["unit"]), SKM)


@given(SOME, st.integers(8, 60))
def test_what_is_told_hangs_together(rows: list[Row], visits: int) -> None:
    tally = in_pairs({"A": rows})
    found, index = uncertainty(tally, SKM, [visits])[0], satisfaction(tally, SKM)[0].index
    if found.no_interval:
        told = (found.standard_error, found.interval, found.bounded, found.grades)
        assert told == (None,) * 4
        assert found.sentence("B", "id") is None
        return
    assert found.bounded
    assert found.grades
    if found.interval:
        assert 25 <= found.interval[0] <= float(index or 0) + 1e-9
        assert float(index or 0) - 1e-9 <= found.interval[1] <= 100
    assert 25 <= found.bounded[0] <= float(index or 0) <= found.bounded[1] <= 100
    assert sum(found.grades.values()) == pytest.approx(1)
    assert min(found.grades.values()) >= 0
    if found.inside:
        assert found.grades[found.inside] >= 0.95
    assert not found.complete  # of more than eight visits somebody was not asked


@pytest.mark.parametrize(
    ("rows", "visits", "why"),
    [
        ([], None, "no_index"),
        ([{"time": 3}, {"time": 4}], None, "no_index"),
        (same(3), None, "one_respondent"),
        (same(3), 1, "one_respondent"),
        ([*same(4, 3), {"time": 3}], None, None),
        (same(4, 4, 4), None, None),
        (same(*[4] * 20), 21, None),
        (same(2, 3), 5, None),
    ],
)
def test_when_there_is_no_interval(rows: list[Row], visits: int | None, why: str | None) -> None:
    found = sure(rows, visits)
    assert (found.no_interval and found.no_interval.code) == why


def test_an_element_of_one_answer_is_named() -> None:
    rows: list[Row] = [{**row, "cost": None} for row in same(2, 3, 4)]
    found = sure([*rows, *same(3)])
    assert found.no_interval
    assert sentence("id", found.no_interval) == "kurang dari dua jawaban: Biaya/tarif"
    assert sentence("en", found.no_interval) == "fewer than two answers: Cost or fee"


def test_different_people_of_the_same_index_are_alike() -> None:
    mixed: list[Row] = [
        dict(zip(ELEMENTS, answers, strict=True))
        for answers in (
            [1, 2, 3, 4, 1, 2, 3, 4, 2],
            [4, 3, 2, 1, 4, 3, 2, 1, 2],
            [3, 3, 2, 2, 3, 3, 2, 2, 2],
        )
    ]
    found = sure(mixed)
    assert (found.standard_error, found.interval, found.no_interval) == (None, None, None)
    assert found.bounded
    assert found.bounded[0] < 25 * 22 / 9 < found.bounded[1]


def test_perfect_forms_leave_open_what_others_would_say() -> None:
    """By hand: n = 20, I' = 2062.5/21, S = 20 x 1.7857^2 + (73.2143^2 + 1.7857^2)/2.

    Its upper end, 99.9143, is told as the index itself.
    """
    found = sure(same(*[4] * 20))
    assert found.bounded == pytest.approx((74.3447, 100), abs=1e-4)
    assert found.certainty("A") == "likely"
    assert sure(same(*[4] * 2000)).certainty("A") == "almost_certain"


@pytest.mark.parametrize("answers", [(4, 4, 4), (2, 4, 3)])
def test_everybody_asked_leaves_nothing_open(answers: tuple[int, ...]) -> None:
    found = sure(same(*answers), 3)
    index = 25 * sum(answers) / 3
    assert found.standard_error == 0
    assert found.interval == found.bounded == pytest.approx((index, index))
    assert found.grades
    grade = "A" if index == 100 else "C"
    assert found.grades[grade] == 1
    assert found.sentence(grade, "en") == (
        f"Grade {grade}: certain, since every visit was rated and every question answered."
    )


def test_a_census_that_skipped_a_question_is_not_certain() -> None:
    rows = same(*[3, 4] * 25)
    rows = [{**row, "cost": row["cost"] if at < 2 else None} for at, row in enumerate(rows)]
    found = sure(rows, 50)
    assert not found.complete
    assert found.standard_error == pytest.approx(
        (1 - 2 / 50) ** 0.5 * (sure(rows).standard_error or 0)
    )


def test_everybody_asked_and_an_index_on_the_edge() -> None:
    """64.995 is shown as 65.00, which is C."""
    whole = given_by(64.995 - 1e-13, 0.0, 10, taken=1.0)
    assert bounded(whole, SPAN).grades(EDGES).tolist() == [[0, 1, 0, 0]]


def test_fewer_visits_than_respondents_are_refused() -> None:
    with refusing("visits: found 2, expected at least the 3 respondents"):
        sure(same(2, 3, 4), 2)


def test_more_visits_leave_more_open() -> None:
    errors = [sure(same(2, 3, 4), n).standard_error or 0.0 for n in (3, 4, 30, 3000, None)]
    assert errors == sorted(errors)
    assert errors[-1] == pytest.approx(25 / 3**0.5)


def test_intervals_of_known_numbers() -> None:
    """t(9) at 0.975 is 2.262157; logit of (88 - 25) / 75 is 1.658228."""
    index, error, freedom = np.array([88.0]), np.array([4.0]), np.array([9.0])
    reach = 2.2621571627 * 4
    assert t_interval(index, error, freedom, 0.95, SPAN)[0] == pytest.approx(
        [88 - reach, 88 + reach]
    )
    high = t_interval(np.array([97.0]), error, freedom, 0.95, SPAN)[0]
    assert high[1] == 100


def given_by(index: float, error: float, n: int, taken: float = 0.0) -> Sampled:
    """One sample with this standard error, were its population endless; ``taken``: n/N."""
    least, most = (taken * index + (1 - taken) * end for end in SPAN)
    of = np.array([[index], [error**2], [n], [n - 1], [1 - taken]], float)
    return Sampled(of[0], of[1], of[2], of[3], of[4], np.array([[least, most]]))


@pytest.mark.parametrize("taken", [0.0, 0.4])
def test_the_bounded_interval_of_known_numbers(taken: float) -> None:
    """t(10) at 0.975 is 2.228139; with I = 88, V = 16, n = 10 all by hand."""
    moved = 942.5 / 11
    squares = 10 * 9 * 16 + 10 * (88 - moved) ** 2
    squares += ((25 - moved) ** 2 + (100 - moved) ** 2) / 2
    place = (moved - 25) / 75
    reach = 2.2281388520 * (squares / 110) ** 0.5 / (75 * place * (1 - place))
    endless = 25 + 75 / (1 + np.exp(-(np.log(place / (1 - place)) + np.array([-reach, reach]))))
    found = bounded(given_by(88, 4, 10, taken), SPAN).interval(0.95)[0]
    centre = taken * 88 + (1 - taken) * moved
    assert found == pytest.approx(centre + (1 - taken) ** 0.5 * (endless - moved))


SPREAD = st.floats(0, 1)


@given(st.floats(25, 100), SPREAD, st.integers(2, 500), st.floats(0, 1))
def test_the_bounded_interval_never_leaves_what_is_possible(
    index: float, spread: float, n: int, taken: float
) -> None:
    most = ((index - 25) * (100 - index) / max(n - 1, 1)) ** 0.5
    sampled = given_by(index, spread * most, n, taken)
    found = bounded(sampled, SPAN)
    low, high = found.interval(0.95)[0]
    least, most = sampled.possible[0]
    assert least <= low <= high <= most
    masses = found.grades(EDGES)[0]
    assert masses.sum() == pytest.approx(1)
    assert (masses >= 0).all()


@given(st.floats(25, 100), SPREAD, st.integers(2, 200), st.floats(0, 1), st.integers(0, 2))
def test_the_interval_and_the_grades_are_of_one_distribution(
    index: float, spread: float, n: int, taken: float, edge: int
) -> None:
    """Under an edge lie 2.5 of a hundred exactly where the interval begins there, and so on."""
    most = ((index - 25) * (100 - index) / max(n - 1, 1)) ** 0.5
    found = bounded(given_by(index, spread * most, n, taken), SPAN)
    low, high = found.interval(0.95)[0]
    below = found.grades(EDGES)[0][: edge + 1].sum()
    if abs(low - EDGES[edge]) > 1e-6:
        assert (below < 0.025 + 1e-9) if low > EDGES[edge] else (below > 0.025 - 1e-9)
    if abs(high - EDGES[edge]) > 1e-6:
        assert (below < 0.975 + 1e-9) if high > EDGES[edge] else (below > 0.975 - 1e-9)


def width(found: Uncertainty) -> float:
    assert found.bounded
    low, high = found.bounded
    return high - low


@pytest.mark.parametrize("answer", [1, 2, 3, 4])
@pytest.mark.parametrize("visits", [3, 20, 50, 300])
def test_more_forms_alike_never_make_it_less_certain(answer: int, visits: int) -> None:
    sizes = sorted({*range(2, min(visits, 60) + 1), visits - 2, visits - 1, visits} - {0, 1})
    forms = in_pairs({f"{n:05}": same(*[answer] * n) for n in sizes})
    known = uncertainty(forms, SKM, [visits] * len(sizes))
    widths = [width(one) for one in known]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == 0
    endless = [width(one) for one in uncertainty(forms, SKM)]
    assert all(one <= other for one, other in zip(widths, endless, strict=True))
    for n, one in zip(sizes, widths, strict=True):
        assert one <= 75 * (visits - n) / visits + 1e-9


def test_whoever_was_not_asked_moves_the_index_by_so_much_at_most() -> None:
    """49 perfect forms of 50 visits: the last could take 75 points of a fiftieth."""
    found = sure(same(*[4] * 49), 50)
    assert found.bounded == pytest.approx((98.5, 100))
    assert found.certainty("A") == "almost_certain"
    assert sure(same(*[1] * 49), 50).bounded == pytest.approx((25, 26.5))


def test_a_blank_answer_leaves_open_what_it_could_have_been() -> None:
    """One of 450: 75/9 of a fiftieth, and no more."""
    rows = [{**row, "cost": None} if at == 0 else row for at, row in enumerate(same(*[4] * 50))]
    found = sure(rows, 50)
    assert not found.complete
    assert found.bounded == pytest.approx((100 - 75 / 9 / 50, 100))
    assert found.certainty("A") == "almost_certain"


@given(
    st.lists(
        st.lists(st.none() | st.integers(1, 4), min_size=9, max_size=9), min_size=3, max_size=6
    )
)
def test_what_is_possible_is_what_the_worst_and_the_best_answers_would_give(
    forms: list[list[int | None]],
) -> None:
    rows: list[Row] = [dict(zip(ELEMENTS, form, strict=True)) for form in forms]
    rows += same(2, 3)
    visits = len(rows) + 2

    def filled(end: int) -> float:
        everybody = [*rows, *([dict.fromkeys(ELEMENTS)] * 2)]
        whole = [{key: end if y is None else y for key, y in row.items()} for row in everybody]
        return 25 / 9 * sum(float(y) for row in whole for y in row.values()) / visits

    asked = in_pairs({"A": rows})
    assert possible(asked, SKM, [visits])[0] == pytest.approx((filled(1), filled(4)))


def test_the_probability_of_grades_is_that_of_a_t() -> None:
    """A centre on an edge is as likely above as below it, whatever its error."""
    found = replace(bounded(given_by(76, 2, 30), SPAN), centre=np.array([76.605]))
    assert found.grades(EDGES)[0][:2].sum() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("found", "key"),
    [
        ({"complete": True, "inside": None, "grades": {"B": 0.5}}, "certain"),
        ({"inside": "B", "grades": {"B": 0.97}}, "almost_certain"),
        ({"inside": "A", "grades": {"B": 0.01}}, "borderline"),
        ({"inside": None, "grades": {"B": 0.97}}, "likely"),
        ({"inside": None, "grades": {"B": 0.80}}, "likely"),
        ({"inside": None, "grades": {"B": 0.7999}}, "borderline"),
        ({"grades": None}, None),
    ],
)
def test_how_sure_a_grade_is_called(found: dict[str, Any], key: str | None) -> None:
    assert Uncertainty(**found).certainty("B") == key


def test_what_it_is_called_in_words() -> None:
    told = load_certainty().sentence("B", "almost_certain", "id")
    assert told == (
        "Mutu B: hampir pasti, jika responden merupakan sampel acak dari kunjungan"
        " dan tidak ada yang menilai dua kali."
    )


def test_no_group_at_all() -> None:
    assert uncertainty(in_pairs({"A": same(3, 4)}).regroup([]), SKM, [None])[0].interval
    empty = in_pairs({"A": []})
    assert (
        uncertainty(type(empty)(empty.counted[:0], empty.by, empty.items_of, empty.allowed), SKM)
        == []
    )
