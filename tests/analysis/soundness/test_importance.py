"""Relative importance of the elements, against R and against its own definition."""

from itertools import permutations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import Problem
from analysis.rulebook.instrument import INSTRUMENTS
from analysis.soundness.importance import (
    Importance,
    VarianceShares,
    element_values,
    explained,
    importance,
    lmg,
    variance_shares,
)
from locales.refusals import sentence
from tests.analysis.conftest import DATA, Run, Write
from tests.analysis.rulebook.test_instrument import OVERALL

pytestmark = pytest.mark.long

R_SURVEY = DATA / "r-survey"
ANSWERS = R_SURVEY / "likert_answers.csv"
Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return pd.read_csv(ANSWERS)


@pytest.fixture(scope="module")
def found(survey: pd.DataFrame) -> Importance:
    return computed(survey)


def computed(table: pd.DataFrame) -> Importance:
    result = importance(table.drop(columns="overall"), table["overall"])
    assert isinstance(result, Importance)
    return result


def refused(table: pd.DataFrame) -> str:
    result = importance(table.drop(columns="overall"), table["overall"])
    assert isinstance(result, Problem)
    return sentence("en", result)


def parts(result: Importance) -> dict[str, float]:
    return {one.element: one.importance for one in result.drivers}


def plain_r_squared(values: Floats) -> float:
    """By least squares on the answers themselves; the overall rating is the last column."""
    centred = values - values.mean(axis=0)
    elements, overall = centred[:, :-1], centred[:, -1]
    fitted = elements @ np.linalg.lstsq(elements, overall)[0]
    return float(fitted @ fitted / (overall @ overall))


def plain_lmg(values: Floats) -> Floats:
    """By the definition: what each element adds, averaged over all orders of entry."""
    k = values.shape[1] - 1
    added = np.zeros(k)
    orders = list(permutations(range(k)))
    for order in orders:
        before = 0.0
        for position, element in enumerate(order):
            after = plain_r_squared(values[:, [*order[: position + 1], k]])
            added[element] += (after - before) / len(orders)
            before = after
    return added


