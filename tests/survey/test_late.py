"""Late ratings: filled in while the period ran, sent after; kept apart, counted whole, once."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import (
    LateCounting,
    LateResponse,
    Period,
    Unit,
    User,
    every_table,
    now,
    reading,
    writing,
)
from survey.late import count_late
from survey.late_rules import load_late_rules
from survey.order import forget_order
from survey.receipts import code_hash, find_receipt, mint_key
from survey.standing import LateStanding
from survey.submission import Taken, submit_all
from tests.survey.conftest import SECRET, Place, a_submission
from tests.survey.test_tokens import issue
from tests.survey.test_unjoinable import lying

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def send(place: Place, moment: datetime | None = None, **changes: Any) -> Taken:
    with writing(place.engine) as session:
        (taken,) = submit_all(session, SECRET, [a_submission(**changes)], moment or now())
    assert isinstance(taken, Taken)
    return taken


def kept(filled_at: datetime | None, **changes: Any) -> dict[str, Any]:
    """What a device kept that says when it was filled in."""
    return {"kept": True, "filled_at": filled_at} | changes


def opened(place: Place) -> datetime:
    with reading(place.engine) as session:
        return session.get_one(Period, place.period).opened_at


def counting(session: Session, place: Place) -> int:
    unit, period = session.get_one(Unit, place.unit), session.get_one(Period, place.period)
    user = session.scalar(select(User)) or User(
        username="ani", name="Ani", password_hash="x", active=True
    )
    session.add(user)
    session.flush()
    act = LateCounting(
        institution_id=unit.institution_id,
        unit_id=unit.id,
        period_id=period.id,
        reason="HP pewawancara tanpa sinyal",
        user_id=user.id,
        created_at=now(),
    )
    session.add(act)
    session.flush()
    return len(count_late(session, unit, period, act))


def standing(place: Place, code: str) -> LateStanding | None:
    with reading(place.engine) as session:
        received = find_receipt(session, SECRET, code)
        assert received
        return received.late


def test_what_was_filled_in_before_the_closing_waits_and_counts_once(place: Place) -> None:
    before = now()
    place.close()
    key = mint_key()
    entries = {
        "service": "layanan-1",
        "experience": ["undue_delay"],
        "respondent": {"sex": "female"},
        "comment": "Pak Budi Santoso lama sekali, telepon 081234567890",
        "provenance": "companion",
        "language": "en",
        "seconds": 50.0,
    }
    taken = send(place, **kept(before, key=key, **entries))
    assert (taken.late, taken.known) == (True, False)
    assert send(place, **kept(before, key=key)) == Taken(taken.code, known=True, late=True)
    stored = place.stored()
    assert (stored["late_responses"], stored["late_receipts"]) == (1, 1)
    assert (stored["responses"], stored["receipts"]) == (0, 0)
    assert "081234567890" not in str(place.rows("late_responses"))
    assert standing(place, taken.code) == LateStanding(1, 0)
    with writing(place.engine) as session:
        assert counting(session, place) == 1
        assert counting(session, place) == 0
    (row,) = place.rows("responses")
    assert row["id"] == place.rows("late_responses")[0]["id"]
    assert (row["sex"], row["provenance"], row["language"]) == ("female", "companion", "en")
    assert (row["completion_time"], row["channel"]) == ("30_to_60_s", "open_link")
    assert (row["quarter_hour"], row["client_group"]) == (None, None)
    assert row["local_date"].day == 1, "of a closed period only the month is kept"
    assert place.rows("answers_skm_2017")[0]["time"] == 3
    assert place.rows("experiences")[0]["undue_delay"]
    (late,) = place.rows("late_responses")
    assert place.rows("comments")[0]["text"] == late["content"]["comment"]
    assert standing(place, taken.code) == LateStanding(1, 1)


def test_after_the_last_day_of_a_period_nobody_has_closed_it_is_late_too(place: Place) -> None:
    filled, later = now(), now() + timedelta(days=40)
    assert place.refusals(later) == {"period": "closed_period"}
    assert send(place, later, **kept(filled)).late
    with writing(place.engine) as session:
        assert counting(session, place) == 1
    (row,) = place.rows("responses")
    (late,) = place.rows("late_responses")
    assert row["local_date"] == late["filled_on"]
    assert late["came_on"] - late["filled_on"] == timedelta(days=40)


@pytest.mark.parametrize(
    ("told", "late"),
    [("before", True), ("unknown", True), ("after", False), ("to come", False), ("1970", False)],
)
def test_a_device_is_believed_within_bounds(place: Place, told: str, late: bool) -> None:
    before = now()
    place.close()
    moments = {
        "before": before,
        "unknown": None,
        "after": now(),
        "to come": now() + HOUR,
        "1970": datetime.fromisoformat("1970-01-01T00:00+00:00"),
    }
    form = kept(moments[told])
    if late:
        assert send(place, **form).late
        (row,) = place.rows("late_responses")
        assert (row["filled_on"] is None) == (told == "unknown")
    else:
        assert place.refusals(**form) == {"period": "closed_period"}


def test_who_does_not_say_when_is_believed_for_a_month(place: Place) -> None:
    with reading(place.engine) as session:
        ends = session.get_one(Period, place.period).ends
    days = timedelta(days=load_late_rules().undated_days)
    noon = datetime.combine(ends, time(12), now().tzinfo)
    assert send(place, noon + days, **kept(None)).late
    assert place.refusals(noon + days + DAY, **kept(None)) == {"period": "closed_period"}
    assert send(place, noon + days + DAY, **kept(now())).late, "a time of filling holds for good"
    place.close()
    assert place.refusals(now() + days + DAY, **kept(None)) == {"period": "closed_period"}


def test_what_a_kiosk_kept_before_it_was_withdrawn_is_late_in_an_open_period(place: Place) -> None:
    form = {"channel": "kiosk", "withdrawn": True}
    taken = send(place, **kept(now(), **form))
    assert taken.late
    assert (place.stored()["late_responses"], place.stored()["responses"]) == (1, 0)
    assert standing(place, taken.code) == LateStanding(1, 0)
    with writing(place.engine) as session:
        assert counting(session, place) == 1
    assert [row["channel"] for row in place.rows("responses")] == ["kiosk"]


def test_what_no_device_kept_is_never_late(place: Place) -> None:
    before = now()
    place.close()
    assert place.refusals(filled_at=before) == {"period": "closed_period"}
    assert place.refusals() == {"period": "closed_period"}


def test_what_was_kept_and_comes_in_time_is_of_the_day_it_was_filled_in(place: Place) -> None:
    filled = max(opened(place), now() - HOUR)
    later = now() + timedelta(days=2)
    assert not send(place, later, **kept(filled)).late
    assert not send(place, later, **kept(later + HOUR)).late
    days = sorted(row["local_date"] for row in place.rows("responses"))
    assert days[1] - days[0] == timedelta(days=2)


def test_a_late_one_is_checked_as_any_other(place: Place) -> None:
    before = now()
    place.close()
    assert place.refusals(**kept(before, answers={"time": 9})) == {"time": "answer_not_allowed"}
    assert place.refusals(**kept(before, period="lain")) == {"period": "unknown_period"}
    assert place.refusals(**kept(before, provenance="unit_interviewer"))


def test_the_database_lets_nothing_else_in_to_a_closed_period(place: Place) -> None:
    before = now()
    send(place)
    place.close()
    send(place, **kept(before))
    late, response = place.rows("late_responses")[0], place.rows("responses")[0]
    table = every_table().tables["responses"]
    for key in (late["id"], uuid4()):
        with pytest.raises(DBAPIError, match="not open"), writing(place.engine) as session:
            session.execute(insert(table), [response | {"id": key}])
    with pytest.raises(DBAPIError, match="append-only"), writing(place.engine) as session:
        session.execute(update(LateResponse).values(filled_on=None))


def test_nothing_joins_a_late_receipt_to_its_rating(place: Place) -> None:
    before = now()
    place.close()
    codes = [send(place, **kept(before, comment=f"Orang {at:02}")).code for at in range(20)]
    hashes = [code_hash(SECRET, code) for code in codes]
    columns = {name: set(place.rows(name)[0]) for name in ("late_receipts", "late_responses")}
    shared = columns["late_receipts"] & columns["late_responses"]
    assert shared == {"institution_id", "unit_id", "period_id"}
    assert not any(hashed in str(place.rows("late_responses")) for hashed in hashes)
    forget_order(place.engine)
    assert lying(place, "late_receipts") == sorted(hashes)


def test_a_token_is_spent_by_a_late_rating_too(place: Place) -> None:
    (token,) = issue(place)
    before = now()
    place.close()
    send(place, **kept(before, token=token))
    assert place.refusals(**kept(before, token=token)) == {"token": "spent_token"}
    with writing(place.engine) as session:
        counting(session, place)
    assert [row["channel"] for row in place.rows("responses")] == ["token"]


def test_who_waited_for_a_turn_while_the_period_was_closed_is_late(place: Place) -> None:
    """Its moment was before the closing; when its turn came nothing could be added any more."""
    moment = now()
    place.close()
    place.send(moment)
    stored = place.stored()
    assert (stored["responses"], stored["late_responses"]) == (0, 1)
