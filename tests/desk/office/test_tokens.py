"""Issuing visit tokens: for the running period, within bounds, on record."""

import pytest

from desk.office.periods import close_period
from desk.office.tokens import MOST_AT_ONCE, issue
from models import writing
from tests.desk.conftest import House
from tests.refusing import refusing

SECRET = bytes(32)


def try_to(house: House, number: int) -> list[str]:
    with writing(house.engine) as session:
        return issue(session, house.coordinator, SECRET, house.clinic, number)


def test_tokens_are_issued_and_their_number_is_on_record(house: House) -> None:
    assert len(set(try_to(house, 25))) == 25
    assert house.last_act().act == "issue_tokens"
    assert house.last_act().details["number"] == 25


@pytest.mark.parametrize("number", [0, -1, MOST_AT_ONCE + 1])
def test_a_number_out_of_bounds_is_refused(house: House, number: int) -> None:
    with refusing("1 to 1,000"):
        try_to(house, number)


def test_without_a_running_period_there_are_none(house: House) -> None:
    with writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)
    with refusing("period"):
        try_to(house, 1)
