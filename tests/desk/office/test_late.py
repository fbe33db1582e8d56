"""Late ratings: told by number and days, counted all or none, with a reason, on record."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actors import Forbidden
from analysis.errors import BadInput
from desk.office.late import LateList, count_late_ratings, late_lists
from desk.office.periods import close_period
from desk.papers.announcing import prepare_unit
from models import Period, Publication, PublishedCount, Unit, now, reading, writing
from survey.checks import Submission
from survey.receipts import mint_key
from survey.submission import submit
from tests.desk.conftest import ELEMENTS, House
from tests.desk.unit.test_results import look, number_of
from tests.refusing import refusing
from tests.world import seal_by_another

REASON = "HP pewawancara baru mendapat sinyal"
SECRET = bytes(32)


def late(house: House, number: int, answer: int = 1, filled: bool = True) -> None:
    """So many ratings that a device kept until the period was over."""
    with writing(house.engine) as session:
        unit, period = session.get_one(Unit, house.clinic), session.get_one(Period, house.period)
        closing = period.closed_at or now()
        for _ in range(number):
            form = Submission(
                mint_key(),
                unit.code,
                period.code,
                dict.fromkeys(ELEMENTS, answer),
                kept=True,
                filled_at=period.opened_at if filled else None,
            )
            # Who doesn't say when it was filled in comes within the month that lateness.yaml gives.
            submit(session, SECRET, form, closing + timedelta(days=200 if filled else 20))


def close(house: House) -> None:
    with writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)


def count(house: House, role: str = "coordinator", reason: str = REASON) -> int:
    with writing(house.engine) as session:
        place = house.clinic, house.period
        return count_late_ratings(session, house.actors[role], *place, reason)


def lists(house: House, role: str = "coordinator") -> list[LateList]:
    with reading(house.engine) as session:
        return list(late_lists(session, house.actors[role]))


def test_all_that_wait_are_counted_on_record(house: House) -> None:
    house.rate(4, 6)
    close(house)
    late(house, 5)
    late(house, 1, filled=False)
    (told,) = lists(house)
    assert (told.received, told.waiting, told.undated, told.hindrance) == (6, 6, 1, None)
    assert told.first == told.last
    assert number_of(look(house)) == 6
    assert count(house) == 6
    assert number_of(look(house)) == 12
    assert house.last_act().act == "count_late"
    assert house.last_act().details == {
        "unit": "puskesmas-langgur",
        "period": "semester-ini",
        "responses": 6,
        "reason": REASON,
    }
    (told,) = lists(house)
    assert (told.received, told.waiting) == (6, 0)
    with refusing("no late ratings that wait"):
        count(house)


@pytest.mark.parametrize("role", ["official", "other_coordinator", "analyst", "administrator"])
def test_only_the_coordinator_of_the_institution(house: House, role: str) -> None:
    close(house)
    late(house, 5)
    with pytest.raises(Forbidden):
        count(house, role)
    assert lists(house, role) == []


def test_a_reason_is_needed(house: House) -> None:
    close(house)
    late(house, 5)
    with pytest.raises(BadInput):
        count(house, reason="ya")
    assert lists(house)[0].waiting == 5


def test_of_a_closed_period_no_answer_shows_by_the_difference(house: House) -> None:
    house.rate(4, 6)
    close(house)
    late(house, 4)
    with refusing("at least 5 wait"):
        count(house)
    assert number_of(look(house)) == 6
    late(house, 1)
    assert count(house) == 5


def test_before_the_period_is_closed_the_dashboard_advances_by_fives(house: House) -> None:
    house.rate(4, 6)
    assert number_of(look(house)) == 6
    late(house, 2)
    assert count(house) == 2
    assert number_of(look(house)) == 6
    close(house)
    assert number_of(look(house)) == 8


def test_not_once_the_result_is_prepared_for_announcement(house: House) -> None:
    house.rate(4, 6)
    close(house)
    late(house, 5)
    with writing(house.engine) as session:
        prepare_unit(session, house.official, house.clinic, house.period)
    assert str(lists(house)[0].hindrance).startswith("late_announced")
    with refusing("prepared for announcement"):
        count(house)


def test_not_once_the_ombudsman_has_sealed_it(house: House) -> None:
    close(house)
    late(house, 5)
    with writing(house.engine) as session:
        period = session.get_one(Period, house.period)
        seal_by_another(session, a_publication(house, period))
    with refusing("published the result"):
        count(house)


def a_publication(house: House, period: Period) -> Publication:
    made: dict[str, Any] = {"unit_id": house.clinic, "period_id": house.period}
    return Publication(
        scheme_hash=period.scheme_hash,
        year=2025,
        document="{}",
        document_hash="0" * 64,
        user_id=house.analyst.user_id,
        created_at=now(),
        counts=[PublishedCount(**made, received=6, counted=6)],
    )
