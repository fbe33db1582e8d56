"""All units at once show what each one's own dashboard shows, and nothing of fewer than five."""

from datetime import timedelta

import pytest

from accounts.actors import Forbidden
from desk.audit import log
from desk.home.overview import InstitutionOverview, OverviewLine, overview
from desk.office.periods import NewPeriod, open_period
from desk.office.visits import VisitCount, record_visits
from desk.unit.changes import compare
from desk.unit.follow_up import NewProgramme, ProgrammeStep, note_step, plan_follow_up
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps_of
from models import Period, Unit, now, reading, writing
from tests.desk.conftest import ELEMENTS, House
from tests.desk.home.test_waiting import counted
from tests.desk.unit.test_results import close

MIXED = [dict.fromkeys(ELEMENTS, value) for value in (2, 3, 3, 4, 4)]


def rate(house: House, number: int, unit: int, period: int | None = None) -> None:
    """So many ratings that are not all alike."""
    for at in range(number):
        house.rate(MIXED[at % len(MIXED)], unit=unit, period=period)


def look(house: House, role: str = "coordinator", period: int | None = None) -> InstitutionOverview:
    actor = house.actors[role]
    assert keep_steps_of(house.engine, actor, [house.clinic, house.registry])
    with reading(house.engine) as session:
        return overview(session, actor, period or house.period)


def line(found: InstitutionOverview, unit: int) -> OverviewLine:
    return next(one for one in found.lines if one.unit.id == unit)


@pytest.mark.parametrize("closed", [False, True])
def test_each_line_is_what_the_units_dashboard_shows(house: House, closed: bool) -> None:
    rate(house, 12, house.clinic)
    rate(house, 4, house.registry)
    with writing(house.engine) as session:
        place = house.clinic, house.period
        record_visits(session, house.coordinator, *place, VisitCount(60))
    look(house)
    rate(house, 3, house.clinic)  # no step while the period is open
    if closed:
        close(house)
    found = look(house)
    with reading(house.engine) as session:
        results = unit_results(session, house.coordinator, house.clinic, house.period)
    clinic, registry = line(found, house.clinic), line(found, house.registry)
    assert clinic.index is not None
    assert results.index is not None
    assert clinic.index.n == results.index.n == (15 if closed else 12)
    assert clinic.index.index == results.index.index
    assert clinic.index.band == results.index.band
    assert clinic.certainty == results.certainty
    assert (clinic.minimum, clinic.name) == (results.minimum, results.name)
    assert clinic.short == (results.minimum or 0) - results.index.n
    assert [registry.index, registry.certainty, registry.short, registry.change] == [None] * 4


@pytest.mark.parametrize("closed", [False, True])
def test_two_citizens_beside_a_file_are_in_no_spread(house: House, closed: bool) -> None:
    file = house.a_batch(15)
    for answers in MIXED:
        house.rate(answers, 3, batch=file)
    look(house)
    house.rate(1)
    house.rate(4)
    if closed:
        close(house)
    clinic = line(look(house), house.clinic)
    with reading(house.engine) as session:
        results = unit_results(session, house.coordinator, house.clinic, house.period)
    assert results.index is not None
    assert (results.index.n, results.index.apart) == ((17, 2) if closed else (15, 0))
    assert clinic.certainty == results.certainty


def test_the_change_is_that_of_the_units_own_page(house: House) -> None:
    rate(house, 9, house.clinic)
    close(house)
    with writing(house.engine) as session:
        first = session.get_one(Period, house.period).ends + timedelta(days=1)
        later = open_period(
            session,
            house.coordinator,
            NewPeriod(house.district, "2", "Kedua", first, first, "skm-2017"),
        ).id
    house.rate(4, 6, period=later)
    house.rate(4, 6, unit=house.registry, period=later)
    found = look(house, period=later)
    assert found.before is not None
    assert found.before.id == house.period
    with reading(house.engine) as session:
        results = unit_results(session, house.coordinator, house.clinic, later)
        own = compare(session, house.coordinator, results)
    assert own is not None
    clinic = line(found, house.clinic)
    assert clinic.change == own.index
    assert clinic.earlier is not None
    assert clinic.earlier.index == own.before.index.index  # type: ignore[union-attr]
    assert line(found, house.registry).change is None


def test_plans_and_reports_have_their_state(house: House) -> None:
    rate(house, 5, house.clinic)
    close(house)
    today = now().date()
    with writing(house.engine) as session:
        place = house.clinic, house.period
        plans = [
            plan_follow_up(
                session,
                house.official,
                *place,
                NewProgramme("time", "Loket kedua", today + timedelta(days=days), "Kepala"),
            )
            for days in (-9, -9, 9)
        ]
        note_step(session, house.official, plans[0].id, ProgrammeStep("done", "sudah"))
        about = {"paper": "report_pdf", "period": "semester-ini", "of": "puskesmas-langgur"}
        log(session, house.official, "hand_out_paper", **about)
    clinic = line(look(house), house.clinic)
    assert (clinic.plan.planned, clinic.plan.done, clinic.plan.late) == (3, 1, 1)
    assert clinic.report is not None
    assert abs(clinic.report - today) <= timedelta(days=1)  # the district's day
    assert line(look(house), house.registry).report is None


def test_each_sees_the_units_of_the_own_scope(house: House) -> None:
    rate(house, 5, house.clinic)
    seen = {
        role: {one.unit.id for one in look(house, role).lines}
        for role in ("official", "other_official", "coordinator", "analyst")
    }
    both = {house.clinic, house.registry}
    assert seen == {
        "official": {house.clinic},
        "other_official": {house.registry},
        "coordinator": both,
        "analyst": both,
    }
    for role in ("other_coordinator", "administrator", "nobody"):
        with pytest.raises(Forbidden):
            look(house, role)


def test_many_units_cost_no_more_queries_than_two(house: House) -> None:
    rate(house, 6, house.clinic)
    look(house)
    with counted(house) as few:
        look(house)
    with writing(house.engine) as session:
        units = [
            Unit(institution_id=house.district, code=f"unit-{at}", name=f"Unit {at}")
            for at in range(30)
        ]
        session.add_all(units)
    with counted(house) as many:
        assert len(look(house).lines) == 32
    assert len(many) <= len(few)
