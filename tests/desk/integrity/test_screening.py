"""Screening on the desk: who sees what, what is kept when, what is excluded in one act."""

import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from accounts.actors import Forbidden
from desk.integrity import finding
from desk.integrity.screening import (
    FlaggedExclusion,
    Hint,
    Report,
    exclude_flagged,
    hints_of,
    keep_screening,
    report_of,
    screen_last,
)
from desk.office.periods import NewPeriod, close_period, open_period
from desk.unit.results import unit_results
from models import Exclusion, Period, Response, Screened, Unit, reading, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.desk.conftest import ELEMENTS, House
from tests.refusing import refusing

REASON = "Satu perangkat mengirim dua puluh jawaban dalam satu hari"
HONEST, STUFFED = 60, 20


def rate(
    house: House,
    number: int,
    stuffed: bool = False,
    comment: str = "",
    unit_id: int | None = None,
) -> None:
    """Honest ratings spread over days and hours, or all 4 from one device at 16:45 of a day."""
    with writing(house.engine) as session:
        period = session.get_one(Period, house.period)
        values = list(islice(cycle((2, 3, 3, 4, 2, 3, 3)), number + len(ELEMENTS)))
        rows = [
            CheckedResponse(
                answers=dict.fromkeys(ELEMENTS, 4)
                if stuffed
                else dict(zip(ELEMENTS, values[at:], strict=False)),
                channel="open_link",
                provenance="self",
                comment=comment,
                local_date=period.starts + timedelta(days=7 if stuffed else at % 30),
                quarter_hour=67 if stuffed else 32 + at * 7 % 30,
                completion_time="under_15_s" if stuffed else "1_to_3_min",
                client_group=("f" if stuffed else f"{at:x}").zfill(64),
            )
            for at in range(number)
        ]
        unit = session.get_one(Unit, unit_id or house.clinic)
        store(session, unit, period, asked_instrument(period), rows)


def report(house: House) -> Report | None:
    assert keep_screening(house.engine, house.analyst, house.clinic, house.period)
    with reading(house.engine) as session:
        return report_of(session, house.analyst, house.clinic, house.period)


def hints(house: House, role: str = "official") -> Sequence[Hint]:
    assert keep_screening(house.engine, house.actors[role], house.clinic, house.period)
    with reading(house.engine) as session:
        return hints_of(session, house.actors[role], house.clinic, house.period)


def shown(house: House) -> Report:
    found = report(house)
    assert found is not None
    return found


def exclude_all(house: House, found: Report, reason: str = REASON) -> int:
    with writing(house.engine) as session:
        return exclude_flagged(
            session,
            house.analyst,
            house.clinic,
            house.period,
            FlaggedExclusion("devices", found.made_at, reason),
        )


def close(house: House) -> None:
    with writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)


def alarms(found: Report) -> set[str]:
    return {flag["alarm"] for flag in found.document["flags"]}


def test_a_stuffed_unit_is_told_with_and_without(house: House) -> None:
    rate(house, HONEST)
    assert alarms(shown(house)) == set()
    rate(house, STUFFED, stuffed=True)
    found = shown(house)
    assert alarms(found) >= {"bursts", "devices"}
    assert len(found.counting["devices"]) == STUFFED
    document = found.document
    assert document["number"] == HONEST + STUFFED
    assert STUFFED <= document["flagged"] <= STUFFED + 2  # the others of that day
    assert float(document["without"]["index"]) < float(document["with"]["index"])
    low, high = document["interval"]
    assert low < document["difference"] < high < 0
    assert all(count >= 5 for _, _, count in document["rhythm"]["cells"])
    assert max(count for *_, count in document["rhythm"]["cells"]) >= STUFFED


def test_fewer_than_five_show_nothing(house: House) -> None:
    assert report(house) is None
    rate(house, 4)
    assert report(house) is None
    assert hints(house) == []
    close(house)
    assert report(house) is None


def test_an_open_period_advances_in_steps_of_five(house: House) -> None:
    rate(house, HONEST)
    first = shown(house)
    rate(house, 4)
    assert (shown(house).made_at, shown(house).document) == (first.made_at, first.document)
    rate(house, 1)
    assert shown(house).document["number"] == HONEST + 5


def test_a_group_is_excluded_in_one_act_and_counted(house: House) -> None:
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    found = shown(house)
    assert exclude_all(house, found) == STUFFED
    assert house.acts() == ["exclude"]
    details = house.last_act().details
    assert details["alarm"] == "devices"
    assert details["reason"] == REASON
    assert sorted(details["responses"]) == sorted(map(str, found.counting["devices"]))
    with house.looking() as session:
        results = unit_results(session, house.analyst, house.clinic, house.period)
        assert (results.received, results.excluded) == (HONEST + STUFFED, STUFFED)
        assert session.scalar(select(func.count()).select_from(Response)) == HONEST + STUFFED
    again = shown(house)
    assert (alarms(again), again.document["number"]) == (set(), HONEST)


@pytest.mark.parametrize("reason", ["", "curang"])
def test_without_a_reason_nothing_is_excluded(house: House, reason: str) -> None:
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    found = shown(house)
    with refusing("reason"):
        exclude_all(house, found, reason)
    with reading(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(Exclusion)) == 0


def test_what_was_not_seen_is_not_excluded(house: House) -> None:
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    found = shown(house)
    rate(house, 5, stuffed=True)
    shown(house)
    with refusing("a newer one"):
        exclude_all(house, found)


