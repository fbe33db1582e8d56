"""What a unit does about its survey is public with its announcement, and not before."""

from datetime import date
from uuid import UUID

import pytest

from accounts.actors import Forbidden
from desk.papers.announcing import approve, prepare_institution, prepare_unit
from desk.public.announced import announced_of, newest_of_unit
from desk.public.pages import announced_page, page_to_be_public
from desk.public.steps import public_steps
from desk.unit.follow_up import NewProgramme, ProgrammeStep, note_step, plan_follow_up
from models import Announcement, writing
from tests.desk.conftest import House
from tests.desk.unit.test_results import close


def prepared(house: House) -> UUID:
    house.rate(3, 7)
    close(house)
    with writing(house.engine) as session:
        new = NewProgramme("time", "Buka loket kedua", date(2030, 1, 1), "Kepala Seksi")
        plan = plan_follow_up(session, house.official, house.clinic, house.period, new)
        note_step(session, house.official, plan.id, ProgrammeStep("under_way", "Loket dipesan"))
        return prepare_unit(session, house.official, house.clinic, house.period).id


def test_steps_are_read_of_what_is_announced_only(house: House) -> None:
    key = prepared(house)
    with writing(house.engine) as session:
        waiting = session.get_one(Announcement, key)
        with pytest.raises(Forbidden):
            public_steps(session, waiting)
        with pytest.raises(Forbidden):
            announced_page(session, waiting)
        with pytest.raises(Forbidden):
            page_to_be_public(session, house.other_official, waiting)
        assert announced_of(session, key) is None
        assert newest_of_unit(session, "puskesmas-langgur") is None
        preview = page_to_be_public(session, house.coordinator, waiting)
        approve(session, house.coordinator, key)
        page = announced_page(session, waiting)
    assert preview == page
    (step,) = page.steps
    assert (step.status, step.account) == ("under_way", "Loket dipesan")
    assert "Kepala Seksi" not in str(page.steps)


def test_an_institutions_result_is_seen_before_by_its_coordinators(house: House) -> None:
    prepared(house)
    with writing(house.engine) as session:
        one = prepare_institution(session, house.coordinator, house.district, house.period)
        assert not page_to_be_public(session, house.coordinator, one).steps
        for stranger in (house.official, house.other_coordinator, house.analyst):
            with pytest.raises(Forbidden):
                page_to_be_public(session, stranger, one)


def test_what_is_announced_says_how_sure_and_who_answered(house: House) -> None:
    key = prepared(house)
    with writing(house.engine) as session:
        approve(session, house.coordinator, key)
        page = announced_page(session, session.get_one(Announcement, key))
    sure = page.document["certainty"]
    assert sure["level"] == "0.95"
    assert (
        sure["assumption"]["en"]
        == "if respondents are a random sample of visits and nobody rated twice"
    )
    assert page.groups["channel"] == {"open_link": 7}
    assert page.groups["sex"] == {"": 7}
