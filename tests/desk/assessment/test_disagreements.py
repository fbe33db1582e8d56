"""Two assessors of one unit: how they differ, who settles it, and what counts when."""

from fractions import Fraction

import pytest
from sqlalchemy import func, select

from accounts.actors import Actor, Forbidden
from analysis.rulebook.scheme import load_scheme
from analysis.uncertainty.agreement import Agreement
from desk.assessment.assessments import ItemAndSubject, Judgement, assess
from desk.assessment.counted import count_judgements
from desk.assessment.disagreements import (
    AssessorComparison,
    Settlement,
    assessed_by_two,
    compare_assessors,
    double_judgements,
    settle,
)
from desk.assessment.fieldwork import Judging
from models import Assessment, Role, User, reading, writing
from tests.desk.conftest import ROLES, House, _person
from tests.kept import kept_for_all
from tests.refusing import refusing

SCHEME = load_scheme("ombudsman-2022")
REASON = "Foto papan dilihat bersama"
FIRST = {
    ("fee", "layanan-1"): 1,
    ("fee", "layanan-2"): 2,
    ("product", "layanan-1"): 3,
    ("procedure", "layanan-1"): 4,
}
SECOND = {("fee", "layanan-1"): 3, ("fee", "layanan-2"): 2, ("product", "layanan-1"): 4}


@pytest.fixture
def third(house: House) -> Actor:
    """An analyst who judged nothing."""
    with writing(house.engine) as session:
        return _person(session, "third_analyst", [Role(role="analyst")])


@kept_for_all
def judged(house: House) -> None:
    for actor in ("analyst", "second_analyst"):
        house.assign(actor=actor)
    judge(house, "analyst", FIRST)
    judge(house, "second_analyst", SECOND)


def judge(house: House, actor: str, rungs: dict[ItemAndSubject, int]) -> None:
    judgements = [
        Judgement(house.clinic, item, rung, subject=subject)
        for (item, subject), rung in rungs.items()
    ]
    with writing(house.engine) as session:
        assess(session, house.actors[actor], Judging(SCHEME, 2025), judgements)


def compared(house: House, actor: Actor) -> AssessorComparison:
    with reading(house.engine) as session:
        return compare_assessors(session, actor, house.clinic, 2025)


def settle_fee(house: House, actor: Actor, rung: int = 2, reason: str = REASON) -> None:
    with writing(house.engine) as session:
        settle(session, actor, Settlement(house.clinic, 2025, ("fee", "layanan-1"), rung, reason))


def fee(house: House) -> Fraction:
    with reading(house.engine) as session:
        return count_judgements(session, 2025).means[house.clinic, "fee"]


def test_what_both_judged_is_compared(house: House, third: Actor) -> None:
    """1-3, 2-2, 3-4: 1 - 3 x 5 / 21."""
    found = compared(house, third)
    assert set(found.names.values()) == {"analyst", "second_analyst"}
    (one,) = found.agreements.values()
    assert one == Agreement(n=3, same=1, kappa=Fraction(2, 7))
    assert [one.place for one in found.differences] == [
        ("fee", "layanan-1"),
        ("product", "layanan-1"),
    ]
    with reading(house.engine) as session:
        (unit,) = assessed_by_two(session, third, 2025)
        assert unit.id == house.clinic
        assert assessed_by_two(session, third, 2024) == []


def test_the_mean_counts_until_a_third_person_settles_it(house: House, third: Actor) -> None:
    assert fee(house) == 2
    settle_fee(house, third, 0)
    assert fee(house) == 1
    assert house.last_act().details == {
        "year": 2025,
        "unit": "puskesmas-langgur",
        "item": "fee",
    }
    settle_fee(house, third, 4)
    assert fee(house) == 3
    with reading(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == 7
    last = compared(house, third).differences[-1]
    assert (last.place, last.settled) == (("fee", "layanan-1"), (4, REASON))
    assert {one.rung for one in last.judgements.values()} == {1, 3}


def test_what_was_settled_stays_when_an_assessor_changes_the_mind(
    house: House, third: Actor
) -> None:
    settle_fee(house, third, 0)
    judge(house, "analyst", {("fee", "layanan-1"): 4})
    assert fee(house) == 1


@pytest.mark.parametrize(
    ("place", "rung", "reason", "told"),
    [
        (("procedure", "layanan-1"), 3, REASON, "one on which assessors differ"),
        (("fee", "layanan-2"), 3, REASON, "one on which assessors differ"),
        (("taste", ""), 3, REASON, "one on which assessors differ"),
        (("product", "layanan-1"), 5, REASON, "0, 1, 2, 3 or 4"),
        (("product", "layanan-1"), True, REASON, "0, 1, 2, 3 or 4"),
        (("product", "layanan-1"), 3, " singkat ", "10 to 2,000 characters"),
    ],
)
def test_what_cannot_be_settled_is_refused(
    house: House, third: Actor, place: ItemAndSubject, rung: int, reason: str, told: str
) -> None:
    with writing(house.engine) as session, refusing(told):
        settle(session, third, Settlement(house.clinic, 2025, place, rung, reason))
    assert "reconcile" not in house.acts()


def test_nobody_settles_an_item_of_the_own(house: House) -> None:
    for actor in (house.analyst, house.second_analyst):
        with refusing("one that you assessed"):
            settle_fee(house, actor)
        assert all(one.mine for one in compared(house, actor).differences)


def test_only_analysts_see_and_settle(house: House) -> None:
    for role in set(ROLES) - {"analyst", "second_analyst"}:
        actor = house.actors[role]
        with reading(house.engine) as session:
            with pytest.raises(Forbidden):
                assessed_by_two(session, actor, 2025)
            with pytest.raises(Forbidden):
                compare_assessors(session, actor, house.clinic, 2025)
        with pytest.raises(Forbidden):
            settle_fee(house, actor)


def test_a_name_is_shown_not_an_account(house: House, third: Actor) -> None:
    with reading(house.engine) as session:
        names = dict(session.execute(select(User.id, User.name)).all())
    assert all(names[key] == name for key, name in compared(house, third).names.items())


def test_how_far_all_pairs_of_assessors_differ_is_counted_at_one_go(house: House) -> None:
    """As pair by pair; of a unit that one alone judged there is none."""
    for unit, who, rung in (
        (house.clinic, "analyst", 3),
        (house.clinic, "second_analyst", 1),
        (house.registry, "analyst", 0),
    ):
        house.assign(unit, who)
        house.judge(rung, unit, actor=who)
    with reading(house.engine) as session:
        pairs, squares = double_judgements(session, house.analyst, 2025)
        one = compare_assessors(session, house.analyst, house.clinic, 2025)
        assert (pairs, squares) == (len(one.differences), 4 * len(one.differences))
        assert pairs > 0
        assert double_judgements(session, house.analyst, 1999) == (0, 0)
