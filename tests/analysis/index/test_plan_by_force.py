"""The planner against all plans that there are, under every scheme, rounded and unrounded."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, product
from math import lcm
from operator import mul

import pytest

from analysis.errors import Problem
from analysis.index.composite import Column, institution_score, score
from analysis.index.plan import (
    JudgedPlace,
    PlanLimits,
    Planned,
    can_be_planned,
    higher_bands,
    plan,
)
from analysis.rulebook.scheme import Band, Node, Scheme, load_scheme, scheme_ids

CASES = 200
COSTS = (Fraction(1), Fraction(1), Fraction(3, 2), Fraction(1, 3))
RUNGS = tuple(map(Fraction, ("2", "5/2", "3", "4")))


def is_plannable(scheme: Scheme) -> bool:
    """Whether all means are arithmetic, there are bands to reach, and something to be done."""
    parents: list[Scheme | Node] = [scheme]
    parents += [node for node in scheme.nodes() if node.children]
    arithmetic = all(parent.mean.value == "arithmetic" for parent in parents)
    return arithmetic and scheme.bands is not None and any(map(can_be_planned, scheme.nodes()))


SCHEMES = [name for name in scheme_ids() if is_plannable(load_scheme(name))]


def banded(scheme: Scheme, unrounded: bool) -> Scheme:
    """The scheme as it is, or with edges of the other kind at the same scores."""
    assert scheme.bands
    if scheme.unrounded == unrounded:
        return scheme
    ordered = sorted(scheme.bands.value, key=lambda band: band.start)
    starts = [band.start for band in ordered[1:]]
    bands = [*map(over if unrounded else from_a_cent_over, ordered[1:])]
    ends = starts if unrounded else [band.start - Fraction(1, 100) for band in bands]
    found = [
        band.model_copy(update={"end": end})
        for band, end in zip([ordered[0], *bands], [*ends, ordered[-1].end], strict=True)
    ]
    return scheme.model_copy(update={"bands": scheme.bands.model_copy(update={"value": found})})


def over(band: Band) -> Band:
    return band.model_copy(update={"above": band.start})


def from_a_cent_over(band: Band) -> Band:
    return band.model_copy(update={"start": band.start + Fraction(1, 100), "above": None})


@dataclass(frozen=True)
class Case:
    """Units on their way to a band, and where acts can be done; all else is fixed."""

    columns: dict[str, Column]
    places: list[JudgedPlace]
    limits: PlanLimits


def total(scheme: Scheme, columns: Mapping[str, Column]) -> Fraction:
    found = institution_score(score(scheme, columns).total)
    assert found is not None
    return found


def columns_of(
    scheme: Scheme, units: int, places: list[JudgedPlace], others: dict[str, Fraction]
) -> dict[str, Column]:
    free = {place.node for place in places}
    return {
        node.key: [
            sum(
                (one.value * one.share for one in places if (one.node, one.unit) == (node.key, at)),
                Fraction(0),
            )
            if node.key in free
            else others[node.key]
            for at in range(units)
        ]
        for node in scheme.indicators()
    }


def some_places(chance: random.Random, nodes: list[Node], units: int) -> list[JudgedPlace]:
    """Two indicators: of one each unit judged as a whole, of the other one or two subjects."""
    places = []
    for node, subjects in zip(chance.sample(nodes, 2), (1, chance.choice((1, 2))), strict=True):
        for unit in range(units):
            share = Fraction(1, subjects)
            for subject in range(subjects):
                value = chance.choice(RUNGS)
                places.append(JudgedPlace(unit, node.key, node.key, str(subject), value, share))
    return places


def of_the_most(node: Node, percent: int) -> Fraction:
    """So many percent of the most that an indicator can be, on its own scale."""
    return node.normalise.value.between[1] * percent / 100


def worths(scheme: Scheme) -> dict[str, Fraction]:
    """What a rung of each judged indicator adds to a unit's score: by scoring it."""
    low: dict[str, Column] = {
        node.key: [Fraction(0) if can_be_planned(node) else of_the_most(node, 60)]
        for node in scheme.indicators()
    }
    rung = [Fraction(1)]
    judged = [node.key for node in scheme.indicators() if can_be_planned(node)]
    return {key: total(scheme, low | {key: rung}) - total(scheme, low) for key in judged}


def gain(worth: Mapping[str, Fraction], place: JudgedPlace, units: int) -> Fraction:
    """What one rung at the place adds to the institution's score."""
    return worth[place.node] * place.share / units


def a_case(scheme: Scheme, worth: Mapping[str, Fraction], chance: random.Random) -> Case:
    """Short of the next band by what some acts give, exactly or nearly."""
    assert scheme.bands
    judged = [node for node in scheme.indicators() if can_be_planned(node)]
    band = chance.choice(sorted(scheme.bands.value, key=lambda one: one.start)[1:])
    while True:
        units = chance.choice((1, 2))
        places = some_places(chance, judged, units)
        free = {place.node for place in places}
        others = {
            node.key: of_the_most(node, chance.randint(60, 100)) for node in scheme.indicators()
        } | dict.fromkeys((node.key for node in judged if node.key not in free), Fraction(0))
        columns = columns_of(scheme, units, places, others)
        gap = Fraction(chance.choice((0, 0, 1, -1)), chance.choice((200, 1000)))
        gap += sum(
            (chance.randint(0, 1) * gain(worth, place, units) for place in places), Fraction(0)
        )
        low = total(scheme, columns)
        rest = sum(worth[node.key] for node in judged if node.key not in free)
        filler = (scheme.edge(band) - gap - low) / rest
        if 0 <= filler <= 4:
            break
    fixed = frozenset(node.key for node in judged if node.key not in free)
    columns = columns_of(scheme, units, places, others | dict.fromkeys(fixed, filler))
    limits = PlanLimits(
        own={key: chance.choice(COSTS) for key in sorted(free)},
        fixed=fixed,
        most_steps=chance.choice((None, None, 1, 2)),
        budget=chance.choice((None, None, Fraction(2))),
    )
    return Case(columns, places, limits)


