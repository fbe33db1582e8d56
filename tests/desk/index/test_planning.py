"""Who plans for what: an official for own units, a coordinator for the institution."""

from fractions import Fraction

import pytest

from accounts.actors import Forbidden
from analysis.index.plan import Planned, plan
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import Judgement, assess
from desk.assessment.fieldwork import Judging
from desk.index.perception import Scoring, score_visible, score_year
from desk.index.planning import places_of, plannable, plannable_years, product_names
from models import reading, writing
from tests.desk.conftest import ROLES, House, another_district
from tests.kept import kept

COMPLIANCE, OMBUDSMAN = load_scheme("compliance-2021"), load_scheme("ombudsman-2022")


@kept
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


def test_acts_stand_on_products_and_people_and_add_up_to_the_indicators(assessed: House) -> None:
    """Two assessors and parts of an indicator too: what the places hold is what is scored."""
    assessed.assign(actor="second_analyst")
    with writing(assessed.engine) as session:
        judged = [
            (assessed.analyst, "knows_duties", "1", 1),
            (assessed.second_analyst, "knows_duties", "1", 2),
            (assessed.analyst, "knows_duties", "2", 4),
            (assessed.analyst, "knows_ombudsman", "1", 2),
            (assessed.analyst, "knows_recommendations", "1", 3),
            (assessed.analyst, "knows_recommendations", "2", 0),
        ]
        for actor, item, person, rung in judged:
            given = Judgement(assessed.clinic, item, rung, subject=person)
            assess(session, actor, Judging(OMBUDSMAN, 2025), [given])
        scored = score_visible(
            session, assessed.analyst, Scoring(OMBUDSMAN, 2025), assessed.district
        )
        places = places_of(session, scored)
        names = product_names(session, scored)
    at = next(at for at, unit in enumerate(scored.units) if unit.id == assessed.clinic)
    held = {
        node: sum(place.value * place.share for place in places if (place.unit, place.node) == node)
        for node in {(place.unit, place.node) for place in places}
    }
    for (unit, node), value in held.items():
        assert scored.columns[node][unit] == value
    duties = {
        one.subject: one.value for one in places if (one.unit, one.item) == (at, "knows_duties")
    }
    assert duties == {"1": Fraction(3, 2), "2": Fraction(4), "3": Fraction(2), "4": Fraction(2)}
    parts = [one for one in places if (one.unit, one.node) == (at, "knows_ombudsman")]
    assert {(one.item, one.subject, one.share) for one in parts} == {
        (item, person, Fraction(1, 8))
        for item in ("knows_ombudsman", "knows_recommendations")
        for person in "1234"
    }
    assert {unit for unit, _ in names} <= set(range(len(scored.units)))
