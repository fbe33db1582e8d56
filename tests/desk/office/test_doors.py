"""The doors of a unit, changed by those who run it, on record."""

import pytest

from desk.office.doors import (
    LONGEST_NAME,
    close_interviewer,
    close_kiosk,
    open_interviewers,
    open_kiosks,
    register_interviewer,
    register_kiosk,
    set_open_link,
)
from models import Unit, reading, writing
from survey.kiosks import find_kiosk, interviewers_by_key
from tests.desk.conftest import House
from tests.refusing import refusing

SECRET = bytes(32)


def register(house: House, name: str = "Loket 1") -> str:
    with writing(house.engine) as session:
        return register_kiosk(session, house.actors["official"], SECRET, house.clinic, name)


def kiosks(house: House) -> dict[str, int]:
    with reading(house.engine) as session:
        found = open_kiosks(session, house.actors["official"], house.clinic)
        return {kiosk.name: kiosk.id for kiosk in found}


def close(house: House, kiosk: int) -> None:
    with writing(house.engine) as session:
        close_kiosk(session, house.actors["official"], kiosk)


def test_the_open_link_is_closed_and_opened_on_record(house: House) -> None:
    for opened in (False, False, True):
        with writing(house.engine) as session:
            set_open_link(session, house.actors["official"], house.clinic, opened)
        with reading(house.engine) as session:
            assert session.get_one(Unit, house.clinic).open_link is opened
            assert session.get_one(Unit, house.registry).open_link
    assert house.acts() == ["close_link", "open_link"]


def test_a_kiosk_is_registered_and_withdrawn_on_record(house: House) -> None:
    key = register(house, "  Loket 1 ")
    close(house, kiosks(house)["Loket 1"])
    assert kiosks(house) == {}
    with reading(house.engine) as session:
        assert find_kiosk(session, SECRET, key) is None
    assert house.acts() == ["register_kiosk", "close_kiosk"]
    assert key not in str(house.last_act().details)


def test_a_kiosk_is_withdrawn_once(house: House) -> None:
    register(house)
    kiosk = kiosks(house)["Loket 1"]
    close(house, kiosk)
    with refusing("withdrawn already"):
        close(house, kiosk)


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1), "a\0b", "a\nb"])
def test_a_name_that_is_none_is_refused(house: House, name: str) -> None:
    with refusing("1 to 60 characters"):
        register(house, name)
    assert kiosks(house) == {}


@pytest.mark.parametrize("role", ["official", "analyst"])
def test_an_interviewer_is_registered_and_withdrawn_once_on_record(house: House, role: str) -> None:
    actor, unit = house.actors[role], house.clinic if role == "official" else None
    with writing(house.engine) as session:
        key = register_interviewer(session, actor, SECRET, unit, " Siti ")
    with reading(house.engine) as session:
        (one,) = open_interviewers(session, actor, unit)
        assert (one.name, one.unit_id) == ("Siti", unit)
    with writing(house.engine) as session:
        close_interviewer(session, actor, one.id)
    with refusing("withdrawn already"), writing(house.engine) as session:
        close_interviewer(session, actor, one.id)
    with reading(house.engine) as session:
        assert open_interviewers(session, actor, unit) == []
        assert interviewers_by_key(session, SECRET, [key]) == {}
    assert house.acts() == ["register_interviewer", "close_interviewer"]
    assert key not in str(house.last_act().details)
    with refusing("1 to 60 characters"), writing(house.engine) as session:
        register_interviewer(session, actor, SECRET, unit, " ")
