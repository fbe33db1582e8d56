"""The builder's operations, against values computed by hand and by COINr's published examples."""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, log, sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.index.composite import MEANS, Column, UnitScores, mean_of_node, score
from analysis.index.normalising import SCALES, power, root
from analysis.index.preparing import BesideValues, box_cox, kurtosis, skewness
from analysis.ranking import ranks
from analysis.rulebook.scheme import OF_THOSE_PRESENT, Scheme, load_scheme, parse_scheme
from tests.analysis.conftest import COINR, DATA, read_csv
from tests.refusing import refusing

HEAD = """\
id: built
title: Built
owner: custom
valid: {from: 2024-01-01}
sources: {book: {title: A book, year: 2024}}
standing: assumed
source: book
"""


def scheme(*children: str, more: str = "") -> Scheme:
    listed = "".join(f"- {{{child}}}\n" for child in children)
    return parse_scheme(f"{HEAD}{more}children:\n{listed}", "built.yaml")


def fractions(values: Sequence[object]) -> list[Fraction | None]:
    return [None if value is None else Fraction(str(value)) for value in values]


def scored(
    rules: Scheme, beside: BesideValues | None = None, **columns: Sequence[object]
) -> UnitScores:
    given: dict[str, Column] = {key: fractions(column) for key, column in columns.items()}
    return score(rules, given, beside=beside)


def acts(found: UnitScores) -> list[tuple[object, ...]]:
    """What was changed: of which unit, how, from what, to what."""
    return [(one.position, one.act, one.before, one.after) for one in found.changed]


def one(normalise: str, values: Sequence[object], more: str = "") -> list[float | None]:
    """An indicator's values on the scale of the scheme."""
    found = scored(scheme(f"key: a, normalise: {normalise}{more}"), a=values)
    return [None if value is None else float(value) for value in found.total]


DOWN = ", direction: down"


def test_z_scores() -> None:
    values = [1, 2, 4, 9]
    expected = [(value - mean(values)) / stdev(values) for value in values]
    assert one("z_score", values) == pytest.approx(expected)
    moved = one("{kind: z_score, centre: 100, spread: 10}", values)
    assert moved == pytest.approx([100 + 10 * value for value in expected])
    assert one("z_score", values, DOWN) == pytest.approx([-value for value in expected])


def test_ranks_and_percentile_ranks_share_the_lower_of_ties() -> None:
    """As COINr: rank with ties.method = "min", and (rank - 1) / (n - 1)."""
    values = [10, 30, 20, 20]
    assert one("rank", values) == [1, 4, 2, 2]
    assert one("percentile_rank", values) == pytest.approx([0, 100, 100 / 3, 100 / 3])
    assert one("rank", values, DOWN) == [4, 1, 2, 2]
    assert one("percentile_rank", values, DOWN) == pytest.approx([100, 0, 100 / 3, 100 / 3])


def test_distance_to_a_leader() -> None:
    assert one("distance_to_leader", [10, 40, 20]) == [25, 100, 50]
    assert one("distance_to_leader", [10, 40, 20], DOWN) == [100, 25, 50]


def test_the_logarithm_of_income() -> None:
    """Human Development Report, technical note 1: 100 to 75,000 dollars."""
    found = one("{kind: logarithm, between: [100, 75000], onto: [0, 1]}", [100, 17530, 75000])
    expected = (log(17530) - log(100)) / (log(75000) - log(100))
    assert found == pytest.approx([0, expected, 1])
    assert expected == pytest.approx(0.7804, abs=5e-5)


def test_schooling_above_the_goalpost_counts_as_it_and_is_told() -> None:
    rules = scheme(
        "key: a, normalise: {kind: goalposts, between: [0, 18], onto: [0, 1], caps: true}"
    )
    found = scored(rules, a=["18.1", "9", "-1"])
    assert found.total == [1, Fraction(1, 2), 0]
    assert acts(found) == [
        (0, "cap", Fraction("18.1"), 18),
        (2, "cap", -1, 0),
    ]


def test_without_caps_it_is_refused() -> None:
    rules = scheme("key: a, normalise: {kind: goalposts, between: [0, 18]}")
    with refusing("row 1, column a: found 18.1, expected 0 to 18"):
        scored(rules, a=["18.1"])


def test_winsorising_as_coinr_does() -> None:
    """COINr's own test: 1 to 10 and 100 becomes 1 to 10 and 10."""
    values = [*range(1, 11), 100]
    rules = scheme("key: a, normalise: min_max, outliers: {kind: winsorise}")
    found = scored(rules, a=values)
    assert acts(found) == [(10, "winsorise", 100, 10)]
    assert found.total[9] == found.total[10] == 100


