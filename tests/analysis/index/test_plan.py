"""The least steps to a higher band: against all plans there are, by hand, and refused."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import Problem
from analysis.index.composite import Column, institution_score, score
from analysis.index.plan import PlanLimits, Planned, higher_bands, plan
from analysis.rulebook.scheme import Scheme, load_scheme, parse_scheme
from tests.refusing import refusing

SMALL = """
id: small
title: small
owner: custom
valid: {from: 2026-01-01}
sources: {own: {title: own, year: 2026}}
standing: assumed
source: own
mean: MEAN
normalise: ladder
children:
- key: left
  weight: 3
  children:
  - {key: a, weight: 1.1}
  - {key: b, weight: 0.7}
- {key: c, weight: 2}
- {key: d, weight: 1.3, normalise: NORMALISE}
bands:
- {from: 0, to: 49.99, label: low, grade: C}
- {from: 50, to: 74.99, label: middle, grade: B}
- {from: 75, to: 100, label: high, grade: A}
"""
NEAR_THE_TOP = (
    SMALL.replace("MEAN", "arithmetic")
    .replace("NORMALISE", "ladder")
    .replace("from: 75,", "from: 93,")
    .replace("74.99", "92.99")
)
OMBUDSMAN = load_scheme("ombudsman-2022")
OFFICES = 7
COMPLAINTS = ("complaint_channel", "complaint_procedure", "complaint_followup")


def small(mean: str = "arithmetic", normalise: str = "ladder") -> Scheme:
    return parse_scheme(SMALL.replace("MEAN", mean).replace("NORMALISE", normalise), "small.yaml")


def of(**columns: Sequence[object]) -> dict[str, Column]:
    return {
        key: [None if value is None else Fraction(str(value)) for value in column]
        for key, column in columns.items()
    }


def planned(
    scheme: Scheme, columns: Mapping[str, Column], limits: PlanLimits | None = None
) -> Planned:
    found = plan(scheme, columns, limits=limits)
    assert isinstance(found, Planned), found
    return found


def why(found: Planned | Problem) -> str:
    assert isinstance(found, Problem), found
    return found.code


def by_force(scheme: Scheme, columns: Mapping[str, Column], limits: PlanLimits) -> Fraction | None:
    """The least cost of all plans that there are; None where none reaches the next band."""
    before = institution_score(score(scheme, columns).total)
    assert before is not None
    wanted = higher_bands(scheme, before)[0]
    costs = {node.key: limits.cost(node) for node in scheme.indicators()}
    places = [(key, at) for key in columns for at in range(len(columns[key]))]
    rungs = [
        [now, *(Fraction(rung) for rung in range(5) if rung > now)]
        if key not in limits.fixed
        else [now]
        for key, at in places
        if (now := columns[key][at]) is not None
    ]
    best = None
    for chosen in product(*rungs):
        cost, steps = Fraction(0), dict.fromkeys(range(2), 0)
        changed = {key: list(column) for key, column in columns.items()}
        for (key, at), levels, rung in zip(places, rungs, chosen, strict=True):
            cost += levels.index(rung) * costs[key]
            steps[at] += levels.index(rung)
            changed[key][at] = rung
        allowed = limits.most_steps is None or max(steps.values()) <= limits.most_steps
        after = institution_score(score(scheme, changed).total)
        if (
            allowed
            and after is not None
            and scheme.reaches(after, wanted)
            and (best is None or cost < best)
        ):
            best = cost
    return best if limits.budget is None or best is None or best <= limits.budget else None


UNROUNDED = (
    SMALL.replace("MEAN", "arithmetic")
    .replace("NORMALISE", "ladder")
    .replace("{from: 0, to: 49.99,", "{from: 0, to: 40,")
    .replace("{from: 50, to: 74.99,", "{above: 40, to: 93,")
    .replace("{from: 75,", "{above: 93,")
)
ONE = [["1", "1.5", "2", "2.25", "3"]]  # all plans of one unit or, near the top, of two
TWO = [["3", "4", "3.5"], ["4", "3"]]
VALUES = st.sampled_from([ONE, TWO]).flatmap(
    lambda units: st.lists(st.tuples(*map(st.sampled_from, units)), min_size=4, max_size=4)
)
LIMITS = st.builds(
    PlanLimits,
    own=st.dictionaries(st.sampled_from("abcd"), st.sampled_from([Fraction(1, 3), Fraction(5, 2)])),
    fixed=st.frozensets(st.sampled_from("abc"), max_size=2),
    most_steps=st.none() | st.integers(1, 4),
    budget=st.none() | st.integers(1, 6).map(Fraction),
)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([NEAR_THE_TOP, UNROUNDED]), VALUES, LIMITS)
def test_no_plan_is_cheaper_and_each_does_what_it_says(
    text: str, values: list[tuple[str, ...]], limits: PlanLimits
) -> None:
    scheme = parse_scheme(text, "small.yaml")
    columns = of(**{key: list(row) for key, row in zip("abcd", values, strict=True)})
    found = plan(scheme, columns, limits=limits)
    if isinstance(found, Problem) and found.code == "top_grade":
        return
    least = by_force(scheme, columns, limits)
    if isinstance(found, Problem):
        assert (found.code, least) == ("unreachable", None)
        return
    told = {
        tuple((step.unit, step.node.key, step.end) for step in one.steps) for one in found.plans
    }
    assert len(told) == len(found.plans) <= 4
    for one in found.plans:
        assert one.cost == least == sum(step.cost for step in one.steps)
        changed = {key: list(column) for key, column in columns.items()}
        for step in one.steps:
            assert changed[step.node.key][step.unit] == step.start < step.end <= 4
            assert step.node.key not in limits.fixed
            changed[step.node.key][step.unit] = step.end
        assert institution_score(score(scheme, changed).total) == one.after
        assert scheme.reaches(one.after, found.band)


@pytest.mark.parametrize(
    ("scheme", "now", "needed"),
    [
        ("compliance-2016", "48.21", "50"),
        ("compliance-2016", "50", "50"),
        ("compliance-2016", "80", "80"),
        ("compliance-kl-2017", "55", "55"),
    ],
)
def test_the_edge_of_unrounded_bands_is_not_enough(scheme: str, now: str, needed: str) -> None:
    """50.00 is red, 80.00 yellow: the score has to exceed the edge, by however little."""
    rules = load_scheme(scheme)
    top = rules.span[1]
    raw = {node.key: [4 * Fraction(now) / top] for node in rules.indicators()}
    found = planned(rules, raw)
    assert found.edge == Fraction(needed) < found.plans[0].after
    assert found.band.above == Fraction(needed)


def test_the_top_of_unrounded_bands_is_above_its_edge() -> None:
    rules = load_scheme("compliance-2016")
    raw = {node.key: [Fraction(4)] for node in rules.indicators()}
    assert why(plan(rules, raw)) == "top_grade"


def test_the_target_is_the_rounding_edge() -> None:
    """d in hundredths: 50.00 is read on the rounded score, so 49.995 is enough, 49.99 is not."""
    columns = of(a=[2], b=[2], c=[2], d=["49.90"])
    found = planned(small(normalise="identity"), columns, PlanLimits(fixed=frozenset("abc")))
    [step] = found.plans[0].steps
    share = Fraction("1.3") / Fraction("6.3")
    assert found.edge == Fraction("49.995")
    assert (step.start, step.end, step.cost) == (
        Fraction("49.90"),
        Fraction("49.98"),
        Fraction("0.08"),
    )
    assert found.plans[0].after >= found.edge > found.plans[0].after - share / 100


def test_a_plan_that_just_reaches_the_edge_is_found() -> None:
    """75.005 exactly: 750 hundredths of a part that weighs 5 of 10."""
    text = SMALL.replace("MEAN", "arithmetic").replace("NORMALISE", "identity")
    text = text.replace("from: 75,", "from: 75.01,").replace("74.99", "75.00")
    text = text.replace("weight: 1.3", "weight: 5").replace("weight: 2", "weight: 2")
    columns = of(a=[3], b=[3], c=[3], d=["75"])
    found = planned(parse_scheme(text, "small.yaml"), columns, PlanLimits(fixed=frozenset("abc")))
    assert (found.edge, found.plans[0].after) == (Fraction("75.005"), Fraction("75.005"))


def oki() -> dict[str, Column]:
    """Seven offices of a district that together have 85.81, as OKI in 2023; invented below it."""
    columns: dict[str, Column] = {
        node.key: [Fraction(4 if (at + office) % 4 else 3) for office in range(OFFICES)]
        for at, node in enumerate(OMBUDSMAN.indicators())
    }
    columns["output"] = [Fraction(80)] * OFFICES
    before = institution_score(score(OMBUDSMAN, columns).total)
    assert before is not None
    columns["output"] = [80 + (Fraction("85.81") - before) / Fraction("0.2424")] * OFFICES
    return columns


def test_from_high_to_highest_the_wish_of_oki() -> None:
    """From "tinggi" (85.81 B) to "tertinggi" (A); what citizens say stays as it is.

    The best rungs: the complaints items at 3, worth 25 x 21.54 % / 3 / 7 units each; then
    facilities and competence, 25 x 21.85 % x 12.54 % / 7.
    """
    columns = oki()
    found = planned(OMBUDSMAN, columns, PlanLimits(fixed=frozenset({"output"})))
    before, after = (OMBUDSMAN.band(one) for one in (found.before, found.plans[0].after))
    assert before is not None
    assert (str(OMBUDSMAN.round(found.before)), before.grade) == ("85.81", "B")
    assert (found.band.grade, found.edge) == ("A", Fraction("87.995"))
    assert after == found.band
    gains = {"complaints": 25 * Fraction("0.2154") / 3 / OFFICES}
    gains["input"] = 25 * Fraction("0.2185") * Fraction("0.1254") / OFFICES
    best = sum(columns[key][at] == 3 for key in COMPLAINTS for at in range(OFFICES))
    left = found.edge - found.before - best * gains["complaints"]
    assert left > 0
    assert found.plans[0].cost == best + ceil(left / gains["input"])
    assert all(step.start == 3 and step.end == 4 for step in found.plans[0].steps)


def test_a_chosen_band_may_be_higher_than_the_next() -> None:
    columns = of(a=[1], b=[1], c=[1], d=[1])
    scheme = small()
    next_band, highest = higher_bands(scheme, Fraction(25))
    near, far = (plan(scheme, columns, band) for band in (next_band, highest))
    assert isinstance(near, Planned)
    assert isinstance(far, Planned)
    assert near.plans[0].cost < far.plans[0].cost
    assert scheme.band(far.plans[0].after) == highest


@pytest.mark.parametrize(
    ("scheme", "columns", "limits", "reason"),
    [
        (small(), of(a=[4], b=[4], c=[4], d=[4]), PlanLimits(), "top_grade"),
        (small(), of(a=[1, 1], b=[1, None], c=[1, 1], d=[1, 1]), PlanLimits(), "provisional"),
        (small("geometric"), of(a=[1], b=[1], c=[1], d=[1]), PlanLimits(), "other_mean"),
        (small("harmonic"), of(a=[1], b=[1], c=[1], d=[1]), PlanLimits(), "other_mean"),
        (
            small(normalise="min_max"),
            of(a=[1] * 2, b=[1] * 2, c=[1] * 2, d=[1, 2]),
            None,
            "relative",
        ),
        (small(), of(a=[1], b=[1], c=[1], d=[1]), PlanLimits(most_steps=1), "unreachable"),
        (small(), of(a=[1], b=[1], c=[1], d=[1]), PlanLimits(budget=Fraction(1)), "unreachable"),
        (
            small(),
            of(a=[1], b=[1], c=[1], d=[1]),
            PlanLimits(fixed=frozenset("abcd")),
            "unreachable",
        ),
    ],
)
def test_why_there_is_no_plan(
    scheme: Scheme, columns: Mapping[str, Column], limits: PlanLimits | None, reason: str
) -> None:
    assert why(plan(scheme, columns, limits=limits)) == reason


def test_a_band_that_is_not_above_is_refused() -> None:
    lowest = higher_bands(small(), Fraction(-1))[0]
    assert why(plan(small(), of(a=[2], b=[2], c=[1], d=[1]), lowest)) == "target_not_above"


@pytest.mark.parametrize(
    "limits", [PlanLimits(rung=Fraction(0)), PlanLimits(own={"a": Fraction(-1)})]
)
def test_a_step_that_costs_nothing_is_refused(limits: PlanLimits) -> None:
    with refusing("a cost above 0"):
        plan(small(), of(a=[1], b=[1], c=[1], d=[1]), limits=limits)
