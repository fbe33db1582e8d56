from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput
from analysis.exact import whole_weights
from analysis.index.composite import MEANS, Column, derivation, score
from analysis.rulebook.scheme import Mean, load_scheme, parse_scheme
from tests.analysis.conftest import COINR, DATA, Run, Write, read_csv
from tests.refusing import in_english, refusing

OMBUDSMAN = load_scheme("ombudsman-2022")
PERCEPTION = load_scheme("perception-2022")
COMPLIANCE = load_scheme("compliance-2021")

PERCENT = st.decimals(0, 100, places=2).map(Fraction)
POSITIVE = st.decimals("0.01", 100, places=2).map(Fraction)


def fractions(**values: Sequence[str | None]) -> dict[str, Column]:
    return {
        key: [None if value is None else Fraction(value) for value in column]
        for key, column in values.items()
    }


@pytest.mark.parametrize(
    ("points", "exactly"),
    [
        (("8.72", "10.76", "20.76", "9.61"), "49.85"),  # Puskesmas Watdek 2023
        (("5.83", "16.42", "22.14", "8.46"), "52.85"),  # Dinas Pendidikan; published: 52.86
        (("21.85", "32.37", "24.24", "21.54"), "100"),
        (("0", "0", "0", "0"), "0"),
    ],
)
def test_weight_points_add_up(points: tuple[str, ...], exactly: str) -> None:
    names = ("input", "process", "output", "complaints")
    columns = fractions(**{name: [value] for name, value in zip(names, points, strict=True)})
    assert score(OMBUDSMAN, columns, "points").total == [Fraction(exactly)]


def test_points_and_percent_say_the_same() -> None:
    points = fractions(input=["8.74"], process=["32.37"], output=["0"], complaints=["10.77"])
    percent = fractions(input=["40"], process=["100"], output=["0"], complaints=["50"])
    by_points, by_percent = score(OMBUDSMAN, points, "points"), score(OMBUDSMAN, percent)
    assert by_points.nodes == by_percent.nodes


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # (32.37 x 90 + 24.24 x (80 - 25) / 0.75 + 21.85 x 70) / 78.46
        (("90", "80", "70"), Fraction(622040, 7846)),
        (("100", "100", "100"), Fraction(100)),
        (("0", "25", "0"), Fraction(0)),
        (("0", "62.5", "0"), Fraction(1212, 7846) * 100),
    ],
)
def test_perception_by_hand(columns: tuple[str, str, str], expected: Fraction) -> None:
    standards, satisfaction, competence = columns
    given = fractions(standards=[standards], satisfaction=[satisfaction], competence=[competence])
    assert score(PERCEPTION, given).total == [expected]


def test_judgements_of_0_to_4_become_the_dimensions() -> None:
    parts = [node.key for node in PERCEPTION.children[0].children]
    knows = [node.key for node in PERCEPTION.children[2].children]
    given = {
        **{key: [Fraction(3)] for key in parts},
        **{key: [Fraction(4 if key == "knows_standards" else 2)] for key in knows},
        "satisfaction": [Fraction(100)],
    }
    scores = score(PERCEPTION, given)
    assert scores.nodes["standards"] == [Fraction(75)]
    # 12.22 of the 62.38 of competence
    assert scores.nodes["competence"] == [50 + 50 * Fraction(1222, 6238)]


def test_a_finished_score_needs_no_dimension() -> None:
    assert score(OMBUDSMAN, fractions(score=["78.075", None])).total == [Fraction("78.075"), None]


def test_a_missing_dimension_is_named_and_never_reweighted() -> None:
    given = fractions(standards=["90", "90"], satisfaction=["80", None], competence=["70", "70"])
    scores = score(PERCEPTION, given)
    assert scores.total[0] is not None
    assert scores.total[1] is None
    assert scores.missing(1) == ["satisfaction"]


def test_a_missing_judgement_is_named_by_its_indicator() -> None:
    keys = [node.key for node in COMPLIANCE.indicators()]
    given: dict[str, Column] = {key: [None if key == "fee" else Fraction(4)] for key in keys}
    assert score(COMPLIANCE, given).missing(0) == ["fee"]