def test_outliers_below_are_winsorised_upwards_and_others_stay() -> None:
    rules = scheme("key: a, normalise: min_max, outliers: {kind: winsorise}")
    below = scored(rules, a=[*range(1, 11), -100])
    assert acts(below) == [(10, "winsorise", -100, 1)]
    assert scored(rules, a=range(1, 12)).changed == []


def test_equal_outliers_are_winsorised_together_beyond_the_most_as_coinr_does() -> None:
    """COINr's ``winsorise`` counts the tied maxima of a move as so many: 2 of at most 1 here."""
    rules = scheme("key: a, normalise: min_max, outliers: {kind: winsorise, most: 1}")
    found = scored(rules, a=[*range(1, 21), 200, 200])
    assert acts(found) == [(20, "winsorise", 200, 20), (21, "winsorise", 200, 20)]
    left = scored(rules, a=[*range(1, 21), 100, 200, 200])
    assert acts(left) == [(21, "winsorise", 200, 100), (22, "winsorise", 200, 100)]


def test_at_most_so_many_are_winsorised_then_box_cox() -> None:
    """COINr's second: 1 to 20, 100 and 200, of which one may be winsorised, is transformed."""
    values = [*range(1, 21), 100, 200]
    own = "outliers: {kind: winsorise, most: 1, otherwise: 0}"
    found = scored(scheme(f"key: a, normalise: min_max, {own}"), a=values)
    assert {c.act for c in found.changed} == {"box_cox"}
    logs = [log(value) for value in values]  # x - min + 1 is x here
    assert [float(value or 0) for value in found.total] == pytest.approx(
        [100 * (value - logs[0]) / (logs[-1] - logs[0]) for value in logs]
    )
    left = scored(
        scheme("key: a, normalise: min_max, outliers: {kind: winsorise, most: 1}"), a=values
    )
    assert acts(left) == [(21, "winsorise", 200, 100)]


def test_box_cox_by_hand() -> None:
    values = [Fraction(3), Fraction(4), Fraction(11)]
    assert box_cox(values, Fraction(2)) == [0, Fraction(3, 2), 40]
    halves = [float(value) for value in box_cox(values, Fraction(1, 2))]
    assert halves == pytest.approx([0, 2 * (sqrt(2) - 1), 4])
    logs = [float(value) for value in box_cox(values, Fraction(0))]
    assert logs == pytest.approx([0, log(2), log(9)])


def test_skewness_and_kurtosis_are_those_of_excel() -> None:
    """Of 3, 4, 5, 2, 3, 4, 5, 6, 4, 7, as Excel's pages on SKEW and KURT give them."""
    values = fractions([3, 4, 5, 2, 3, 4, 5, 6, 4, 7])
    given = [value for value in values if value is not None]
    assert skewness(given) == pytest.approx(0.359543)
    assert kurtosis(given) == pytest.approx(-0.151799637)
    assert skewness(given[:2]) == kurtosis(given[:3]) == 0


def test_per_capita() -> None:
    own = "key: a, normalise: min_max, per: {value: {column: people, times: 1000}}"
    rules = scheme(own)
    assert rules.numbers == ["people"]
    beside = BesideValues(numbers={"people": fractions([1000, 2000, 500])})
    found = scored(rules, beside, a=[10, 10, 10])
    assert [float(value or 0) for value in found.total] == pytest.approx([100 / 3, 0, 100])
    with refusing("row 2, column people: found 0, expected a denominator above 0"):
        scored(rules, BesideValues(numbers={"people": fractions([1, 0, 1])}), a=[1, 1, 1])
    with refusing("no column people"):
        scored(rules, a=[1, 1, 1])


def test_a_denominator_comes_before_the_goalposts() -> None:
    own = "key: a, normalise: {kind: goalposts, between: [0, 10]}, per: {value: {column: people}}"
    beside = BesideValues(numbers={"people": fractions([100, 10])})
    assert scored(scheme(own), beside, a=[500, 50]).total == [50, 50]
    with refusing("row 2, column a: found 50, expected 0 to 10"):
        scored(scheme(own), BesideValues(numbers={"people": fractions([100, 1])}), a=[500, 50])


def test_missing_values_are_refused_unless_told_otherwise() -> None:
    assert scored(scheme("key: a", "key: b"), a=[50, None], b=[60, 60]).total[1] is None
    told = scheme("key: a, missing: refuse", "key: b")
    assert scored(told, a=[50, None], b=[60, 60]).total[1] is None


