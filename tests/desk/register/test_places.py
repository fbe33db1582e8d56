"""Keeping the register on screen: who may, which names and codes, what may be removed."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from analysis.errors import BadInput
from desk.office.periods import close_period
from desk.register.keeping import (
    changes_of,
    has_answers,
    kept_institutions,
    units_kept,
)
from desk.register.places import (
    InstitutionGiven,
    NewUnit,
    add_counter,
    add_institution,
    add_service,
    add_unit,
    amend_institution,
    change_name,
    end_part,
    remove,
    rename,
)
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps
from models import Institution, Period, Service, Unit, now, reading, writing
from survey.asking import place_of
from survey.names import last_day, names_then
from tests.desk.conftest import ROLES, House, another_district

Act = Callable[[Session, House, Actor], object]
KEEPERS = {"coordinator", "administrator"}
NEW = InstitutionGiven("lembaga-baru", "Lembaga Baru", "agency", "Asia/Jakarta")
TODAY = date.today()  # noqa: DTZ011  the tests' district is in the east: its day is this or later


def clinic(session: Session, house: House) -> Unit:
    return session.get_one(Unit, house.clinic)


ACTS: dict[str, tuple[Act, set[str]]] = {
    "add_institution": (lambda s, h, a: add_institution(s, a, NEW), {"administrator"}),
    "amend_institution": (
        lambda s, h, a: amend_institution(
            s, a, InstitutionGiven("malra", "x", "city", "Asia/Jayapura", h.province)
        ),
        {"administrator"},
    ),
    "rename_institution": (
        lambda s, h, a: rename(s, a, s.get_one(Institution, h.district), "Lain", TODAY),
        {"administrator"},
    ),
    "add_unit": (lambda s, h, a: add_unit(s, a, NewUnit(h.district, "", "Dinas Sosial")), KEEPERS),
    "add_service": (lambda s, h, a: add_service(s, a, h.clinic, "", "Gizi"), KEEPERS),
    "add_counter": (lambda s, h, a: add_counter(s, a, h.clinic, "", "Loket 1"), KEEPERS),
    "rename": (lambda s, h, a: rename(s, a, clinic(s, h), "Puskesmas Kota", TODAY), KEEPERS),
    "end_part": (lambda s, h, a: end_part(s, a, clinic(s, h).services[0], TODAY), KEEPERS),
    "remove": (lambda s, h, a: remove(s, a, clinic(s, h).services[0]), KEEPERS),
    "units_kept": (lambda s, h, a: units_kept(s, a, h.district), KEEPERS),
    "changes_of": (lambda s, h, a: changes_of(s, a, h.clinic), KEEPERS),
    "has_answers": (lambda s, h, a: has_answers(s, a, h.clinic), KEEPERS),
    "kept_institutions": (
        lambda s, h, a: kept_institutions(s, a),
        {*KEEPERS, "other_coordinator"},
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_who_keeps_what(house: House, name: str, subtests: pytest.Subtests) -> None:
    act, allowed = ACTS[name]
    for role in ROLES:
        with subtests.test(role), writing(house.engine) as session:
            if role in allowed:
                act(session, house, house.actors[role])
            else:
                with pytest.raises(Forbidden):
                    act(session, house, house.actors[role])
            session.rollback()


def test_a_coordinator_sees_the_own_institution_only(house: House) -> None:
    with reading(house.engine) as session:
        own = kept_institutions(session, house.coordinator)
        assert [one.id for one in own] == [house.district]
        assert len(kept_institutions(session, house.administrator)) > 1


def test_codes_are_proposed_and_never_taken_twice(house: House) -> None:
    with writing(house.engine) as session:
        first = add_unit(session, house.administrator, NewUnit(house.province, "", "Dukcapil"))
        second = add_unit(session, house.coordinator, NewUnit(house.district, "", "Dukcapil Dua"))
        assert (first.code, second.code) == ("dukcapil", "dukcapil-dua")
        third = add_unit(session, house.coordinator, NewUnit(house.district, "", "Dukcapil: dua"))
        assert third.code == "dukcapil-dua-2"
        with pytest.raises(BadInput, match="register_code_taken"):
            add_unit(session, house.coordinator, NewUnit(house.district, "dukcapil", "Lain"))
        with pytest.raises(BadInput, match="register_name_taken"):
            add_unit(
                session, house.coordinator, NewUnit(house.district, "lain", "puskesmas langgur")
            )


@pytest.mark.parametrize("code", ["Besar", "a b", "-a", "a-", "a--b", "é", "a" * 61, "a/b"])
def test_a_code_can_be_typed(house: House, code: str) -> None:
    with writing(house.engine) as session, pytest.raises(BadInput, match="register_code"):
        add_unit(session, house.coordinator, NewUnit(house.district, code, "Dinas Sosial"))


def test_results_keep_the_names_of_their_time(house: House) -> None:
    house.rate(number=6, service=0)
    with writing(house.engine) as session:
        place = clinic(session, house)
        old = place.name, place.services[0].name, place.institution.name
        close_period(session, house.coordinator, house.period)
        day = last_day(session.get_one(Period, house.period)) + timedelta(days=1)
    with writing(house.engine) as session:
        place = clinic(session, house)
        # As if it were tomorrow: no name of a day to come is taken.
        for one, name in ((place, "Puskesmas Baru"), (place.services[0], "Poli Baru")):
            with pytest.raises(BadInput, match="register_since_early"):
                rename(session, house.coordinator, one, name, day - timedelta(days=1))
            with pytest.raises(BadInput, match="register_since_late"):
                rename(session, house.coordinator, one, name, day)
    with writing(house.engine) as session:
        place = clinic(session, house)
        change_name(session, house.administrator, place, "Puskesmas Baru", day)
        change_name(session, house.administrator, place.services[0], "Poli Baru", day)
        change_name(session, house.administrator, place.institution, "Kabupaten Baru", day)
    with writing(house.engine) as session:
        results = unit_results(session, house.coordinator, house.clinic, house.period)
        assert results.unit.name == "Puskesmas Baru"
        assert (results.name, results.services[0].name) == old[:2]
        assert results.names.of(results.unit.institution) == old[2]


def test_a_running_period_shows_the_name_of_today(house: House) -> None:
    house.rate(number=5)
    with writing(house.engine) as session:
        period = session.get_one(Period, house.period)
        rename(session, house.coordinator, clinic(session, house), "Nama Baru", period.starts)
        assert names_then(session, period).of(clinic(session, house)) == "Nama Baru"


def test_names_go_forward_only(house: House) -> None:
    house.rate()
    with writing(house.engine) as session:
        place = clinic(session, house)
        today = place.institution.today
        rename(session, house.coordinator, place, "Kedua", today)
        with pytest.raises(BadInput, match="register_since_early"):
            rename(session, house.coordinator, place, "Ketiga", today - timedelta(days=1))
        rename(session, house.coordinator, place, "Ketiga", today)
        with pytest.raises(BadInput, match="register_same_name"):
            rename(session, house.coordinator, place, " Ketiga ", today)
        with pytest.raises(BadInput, match="register_name_taken"):
            rename(session, house.coordinator, place, "Dukcapil", today)


def test_what_was_rated_is_not_removed_with_or_without_its_unit(house: House) -> None:
    house.rate(service=0)
    with writing(house.engine) as session:
        place = clinic(session, house)
        for one in (place, place.services[0]):
            with pytest.raises(BadInput, match="register_in_use"):
                remove(session, house.coordinator, one)
        remove(session, house.coordinator, place.services[1])
    assert house.last_act().act == "remove_place"


def test_what_nobody_used_is_removed_with_its_parts(house: House) -> None:
    with writing(house.engine) as session:
        unit = add_unit(session, house.coordinator, NewUnit(house.district, "", "Salah Ketik"))
        add_service(session, house.coordinator, unit.id, "", "Izin")
        add_counter(session, house.coordinator, unit.id, "", "Loket 1")
        key = unit.id
    with writing(house.engine) as session:
        remove(session, house.coordinator, session.get_one(Unit, key))
    with reading(house.engine) as session:
        assert session.get(Unit, key) is None
        assert not session.scalars(select(Service).where(Service.unit_id == key)).all()


def test_a_unit_that_somebody_works_for_is_not_removed(house: House) -> None:
    with writing(house.engine) as session, pytest.raises(BadInput, match="register_in_use"):
        remove(session, house.coordinator, clinic(session, house))  # its official's role


def test_an_institution_with_units_is_not_removed(house: House) -> None:
    with writing(house.engine) as session:
        place = another_district(session, "lain").institution
        with pytest.raises(BadInput, match="register_in_use"):
            remove(session, house.administrator, place)


@pytest.mark.parametrize(
    ("kind", "province"), [("district", False), ("city", False), ("agency", True)]
)
def test_districts_and_cities_and_they_only_have_a_province(
    house: House, kind: str, province: bool
) -> None:
    given = InstitutionGiven("x", "X", kind, "Asia/Jakarta", house.province if province else None)
    with writing(house.engine) as session, pytest.raises(BadInput, match="register_province"):
        add_institution(session, house.administrator, given)


def test_an_ended_service_is_offered_no_more_and_keeps_its_ratings(house: House) -> None:
    house.rate(number=5, service=0)
    keep_steps(house.engine, house.coordinator, house.clinic)
    with writing(house.engine) as session:
        place = clinic(session, house)
        ended = place.services[0]
        end_part(session, house.coordinator, ended, place.institution.today)
        asked = place_of(session, place, now())
        assert asked is not None
        assert list(asked.services) == [place.services[1].code]
        results = unit_results(session, house.coordinator, house.clinic, house.period)
        assert [group.name for group in results.services] == [ended.name]
        end_part(session, house.coordinator, ended, None)
        again = place_of(session, place, now())
        assert again is not None
        assert len(again.services) == 2
