"""Whether the items measure one thing: against R, and where there is no figure."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import Problem
from analysis.soundness.reliability import (
    Reliability,
    ReliabilityFigure,
    cronbach_alpha,
    feldt_interval,
    minres_loadings,
    ml_loadings,
    reliability,
)
from locales.refusals import sentence
from tests.analysis.conftest import DATA, Run, Write

R_SURVEY = DATA / "r-survey"
ANSWERS = R_SURVEY / "likert_answers.csv"
Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return pd.read_csv(ANSWERS).drop(columns="overall")


@pytest.fixture(scope="module")
def found(survey: pd.DataFrame) -> Reliability:
    return reliability(survey)


@pytest.fixture(scope="module")
def expected() -> "pd.Series[float]":
    return pd.read_csv(R_SURVEY / "likert_reliability.csv").set_index("stat")["value"]


def number(figure: ReliabilityFigure) -> float:
    assert isinstance(figure, float)
    return figure


def reason(figure: object) -> str:
    assert isinstance(figure, Problem)
    return sentence("en", figure)


def test_alpha_its_interval_omega_and_kmo_are_what_r_says(
    found: Reliability, expected: "pd.Series[float]"
) -> None:
    assert (found.n, found.left_out, found.constant, found.level) == (4966, 0, (), 0.95)
    assert found.alpha == pytest.approx(expected["alpha_raw"], rel=1e-9)
    ends = [expected["alpha_feldt_lo"], expected["alpha_feldt_hi"]]
    assert found.interval == pytest.approx(tuple(ends), rel=1e-9)
    assert found.kmo == pytest.approx(expected["KMO"], rel=1e-9)
    assert found.omega == pytest.approx(expected["omega_cfa_ml_cov"], rel=1e-6)


@pytest.mark.parametrize(
    ("figure", "column", "within"),
    [("item_rest", "r_drop", 1e-9), ("kmo", "KMO", 1e-9), ("loading", "load_minres1", 1e-6)],
)
def test_items_are_what_r_says(found: Reliability, figure: str, column: str, within: float) -> None:
    expected = pd.read_csv(R_SURVEY / "likert_items.csv")
    assert [one.item for one in found.items] == list(expected["item"])
    values = [number(getattr(one, figure)) for one in found.items]
    assert values == pytest.approx(list(expected[column]), rel=within)


def test_likely_loadings_are_those_of_lavaan(survey: pd.DataFrame) -> None:
    loadings = ml_loadings(survey.corr().to_numpy())
    assert loadings is not None
    expected = pd.read_csv(R_SURVEY / "likert_items.csv")["cfa_lambda"]
    spread = survey.std(ddof=0).to_numpy()
    assert loadings * spread == pytest.approx(expected.to_numpy(), rel=1e-6)


@st.composite
def answers(draw: st.DrawFn, k: int = 4, n: int = 40) -> Floats:
    """Answers 1-4 of n people to k items of which some agree."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    taste = draw(st.floats(0, 2)) * random.normal(size=(n, 1))
    values = np.clip(np.rint(2.5 + taste + random.normal(size=(n, k))), 1, 4)
    values[0], values[1] = 1, 4
    return values


@given(answers(), st.permutations(range(4)), st.integers(1, 9), st.integers(-5, 5))
def test_alpha_knows_no_order_no_unit_and_no_zero(
    values: Floats, order: list[int], factor: int, shift: int
) -> None:
    changed = factor * values[:, order] + shift
    alpha = number(cronbach_alpha(np.cov(values.T)))
    assert number(cronbach_alpha(np.cov(changed.T))) == pytest.approx(alpha, rel=1e-9, abs=1e-12)


@given(answers())
def test_alpha_is_never_above_one_and_its_interval_holds_it(values: Floats) -> None:
    alpha = number(cronbach_alpha(np.cov(values.T)))
    low, high = feldt_interval(alpha, *values.shape)
    assert low < alpha < high < 1


@given(answers(k=3))
def test_three_items_asked_twice_agree_more(values: Floats) -> None:
    once = number(cronbach_alpha(np.cov(values.T)))
    twice = number(cronbach_alpha(np.cov(np.hstack([values, values]).T)))
    assert twice > once


@given(st.lists(st.floats(0.2, 0.9), min_size=4, max_size=8))
def test_loadings_that_made_the_correlations_are_found_again(loadings: list[float]) -> None:
    made = np.outer(loadings, loadings)
    np.fill_diagonal(made, 1)
    least, likely = minres_loadings(made), ml_loadings(made)
    assert least is not None
    assert likely is not None
    assert least == pytest.approx(np.array(loadings), rel=1e-5)
    assert likely == pytest.approx(np.array(loadings), rel=1e-4)


