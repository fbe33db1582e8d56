from dataclasses import replace
from fractions import Fraction

from analysis.index.reconcile import reconcile
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.rulebook.scheme import load_scheme
from tests.analysis.rows import ELEMENTS, SKM, adding_to, columns, index_of, same, tally_of

Told = list[tuple[str, str, str | None]]
SUMS = (105, 101, 100, 116, 102, 105, 106, 105, 115)


def told(unit: Satisfaction, averaged: Fraction | None = None) -> Told:
    ways = reconcile(unit, averaged)
    return [
        (str(way.shown), str(way.difference), way.band.grade if way.band else None) for way in ways
    ]


def test_the_worked_value_under_older_weights() -> None:
    given = {key: adding_to(total, 29) for key, total in zip(ELEMENTS, SUMS, strict=True)}
    assert told(index_of(columns(given))) == [
        ("91.48", "0.00", "A"),
        ("90.56", "-0.92", "A"),
        ("91.38", "-0.10", "A"),
    ]


def test_a_perfect_unit_loses_a_point_and_a_poor_one_falls_below_the_bands() -> None:
    assert [shown for shown, _, _ in told(index_of(same(4)))] == ["100.00", "99.00", "99.90"]
    assert told(index_of(same(1)))[1] == ("24.75", "-0.25", "D")


def test_pooled_and_averaged_services() -> None:
    indices = {400: Fraction("83.33"), 50: Fraction("81.11")}
    pooled = sum(n * index for n, index in indices.items()) / sum(indices)
    unit = replace(index_of(same(3)), index=Fraction(pooled))
    ways = told(unit, averaged=sum(indices.values(), Fraction(0)) / 2)
    assert (ways[0], ways[-1]) == (("83.08", "0.00", "B"), ("82.22", "-0.86", "B"))


def test_weights_for_nine_elements_are_no_weights_for_eight() -> None:
    tally = tally_of({"A": same(3, 4)}, elements=ELEMENTS[:8])
    ways = reconcile(satisfaction(tally, SKM)[0])
    assert [(way.kind, way.weight) for way in ways] == [("exact", Fraction(1, 8))]


def test_bogor_2014_under_its_fourteen_elements_is_as_published() -> None:
    scheme = load_scheme("skm-2004")
    means = {node.key: Fraction("76.23") / 25 for node in scheme.children}
    index = Fraction("76.23")
    unit = Satisfaction(scheme, 150, dict.fromkeys(means, 150), means, index, None)
    assert told(unit) == [("76.23", "0.00", "B"), ("75.77", "-0.46", "B")]


def test_without_an_index_there_is_nothing_to_compare() -> None:
    assert reconcile(index_of([{"time": 3}]), Fraction(80)) == []