def test_derivation_adds_up_to_the_score() -> None:
    given = fractions(input=["40"], process=["100"], output=["30"], complaints=["50"])
    scores = score(OMBUDSMAN, given)
    steps = derivation(scores, 0)
    assert [step.node.key for step in steps] == ["input", "process", "output", "complaints"]
    assert sum(step.contribution or 0 for step in steps) == scores.total[0]


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (fractions(standards=["100.01"]), "100.01, expected 0 to 100"),
        (fractions(standards=["50", "-1"]), "row 2, column standards: found -1"),
        (fractions(legal_basis=["4.5"]), "4.5, expected 0 to 4"),
        (fractions(legal_basis=["4"]), "no column requirements"),
        (fractions(process=["4"]), "found process, expected nodes of compliance-2021"),
        (fractions(score=["4"], standards=["4"]), "a value here and below it"),
        ({}, "found no column of the scheme"),
    ],
)
def test_columns_that_cannot_be_scored(columns: dict[str, Column], found: str) -> None:
    with pytest.raises(BadInput) as refused:
        score(COMPLIANCE, columns)
    assert found in in_english(refused.value)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (fractions(input=["21.86"]), "21.86, expected 0 to 21.85"),
        (fractions(competence=["1"]), "weight points of input, process, output, complaints only"),
    ],
)
def test_points_that_cannot_be_scored(columns: dict[str, Column], found: str) -> None:
    with pytest.raises(BadInput) as refused:
        score(OMBUDSMAN, columns, "points")
    assert found in in_english(refused.value)


def test_points_are_refused_where_no_total_is_declared() -> None:
    with refusing("perception-2022 declares no total of points"):
        score(PERCEPTION, fractions(standards=["30"]), "points")


@pytest.mark.parametrize("mean", list(MEANS))
@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=5))
def test_a_mean_is_within_its_values(mean: Mean, pairs: list[tuple[Fraction, Fraction]]) -> None:
    values, weights = [value for value, _ in pairs], [weight for _, weight in pairs]
    assert min(values) <= MEANS[mean](values, whole_weights(weights)) <= max(values)


@given(st.tuples(PERCENT, PERCENT, PERCENT, PERCENT), st.integers(0, 3), PERCENT)
def test_a_better_dimension_never_lowers_the_score(
    values: tuple[Fraction, ...], at: int, other: Fraction
) -> None:
    names = ("input", "process", "output", "complaints")
    better = [max(v, other) if at == place else v for place, v in enumerate(values)]
    columns = {name: list(pair) for name, *pair in zip(names, values, better, strict=True)}
    before, after = score(OMBUDSMAN, columns).total
    assert before is not None
    assert after is not None
    assert min(values) <= before <= after <= 100


@given(st.lists(PERCENT, min_size=1, max_size=5), PERCENT)
def test_another_unit_never_changes_this_one(standards: list[Fraction], one: Fraction) -> None:
    together = score(COMPLIANCE, {"standards": [one, *standards]})
    assert together.total[0] == score(COMPLIANCE, {"standards": [one]}).total[0]


@pytest.mark.parametrize(
    ("name", "mean", "onto"),
    [
        ("a_amean", "arithmetic", "[0, 100]"),
        ("a_gmean", "geometric", "[1, 100]"),
        ("a_hmean", "harmonic", "[1, 100]"),
    ],
)
def test_the_scores_and_ranks_of_coinr(
    run: Run, write: Write, name: str, mean: str, onto: str
) -> None:
    text = COINR.replace("mean: arithmetic", f"mean: {mean}").replace("[0, 100]", onto)
    data = DATA / "coinr" / "tree_public_data.csv"
    outcome = run("index", data, "--scheme", write("coinr.yaml", text), "--json")
    units = {unit["unit"]: unit for unit in outcome.document["units"]}
    expected = read_csv(DATA / "coinr" / "tree_public_coinr.csv")
    assert len(units) == len(expected) == 40
    for row in expected:
        unit = units[row["unit"]]
        assert unit["score_exact"] == pytest.approx(float(row[f"{name}_Index"]), rel=0, abs=1e-9)
        assert unit["rank"] == int(row[f"{name}_rank"])


@pytest.mark.parametrize("mean", ["geometric", "harmonic"])
def test_a_mean_over_zero_is_refused_by_row_and_column(run: Run, write: Write, mean: str) -> None:
    scheme = write("zero.yaml", COINR.replace("mean: arithmetic", f"mean: {mean}"))
    outcome = run("index", DATA / "coinr" / "tree_public_data.csv", "--scheme", scheme)
    assert (outcome.code, outcome.out) == (2, "")
    first = outcome.err.splitlines()[0]
    place = "tree_public_data.csv: row 5, column input_1"
    above = "values above 0 for a geometric or harmonic mean"
    assert first == f"{place}: found 0 on the scheme's scale, expected {above}"


def test_a_constant_indicator_under_min_max_is_refused(run: Run, write: Write) -> None:
    scheme = parse_scheme(COINR, "coinr.yaml")
    keys = [node.key for node in scheme.indicators()]
    rows = [[f"I,{name}", *("3" if key == "process_2" else name for key in keys)] for name in "12"]
    lines = [",".join(["institution", "unit", *keys]), *(",".join(row) for row in rows)]
    file = write("constant.csv", "\n".join(lines))
    outcome = run("index", file, "--scheme", write("coinr.yaml", COINR))
    assert (outcome.code, outcome.out) == (2, "")
    expected = "found only 3, expected two different values for min_max"
    assert outcome.err == f"constant.csv: column process_2: {expected}\n"
