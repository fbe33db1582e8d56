"""Who plans for what: an official for own units, a coordinator for the institution."""

import pytest

from accounts.actors import Forbidden
from analysis.index.plan import Planned, plan
from analysis.rulebook.scheme import load_scheme
from desk.index.perception import Scoring, score_visible, score_year
from desk.index.planning import plannable, plannable_years
from models import reading, writing
from tests.desk.conftest import ROLES, House, another_district

COMPLIANCE = load_scheme("compliance-2021")


@pytest.fixture
def assessed(house: House) -> House:
    """Both units and one of another district judged in 2025, the clinic also in 2024."""
    with writing(house.engine) as session:
        other = another_district(session, "lain").id
    for unit, rung in ((house.clinic, 2), (house.registry, 3), (other, 4)):
        house.judge(rung, unit)
    house.judge(1, house.clinic, year=2024)
    return house


@pytest.mark.parametrize(
    ("role", "years", "places"),
    [
        ("official", [2025, 2024], ["malra"]),
        ("other_official", [2025], ["malra"]),
        ("coordinator", [2025, 2024], ["malra"]),
        ("other_coordinator", [], []),
        ("analyst", [2025, 2024], ["lain", "malra"]),
        ("administrator", [], []),
        ("nobody", [], []),
    ],
)
def test_what_each_may_plan_for(
    assessed: House, role: str, years: list[int], places: list[str]
) -> None:
    actor = assessed.actors[role]
    with reading(assessed.engine) as session:
        assert plannable_years(session, actor) == years
        found = plannable(session, actor, 2025)
        assert sorted(one.code for one in found) == places


@pytest.mark.parametrize(
    ("role", "units"),
    [
        ("official", ["puskesmas-langgur"]),
        ("other_official", ["dukcapil-malra"]),
        ("coordinator", ["dukcapil-malra", "puskesmas-langgur"]),
        ("analyst", ["dukcapil-malra", "puskesmas-langgur"]),
    ],
)
def test_a_plan_stands_on_what_the_actor_may_see(
    assessed: House, role: str, units: list[str]
) -> None:
    actor = assessed.actors[role]
    with reading(assessed.engine) as session:
        scored = score_visible(session, actor, Scoring(COMPLIANCE, 2025), assessed.district)
        whole = score_year(session, assessed.analyst, Scoring(COMPLIANCE, 2025))
    assert sorted(one.unit for one in scored.result.units) == units
    official = {one.unit: one.score for one in whole.result.units}
    assert all(one.score == official[one.unit] for one in scored.result.units)
    assert isinstance(plan(COMPLIANCE, scored.columns), Planned)


@pytest.mark.parametrize("role", ROLES)
def test_another_institution_is_the_analysts_alone(assessed: House, role: str) -> None:
    actor = assessed.actors[role]
    with reading(assessed.engine) as session:
        analyst_places = plannable(session, assessed.analyst, 2025)
        other = next(one.id for one in analyst_places if one.code == "lain")
        if actor.analyst:
            assert score_visible(session, actor, Scoring(COMPLIANCE, 2025), other).units
        else:
            with pytest.raises(Forbidden):
                score_visible(session, actor, Scoring(COMPLIANCE, 2025), other)
