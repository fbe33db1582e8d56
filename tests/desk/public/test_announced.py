"""Announced results as records: of nobody under five, of older documents too, newest first."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785

from desk.papers.announcing import approve, prepare_unit
from desk.public.announced import (
    AnnouncementFilter,
    announced_indices,
    announced_of,
    announcement_record,
    find_announced,
    newest_of_unit,
)
from desk.public.pages import announced_page
from models import Announcement, Period, Unit, now, reading, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.desk.conftest import ELEMENTS, House
from tests.desk.unit.test_results import close

SINCE_FORMAT_2 = ("certainty", "respondents")


def rate_as(house: House, sex: str, number: int) -> None:
    """Ratings of the clinic by so many people of a sex."""
    with writing(house.engine) as session:
        period = session.get_one(Period, house.period)
        row = CheckedResponse(
            answers=dict.fromkeys(ELEMENTS, 3),
            channel="open_link",
            provenance="self",
            respondent={"sex": sex},
            local_date=period.starts,
        )
        clinic = session.get_one(Unit, house.clinic)
        store(session, clinic, period, asked_instrument(period), [row] * number)


def announce(house: House) -> UUID:
    with writing(house.engine) as session:
        one = prepare_unit(session, house.official, house.clinic, house.period)
        return approve(session, house.coordinator, one.id).id


def announce_again(house: House, key: UUID, **changes: Any) -> UUID:
    """Another announcement of the same survey, with other words; None takes a key away."""
    with writing(house.engine) as session:
        one = session.get_one(Announcement, key)
        assert one.approved_at
        document = json.loads(one.document) | changes
        text = rfc8785.dumps({k: v for k, v in document.items() if v is not None}).decode()
        again = Announcement(
            institution_id=one.institution_id,
            unit_id=one.unit_id,
            period_id=one.period_id,
            document=text,
            document_hash=sha256(text.encode()).hexdigest(),
            prepared_by=one.prepared_by,
            prepared_at=now(),
            approved_by=one.approved_by,
            approved_at=one.approved_at + timedelta(seconds=1),
        )
        session.add(again)
        session.flush()
        return again.id


def test_no_group_under_five_leaves_nor_by_subtraction(house: House) -> None:
    rate_as(house, "female", 9)
    rate_as(house, "male", 3)
    close(house)
    key = announce(house)
    with reading(house.engine) as session:
        one = announced_of(session, key)
        assert one is not None
        record = announcement_record(session, one)
    assert record.n == 12
    sexes = {group.value: group.n for group in record.respondents if group.field == "sex"}
    assert sexes == {"female": None, "male": None}
    told = [group.n for group in record.respondents if group.n is not None]
    assert told
    assert min(told) >= 5


def test_a_later_one_supersedes(house: House) -> None:
    house.rate(3, 7)
    close(house)
    old = announce(house)
    new = announce_again(house, old, software="newer")
    with reading(house.engine) as session:
        part = find_announced(session, AnnouncementFilter(unit="puskesmas-langgur"))
        found = {one.id: one.superseded for one in announced_indices(session, part.found)}
        newest = newest_of_unit(session, "puskesmas-langgur")
        nothing = find_announced(session, AnnouncementFilter(institution="maluku"))
    assert list(found.items()) == [(new, False), (old, True)]
    assert newest is not None
    assert newest.id == new
    assert (part.total, nothing.total, nothing.newest) == (2, 0, None)


def test_an_older_document_says_less_and_is_read(house: House) -> None:
    house.rate(3, 7)
    close(house)
    old = announce_again(house, announce(house), format=1, **dict.fromkeys(SINCE_FORMAT_2))
    with reading(house.engine) as session:
        one = announced_of(session, old)
        assert one is not None
        record, page = announcement_record(session, one), announced_page(session, one)
    assert (record.index, record.low, record.certainty, record.respondents) == (75, None, None, [])
    assert page.groups == {}
