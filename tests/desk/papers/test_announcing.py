"""A unit's own result: one prepares, another approves; then everyone sees it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from accounts.actors import Actor, Forbidden
from desk.papers.announcing import (
    NewMedium,
    announcements_of,
    approve,
    note_medium,
    prepare_institution,
    prepare_unit,
    public_announcements,
    read_announcement,
)
from models import writing
from tests.desk.conftest import House
from tests.desk.office.test_withdrawals import decide, propose
from tests.desk.unit.test_results import close, load, rows
from tests.refusing import refusing


def second_coordinator(house: House) -> Actor:
    return replace(house.analyst, institutions=frozenset({house.district}), analyst=False)


def prepared(house: House) -> UUID:
    with writing(house.engine) as session:
        return prepare_unit(session, house.official, house.clinic, house.period).id


def test_prepared_approved_public(house: House) -> None:
    house.rate(3, 7)
    close(house)
    key = prepared(house)
    with writing(house.engine) as session:
        assert not public_announcements(session)
        approve(session, house.coordinator, key)
    with writing(house.engine) as session:
        (one,) = public_announcements(session)
        document = read_announcement(one)
        assert (document["index"], document["grade"], document["n"]) == ("75.00", "C", 7)
        assert (document["received"], document["withdrawn"]) == (7, 0)
        noted = note_medium(
            session, house.official, key, NewMedium("website", "laman", date(2026, 1, 2))
        )
        assert noted.id
        (own,) = announcements_of(session, house.official)
        assert [medium.place for medium in own.media] == ["laman"]
        assert not announcements_of(session, house.other_official)


def test_what_was_withdrawn_is_told(house: House) -> None:
    house.rate(3, 7)
    decide(house, house.analyst, propose(house, house.coordinator, load(house, rows(9, 4))))
    close(house)
    key = prepared(house)
    with writing(house.engine) as session:
        approve(session, house.coordinator, key)
        document = read_announcement(public_announcements(session)[0])
    assert (document["received"], document["counted"], document["withdrawn"]) == (16, 7, 9)


def test_nobody_approves_alone(house: House) -> None:
    house.rate(3, 7)
    close(house)
    with writing(house.engine) as session:
        key = prepare_unit(session, house.coordinator, house.clinic, house.period).id
    with refusing("a second person"), writing(house.engine) as session:
        approve(session, house.coordinator, key)
    for role in ("official", "analyst", "other_coordinator"):
        with pytest.raises(Forbidden), writing(house.engine) as session:
            approve(session, house.actors[role], key)
    with writing(house.engine) as session:
        approve(session, second_coordinator(house), key)
        with refusing("approved already"):
            approve(session, second_coordinator(house), key)


def test_an_institutions_index_is_the_mean_of_its_units(house: House) -> None:
    house.rate(4, 7)
    house.rate(3, 5, unit=house.registry)
    close(house)
    with writing(house.engine) as session:
        document = read_announcement(
            prepare_institution(session, house.coordinator, house.district, house.period)
        )
    assert (document["index"], document["unit"]) == ("87.50", None)
    assert {unit["code"]: unit["index"] for unit in document["units"]} == {
        "puskesmas-langgur": "100.00",
        "dukcapil-malra": "75.00",
    }


def test_the_few_of_a_unit_are_in_no_institutions_index(house: House) -> None:
    house.rate(4, 7)
    house.rate(1, 4, unit=house.registry)
    close(house)
    with writing(house.engine) as session:
        document = read_announcement(
            prepare_institution(session, house.coordinator, house.district, house.period)
        )
    assert document["index"] == "100.00"
    (few,) = [unit for unit in document["units"] if unit["code"] == "dukcapil-malra"]
    told = ("index", "n", "received", "counted", "excluded", "withdrawn")
    assert [few[key] for key in told] == [None] * 6


def test_an_open_period_and_no_index_are_refused(house: House) -> None:
    house.rate(3, 4)
    with refusing("found open"):
        prepared(house)
    close(house)
    with refusing("no index"):
        prepared(house)
    with refusing("no unit with an index"), writing(house.engine) as session:
        prepare_institution(session, house.coordinator, house.district, house.period)


def test_media_are_noted_of_what_is_public(house: House) -> None:
    house.rate(3, 7)
    close(house)
    key = prepared(house)
    with refusing("not approved"), writing(house.engine) as session:
        note_medium(session, house.official, key, NewMedium("website", "laman", date(2026, 1, 2)))


def test_the_same_figures_are_prepared_once(house: House) -> None:
    house.rate(3, 7)
    close(house)
    prepared(house)
    with refusing("prepared already"):
        prepared(house)