def test_a_constant_item_is_named_and_the_rest_is_computed(survey: pd.DataFrame) -> None:
    free = reliability(survey.assign(u4=4))
    rest = reliability(survey.drop(columns="u4"))
    assert free.constant == ("u4",)
    assert replace(free, constant=(), items=()) == replace(rest, items=())
    assert [one.item for one in free.items] == list(survey.columns)
    assert reason(free.items[3].loading) == "every respondent gave the same answer"


def test_incomplete_responses_are_left_out_and_counted(survey: pd.DataFrame) -> None:
    gaps = survey.astype("float64")
    gaps.loc[:99, "u9"] = np.nan
    gaps.loc[50:, "u1"] = survey.loc[50:, "u1"]
    found = reliability(gaps)
    assert (found.n, found.left_out) == (4866, 100)
    assert found.alpha == reliability(survey.iloc[100:]).alpha


@pytest.mark.parametrize(
    ("columns", "n", "told"),
    [
        (["u1", "u2"], 100, "2 items with answers that vary, at least 3 are needed"),
        (["u1", "u2", "u3"], 14, "14 respondents answered everything, at least 15 are needed"),
    ],
)
def test_too_little_is_refused_everywhere(
    survey: pd.DataFrame, columns: list[str], n: int, told: str
) -> None:
    found = reliability(survey[columns].head(n))
    one = found.items[0]
    figures = [found.alpha, found.interval, found.omega, found.kmo, one.item_rest, one.loading]
    assert {reason(figure) for figure in figures} == {told}


def test_items_answered_alike_have_an_alpha_and_no_factor(survey: pd.DataFrame) -> None:
    found = reliability(survey[["u1", "u2", "u3"]].assign(again=survey["u1"]))
    assert number(found.alpha) > 0.8
    assert number(found.items[0].item_rest) > 0.5
    told = {reason(figure) for figure in (found.omega, found.kmo, found.items[0].loading)}
    assert told == {"an item's answers are fully determined by other items"}


def test_answers_that_one_factor_does_not_fit_are_refused() -> None:
    """Three items, two of which go with the third but hardly with each other."""
    random = np.random.default_rng(1)
    first, second = random.normal(size=(2, 500))
    third = first + second + 0.1 * random.normal(size=500)
    found = reliability(pd.DataFrame({"a": first, "b": second, "c": third}))
    told = {reason(found.omega), *(reason(one.loading) for one in found.items)}
    assert told == {"one factor cannot be fitted to these answers"}
    assert number(found.alpha) < 1


def test_items_that_cancel_out_have_no_alpha() -> None:
    cube = np.array([[1, 1, 1, 1], [4, 1, 1, 4], [1, 4, 1, 4], [1, 1, 4, 4]] * 10, dtype=float)
    opposed = pd.DataFrame(np.column_stack([cube[:, :2], 5 - cube[:, :2]]), columns=[*"abcd"])
    found = reliability(opposed)
    assert reason(found.alpha) == "the answers of every respondent add up to the same"
    assert isinstance(found.interval, Problem)


def test_items_without_any_relation_have_no_kmo() -> None:
    cube = pd.DataFrame(np.indices((2, 2, 2)).reshape(3, -1).T.repeat(4, axis=0), columns=[*"abc"])
    found = reliability(cube)
    assert reason(found.kmo) == "the answers are not related to other items at all"
    assert number(found.alpha) == pytest.approx(0, abs=1e-12)


def test_the_command_prints_figures_with_their_sentences(run: Run) -> None:
    outcome = run("reliability", ANSWERS)
    assert (outcome.code, outcome.err) == (0, "")
    alpha = outcome.document["alpha"]
    assert alpha["value"] == pytest.approx(0.87053804046486172, rel=1e-9)
    assert alpha["word"] == {"id": "memadai", "en": "adequate"}
    assert set(alpha["sentence"]) == {"id", "en"}
    assert outcome.document["items"][0]["item"] == "requirements"
    assert run("reliability", ANSWERS, "--json") == outcome


def test_the_command_gives_the_reason_where_there_is_no_figure(run: Run, write: Write) -> None:
    lines = ANSWERS.read_text(encoding="utf-8").splitlines()[:20]
    outcome = run("reliability", write("small.csv", "\n".join(lines)))
    assert outcome.document["alpha"] == {
        "value": None,
        "reason": "19 respondents answered everything, at least 45 are needed",
        "level": 0.95,
    }


def test_the_command_refuses_an_answer_that_no_item_allows(run: Run, write: Write) -> None:
    outcome = run("reliability", write("a.csv", "u1,u2,u3,u4,u5,u6,u7,u8,u9\n1,2,3,4,5,1,2,3,4\n"))
    assert outcome.code == 2
    assert 'a.csv: row 2, column u5: found "5", expected 1, 2, 3, 4 or blank' in outcome.err