def ways(place: JudgedPlace) -> Iterator[Fraction]:
    """The rungs to which it may be raised, itself first."""
    yield place.value
    yield from (Fraction(rung) for rung in range(5) if rung > place.value)


def by_force(
    scheme: Scheme, worth: Mapping[str, Fraction], case: Case, before: Fraction
) -> Fraction | None:
    """The least cost of all plans that reach the next band; None where none does."""
    units = 1 + max(place.unit for place in case.places)
    band = higher_bands(scheme, before)[0]
    gains = [
        [(rung - place.value) * gain(worth, place, units) for rung in ways(place)]
        for place in case.places
    ]
    costs = [case.limits.own[place.node] for place in case.places]
    enough = scheme.edge(band) - before
    scale = lcm(*(one.denominator for one in (*costs, enough, *chain(*gains))))
    whole_gains = [[int(one * scale) for one in row] for row in gains]
    whole_costs, needed = [int(one * scale) for one in costs], int(enough * scale)
    budget, most = case.limits.budget, case.limits.most_steps
    found = None if budget is None else int(budget * scale) + 1
    best = None
    for chosen in product(*(range(len(row)) for row in gains)):
        cost = sum(map(mul, chosen, whole_costs))
        gained = sum(row[steps] for row, steps in zip(whole_gains, chosen, strict=True))
        if gained < needed + (band.above is not None) or (found is not None and cost >= found):
            continue
        acts = [0, 0]
        for steps, place in zip(chosen, case.places, strict=True):
            acts[place.unit] += steps
        if most is None or max(acts) <= most:
            found = best = cost
    return None if best is None else Fraction(best, scale)


@pytest.mark.long
@pytest.mark.parametrize("unrounded", [False, True], ids=["rounded", "unrounded"])
@pytest.mark.parametrize("name", SCHEMES)
def test_no_difference_to_all_plans_there_are(name: str, unrounded: bool) -> None:
    scheme, chance = banded(load_scheme(name), unrounded), random.Random(f"{name} {unrounded}")
    worth = worths(scheme)
    outcomes = {"planned": 0, "unreachable": 0}
    for _ in range(CASES):
        case = a_case(scheme, worth, chance)
        before = total(scheme, case.columns)
        higher = higher_bands(scheme, before)
        found = plan(scheme, case.columns, None, case.limits, case.places)
        if not higher:
            assert isinstance(found, Problem)
            assert found.code == "top_grade"
            continue
        least = by_force(scheme, worth, case, before)
        if isinstance(found, Problem):
            assert (found.code, least) == ("unreachable", None)
            outcomes["unreachable"] += 1
            continue
        outcomes["planned"] += 1
        assert {one.cost for one in found.plans} == {least}
        check(scheme, case, found)
    assert outcomes["planned"] > CASES // 4
    assert outcomes["unreachable"] > 0


def check(scheme: Scheme, case: Case, found: Planned) -> None:
    """Every plan does at its places what it says, and has the score that it says."""
    known = set(case.places)
    for one in found.plans:
        changed = {key: list(column) for key, column in case.columns.items()}
        for step in one.steps:
            assert step.place in known
            assert step.place.value == step.start < step.end <= 4
            before = changed[step.node.key][step.unit] or Fraction(0)
            changed[step.node.key][step.unit] = before + (step.end - step.start) * step.place.share
        assert total(scheme, changed) == one.after
        assert scheme.reaches(one.after, found.band)


def test_what_citizens_say_is_never_a_step() -> None:
    """Neither surveys nor interviews, whatever they cost."""
    for name in SCHEMES:
        scheme = load_scheme(name)
        said = [node for node in scheme.indicators() if not can_be_planned(node)]
        columns: dict[str, Column] = {
            node.key: [Fraction(4) if can_be_planned(node) else of_the_most(node, 60)]
            for node in scheme.indicators()
        }
        if not said:
            continue
        assert not any(node.evidence in (None, "judgement") for node in said)
        found = plan(scheme, columns)
        assert isinstance(found, Problem)
        assert found.code in ("unreachable", "top_grade")


@pytest.mark.parametrize("name", ["skm-2017", "skm-2004", "ipkp-2021", "ipak-2021"])
def test_a_survey_of_citizens_has_no_plan(name: str) -> None:
    scheme = load_scheme(name)
    columns: dict[str, Column] = {node.key: [Fraction(3)] for node in scheme.indicators()}
    found = plan(scheme, columns)
    assert isinstance(found, Problem)
    assert found.code == "unreachable"
