"""Pre-assessment: an institution judges itself, and no score ever sees it."""

from fractions import Fraction

import pytest
from sqlalchemy import func, select

from accounts.actors import Actor, Forbidden
from analysis.rulebook.scheme import load_scheme, scheme_ids
from desk.assessment.assessments import Judgement, assess, judgements_of
from desk.assessment.counted import count_judgements
from desk.assessment.fieldwork import Judging
from desk.assessment.preassessment import preassessed, side_by_side, side_by_side_in
from desk.index.perception import Scoring, assessed_years, is_scored_here, score_visible, score_year
from desk.index.planning import plannable, plannable_years
from desk.publication.objections import objections_of
from desk.publication.publishing import prepare, read_document
from models import Assessment, Role, SelfAssessment, reading, writing
from tests.desk.conftest import ROLES, House, _person
from tests.lasting import lasting
from tests.refusing import refusing

SCHEME = load_scheme("ombudsman-2022")
STANDARDS = lasting("compliance-2021")
ITEMS = [node.key for node in STANDARDS.indicators()]
MAY_SEE = {"official", "other_official", "coordinator", "analyst", "second_analyst"}


def judge_oneself(house: House, rung: int, actor: Actor | None = None) -> None:
    judgements = [Judgement(house.clinic, item, rung) for item in ITEMS]
    with writing(house.engine) as session:
        assess(session, actor or house.coordinator, Judging(SCHEME, 2025, "self"), judgements)


def test_no_year_plan_or_score_knows_of_it(house: House) -> None:
    judge_oneself(house, 4)
    house.assign()
    with reading(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == 0
        assert session.scalar(select(func.count()).select_from(SelfAssessment)) == 14
        assert count_judgements(session, 2025).means == {}
        assert assessed_years(session, house.analyst) == []
        assert plannable_years(session, house.coordinator) == []
        assert plannable(session, house.coordinator, 2025) == []
        assert (
            score_visible(session, house.coordinator, Scoring(SCHEME, 2025), house.district).units
            == []
        )


def test_scores_ranks_and_publications_are_the_same_with_and_without(house: House) -> None:
    house.judge(2)
    house.judge(3, house.registry)
    schemes = [load_scheme(name) for name in scheme_ids() if is_scored_here(load_scheme(name))]

    def everything() -> list[object]:
        with reading(house.engine) as session:
            return [
                score_year(session, house.analyst, Scoring(one, 2025)).result for one in schemes
            ]

    def document() -> object:
        with writing(house.engine) as session:
            return read_document(prepare(session, house.analyst, Scoring(STANDARDS, 2025)))

    before, published = everything(), document()
    judge_oneself(house, 4)
    assert everything() == before
    assert document() == published


def test_it_stands_beside_the_official_one(house: House) -> None:
    judge_oneself(house, 4)
    house.judge(3, areas=("standards",))
    house.judge(2, areas=("facilities",))
    with reading(house.engine) as session:
        (one,) = side_by_side(session, house.coordinator, SCHEME, 2025, house.district)
    assert one.unit.id == house.clinic
    assert one.areas["standards"] == (Fraction(100), Fraction(75))
    assert one.areas["facilities"] == (None, Fraction(50))
    assert one.areas["complaints"] == (None, None)
    assert one.items["fee"] == (Fraction(4), Fraction(3))


def test_the_latest_of_anybody_in_the_institution_counts(house: House) -> None:
    with writing(house.engine) as session:
        role = Role(role="coordinator", institution_id=house.district)
        colleague = _person(session, "second_coordinator", [role])
    judge_oneself(house, 4)
    judge_oneself(house, 2, colleague)
    with reading(house.engine) as session:
        (one,) = side_by_side(session, house.analyst, SCHEME, 2025, house.district)
        own = judgements_of(session, house.coordinator, house.clinic, 2025, "self")
    assert one.areas["standards"][0] == 50
    assert {given.rung for given in own.values()} == {2}
    assert house.last_act().act == "assess_oneself"


def test_who_may_judge_oneself(house: House) -> None:
    judge_oneself(house, 3)
    for role in set(ROLES) - {"coordinator"}:
        with pytest.raises(Forbidden):
            judge_oneself(house, 3, house.actors[role])
        with reading(house.engine) as session, pytest.raises(Forbidden):
            judgements_of(session, house.actors[role], house.clinic, 2025, "self")


def test_who_sees_it(house: House) -> None:
    judge_oneself(house, 3)
    with reading(house.engine) as session:
        for role in MAY_SEE:
            units = side_by_side(session, house.actors[role], SCHEME, 2025, house.district)
            own = role != "other_official"
            assert [one.unit.id for one in units] == ([house.clinic] if own else [])
            assert bool(preassessed(session, house.actors[role])) is own
        for role in set(ROLES) - MAY_SEE:
            assert preassessed(session, house.actors[role]) == {}
            with pytest.raises(Forbidden):
                side_by_side(session, house.actors[role], SCHEME, 2025, house.district)


def test_a_coordinator_judges_nothing_officially(house: House) -> None:
    with writing(house.engine) as session, pytest.raises(Forbidden):
        assess(
            session, house.coordinator, Judging(SCHEME, 2025), [Judgement(house.clinic, "fee", 4)]
        )
    with reading(house.engine) as session:
        assert objections_of(session, house.coordinator) == []


def test_all_that_is_judged_in_a_year_stands_beside(house: House) -> None:
    """Also what the year's own scheme does not ask for."""
    items = {"fee": 4, "planning_with_citizens": 2, "complaint_channel": 1}
    judgements = [Judgement(house.clinic, item, rung) for item, rung in items.items()]
    with writing(house.engine) as session:
        assess(session, house.coordinator, Judging(None, 2025, "self"), judgements)
    with reading(house.engine) as session:
        (one,) = side_by_side_in(session, house.coordinator, 2025, house.district)
        with pytest.raises(Forbidden):
            side_by_side_in(session, house.other_coordinator, 2025, house.district)
    assert {"standards", "governance", "complaints", "competence", "facilities"} == set(one.areas)
    assert {item: own for item, (own, _) in one.items.items() if own is not None} == items


@pytest.mark.parametrize("year", [2024, 2025])
def test_what_is_not_asked_in_the_year_is_refused(house: House, year: int) -> None:
    judgement = Judgement(house.clinic, "planning_with_citizens", 2)
    with writing(house.engine) as session:
        if year == 2025:
            assess(session, house.coordinator, Judging(None, year, "self"), [judgement])
        else:
            with refusing("planning_with_citizens"):
                assess(session, house.coordinator, Judging(None, year, "self"), [judgement])