def test_the_mean_of_the_group() -> None:
    rules = scheme("key: a, missing: {value: {kind: group_mean, by: island}}")
    beside = BesideValues(texts={"island": ["Java", "Java", "Java", "Bali", ""]})
    found = scored(rules, beside, a=[50, 70, None, None, None])
    assert found.total == [50, 70, 60, None, None]
    assert acts(found) == [(2, "group_mean", None, 60)]


def test_the_nearest_year_and_of_two_the_earlier() -> None:
    rules = scheme("key: a, missing: nearest_year")
    beside = BesideValues(
        years=[2020, 2021, 2022, 2021, 2025], who=[("X", "x")] * 3 + [("Y", "y")] * 2
    )
    found = scored(rules, beside, a=[10, None, 30, None, 90])
    assert found.total == [10, 10, 30, 90, 90]


def test_a_least_coverage() -> None:
    rules = scheme(
        "key: a, weight: 50", "key: b, weight: 30", "key: c, weight: 20", more="coverage: 0.5\n"
    )
    found = scored(rules, a=[10, 10, None, None], b=[20, None, 20, None], c=[30, None, 30, None])
    assert found.total == [17, 10, 24, None]


def test_several_years_under_the_ends_of_one() -> None:
    rules = scheme("key: a, normalise: {kind: min_max, base: 2020, caps: true}")
    beside = BesideValues(years=[2020, 2020, 2021, 2021], who=[("X", "x"), ("Y", "y")] * 2)
    found = scored(rules, beside, a=[10, 20, 15, 25])
    assert found.total == [0, 100, 50, 100]
    assert acts(found) == [(3, "cap", 25, 20)]
    with refusing("found 25, expected 10 to 20"):
        scored(scheme("key: a, normalise: {kind: min_max, base: 2020}"), beside, a=[10, 20, 15, 25])
    with refusing("found no value of 2019"):
        scored(scheme("key: a, normalise: {kind: min_max, base: 2019}"), beside, a=[1, 2, 3, 4])


@pytest.mark.parametrize(("exponent", "like"), [(1, "arithmetic"), (-1, "harmonic")])
@given(st.lists(st.decimals("0.01", 100, places=2), min_size=2, max_size=5))
def test_generalised_means_of_powers_one_and_less(
    exponent: int, like: str, values: list[object]
) -> None:
    rules = scheme("key: a", more=f"mean: generalised\npower: {exponent}\n")
    given = [value for value in fractions(values) if value is not None]
    weights = list(range(1, len(given) + 1))
    found = mean_of_node(rules)(given, weights)
    assert found == MEANS[like](given, weights)  # type: ignore[index]


@given(st.lists(st.decimals("0.01", 100, places=2), min_size=2, max_size=5))
def test_generalised_means_rise_with_their_power_within_their_values(values: list[object]) -> None:
    given = [value for value in fractions(values) if value is not None]
    found = []
    for exponent in ("-3", "-0.5", "0.5", "2"):
        rules = scheme("key: a", more=f"mean: generalised\npower: {exponent}\n")
        found.append(mean_of_node(rules)(given, [1] * len(given)))
    assert [float(one) for one in found] == pytest.approx(sorted(map(float, found)))
    assert min(given) <= found[0]
    assert found[-1] <= max(given)


def test_a_quadratic_mean_by_hand() -> None:
    rules = scheme("key: a, weight: 1", "key: b, weight: 3", more="mean: generalised\npower: 2\n")
    assert float(scored(rules, a=[10], b=[20]).total[0] or 0) == pytest.approx(sqrt(325))


def test_unlike_parts_are_penalised() -> None:
    """Mazziotta and Pareto: M - S^2 / M; of 90 and 110 100 - 100 / 100, of two 100s nothing."""
    flat = "normalise: {kind: goalposts, between: [70, 130], onto: [70, 130]}"
    rules = scheme(f"key: a, {flat}", f"key: b, {flat}", more="mean: penalised\n")
    assert scored(rules, a=[90, 100], b=[110, 100]).total == [99, 100]
    down = scheme(f"key: a, {flat}", f"key: b, {flat}", more="mean: penalised\ndirection: down\n")
    assert scored(down, a=[90], b=[110]).total == [101]


