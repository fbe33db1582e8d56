"""The errors of fifteen open SKM applications, read in source: none of them here."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from analysis.command.answers import HeadingRow, find_columns
from analysis.rulebook.instrument import load_instrument
from tests.analysis.conftest import Run, Write
from tests.analysis.rows import ELEMENTS, SKM, Row, adding_to, columns, index_of, same

HEADING = "unit," + ",".join(ELEMENTS)


def shown(rows: Sequence[Row]) -> tuple[str | None, str | None]:
    index = index_of(rows)
    return index.shown, index.band.grade if index.band else None


@pytest.mark.parametrize(
    ("total", "n", "expected"),
    [
        (4, 1, ("100.00", "A")),  # 99.00
        (26, 10, ("65.00", "C")),  # 64.35 D
        (46, 15, ("76.67", "B")),  # 75.90 C
        (53, 15, ("88.33", "A")),  # 87.45 B
    ],
)
def test_not_the_weight_0_11_for_a_ninth(total: int, n: int, expected: tuple[str, str]) -> None:
    assert shown(same(*adding_to(total, n))) == expected


def test_not_rounding_means_and_ninths_in_turn() -> None:
    assert shown(same(*adding_to(31, 10))) == ("77.50", "B")  # 76.50 C


def test_not_rounding_per_respondent_where_an_element_has_two_questions() -> None:
    row: Row = {**{f"p{number}": 4 for number in range(1, 17)}, "p1": 3}
    assert index_of([row], "skm-2026").means["requirements"] == Fraction(7, 2)


def test_not_the_best_96_percent_as_the_sample() -> None:
    half: Row = {key: 4 if at % 2 else 3 for at, key in enumerate(ELEMENTS)}
    other: Row = {key: 3 if at % 2 else 4 for at, key in enumerate(ELEMENTS)}
    rows = [*[half, other] * 12, *same(1)]
    assert shown(rows) == ("85.00", "B")  # 87.50


def test_not_converting_by_25_over_4() -> None:
    assert shown(same(4, 4)) == ("100.00", "A")  # 25


def test_not_other_cut_points() -> None:
    band = SKM.band(Fraction("76.30"))
    assert band
    assert band.grade == "C"  # B


def test_not_bounds_on_unrounded_values() -> None:
    # 64.995 = 25 x 2.5998: 5000 answers to each element adding up to 12999.
    given = {key: adding_to(12999, 5000) for key in ELEMENTS}
    assert shown(columns(given)) == ("65.00", "C")  # no grade


def test_not_grading_hidden_digits() -> None:
    scores = [Fraction("88.304"), Fraction("88.306")]
    bands = [SKM.band(score) for score in scores]
    grades = [(str(SKM.round(s)), b and b.grade) for s, b in zip(scores, bands, strict=True)]
    assert grades == [("88.30", "B"), ("88.31", "A")]  # 88.3 twice


def test_not_answers_of_1_to_5(run: Run, write: Write) -> None:
    file = write("five.csv", f"{HEADING}\nA,5{',3' * 8}\n")
    outcome = run("satisfaction", file)
    assert outcome.code == 2
    assert 'row 2, column requirements: found "5", expected 1, 2, 3, 4 or blank' in outcome.err


def test_not_missing_as_zero_nor_in_a_denominator() -> None:
    blank: Row = dict.fromkeys(ELEMENTS)
    assert shown([*same(4), *[blank] * 9]) == ("100.00", "A")  # 10.00
    partly: Row = {**same(4)[0], "cost": None}
    assert shown([*same(4), partly]) == ("100.00", "A")


def test_not_answers_by_position() -> None:
    skm = load_instrument("skm-2017")
    headings = ["U9", *(f"U{number}" for number in range(8, 0, -1))]
    by_list = find_columns(HeadingRow(headings), skm, SKM, "list").items
    by_form = find_columns(HeadingRow(headings), skm, SKM, "form").items
    assert (by_list["complaints"], by_list["facilities"]) == ("U8", "U9")
    assert (by_form["complaints"], by_form["facilities"]) == ("U9", "U8")
    assert {k: v for k, v in by_list.items() if v < "U8"} == {
        k: v for k, v in by_form.items() if v < "U8"
    }


def test_not_a_d_for_no_data(run: Run, write: Write) -> None:
    file = write("blank.csv", f"{HEADING}\nA{',' * 9}\n")
    unit = run("satisfaction", file, "--json").document["units"][0]
    assert (unit["n"], unit["index"], unit["index_exact"], unit["grade"], unit["label"]) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert unit["reason"] == "no respondents"


def test_not_a_label_from_the_mean_of_1_to_4() -> None:
    index = index_of(same(*adding_to(31, 10)))
    assert index.band
    assert index.band.label.id == "Baik"  # "not good", for 3.1 < 76.61


def test_not_a_forged_999(run: Run, write: Write) -> None:
    file = write("forged.csv", f"{HEADING}\nA,999{',3' * 8}\n")
    assert (outcome := run("satisfaction", file, "--json")).code == 2
    assert outcome.out == ""
