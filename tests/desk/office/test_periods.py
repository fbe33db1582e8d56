"""Periods: who opens and closes them, what they keep, what they forget."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accounts.actors import Forbidden
from analysis.errors import BadInput
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from desk.office.periods import NewPeriod, close_period, open_period
from desk.office.visits import VisitCount, record_visits
from desk.unit.results import unit_results
from models import Period, Response, Visits, now, reading, writing
from tests.desk.conftest import House, another_district
from tests.refusing import in_english, refusing

STRANGERS = ["official", "other_coordinator", "analyst", "administrator", "nobody"]
FREE: dict[str, Any] = {
    "code": "2027-1",
    "name": "Semester 1 2027",
    "starts": date(2031, 1, 1),
    "ends": date(2031, 6, 30),
    "instrument": "skm-2017",
}

LATER: dict[str, Any] = {"code": "2027-2", "starts": date(2031, 7, 1), "ends": date(2031, 12, 31)}


def open_one(house: House, role: str = "coordinator", **changes: Any) -> int:
    """Opens a period far from the others, but for the changes."""
    with writing(house.engine) as session:
        given: dict[str, Any] = {"institution_id": house.district} | FREE | changes
        return open_period(session, house.actors[role], NewPeriod(**given)).id


@pytest.mark.parametrize("role", STRANGERS)
def test_only_the_coordinator_of_the_institution_opens_and_closes(house: House, role: str) -> None:
    with pytest.raises(Forbidden):
        open_one(house, role)
    with pytest.raises(Forbidden), writing(house.engine) as session:
        close_period(session, house.actors[role], house.period)
    assert house.acts() == []


def test_an_opened_period_keeps_the_texts_it_was_opened_under(house: House) -> None:
    key = open_one(house, instrument="skm-2026")
    asked = load_instrument("skm-2026")
    with reading(house.engine) as session:
        period = session.get_one(Period, key)
        assert (period.instrument.hash, period.instrument.text) == (asked.hash, asked.yaml)
        scheme = load_scheme(asked.scheme)
        assert (period.scheme.hash, period.scheme.text) == (scheme.hash, scheme.yaml)
    assert house.last_act().act == "open_period"
    assert house.last_act().details == {"institution": "malra", "period": "2027-1"}


def test_none_opens_while_citizens_can_ask_nobody_about_their_data(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACT", " ")
    with refusing("Nobody is named whom citizens may ask"):
        open_one(house)
    monkeypatch.setenv("CONTACT", "ppid@malra.example")
    open_one(house)


def test_an_old_survey_is_kept_under_its_own_rules(house: House) -> None:
    """Fourteen elements, bands of 2004: what was answered then, read as then."""
    days: dict[str, Any] = {"starts": date(2014, 1, 1), "ends": date(2014, 12, 31)}
    old = open_one(house, instrument="skm-2004", code="2014", **days)
    keys = [node.key for node in load_scheme("skm-2004").children]
    house.rate({**dict.fromkeys(keys, 3), "courtesy": 4}, 7, period=old)
    with writing(house.engine) as session:
        close_period(session, house.coordinator, old)
    with reading(house.engine) as session:
        shown = unit_results(session, house.official, house.clinic, old)
    assert shown.index is not None
    assert (shown.index.shown, shown.index.band and shown.index.band.grade) == ("76.79", "B")


TODAY = now().date()
REFUSED = {
    "same code": ({"code": "semester-ini"}, "code: found semester-ini"),
    "reversed": ({"ends": date(2030, 12, 31)}, "last day: found 31 December 2030"),
    "one shared day": (
        {"starts": TODAY + timedelta(days=30), "ends": TODAY + timedelta(days=90)},
        "days: found",
    ),
    "around": (
        {"starts": TODAY - timedelta(days=90), "ends": TODAY + timedelta(days=90)},
        "days: found",
    ),
    "within": ({"starts": TODAY, "ends": TODAY}, "days: found"),
    "unknown instrument": ({"instrument": "skm-1999"}, 'instrument: found "skm-1999"'),
    "an instrument of before": (
        {"instrument": "skm-2004"},
        "instrument: found skm-2004 for a period that ends on 30 June 2031",
    ),
    "an instrument not yet in force": (
        {"starts": date(2016, 12, 31), "ends": date(2017, 1, 31)},
        "instrument: found skm-2017 for a period that begins on 31 December 2016",
    ),
    "a file of the machine": ({"instrument": "/tmp/x.yaml"}, "instrument: found"),
    "no code": ({"code": ""}, 'code: found ""'),
    "a code of blanks": ({"code": "a b"}, 'code: found "a b"'),
    "a long code": ({"code": "a" * 61}, "code: found"),
    "no name": ({"name": " "}, 'name: found " "'),
    "a long name": ({"name": "a" * 201}, "name: found"),
    "an unreadable name": ({"name": "a\0"}, "name: found"),
}


@pytest.mark.parametrize(("changes", "problem"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_periods(house: House, changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadInput) as refused:
        open_one(house, **changes)
    assert problem in in_english(refused.value)
    with reading(house.engine) as session:
        assert len(session.scalars(select(Period)).all()) == 1


def test_periods_may_touch_and_other_institutions_have_their_own(house: House) -> None:
    open_one(house, starts=TODAY + timedelta(days=31), ends=TODAY + timedelta(days=60))
    elsewhere = {"institution_id": house.province, "starts": TODAY, "ends": TODAY}
    open_one(house, "other_coordinator", **elsewhere)


def test_a_closed_period_forgets_days_and_hours(house: House) -> None:
    day = now().date().replace(day=17)
    with writing(house.engine) as session:
        other = open_period(session, house.coordinator, NewPeriod(house.district, **FREE))
    house.rate(day=day, number=2)
    house.rate(day=day, period=other.id)
    with writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)
    with reading(house.engine) as session:
        forgotten = session.scalars(select(Response).where(Response.period_id == house.period))
        rows = [(row.local_date, row.quarter_hour, row.client_group) for row in forgotten]
        assert rows == [(day.replace(day=1), None, None)] * 2
        kept = session.scalars(select(Response).where(Response.period_id == other.id)).one()
        assert (kept.local_date, kept.quarter_hour) == (day, 40)
    assert house.last_act().act == "close_period"
    assert house.last_act().details["responses"] == 2


def test_a_period_closes_once(house: House) -> None:
    with writing(house.engine) as session:
        closed = close_period(session, house.coordinator, house.period)
    assert closed.closed_at is not None
    with refusing("closed already"), writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)
    assert house.acts() == ["close_period"]


@pytest.mark.parametrize("role", ["official", "coordinator"])
def test_visits_are_noted_and_corrected(house: House, role: str) -> None:
    for number in (500, 520):
        with writing(house.engine) as session:
            record_visits(
                session, house.actors[role], house.clinic, house.period, VisitCount(number)
            )
    with reading(house.engine) as session:
        assert session.get_one(Visits, (house.clinic, house.period)).number == 520
    assert house.last_act().details["before"] == 500
    assert house.last_act().details["after"] == 520


@pytest.mark.parametrize(
    "role", ["other_official", "other_coordinator", "analyst", "administrator", "nobody"]
)
def test_visits_are_noted_by_nobody_else(house: House, role: str) -> None:
    with pytest.raises(Forbidden), writing(house.engine) as session:
        record_visits(session, house.actors[role], house.clinic, house.period, VisitCount(500))


@pytest.mark.parametrize("number", [0, -1])
def test_visits_are_a_number_above_0(house: House, number: int) -> None:
    with pytest.raises(BadInput), writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, house.period, VisitCount(number))


def test_visits_of_another_institutions_period_are_refused(house: House) -> None:
    with writing(house.engine) as session:
        unit = another_district(session, "lain")
    period = open_one(house, "other_coordinator", institution_id=house.province)
    for place in (house.clinic, unit.id):
        with pytest.raises(Forbidden), writing(house.engine) as session:
            record_visits(session, house.coordinator, place, period, VisitCount(500))


def test_the_headline_is_fixed_when_a_period_opens(house: House) -> None:
    keys = open_one(house), open_one(house, **LATER, headline="averaged")
    with refusing(r'headline: found "median"'):
        open_one(
            house, code="2027-3", starts=date(2032, 1, 1), ends=date(2032, 1, 2), headline="median"
        )
    with reading(house.engine) as session:
        assert [session.get_one(Period, key).headline for key in keys] == ["pooled", "averaged"]