@st.composite
def answers(draw: st.DrawFn, k: int = 3, n: int = 40) -> Floats:
    """Answers 1-4 of n people to k elements and the whole, none of them constant."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    taste = random.normal(size=(n, 1))
    weight = draw(st.floats(0, 2))
    values = np.clip(np.rint(2.5 + weight * taste + random.normal(size=(n, k + 1))), 1, 4)
    values[0], values[1] = 1, 4
    return values


def test_it_is_what_r_says(found: Importance) -> None:
    expected = pd.read_csv(R_SURVEY / "likert_drivers.csv")
    assert list(parts(found)) == list(expected["item"])
    assert list(parts(found).values()) == pytest.approx(list(expected["lmg"]), rel=1e-9)
    assert found.r_squared == pytest.approx(expected["lmg"].sum(), rel=1e-9)
    assert (found.n, found.left_out, found.constant) == (4966, 0, ())


def test_each_part_stands_in_its_interval_and_a_second_run_gives_the_same(
    survey: pd.DataFrame, found: Importance
) -> None:
    assert all(0 < one.low < one.importance < one.high < 1 for one in found.drivers)
    assert (found.draws, found.level) == (1000, 0.95)
    assert computed(survey) == found


def test_fewer_respondents_give_wider_intervals(survey: pd.DataFrame, found: Importance) -> None:
    some = computed(survey.head(500))
    pairs = zip(some.drivers, found.drivers, strict=True)
    assert all(one.high - one.low > 2 * (all_.high - all_.low) for one, all_ in pairs)


@given(answers())
def test_it_is_the_mean_over_all_orders(values: Floats) -> None:
    assert lmg(np.cov(values.T)) == pytest.approx(plain_lmg(values), rel=1e-9, abs=1e-12)


@given(answers(k=6))
def test_parts_add_up_to_r_squared_and_none_is_negative(values: Floats) -> None:
    found = lmg(np.cov(values.T))
    assert found.sum() == pytest.approx(plain_r_squared(values), rel=1e-9, abs=1e-12)
    assert (found > -1e-12).all()


@given(answers(k=5), st.permutations(range(5)))
def test_the_order_of_the_elements_does_not_matter(values: Floats, order: list[int]) -> None:
    turned = lmg(np.cov(values[:, [*order, 5]].T))
    assert turned == pytest.approx(lmg(np.cov(values.T))[order], rel=1e-9, abs=1e-12)


@given(answers(k=4), st.integers(1, 9))
def test_units_of_measurement_do_not_matter(values: Floats, factor: int) -> None:
    scaled = values * [factor, 1, 1, 1, 2] + [0, factor, 0, 0, 1]
    assert lmg(np.cov(scaled.T)) == pytest.approx(lmg(np.cov(values.T)), rel=1e-9, abs=1e-12)


@given(answers())
def test_two_elements_answered_alike_share_evenly(values: Floats) -> None:
    twice = np.column_stack([values[:, 0], values])
    found = lmg(np.cov(twice.T))
    assert found[0] == pytest.approx(found[1], rel=1e-9, abs=1e-12)
    assert found.sum() == pytest.approx(plain_r_squared(values), rel=1e-9, abs=1e-12)


def test_r_squared_of_a_subset_stands_at_its_number() -> None:
    values = pd.read_csv(ANSWERS).to_numpy(float)[:300, [0, 1, 2, -1]]
    r_squared = explained(np.cov(values.T))
    assert r_squared[0] == pytest.approx(0, abs=1e-12)
    assert r_squared[0b101] == pytest.approx(plain_r_squared(values[:, [0, 2, 3]]), rel=1e-9)


def test_a_free_service_leaves_its_cost_out_by_name(survey: pd.DataFrame) -> None:
    free = computed(survey.head(500).assign(u4=4))
    assert free.constant == ("u4",)
    assert parts(free) == pytest.approx(parts(computed(survey.head(500).drop(columns="u4"))))


def test_missing_answers_leave_their_respondents_out_and_are_counted(survey: pd.DataFrame) -> None:
    gaps = survey.head(600).astype("float64")
    gaps.loc[:9, "u3"] = np.nan
    gaps.loc[5:14, "overall"] = np.nan
    gaps.loc[20] = np.nan  # answered nothing: not left out, but absent
    found = computed(gaps)
    assert (found.n, found.left_out) == (584, 15)
    assert parts(found) == parts(computed(survey.head(600).drop([*range(15), 20])))


def test_missing_answers_about_a_constant_element_leave_nobody_out(survey: pd.DataFrame) -> None:
    free = survey.head(300).assign(u4=[4, np.nan] * 150)
    assert (computed(free).n, computed(free).left_out) == (300, 0)


def test_ninety_respondents_are_needed_for_nine_elements(survey: pd.DataFrame) -> None:
    assert computed(survey.head(90)).n == 90
    told = "89 respondents answered everything, at least 90 are needed"
    assert refused(survey.head(89)) == told


def test_what_cannot_be_computed_is_refused_with_its_reason(survey: pd.DataFrame) -> None:
    some = survey.head(400)
    assert refused(some.assign(overall=3)) == "every respondent gave the same overall rating"
    assert refused(some[["u1", "overall"]].assign(u1=3)) == "no element has answers that vary"
    many = pd.concat([some.add_prefix("a"), some], axis=1)
    assert refused(many) == "19 elements, at most 16 can be computed"


def test_samples_without_two_ratings_are_not_counted_in(survey: pd.DataFrame) -> None:
    """Of one respondent who differs, 37 % of the samples know nothing."""
    lonely = survey.head(200).assign(overall=[4, *[3] * 199])
    assert 550 < computed(lonely).draws < 710


def test_shares_of_the_variance_add_up_to_one(survey: pd.DataFrame) -> None:
    elements = survey.drop(columns="overall").assign(u4=4)
    found = variance_shares(elements)
    assert isinstance(found, VarianceShares)
    assert found.constant == ("u4",)
    assert sum(found.shares.values()) == pytest.approx(1, rel=1e-12)
    total = elements.sum(axis=1)
    by_hand = {key: elements[key].cov(total) / total.var() for key in found.shares}
    assert dict(found.shares) == pytest.approx(by_hand, rel=1e-9)


def test_there_are_no_shares_of_no_variance(survey: pd.DataFrame) -> None:
    opposed = pd.DataFrame({"a": survey["u1"], "b": 5 - survey["u1"]})
    found = variance_shares(opposed)
    assert isinstance(found, Problem)
    assert sentence("en", found) == "the answers of every respondent add up to the same"
    assert isinstance(variance_shares(opposed.head(19)), Problem)


def test_an_element_of_several_items_is_their_mean_unrounded() -> None:
    given_ = pd.DataFrame({"p1": [3, 4, None], "p2": [4, None, None], "p3": [1, 2, 3]})
    values = element_values(given_, {"a": ["p1", "p2"], "b": ["p3"]})
    assert values["a"].tolist()[:2] == [3.5, 4]
    assert values.isna().to_numpy().sum() == 1


def test_the_command_prints_it(run: Run) -> None:
    outcome = run("importance", ANSWERS, "--overall", "Overall")
    assert (outcome.code, outcome.err) == (0, "")
    first = outcome.document["elements"][0]
    assert first["element"] == "requirements"
    assert first["importance"] == pytest.approx(0.089910460828015848, rel=1e-9)


def test_the_command_without_an_overall_rating_never_speaks_of_importance(run: Run) -> None:
    outcome = run("importance", ANSWERS)
    assert sum(outcome.document["shares_of_variance"].values()) == pytest.approx(1)
    assert "importance" not in outcome.out


@pytest.mark.parametrize(
    ("change", "column", "told"),
    [
        ("", "rating", 'heading: found no column "rating", expected one beside the items'),
        ("", "u1", 'heading: found no column "u1"'),
        ("x", "overall", 'row 2, column overall: found "3x", expected a whole number or blank'),
    ],
)
def test_the_command_refuses(run: Run, write: Write, change: str, column: str, told: str) -> None:
    lines = ANSWERS.read_text(encoding="utf-8").splitlines()[:100]
    lines[1] += change
    outcome = run("importance", write("small.csv", "\n".join(lines)), "--overall", column)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


def test_the_command_gives_the_reason_where_there_is_no_figure(run: Run, write: Write) -> None:
    lines = ANSWERS.read_text(encoding="utf-8").splitlines()[:20]
    outcome = run("importance", write("small.csv", "\n".join(lines)), "--overall", "overall")
    assert outcome.code == 0
    assert outcome.document["reason"].startswith("19 respondents answered everything")


def test_an_overall_question_says_which_ratings_there_are(run: Run, write: Write) -> None:
    asked = (INSTRUMENTS / "skm-2017.yaml").read_text(encoding="utf-8") + OVERALL
    instrument = write("skm.yaml", asked)
    file = write("a.csv", "u1,u2,u3,u4,u5,u6,u7,u8,u9,overall\n1,2,3,4,4,1,2,3,4,5\n")
    outcome = run("importance", file, "--overall", "overall", "--instrument", instrument)
    assert 'a.csv: row 2, column overall: found "5", expected 1, 2, 3, 4 or blank' in outcome.err
