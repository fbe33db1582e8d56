from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import Problem
from analysis.index.counting import count_frame
from analysis.index.satisfaction import satisfaction
from analysis.index.tally import Tally, read_tally
from analysis.uncertainty.intervals import t_interval
from analysis.uncertainty.raking import indicators, rake
from analysis.uncertainty.strata import Weighted, merge, weighted
from analysis.uncertainty.uncertainty import uncertainty
from locales.refusals import sentence
from tests.analysis.likert import SKM as ASKED
from tests.analysis.likert import cells, r_says, respondents, visits
from tests.analysis.rows import ELEMENTS, SKM
from tests.refusing import refusing

pytestmark = pytest.mark.long

SEX = {"F": 0.52, "M": 0.48}
AGE = {"17-30": 0.35, "31-50": 0.42, "51+": 0.23}


def counted(groups: Sequence[tuple[str, str, Sequence[int]]]) -> Tally:
    """Of each group its stratum, its sex, and the answers of its respondents, to all elements."""
    rows = [
        {"stratum": stratum, "sex": sex, **dict.fromkeys(ELEMENTS, answer)}
        for stratum, sex, answers in groups
        for answer in answers
    ]
    by = ["stratum", "sex"]
    return count_frame(pd.DataFrame(rows), ASKED, by, pairs=True)


@pytest.mark.parametrize("district", ["D1", "D2", "D3", "D4"])
def test_districts_are_those_of_r(district: str) -> None:
    r = r_says("district").set_index("district").loc[district]
    known = visits(district)
    found = weighted(cells(["unit"], {"district": district}), SKM, "unit", known)
    sure = found.uncertainty
    assert sure
    assert (found.index, sure.standard_error) == pytest.approx((r["ikm"], r["se"]), rel=1e-9)
    assert found.design_effect == pytest.approx(r["DEff.ikm"], rel=1e-9)
    assert sure.freedom == (respondents().district == district).sum() - len(known)


def test_intervals_of_districts_in_the_design_of_all_are_those_of_r() -> None:
    """4,966 respondents less 40 strata: R's domains have the degrees of freedom of the whole."""
    r = r_says("district")
    freedom = np.full(len(r), 4966.0 - 40)
    found = t_interval(r["ikm"].to_numpy(), r["se"].to_numpy(), freedom, 0.95, (25, 100))
    np.testing.assert_allclose(found, r[["ci.2.5..", "ci.97.5.."]], rtol=1e-9)


def test_the_whole_survey_is_that_of_r() -> None:
    r = r_says("overall").set_index("what")
    found = weighted(cells(["unit"]), SKM, "unit", visits())
    assert found.uncertainty
    assert found.uncertainty.freedom == r.loc["strat", "df"]
    assert (found.index, found.uncertainty.standard_error, found.design_effect) == pytest.approx(
        tuple(r.loc["strat", ["est", "se", "deff"]]), rel=1e-9
    )
    w = respondents()["w"]
    assert found.kish == pytest.approx(len(w) * (w**2).sum() / w.sum() ** 2)


def test_post_stratification_is_that_of_r() -> None:
    r = r_says("overall").set_index("what").loc["poststrat_sex"]
    found = weighted(cells(["unit", "sex"]), SKM, "unit", visits(), {"sex": SEX})
    assert found.uncertainty
    assert found.index == pytest.approx(r["est"], rel=1e-9)
    assert found.uncertainty.standard_error == pytest.approx(r["se"], rel=1e-9)


def test_raking_is_that_of_r() -> None:
    """Of its standard error R's is 0.11 % larger: it sweeps the margins without the weights."""
    r = r_says("overall").set_index("what").loc["rake_sex_age"]
    both = cells(["unit", "sex", "age"])
    found = weighted(both, SKM, "unit", visits(), {"sex": SEX, "age": AGE})
    assert found.uncertainty
    assert found.uncertainty.standard_error
    assert found.index == pytest.approx(r["est"], rel=1e-9)
    assert found.uncertainty.standard_error == pytest.approx(r["se"], rel=3e-3)
    assert found.uncertainty.standard_error / r["se"] == pytest.approx(0.99888, abs=1e-5)


