"""Counts by the database, the same on both engines."""

import json
from collections.abc import Collection, Sequence
from datetime import date

import pytest
from sqlalchemy import select, update

from analysis.__main__ import main
from analysis.index.tally import Tally
from analysis.rulebook.instrument import load_instrument
from models import Batch, Exclusion, Period, Response, Role, Unit, User, now, reading, writing
from survey.counts import Selection, count_answers, count_experiences, count_responses
from survey.storage import CheckedResponse, store
from tests.survey.conftest import Place

INSTRUMENT = load_instrument("skm-2017")
JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def batch(place: Place) -> int:
    """Six responses at the first unit, two of them imported, and one at the second."""
    with writing(place.engine) as session:
        period = session.get_one(Period, place.period)
        first, second = (session.get_one(Unit, key) for key in (place.unit, place.other_unit))
        batch = Batch(
            institution_id=first.institution_id,
            unit_id=first.id,
            period_id=period.id,
            file_name="a.csv",
            file_hash="f" * 64,
            rows=2,
            actor="Ani",
            created_at=now(),
        )
        session.add(batch)
        session.flush()
        own = [
            _row({"time": 1}, place.services[0], JUNE, "none"),
            _row({"time": 1, "cost": 4}, place.services[0], JULY, "undue_delay"),
            _row({"time": 4}, place.services[1], JULY, "undue_delay", "partiality"),
            _row({}, None, JULY, "declined"),
        ]
        imported = [
            CheckedResponse(
                answers={"time": value}, channel="import", provenance="import", batch_id=batch.id
            )
            for value in (2, 2)
        ]
        store(session, first, period, INSTRUMENT, [*own, *imported])
        store(session, second, period, INSTRUMENT, [_row({"time": 3}, None, JULY)])
        return batch.id


def _row(
    answers: dict[str, int], service: int | None, day: date, *experience: str
) -> CheckedResponse:
    return CheckedResponse(
        answers=answers,
        channel="open_link",
        provenance="self",
        service_id=service,
        local_date=day,
        experience=experience,
    )


def _count(
    place: Place,
    by: Sequence[str],
    units: Collection[int] | None = None,
    without: Collection[str] = (),
) -> Tally:
    units = [place.unit, place.other_unit] if units is None else units
    with reading(place.engine) as session:
        return count_answers(session, INSTRUMENT, by, Selection([place.period], units, without))


def test_by_unit(place: Place, batch: int) -> None:
    counted = _count(place, ["unit_id"])
    assert counted.counted["unit_id"].tolist() == sorted([place.unit, place.other_unit])
    rows = dict(zip(counted.counted["unit_id"], counted.counts("time").tolist(), strict=True))
    assert rows == {place.unit: [2, 2, 0, 1], place.other_unit: [0, 0, 1, 0]}
    respondents = dict(zip(counted.counted["unit_id"], counted.respondents, strict=True))
    assert respondents == {place.unit: 5, place.other_unit: 1}


def test_by_service(place: Place, batch: int) -> None:
    counted = _count(place, ["service_id"], [place.unit])
    services = [None if key != key else int(key) for key in counted.counted["service_id"]]
    by_service = dict(zip(services, counted.counts("time").tolist(), strict=True))
    first, second = place.services
    assert by_service == {first: [2, 0, 0, 0], second: [0, 0, 0, 1], None: [0, 2, 0, 0]}


def test_by_month_also_after_the_days_are_forgotten(place: Place, batch: int) -> None:
    expected = {"2026-06": 1, "2026-07": 2, None: 2}
    assert _months(place) == expected
    place.close()
    with writing(place.engine) as session:
        months = session.execute(select(Response.id, Response.local_date)).all()
        for key, day in months:
            session.execute(
                update(Response)
                .where(Response.id == key)
                .values(local_date=day and day.replace(day=1), quarter_hour=None)
            )
    assert _months(place) == expected


def _months(place: Place) -> dict[str | None, int]:
    counted = _count(place, ["month"], [place.unit])
    months = [month if isinstance(month, str) else None for month in counted.counted["month"]]
    return dict(zip(months, counted.respondents.tolist(), strict=True))


def test_without_a_batch(place: Place, batch: int) -> None:
    counted = _count(place, ["unit_id"], [place.unit], without=[str(batch)])
    assert counted.counts("time").tolist() == [[2, 0, 0, 1]]


def test_of_nothing(place: Place, batch: int) -> None:
    assert len(_count(place, ["unit_id"], units=[])) == 0
    with reading(place.engine) as session:
        units = [place.unit]
        assert len(count_answers(session, INSTRUMENT, ["unit_id"], Selection([], units))) == 0
        assert count_experiences(session, INSTRUMENT, Selection([], units)) == {}
        assert count_responses(session, Selection([], units)) == {}


def test_an_excluded_response_no_longer_counts(place: Place, batch: int) -> None:
    with writing(place.engine) as session:
        user = User(username="ani", name="Ani", password_hash="x", active=True)
        user.roles.append(Role(role="analyst"))
        session.add(user)
        session.flush()
        best = select(Response.id).where(Response.service_id == place.services[1])
        session.add(
            Exclusion(
                response_id=session.scalars(best).one(),
                reason="terkirim dua kali",
                user_id=user.id,
                created_at=now(),
            )
        )
    counted = _count(place, ["unit_id"], [place.unit])
    assert counted.counts("time").tolist() == [[2, 2, 0, 0]]
    with reading(place.engine) as session:
        pairs = count_responses(session, Selection([place.period], [place.unit]))
        of_unit = count_experiences(session, INSTRUMENT, Selection([place.period], [place.unit]))[
            place.unit
        ]
    assert (pairs[place.unit, place.period].received, pairs[place.unit, place.period].counted) == (
        6,
        5,
    )
    assert of_unit.forms["partiality"] == 0


def test_experiences(place: Place, batch: int) -> None:
    with reading(place.engine) as session:
        units = [place.unit, place.other_unit]
        found = count_experiences(session, INSTRUMENT, Selection([place.period], units))
    assert list(found) == [place.unit]
    experienced = found[place.unit]
    ticked = {form: number for form, number in experienced.forms.items() if number}
    assert (experienced.answered, experienced.none, experienced.declined) == (3, 1, 1)
    assert ticked == {"undue_delay": 2, "partiality": 1}


def test_the_command_counts_what_the_service_stored(
    place: Place, batch: int, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of closed periods alone, with the names of units in place of their numbers."""
    asked = ["satisfaction", "--engine", database_url, "--json"]
    assert main(asked) == 2
    assert "no answers" in capsys.readouterr().err
    place.close()
    assert main([*asked, "--year", "2026"]) == 0
    told = {one["unit"]: one for one in json.loads(capsys.readouterr().out)["units"]}
    counted = _count(place, ["unit_id"])
    with reading(place.engine) as session:
        codes = dict(session.execute(select(Unit.id, Unit.code)).all())
    for unit, n in zip(counted.counted["unit_id"], counted.respondents.tolist(), strict=True):
        assert told[codes[unit]]["n"] == n
    assert main([*asked, "--year", "2025"]) == 2