def test_closing_keeps_what_was_found_without_its_times(house: House) -> None:
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    open_one = shown(house)
    rate(house, 1, stuffed=True)
    close(house)
    found = shown(house)
    assert found.final
    assert alarms(found) == alarms(open_one)
    assert found.document["rhythm"] is None
    assert [16, STUFFED] in open_one.document["rhythm"]["hours"]
    assert len(found.counting["devices"]) == STUFFED + 1
    assert exclude_all(house, found) == STUFFED + 1
    assert shown(house).counting["devices"] == []
    with refusing("responses: found none"):
        exclude_all(house, found)


@pytest.mark.parametrize("together", [finding.TOGETHER, 30])
def test_all_units_close_at_once_each_as_it_was_screened_alone(
    house: House, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    """In one lot or in several; one unit has too few, one was never looked at before."""
    monkeypatch.setattr(finding, "TOGETHER", together)
    rate(house, HONEST)
    rate(house, STUFFED, stuffed=True)
    rate(house, 45, unit_id=house.registry)
    others = more_units(house, (40, 4))
    for unit in others:
        assert keep_screening(house.engine, house.analyst, unit, house.period)
    shown(house)
    before = documents(house)
    assert set(before) == {house.clinic, others[0]}
    close(house)
    after = documents(house)
    assert set(after) == {house.clinic, house.registry, others[0]}
    assert all(one["rhythm"] is None for one in after.values())
    for unit, document in before.items():
        assert json.dumps(after[unit]) == json.dumps(document | {"rhythm": None})
    assert after[house.registry]["number"] == 45


def test_many_units_are_read_as_often_as_few(house: House) -> None:
    def asked(units: int) -> int:
        statements: list[str] = []

        def note(*call: Any) -> None:
            statements.append(call[2])

        more_units(house, [20] * units)
        event.listen(house.engine, "before_cursor_execute", note)
        try:
            with writing(house.engine) as session:
                screen_last(session, session.get_one(Period, house.period))
                session.rollback()
        finally:
            event.remove(house.engine, "before_cursor_execute", note)
        return len(statements)

    assert asked(2) == asked(4)


def more_units(house: House, numbers: Sequence[int]) -> list[int]:
    """Further units of the district, each with so many ratings."""
    with writing(house.engine) as session:
        units = [
            Unit(institution_id=house.district, code=f"lagi-{uuid4()}", name="Unit lain")
            for _ in numbers
        ]
        session.add_all(units)
        session.flush()
        keys = [unit.id for unit in units]
    for key, number in zip(keys, numbers, strict=True):
        rate(house, number, unit_id=key)
    return keys


def documents(house: House) -> dict[int, dict[str, object]]:
    """What is kept of the period, by unit."""
    with reading(house.engine) as session:
        rows = session.scalars(select(Screened).where(Screened.period_id == house.period))
        return {one.unit_id: json.loads(one.document) for one in rows}


def test_a_final_screening_stays(house: House) -> None:
    rate(house, HONEST)
    close(house)
    for statement in ("UPDATE screenings SET document = '{}'", "DELETE FROM screenings"):
        why = "append-only|permission denied"
        with pytest.raises(DBAPIError, match=why), house.engine.begin() as connection:
            connection.execute(text(statement))


def test_officials_get_a_hint_by_fives_and_nothing_else(house: House) -> None:
    rate(house, HONEST)
    assert hints(house) == []
    rate(house, STUFFED + 3, stuffed=True)
    found = hints(house)
    (hint,) = found
    assert set(hint.alarms) >= {"bursts", "devices"}
    assert hint.at_least in (STUFFED, STUFFED + 5)  # with the others of that day
    assert all(hint.at_least % 5 == 0 and hint.at_least >= 5 for hint in found)
    for role in ("official", "coordinator"):
        assert hints(house, role) == found
        with pytest.raises(Forbidden), writing(house.engine) as session:
            report_of(session, house.actors[role], house.clinic, house.period)


def test_a_copied_period_is_told(house: House) -> None:
    """The stored answers of the closed period before are enough to find it again."""
    chance = np.random.default_rng(1)
    before, copy = chance.integers(2, 5, (120, len(ELEMENTS))), chance.integers(2, 5, (40, 9))
    with writing(house.engine) as session:
        now = session.get_one(Period, house.period)
        earlier = open_period(
            session,
            house.coordinator,
            NewPeriod(
                house.district,
                "lalu",
                "Periode lalu",
                now.starts - timedelta(days=90),
                now.starts - timedelta(days=1),
                "skm-2017",
            ),
        )
        unit = session.get_one(Unit, house.clinic)
        store(session, unit, earlier, asked_instrument(earlier), forms(before, earlier))
        close_period(session, house.coordinator, earlier.id)
        again = np.concatenate([before[:40], copy])
        store(session, unit, now, asked_instrument(now), forms(again, now))
    (flag,) = shown(house).document["flags"]
    assert (flag["alarm"], flag["number"]) == ("copied", 40)


def forms(answers: "np.typing.NDArray[np.int64]", period: Period) -> list[CheckedResponse]:
    """One form a row of answers, each on a day and at a time of its own."""
    return [
        CheckedResponse(
            answers=dict(zip(ELEMENTS, row, strict=True)),
            channel="token",
            provenance="self",
            local_date=period.starts + timedelta(days=at % 30),
            quarter_hour=32 + at * 7 % 30,
        )
        for at, row in enumerate(answers.tolist())
    ]


def test_alike_comments_are_told_and_not_kept(house: House) -> None:
    rate(house, HONEST)
    words = "Pelayanan di sini cepat sekali dan semua petugasnya ramah serta sabar"
    rate(house, 5, comment=words)
    found = shown(house)
    assert alarms(found) == {"comments"}
    with reading(house.engine) as session:
        kept = session.get_one(Screened, (house.clinic, house.period))
        assert "cepat" not in kept.document
        assert json.loads(kept.document)["flags"][0]["p"] is None