def test_raked_weights_are_those_of_r() -> None:
    both = cells(["unit", "sex", "age"])
    strata = merge(both.counted["unit"].to_list(), both.respondents.tolist(), visits())
    weights = strata.weights_of(both.respondents)
    initial = both.respondents * weights
    factors = rake(indicators(both, {"sex": SEX, "age": AGE}, initial), initial)
    assert not isinstance(factors, Problem)
    ours = both.counted[["unit", "sex", "age"]].assign(ours=weights * factors)
    people = respondents()[["id", "unit", "sex", "age"]].merge(ours, on=["unit", "sex", "age"])
    found = people.merge(r_says("raked_weights"), on="id")
    assert len(found) == 4966
    np.testing.assert_allclose(found.ours, found.raked, rtol=1e-9)


@settings(max_examples=12)
@given(st.lists(st.lists(st.integers(1, 4), min_size=2, max_size=5), min_size=1, max_size=4))
def test_strata_visited_as_they_answered_leave_the_headline(answers: list[list[int]]) -> None:
    groups = counted([(f"s{at}", "F", given) for at, given in enumerate(answers)])
    known = {f"s{at}": 10 * len(given) for at, given in enumerate(answers)}
    found = weighted(groups, SKM, "stratum", known)
    headline = satisfaction(groups.regroup([]), SKM)[0].index
    assert found.index == pytest.approx(float(headline or 0))
    assert found.kish == pytest.approx(1)


def test_without_strata_it_is_the_plain_uncertainty() -> None:
    plain = uncertainty(cells([]), SKM, [5000])[0]
    found = weighted(cells([]), SKM, visits={"": 5000})
    assert found.uncertainty
    assert found.uncertainty.standard_error == pytest.approx(plain.standard_error)
    assert (found.design_effect, found.kish) == pytest.approx((1, 1))


@pytest.mark.parametrize(
    ("respondents", "merged"),
    [
        ({"a": 5, "b": 6}, ()),
        ({"a": 5, "b": 1, "c": 7}, ("b", "a")),
        ({"a": 5, "b": 1, "c": 1}, ("b", "c")),
        ({"a": 5, "b": 0, "c": 2, "d": 9}, ("b", "c")),
        ({"a": 0, "b": 0, "c": 2, "d": 9}, ("a", "b", "c")),
        ({"a": 1, "b": 0}, ("b", "a")),
        ({"a": 1}, ()),
    ],
)
def test_small_strata_are_merged_and_named(
    respondents: dict[str, int], merged: tuple[str, ...]
) -> None:
    strata = merge([*respondents], [*respondents.values()], dict.fromkeys(respondents, 20))
    assert strata.merged == merged
    assert len(strata.visits) == len(respondents) - max(len(merged) - 1, 0)
    people = np.array([*respondents.values()])
    weighed = strata.weights_of(people) * people
    assert weighed.sum() == pytest.approx(20 * len(respondents))


def test_a_merged_stratum_still_has_an_interval() -> None:
    groups = counted([("a", "F", [4, 3, 2]), ("b", "F", [1]), ("c", "F", [3, 3, 4])])
    found = weighted(groups, SKM, "stratum", {"a": 30, "b": 10, "c": 30})
    assert found.merged == ("b", "a")
    assert found.index == pytest.approx(25 * (40 * 2.5 + 30 * 10 / 3) / 70)
    assert found.uncertainty
    assert found.uncertainty.freedom == 5


