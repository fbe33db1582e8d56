"""Service quality (SPKP) and anti-corruption (SPAK): answers 1-6, indices of 4."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.index.composite import score
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from locales.refusals import sentence
from tests.analysis.conftest import Run, Write
from tests.analysis.rows import Row, adding_to, tally_of
from tests.refusing import refusing

INDEX_OF = {"spkp-2021": "ipkp-2021", "spak-2021": "ipak-2021"}


def index_of(name: str, rows: list[Row]) -> Satisfaction:
    return satisfaction(tally_of({"A": rows}, name), load_scheme(INDEX_OF[name]))[0]


def rows_of(name: str, answers: list[int]) -> list[Row]:
    """One respondent an answer, who gives it to every item."""
    return [dict.fromkeys(load_instrument(name).allowed, answer) for answer in answers]


@pytest.mark.parametrize(("name", "items"), [("spkp-2021", 8), ("spak-2021", 5)])
def test_each_asks_its_items_on_six_answers(name: str, items: int) -> None:
    instrument = load_instrument(name)
    assert len(instrument.items) == items
    assert set(instrument.allowed.values()) == {(1, 2, 3, 4, 5, 6)}
    assert instrument.scheme == INDEX_OF[name]


@pytest.mark.parametrize("name", INDEX_OF)
@given(answers=st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_the_index_is_four_sixths_of_the_mean(name: str, answers: list[int]) -> None:
    one = index_of(name, rows_of(name, answers))
    assert one.index == Fraction(sum(answers), len(answers)) * 4 / 6
    assert one.band is not None


@pytest.mark.parametrize(
    ("name", "total", "n", "shown", "grade"),
    [
        ("spkp-2021", 6, 1, "4.00", "WBBM"),
        ("spkp-2021", 54, 10, "3.60", "WBBM"),
        ("spkp-2021", 539, 100, "3.59", "WBK"),
        ("spkp-2021", 48, 10, "3.20", "WBK"),
        ("spkp-2021", 4793, 1000, "3.20", "WBK"),  # 3.19533: what is shown is graded
        ("spkp-2021", 479, 100, "3.19", "<WBK"),
        ("spkp-2021", 1, 1, "0.67", "<WBK"),
        ("spak-2021", 54, 10, "3.60", "WBK/WBBM"),
        ("spak-2021", 539, 100, "3.59", "<WBK"),
    ],
)
def test_thresholds(name: str, total: int, n: int, shown: str, grade: str) -> None:
    one = index_of(name, rows_of(name, adding_to(total, n)))
    assert one.band is not None
    assert (one.shown, one.band.grade) == (shown, grade)


def test_elements_weigh_the_same_whoever_answered_them() -> None:
    first, *others = load_instrument("spak-2021").allowed
    rows: list[Row] = [dict.fromkeys([first, *others], 6), {first: 1}, {first: 2}]
    assert index_of("spak-2021", rows).index == (Fraction(3) + 4 * 6) / 5 * 4 / 6


def test_an_item_nobody_answered_leaves_no_index() -> None:
    first, *others = load_instrument("spak-2021").allowed
    one = index_of("spak-2021", [dict.fromkeys(others, 5)])
    assert one.index is None
    assert one.no_index is not None
    assert sentence("id", one.no_index) == "belum ada yang menjawab: Tanpa diskriminasi"
    assert first == "discrimination"


def test_what_is_assumed_and_what_is_stated_is_said() -> None:
    for name in INDEX_OF.values():
        scheme = load_scheme(name)
        assert scheme.standings == ["assumed", "stated"]
        assert scheme.bands is not None
        assert scheme.bands.standing == "stated"
        assert scheme.children[0].normalise.standing == "assumed"


def test_it_does_not_pass_for_a_satisfaction_index() -> None:
    columns = {"standards": [Fraction(90)], "competence": [Fraction(90)]}
    keys = [node.key for node in load_scheme("perception-2022").children]
    satisfaction_key = next(key for key in keys if "satisfaction" in key)
    given_ = {key: columns.get(key, [Fraction(90)]) for key in keys}
    with refusing("expected"):
        score(load_scheme("perception-2022"), {**given_, satisfaction_key: [Fraction(4)]})


HEADINGS = "unit,discrimination,cheating,reward,levy,broker\n"


def test_the_command_gives_it(run: Run, write: Write) -> None:
    file = write("spak.csv", HEADINGS + "PN,6,6,5,6,4\nPN,5,,6,6,6\n")
    outcome = run("satisfaction", file, "--instrument", "spak-2021", "--json")
    (unit,) = outcome.document["units"]
    assert (outcome.document["scheme"], unit["index"], unit["grade"]) == (
        "ipak-2021",
        "3.73",
        "WBK/WBBM",
    )


@pytest.mark.parametrize("wrong", ["7", "0", "5.5"])
def test_the_command_refuses_other_answers(run: Run, write: Write, wrong: str) -> None:
    file = write("spak.csv", HEADINGS + f"PN,6,6,5,6,{wrong}\n")
    outcome = run("satisfaction", file, "--instrument", "spak-2021")
    assert outcome.code == 2
    assert f'column broker: found "{wrong}", expected 1, 2, 3, 4, 5, 6 or blank' in outcome.err