@pytest.mark.parametrize(
    ("child", "more", "told"),
    [
        ("key: a, normalise: {kind: logarithm, between: [0, 1]}", "", "expected a low end above 0"),
        ("key: a, normalise: {kind: min_max, caps: true}", "", "normalise.caps: found it for"),
        ("key: a, normalise: {kind: rank, base: 2020}", "", "normalise.base: found it for rank"),
        ("key: a, normalise: {kind: goalposts, spread: 2}", "", "normalise.spread: found it for"),
        (
            "key: a, normalise: {kind: z_score, spread: 0}",
            "",
            "spread: found 0, expected more than 0",
        ),
        ("key: a, missing: group_mean", "", "missing.by: found group_mean, expected a column"),
        ("key: a, missing: {value: {kind: refuse, by: x}}", "", "missing.value.by: found refuse"),
        ("key: a", "mean: generalised\n", "power: found a generalised mean without a power"),
        ("key: a", "mean: generalised\npower: 0\n", "expected a power other than 0"),
        ("key: a", "mean: generalised\npower: 1e99\n", "expected a power of 0.01 to 100, above or"),
        ("key: a", "mean: generalised\npower: 1e-99\n", "power: found"),
        ("key: a, outliers: {kind: box_cox, power: -1e9}", "", "power: found -1,000,000,000"),
        ("key: a, outliers: {kind: winsorise, otherwise: 101}", "", "otherwise: found 101"),
        (
            "key: a, normalise: z_score",
            "mean: geometric\n",
            "mean: found geometric over a, expected",
        ),
        ("key: a, normalise: rank", "mean: harmonic\n", "found harmonic over a"),
        ("key: a, normalise: percentile_rank", "mean: penalised\n", "found penalised over a"),
        ("key: a", "coverage: 0\n", "coverage: found"),
        ("key: a", "coverage: 1.1\n", "coverage: found"),
        (
            "key: a, normalise: rank",
            "bands: [{from: 0, to: 100, label: All}]\n",
            "bands: found bands over values without ends",
        ),
    ],
)
def test_operations_without_a_meaning_are_refused(child: str, more: str, told: str) -> None:
    with refusing(told):
        scheme(child, more=more)


@pytest.mark.parametrize(
    ("normalise", "values", "told"),
    [
        ("z_score", [5, 5], "found 1 different values, expected at least 2"),
        ("percentile_rank", [5], "found 1 different values"),
        ("distance_to_leader", [0, 5], "found 0, expected values above 0 for the distance"),
        ("{kind: logarithm, between: [1, 9]}", [0, 5], "found 0, expected 1 to 9"),
    ],
)
def test_values_without_a_meaning_are_refused(normalise: str, values: list[int], told: str) -> None:
    with refusing(told):
        one(normalise, values)


@pytest.mark.parametrize("kind", ["z_score", "rank", "percentile_rank"])
def test_scales_of_who_is_present_keep_the_order(kind: str) -> None:
    """Of COINr's first indicator under its own min-max."""
    column = [row["input_3"] for row in read_csv(DATA / "coinr" / "tree_public_data.csv")]
    found = scored(scheme(f"key: a, normalise: {kind}"), a=column).total
    assert ranks(found) == ranks([Fraction(value) for value in column])


def test_every_scale_has_its_formula() -> None:
    assert {"identity", "ladder", "goalposts", "logarithm", *OF_THOSE_PRESENT} == set(SCALES)
    for way in SCALES.values():
        assert way.__doc__


@given(st.fractions("1/1000", 1000), st.fractions(-3, 3, max_denominator=10))
def test_powers_and_roots(value: Fraction, exponent: Fraction) -> None:
    assert float(power(value, exponent)) == pytest.approx(float(value) ** float(exponent))
    assert float(root(value) ** 2) == pytest.approx(float(value))
    assert exp(log(float(value))) == pytest.approx(float(value))


def test_coinr_is_scored_as_before() -> None:
    rules = parse_scheme(COINR, "coinr.yaml")
    rows = read_csv(DATA / "coinr" / "tree_public_data.csv")
    columns = {node.key: [row[node.key] for row in rows] for node in rules.indicators()}
    found = scored(rules, None, **columns)
    expected = [float(r["a_amean_Index"]) for r in read_csv(DATA / "coinr/tree_public_coinr.csv")]
    assert [float(value or 0) for value in found.total] == pytest.approx(expected)
    assert found.changed == []


def test_schemes_that_come_with_the_program_change_nothing() -> None:
    for name in ("ombudsman-2022", "perception-2022", "opini-2025", "skm-2017"):
        rules = load_scheme(name)
        assert not any(node.changed for node in rules.indicators())
        assert (rules.numbers, rules.groups, rules.of_years) == ([], [], False)