def test_strata_that_are_alike_within_are_no_certainty() -> None:
    groups = counted([("a", "F", [4, 4, 4]), ("b", "F", [2, 2])])
    found = weighted(groups, SKM, "stratum", {"a": 30, "b": 20})
    assert found.index == pytest.approx(80)
    assert found.uncertainty
    assert (found.uncertainty.standard_error, found.uncertainty.interval) == (None, None)
    assert found.uncertainty.bounded
    asked = weighted(groups, SKM, "stratum", {"a": 3, "b": 2}).uncertainty
    assert asked
    assert asked.standard_error == 0


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"a": 30}, 'visits of "b": found nothing, expected their number'),
        ({"a": 30, "b": 1}, 'visits of "b": found 1, expected at least its 2 respondents'),
    ],
)
def test_strata_need_their_visits(known: dict[str, int], told: str) -> None:
    with refusing(told):
        weighted(counted([("a", "F", [4, 3]), ("b", "F", [1, 2])]), SKM, "stratum", known)


def test_nobody_answered() -> None:
    nothing = cells(["unit"]).regroup([])
    nothing.counted.loc[:, :] = 0
    found = weighted(nothing, SKM, visits={"": 10})
    assert found.index is None
    assert found.uncertainty
    assert found.uncertainty.no_interval
    assert sentence("en", found.uncertainty.no_interval) == "there is no index"


def test_one_margin_by_hand() -> None:
    """Half of the visits are by men: the mean of both sexes' means."""
    groups = counted([("", "F", [4, 4, 3, 1] * 20), ("", "M", [2, 1] * 20)])
    found = weighted(groups, SKM, margins={"sex": {"F": 50, "M": 50}})
    assert found.index == pytest.approx(25 * (3 + 1.5) / 2)
    assert not found.jackknifed
    assert found.uncertainty
    within = [(4 - 3, 4 - 3, 3 - 3, 1 - 3) * 20, (2 - 1.5, 1 - 1.5) * 20]
    squares = sum((e / (2 * len(es))) ** 2 for es in within for e in es)
    assert found.uncertainty.standard_error == pytest.approx(25 * (120 / 119 * squares) ** 0.5)


def test_blank_answers_keep_their_share() -> None:
    groups = counted([("", "F", [4, 4, 3, 1]), ("", "M", [2, 2]), ("", "", [1, 2])])
    found = weighted(groups, SKM, margins={"sex": {"F": 1, "M": 1}})
    assert found.index == pytest.approx(25 * (0.75 * (3 + 2) / 2 + 0.25 * 1.5))


def test_a_category_without_respondents_cannot_be_met() -> None:
    found = weighted(counted([("", "F", [4, 3])]), SKM, margins={"sex": SEX})
    assert (found.index, found.uncertainty) == (None, None)
    assert found.not_raked
    assert sentence("en", found.not_raked) == "no respondents with sex = M"
    assert sentence("id", found.not_raked) == "tidak ada responden dengan sex = M"


def test_margins_that_contradict_each_other() -> None:
    """All men are of stratum b, but more visits are of men than of b."""
    groups = counted([("a", "F", [4, 3]), ("b", "M", [1, 2])])
    found = weighted(groups, SKM, margins={"stratum": {"a": 7, "b": 3}, "sex": {"F": 5, "M": 5}})
    assert found.not_raked
    assert sentence("en", found.not_raked) == "no weights meet all margins at once: stratum, sex"


@pytest.mark.parametrize("shares", [{"F": 1}, {"F": 1, "M": 0}])
def test_a_category_without_a_share_is_refused(shares: dict[str, float]) -> None:
    with refusing('sex: found no share of "M", expected one for each'):
        weighted(counted([("", "F", [4]), ("", "M", [1])]), SKM, margins={"sex": shares})


def by_rows(surveys: Sequence[Sequence[dict[str, Any]]], **how: Any) -> list[Weighted]:
    """Each of these surveys weighted by itself; all are tallied at one go."""
    by = ["stratum", "sex", "age"]
    rows = [row | {"survey": at} for at, survey in enumerate(surveys) for row in survey]
    asked = count_frame(pd.DataFrame(rows), ASKED, ["survey", *by], pairs=True).counted
    return [
        weighted(read_tally(of.drop(columns="survey"), ASKED, by), SKM, **how)
        for _, of in asked.groupby("survey")
    ]


