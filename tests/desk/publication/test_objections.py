"""Objections: the institution sees its own part only, somebody but the assessor decides."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text

from accounts.actors import Forbidden
from analysis.publication.published_league import published_league
from desk.index.perception import Scoring
from desk.publication.grounds import StatedPlace
from desk.publication.objections import (
    NewObjection,
    ObjectionDecision,
    decide_objection,
    object_to,
    objections_of,
    provisional,
)
from desk.publication.publishing import approve, prepare, waiting
from models import Unit, reading, writing
from tests.desk.conftest import ROLES, House, another_district
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

SECRET = bytes(range(32))
COMPLIANCE = lasting("compliance-2021")
REASON, ANSWER = "Papan biaya sudah dipasang", "Foto papan itu dari tahun lalu"
DECLINED = ObjectionDecision(False, ANSWER)


@kept
def prepared(house: House) -> UUID:
    """Two complete districts under a scheme of judgements alone, waiting for approval."""
    house.judge(3)
    house.judge(2, house.registry)
    with writing(house.engine) as session:
        other = another_district(session, "lain")
    house.judge(4, other.id)
    with writing(house.engine) as session:
        return prepare(session, house.analyst, Scoring(COMPLIANCE, 2025)).id


def raise_one(house: House, publication: UUID, item: str = "fee") -> int:
    with writing(house.engine) as session:
        return object_to(
            session, house.coordinator, publication, NewObjection(house.clinic, item, REASON)
        ).id


def accepting(house: House, item: str = "fee") -> ObjectionDecision:
    """Accepts, and names the analyst's judgements of the clinic's products."""
    products = ("layanan-1", "layanan-2")
    named = [StatedPlace(item, product, house.analyst.user_id) for product in products]
    return ObjectionDecision(True, ANSWER, named)


def test_a_coordinator_sees_the_own_institution_only(house: House, prepared: UUID) -> None:
    with reading(house.engine) as session:
        ((found, part),) = provisional(session, house.coordinator, house.district)
        assert found.id == prepared
        assert [one.code for one in part.institutions] == ["malra"]
        assert [one.code for one in part.units] == ["dukcapil-malra", "puskesmas-langgur"]
        assert part.units[1].inputs["fee"] == 3
        assert all(one.rank is None for one in (*part.institutions, *part.units))
        assert part.institutions[0].rank_in_province is None
        assert published_league(part, part.scheme)["rank_in_class"].isna().all()
        # Sets of ranks tell of others as ranks do.
        assert not any(one.how_sure for one in part.institutions)
        assert not any(one.how_sure for one in part.units)
        assert "unit-lain" not in str(part)
        for role in set(ROLES) - {"coordinator"}:
            with pytest.raises(Forbidden):
                provisional(session, house.actors[role], house.district)
        assert provisional(session, house.other_coordinator, house.province) == []


def test_what_is_public_no_longer_waits(house: House, prepared: UUID) -> None:
    with writing(house.engine) as session:
        approve(session, house.second_analyst, prepared, SECRET)
        assert provisional(session, house.coordinator, house.district) == []
        with refusing("approved already"):
            object_to(
                session, house.coordinator, prepared, NewObjection(house.clinic, "fee", REASON)
            )


def test_what_a_later_one_has_overtaken_no_longer_waits(house: House, prepared: UUID) -> None:
    with writing(house.engine) as session:
        later = prepare(session, house.analyst, Scoring(COMPLIANCE, 2025)).id
        beside = prepare(session, house.analyst, Scoring(lasting("compliance-2016"), 2025)).id
        approve(session, house.second_analyst, later, SECRET)
        left = [one.id for one, _ in provisional(session, house.coordinator, house.district)]
        assert left == [one.id for one in waiting(session, house.analyst)] == [beside]
        with refusing("overtaken by a later one"):
            object_to(
                session, house.coordinator, prepared, NewObjection(house.clinic, "fee", REASON)
            )
        with refusing("overtaken by a later one"):
            approve(session, house.second_analyst, prepared, SECRET)


def test_who_objects(house: House, prepared: UUID) -> None:
    with writing(house.engine) as session:
        other = another_district(session, "lagi").id
        for role in set(ROLES) - {"coordinator"}:
            with pytest.raises(Forbidden):
                object_to(
                    session, house.actors[role], prepared, NewObjection(house.clinic, "fee", REASON)
                )
        with pytest.raises(Forbidden):
            object_to(session, house.coordinator, prepared, NewObjection(other, "fee", REASON))
        with refusing('item: found "upah"'):
            object_to(
                session, house.coordinator, prepared, NewObjection(house.clinic, "upah", REASON)
            )
        with refusing("10 to 2,000 characters"):
            object_to(
                session, house.coordinator, prepared, NewObjection(house.clinic, "fee", "salah")
            )
    raise_one(house, prepared)
    with refusing("objected to already"):
        raise_one(house, prepared)


def test_a_unit_that_is_not_in_the_publication(house: House, prepared: UUID) -> None:
    with writing(house.engine) as session:
        district = session.get_one(Unit, house.clinic).institution
        late = Unit(institution=district, code="baru", name="Baru")
        session.add(late)
        session.flush()
        with pytest.raises(Forbidden):
            object_to(session, house.coordinator, prepared, NewObjection(late.id, "fee", REASON))


def test_an_open_objection_blocks_and_a_declined_one_no_longer(
    house: House, prepared: UUID
) -> None:
    objection = raise_one(house, prepared)
    with writing(house.engine) as session, refusing("1 open objections"):
        approve(session, house.second_analyst, prepared, SECRET)
    with writing(house.engine) as session:
        decide_objection(session, house.second_analyst, objection, DECLINED)
        approve(session, house.second_analyst, prepared, SECRET)
    assert house.acts()[-3:] == ["object", "decline_objection", "approve_publication"]


def test_an_accepted_objection_needs_another_preparation(house: House, prepared: UUID) -> None:
    objection = raise_one(house, prepared)
    with writing(house.engine) as session:
        decide_objection(session, house.second_analyst, objection, accepting(house))
        with refusing("1 accepted objections"):
            approve(session, house.second_analyst, prepared, SECRET)
    house.judge(4)
    with writing(house.engine) as session:
        again = prepare(session, house.analyst, Scoring(COMPLIANCE, 2025)).id
        approve(session, house.second_analyst, again, SECRET)


def test_who_decides(house: House, prepared: UUID) -> None:
    objection = raise_one(house, prepared)
    with writing(house.engine) as session:
        for role in set(ROLES) - {"analyst", "second_analyst"}:
            with pytest.raises(Forbidden):
                decide_objection(session, house.actors[role], objection, DECLINED)
        with refusing("an item that you assessed"):
            decide_objection(session, house.analyst, objection, DECLINED)
        with refusing("10 to 2,000 characters"):
            decide_objection(
                session, house.second_analyst, objection, ObjectionDecision(False, " ")
            )
        decide_objection(session, house.second_analyst, objection, DECLINED)
        with refusing("decided already"):
            decide_objection(session, house.second_analyst, objection, accepting(house))


def test_who_sees_objections(house: House, prepared: UUID) -> None:
    objection = raise_one(house, prepared)
    seen = {"analyst", "second_analyst", "coordinator"}
    with reading(house.engine) as session:
        for role in ROLES:
            found = [one.id for one, _ in objections_of(session, house.actors[role])]
            assert found == ([objection] if role in seen else [])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_objection_waits_for_an_approval_that_is_under_way(house: House, prepared: UUID) -> None:
    """Nobody may lock the publication's row, which nobody may change: they wait all the same."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as other, reading(house.engine) as watch:
        with writing(house.engine) as session:
            approve(session, house.second_analyst, prepared, SECRET)
            objection = other.submit(raise_one, house, prepared)
            while not (watch.scalar(waiting) or objection.done()):
                watch.rollback()
        with refusing("approved already"):
            objection.result()
