"""All units with something to be checked: who sees which, in what order, and what was decided."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from desk.integrity.alarmed import AlarmedUnit, alarmed_units
from desk.integrity.exclusions import exclude
from desk.integrity.screening import keep_screening
from models import Period, Response, Unit, reading, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.desk.conftest import ELEMENTS, House
from tests.desk.home.test_waiting import counted
from tests.desk.integrity.test_screening import (
    HONEST,
    REASON,
    STUFFED,
    close,
    exclude_all,
    rate,
    shown,
)


def alarmed(house: House, role: str = "analyst") -> Sequence[AlarmedUnit]:
    with reading(house.engine) as session:
        return alarmed_units(session, house.actors[role])


def stuff(house: House, unit_id: int, period_id: int, stuffed: int) -> None:
    """Honest ratings over days and hours, and some from one device within a quarter-hour."""
    with writing(house.engine) as session:
        period, unit = session.get_one(Period, period_id), session.get_one(Unit, unit_id)
        rows = [
            CheckedResponse(
                answers={
                    key: 4 if late else 2 + (at * 5 + place * place) % 7 // 3
                    for place, key in enumerate(ELEMENTS)
                },
                channel="open_link",
                provenance="self",
                local_date=period.starts + timedelta(days=7 if late else at % 30),
                quarter_hour=67 if late else 32 + at * 7 % 30,
                client_group=("f" if late else f"{at:x}").zfill(64),
            )
            for late in (False, True)
            for at in range(stuffed if late else HONEST)
        ]
        store(session, unit, period, asked_instrument(period), rows)
    assert keep_screening(house.engine, house.analyst, unit_id, period_id)


def test_no_unit_no_line(house: House) -> None:
    assert alarmed(house) == []
    rate(house, HONEST)
    shown(house)
    assert alarmed(house) == []


def test_a_group_that_meets_several_rules_is_one(house: House) -> None:
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    shown(house)
    (line,) = alarmed(house)
    (group,) = line.groups
    assert set(group.alarms) >= {"bursts", "devices"}
    assert STUFFED <= group.number == group.left
    assert group.lift is not None
    assert line.strength == group.lift > 5
    assert (line.waits, list(line.decided)) == (True, [])


def test_the_unit_that_is_lifted_most_comes_first(house: House) -> None:
    for unit, stuffed in ((house.registry, STUFFED), (house.clinic, 2 * STUFFED)):
        stuff(house, unit, house.period, stuffed)
    assert [line.unit.id for line in alarmed(house)] == [house.clinic, house.registry]


def test_what_was_decided_stays_told_after_the_alarm_is_gone(house: House) -> None:
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    exclude_all(house, shown(house))
    (line,) = alarmed(house)
    assert [(one.number, one.reason) for one in line.decided] == [(STUFFED, REASON)]
    assert {group.left for group in line.groups} <= {0, None}
    shown(house)  # screened anew: what was excluded raises nothing any more
    (line,) = alarmed(house)
    assert (line.groups, line.strength, line.waits) == ([], 0, False)
    assert [one.number for one in line.decided] == [STUFFED]


def test_of_a_closed_period_too(house: House) -> None:
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    close(house)
    exclude_all(house, shown(house))
    (line,) = alarmed(house)
    assert [group.number - (group.left or 0) >= STUFFED for group in line.groups] == [True]


def test_a_units_own_people_see_kinds_and_fives_and_no_more(house: House) -> None:
    rate(house, HONEST)
    rate(house, STUFFED + 3, stuffed=True)
    exclude_all(house, shown(house))
    for role in ("coordinator", "official"):
        (line,) = alarmed(house, role)
        (group,) = line.groups
        assert (group.lift, group.left, group.number % 5) == (None, None, 0)
        assert group.number >= STUFFED
        assert [one.reason for one in line.decided] == [""]


@pytest.mark.parametrize("role", ["other_official", "other_coordinator", "administrator", "nobody"])
def test_of_other_units_nobody_sees_anything(house: House, role: str) -> None:
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    shown(house)
    assert alarmed(house, role) == []


def test_an_open_period_that_fell_under_five_tells_nothing(house: House) -> None:
    stuff(house, house.clinic, house.period, STUFFED)
    with writing(house.engine) as session:
        keys = session.scalars(select(Response.id)).all()
        exclude(session, house.analyst, keys[4:], REASON)
    assert alarmed(house) == []


def test_more_units_ask_no_more_queries_and_write_nothing(house: House) -> None:
    stuff(house, house.clinic, house.period, STUFFED)
    numbers = []
    for unit in (None, house.registry):
        if unit is not None:
            stuff(house, unit, house.period, STUFFED)
        with counted(house) as asked:
            alarmed(house)
        numbers.append(len(asked))
        begun = {statement.split(maxsplit=1)[0].upper() for statement in asked}
        assert not {"INSERT", "UPDATE", "DELETE"} & begun
    assert numbers[0] == numbers[1]
