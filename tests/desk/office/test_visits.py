"""Late corrections of visits: added, never in place; what stands published stays."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from desk.office.periods import close_period
from desk.office.visits import VisitCount, record_visits, service_visits
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps
from models import Unit, VisitCorrection, Visits, reading, writing
from tests.desk.conftest import House
from tests.kept import kept
from tests.refusing import refusing

WHY = "kunjungan pekan terakhir baru dihitung"


@kept
def closed(house: House) -> House:
    """Ten respondents of 500 visits; the period is closed."""
    house.rate(3, 10)
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, house.period, VisitCount(500))
        close_period(session, house.coordinator, house.period)
    return house


def correct(house: House, new: VisitCount) -> None:
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, house.period, new)


def service_of(house: House) -> int:
    with reading(house.engine) as session:
        return session.get_one(Unit, house.clinic).services[0].id


def visits_of(house: House) -> int | None:
    keep_steps(house.engine, house.official, house.clinic)
    with reading(house.engine) as session:
        return unit_results(session, house.official, house.clinic, house.period).visits


def test_the_newest_correction_is_what_results_rest_on(closed: House) -> None:
    assert visits_of(closed) == 500
    for number in (520, 530):
        correct(closed, VisitCount(number, reason=WHY))
        assert visits_of(closed) == number
    with reading(closed.engine) as session:
        assert session.get_one(Visits, (closed.clinic, closed.period)).number == 500
        kept = session.scalars(select(VisitCorrection).order_by(VisitCorrection.id)).all()
    assert [(one.number, one.reason, one.user_id) for one in kept] == [
        (520, WHY, closed.official.user_id),
        (530, WHY, closed.official.user_id),
    ]
    told = closed.last_act().details
    assert (told["before"], told["after"], told["reason"]) == (520, 530, WHY)


def test_services_are_corrected_with_them(closed: House) -> None:
    with reading(closed.engine) as session:
        assert service_visits(session, closed.official, closed.clinic, closed.period) == {}
    first = service_of(closed)
    correct(closed, VisitCount(520, {first: 300}, WHY))
    correct(closed, VisitCount(530, reason=WHY))
    with reading(closed.engine) as session:
        found = service_visits(session, closed.official, closed.clinic, closed.period)
    assert found == {first: 300}


@pytest.mark.parametrize("reason", ["", "lupa", " " * 20])
def test_a_correction_says_why(closed: House, reason: str) -> None:
    with refusing("10 to 2,000 characters"):
        correct(closed, VisitCount(520, reason=reason))
    assert visits_of(closed) == 500


def test_no_row_of_the_closed_period_can_be_changed(closed: House) -> None:
    with pytest.raises(DBAPIError, match="period is closed"), writing(closed.engine) as session:
        session.get_one(Visits, (closed.clinic, closed.period)).number = 9