@pytest.mark.parametrize("visits", [None, {"a": 60, "b": 45}])
def test_a_small_raked_survey_leaves_out_each_in_turn(visits: dict[str, int] | None) -> None:
    chance = np.random.default_rng(11)
    rows: list[dict[str, Any]] = [
        {
            **{key: int(chance.integers(1, 5)) for key in ELEMENTS},
            "stratum": "ab"[at % 2],
            "sex": "FM"[at % 3 > 0],
            "age": ["17-30", "31-50", "51+"][at % 5 // 2],
        }
        for at in range(37)
    ]
    rows = [row | {"cost": None} if at % 4 else row for at, row in enumerate(rows)]
    how = {"stratum": "stratum", "visits": visits, "margins": {"sex": SEX, "age": AGE}}
    without_one = [rows[:at] + rows[at + 1 :] for at in range(len(rows))]
    found, *others = by_rows([rows, *without_one], **how)
    left_out = np.array([one.index for one in others], float)
    variance = 0.0
    for stratum in "ab":
        of = np.array([row["stratum"] == stratum for row in rows])
        fewest = sum(row["cost"] is not None for row in rows if row["stratum"] == stratum)
        left = 1 - fewest / visits[stratum] if visits else 1.0
        apart = left_out[of] - left_out[of].mean()
        variance += left * (of.sum() - 1) / of.sum() * (apart**2).sum()
    assert found.jackknifed
    assert found.uncertainty
    assert found.uncertainty.standard_error == pytest.approx(variance**0.5, rel=1e-9)
    assert found.uncertainty.freedom == 37 - 4  # sex and age have four free cells


def raked(*groups: tuple[str, list[int]], **shares: float) -> Weighted:
    """Respondents by sex, raked to the shares of the sexes."""
    return weighted(
        counted([("", sex, given) for sex, given in groups]), SKM, margins={"sex": shares}
    )


@pytest.mark.parametrize("women", [4, 40, 400])
def test_of_whom_there_is_one_nobody_knows_the_spread(women: int) -> None:
    """One man would stand for nearly all visits, and no error is claimed: of any size."""
    alone = raked(("F", [4, 3] * (women // 2)), ("M", [2]), F=1, M=50)
    assert alone.index
    assert not alone.jackknifed
    assert alone.uncertainty
    assert (alone.uncertainty.bounded, alone.uncertainty.grades) == (None, None)
    assert alone.uncertainty.no_interval
    assert sentence("en", alone.uncertainty.no_interval).startswith(
        "only one respondent with sex = M:"
    )
    two = raked(("F", [4, 3] * (women // 2)), ("M", [2, 3]), F=1, M=50)
    assert two.jackknifed == (women < 98)
    assert two.uncertainty
    assert two.uncertainty.bounded


def test_one_who_left_the_column_blank_takes_no_interval() -> None:
    found = raked(("F", [4, 3, 3]), ("M", [2, 3]), ("", [1]), F=1, M=1)
    assert found.jackknifed
    assert found.uncertainty
    assert found.uncertainty.bounded


def test_whom_the_margins_cannot_do_without() -> None:
    """Two of each category, and one alone who joins the two margins."""
    groups = counted(
        [("a", "F", [4, 3]), ("b", "M", [1, 2]), ("a", "M", [3])],
    )
    margins = {"stratum": {"a": 6, "b": 4}, "sex": {"F": 5, "M": 5}}
    found = weighted(groups, SKM, margins=margins)
    assert found.uncertainty
    assert found.uncertainty.no_interval
    assert sentence("en", found.uncertainty.no_interval) == (
        "too few respondents: without one of them no weights meet all margins: stratum, sex"
    )


def test_a_stratum_asked_whole_does_not_make_another_certain() -> None:
    """All of a were asked and differ; of b two of a hundred, who rate alike."""
    groups = counted([("a", "F", [4, 1, 2]), ("b", "F", [3, 3])])
    found = weighted(groups, SKM, "stratum", {"a": 3, "b": 100}).uncertainty
    assert found
    assert not found.complete
    assert found.bounded
    assert found.bounded[1] - found.bounded[0] > 10
