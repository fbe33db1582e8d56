"""What waits for whom: each thing comes when it is due, and goes when it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, event, select, update

from analysis.index.sample import minimum_sample
from desk.assessment.findings import answer_finding, decide_finding
from desk.assessment.rounds import SubjectChoice, choose_subjects
from desk.assessment.waivers import confirm_waiver, propose_waiver
from desk.audit import log
from desk.comments.triage import read_new, review, waiting
from desk.home.tasks import WaitingTask
from desk.home.waiting import units_run_by, waiting_for
from desk.integrity.alarms_read import note_alarms_read
from desk.integrity.screening import keep_screening
from desk.office.visits import VisitCount, record_visits
from desk.papers.announcing import approve as make_public
from desk.publication.objections import ObjectionDecision, decide_objection
from desk.publication.publishing import approve as seal
from desk.unit.follow_up import NewProgramme, ProgrammeStep, note_step, plan_follow_up
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps_of
from models import AuditEvent, Finding, Period, Role, Unit, User, now, reading, writing
from survey.schemes import used_scheme
from tests.desk.assessment.test_findings import ANSWER, told
from tests.desk.assessment.test_products import a_product, became
from tests.desk.comments.test_triage import KIND, rated, tell
from tests.desk.conftest import ROLES, House
from tests.desk.integrity.test_screening import HONEST, STUFFED
from tests.desk.integrity.test_screening import rate as rate_and_stuff
from tests.desk.office.test_late import close as close_of_office
from tests.desk.office.test_late import count as count_late_of
from tests.desk.office.test_late import late as come_late
from tests.desk.office.test_withdrawals import decide, propose
from tests.desk.papers.test_announcing import prepared as announced_by_official
from tests.desk.publication.test_objections import SECRET, prepared, raise_one
from tests.desk.unit.test_results import close, load, rows
from tests.few_frames import teach_few

__all__ = ["prepared", "told"]  # fixtures

VISITS = 400


def waits(house: House, role: str) -> list[WaitingTask]:
    """What waits for a role, after its look has kept the steps."""
    actor = house.actors[role]
    with reading(house.engine) as session:
        mine = units_run_by(session, actor)
    assert keep_steps_of(house.engine, actor, mine)
    with reading(house.engine) as session:
        tasks = waiting_for(session, actor)
    assert {type(task.day) for task in tasks} <= {date}  # a moment among days can't be sorted
    return tasks


def kinds(house: House, role: str) -> list[str]:
    return [task.kind for task in waits(house, role)]


def of(house: House, role: str, kind: str) -> list[WaitingTask]:
    return [task for task in waits(house, role) if task.kind == kind]


def only(house: House, role: str, kind: str) -> WaitingTask:
    (task,) = of(house, role, kind)
    return task


def everyone_but(*roles: str) -> set[str]:
    return set(ROLES) - set(roles)


def note_visits(house: House, unit: int) -> int:
    """The minimum sample that follows."""
    with writing(house.engine) as session:
        record_visits(session, house.coordinator, unit, house.period, VisitCount(VISITS))
        rule = used_scheme(session.get_one(Period, house.period)).minimum_sample
        assert rule is not None
        return minimum_sample(VISITS, rule.value)


def test_an_official_is_told_what_the_own_dashboard_shows(house: House) -> None:
    task = only(house, "official", "period_ends_no_visits")
    assert (task.path, task.due) == ("unit", True)
    assert task.choices == {"unit": "puskesmas-langgur", "period": "semester-ini"}
    minimum = note_visits(house, house.clinic)
    house.rate(3, 4)
    assert only(house, "official", "period_ends_short").about["number"] == minimum
    house.rate(3, 3)
    assert only(house, "official", "period_ends_short").about["number"] == minimum - 7
    house.rate(3, 4)  # no step of five
    told = only(house, "official", "period_ends_short")
    assert told.about["number"] == minimum - 7
    with reading(house.engine) as session:
        results = unit_results(session, house.official, house.clinic, house.period)
    assert results.index is not None
    assert results.minimum == minimum
    assert results.index.n == 7
    house.rate(3, minimum)
    assert kinds(house, "official") == ["period_ends_enough"]
    assert "puskesmas-langgur" not in str(waits(house, "other_official"))


def test_a_coordinator_is_told_of_all_units_in_one_line(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kinds(house, "coordinator") == ["first_rating", "period_ends"]
    note_visits(house, house.clinic)
    house.rate(3, 9)
    task = only(house, "coordinator", "period_ends_units")
    assert (task.about["number"], task.about["units"], task.path) == (1, 2, "ikhtisar")
    assert task.choices == {"instansi": "malra", "period": "semester-ini"}
    later = now() + timedelta(days=40)
    monkeypatch.setattr("models.places.now", lambda: later)
    late = only(house, "coordinator", "period_over")
    assert (late.path, late.late(later.date())) == ("periode", True)
    assert kinds(house, "official") == []


def test_the_oldest_day_comes_first(house: House) -> None:
    _plan(house, house.clinic, -20)
    _plan(house, house.clinic, 12)
    _plan(house, house.clinic, 90)  # not before long
    found = waits(house, "official")
    assert [task.kind for task in found] == ["plan_late", "plan_due", "period_ends_no_visits"]
    assert [task.day for task in found] == sorted(task.day for task in found)
    assert len({task.uid for task in found}) == 3


@pytest.mark.parametrize("status", ["done", "dropped"])
def test_a_late_programme_waits_until_it_is_done_or_dropped(house: House, status: str) -> None:
    plan = _plan(house, house.clinic, -3)
    for role in ("official", "coordinator"):
        task = only(house, role, "plan_late")
        assert (task.path, task.choices["unit"]) == ("tindak-lanjut", "puskesmas-langgur")
        assert task.late(now().date() + timedelta(days=1))
    for role in everyone_but("official", "coordinator"):
        assert of(house, role, "plan_late") == []
    with writing(house.engine) as session:
        note_step(session, house.official, plan, ProgrammeStep("under_way", ""))
    assert of(house, "official", "plan_late")
    with writing(house.engine) as session:
        note_step(session, house.official, plan, ProgrammeStep(status, "selesai atau batal"))
    assert of(house, "official", "plan_late") == []


def test_a_product_waits_until_it_is_followed_up(house: House) -> None:
    """For whom it concerns and for analysts; one without a day waits for nobody."""
    late = a_product(house, "a", unit=house.clinic, due=now().date() - timedelta(days=2))
    a_product(house, "b", due=now().date() + timedelta(days=9))
    a_product(house, "c", due=None)
    both = ["product_late", "product_due"]
    for role, shown in (("official", both[:1]), ("coordinator", both), ("analyst", both)):
        found = [task for task in waits(house, role) if task.path == "produk"]
        assert [task.kind for task in found] == shown
        assert [task.late(now().date()) for task in found] == [True, False][: len(shown)]
    for role in everyone_but("official", "coordinator", "analyst", "second_analyst"):
        assert not set(both) & set(kinds(house, role))
    became(house, late, "in_progress")
    assert of(house, "official", "product_late")
    became(house, late, "followed_up")
    assert of(house, "official", "product_late") == []


def test_a_report_waits_until_somebody_took_it_away(house: House) -> None:
    house.rate(3, 7)
    house.rate(3, 4, unit=house.registry)
    close(house)
    assert only(house, "official", "report").choices["unit"] == "puskesmas-langgur"
    assert of(house, "other_official", "report") == []  # of fewer than five there are no figures
    _take(house, "puskesmas-langgur", "worksheet")
    assert of(house, "official", "report")
    _take(house, "puskesmas-langgur", "report_docx")
    assert of(house, "official", "report") == []
    assert only(house, "coordinator", "report_of_institution").choices["instansi"] == "malra"
    _take(house, "malra", "report_pdf")
    assert of(house, "coordinator", "report_of_institution") == []


def test_a_report_of_which_the_trace_was_archived_does_not_wait_again(house: House) -> None:
    """Whether somebody took it away, nobody knows here any more."""
    house.rate(3, 7)
    close(house)
    assert of(house, "official", "report")
    told = {"until": "2200-01-01", "last": 9, "hash": "0" * 64, "file": "0" * 64}
    with writing(house.engine) as session:
        session.add(AuditEvent(created_at=now(), actor="command line", act="archive", details=told))
    assert of(house, "official", "report") == []
    assert of(house, "coordinator", "report_of_institution") == []


def test_a_prepared_result_waits_for_another_coordinator(house: House) -> None:
    house.rate(3, 7)
    close(house)
    key = announced_by_official(house)
    assert only(house, "coordinator", "announcement").path == "umumkan"
    for role in everyone_but("coordinator"):
        assert of(house, role, "announcement") == []
    with writing(house.engine) as session:
        make_public(session, house.coordinator, key)
    assert of(house, "coordinator", "announcement") == []


def test_prepared_scores_wait_for_another_analyst(house: House, prepared: object) -> None:
    assert only(house, "second_analyst", "publication").path == "indeks"
    for role in everyone_but("second_analyst"):
        assert of(house, role, "publication") == []
    with writing(house.engine) as session:
        seal(session, house.second_analyst, prepared, SECRET)  # type: ignore[arg-type]
    assert of(house, "second_analyst", "publication") == []


def test_an_objection_waits_for_who_did_not_judge_the_item(house: House, prepared: object) -> None:
    objection = raise_one(house, prepared)  # type: ignore[arg-type]
    assert only(house, "second_analyst", "objection").path == "sanggah"
    for role in everyone_but("second_analyst"):  # the analyst judged it
        assert of(house, role, "objection") == []
    with writing(house.engine) as session:
        declined = ObjectionDecision(False, "Foto itu benar")
        decide_objection(session, house.second_analyst, objection, declined)
    assert of(house, "second_analyst", "objection") == []


def test_a_withdrawal_waits_for_whoever_may_decide_it(house: House) -> None:
    proposal = propose(house, house.coordinator, load(house, rows(10)))
    for role in ("analyst", "second_analyst"):
        assert only(house, role, "withdrawal").choices == {"unit": "puskesmas-langgur"}
    for role in everyone_but("analyst", "second_analyst"):
        assert of(house, role, "withdrawal") == []
    decide(house, house.analyst, proposal)
    assert of(house, "second_analyst", "withdrawal") == []


def test_a_proposed_waiver_waits_for_another_analyst(house: House) -> None:
    house.judge(3)
    with writing(house.engine) as session:
        fewer = SubjectChoice(["layanan-1"], {"petugas": 4}, "satu layanan dihentikan")
        choose_subjects(session, house.analyst, 1, house.clinic, fewer)
        waiver = propose_waiver(session, house.analyst, 1, house.clinic, "unit tutup karena banjir")
    task = only(house, "second_analyst", "waiver")
    assert (task.path, task.choices) == ("sampel", {"tahun": "2025"})
    for role in everyone_but("second_analyst"):
        assert of(house, role, "waiver") == []
    with writing(house.engine) as session:
        confirm_waiver(session, house.second_analyst, waiver.id)
    assert of(house, "second_analyst", "waiver") == []


def test_a_finding_goes_back_and_forth(house: House, told: tuple[int, int]) -> None:
    finding = told[1]
    for role in ("official", "coordinator"):
        task = only(house, role, "finding")
        assert (task.path, task.choices) == ("temuan", {"tahun": "2025"})
    assert of(house, "other_official", "finding") == of(house, "analyst", "finding") == []
    with writing(house.engine) as session:
        answer_finding(session, house.official, finding, ANSWER)
    assert of(house, "official", "finding") == []
    assert only(house, "second_analyst", "finding_answered").path == "temuan"
    with writing(house.engine) as session:
        decide_finding(session, house.analyst, finding, False, "foto belum terbaca")
    assert of(house, "official", "finding")
    assert of(house, "analyst", "finding_answered") == []


def test_an_alarm_waits_for_each_until_that_person_has_looked(house: House) -> None:
    place = house.clinic, house.period
    rate_and_stuff(house, HONEST)
    assert keep_screening(house.engine, house.analyst, *place)
    assert of(house, "analyst", "alarm") == []
    rate_and_stuff(house, STUFFED, stuffed=True)
    assert keep_screening(house.engine, house.analyst, *place)
    seeing = {"official", "coordinator", "analyst", "second_analyst"}
    for role in seeing:
        task = only(house, role, "alarm")
        assert task.choices == {"unit": "puskesmas-langgur", "period": "semester-ini"}
    for role in everyone_but(*seeing):
        assert of(house, role, "alarm") == []
    for _ in range(2):
        note_alarms_read(house.engine, house.official, *place)
    assert house.acts().count("read_alarms") == 1
    assert of(house, "official", "alarm") == []
    assert of(house, "coordinator", "alarm")


def test_comments_wait_for_a_review_as_far_as_one_may_read_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach_few(monkeypatch)
    rated(house, [KIND] * 4)
    read_new(house.engine, house.analyst, {}, tell)
    assert of(house, "official", "comments") == []  # of fewer than five a unit reads none
    assert only(house, "analyst", "comments").about["number"] == 4
    rated(house, [KIND] * 2)
    read_new(house.engine, house.analyst, {}, tell)
    assert only(house, "official", "comments").about["number"] == 6
    with writing(house.engine) as session:
        (one,) = waiting(session, house.official, 1)
        review(session, house.official, one.response_id, "praise", None)
    assert only(house, "official", "comments").about["number"] == 5
    assert only(house, "analyst", "comments").about["number"] == 6
    assert of(house, "other_official", "comments") == []


def test_the_first_steps_wait_until_the_first_rating(house: House) -> None:
    assert kinds(house, "administrator") == []
    assert kinds(house, "coordinator") == ["first_rating", "period_ends"]
    with writing(house.engine) as session:
        session.execute(delete(Role).where(Role.institution_id == house.district))
    assert only(house, "administrator", "coordinators").about["number"] == 1
    house.rate(3, 1)
    assert of(house, "coordinator", "first_rating") == []


def test_whoever_cannot_log_in_coordinates_nothing(house: House) -> None:
    house.rate(3, 1)
    assert of(house, "administrator", "coordinators") == []
    with writing(house.engine) as session:
        coordinators = select(Role.user_id).where(Role.institution_id == house.district)
        session.execute(update(User).where(User.id.in_(coordinators)).values(active=False))
    assert only(house, "administrator", "coordinators").about["number"] == 1


@pytest.mark.parametrize(("zone", "on"), [("Asia/Jakarta", 1), ("Asia/Jayapura", 2)])
def test_days_are_those_of_where_the_person_works(
    house: House, told: tuple[int, int], zone: str, on: int
) -> None:
    """At 16:30 in UTC it is still the first in Jakarta, and already the second in Papua."""
    with writing(house.engine) as session:
        finding = Finding(
            round_id=told[0],
            unit_id=house.clinic,
            kind="finding",
            text="Standar belum terlihat",
            user_id=house.analyst.user_id,
            created_at=datetime(2026, 3, 1, 16, 30, tzinfo=UTC),
        )
        session.add(finding)
        session.flush()
        key = finding.id
    there = replace(house, actors={"official": replace(house.official, timezone=zone)})
    found = {task.row: task.day for task in of(there, "official", "finding")}
    assert found[key] == date(2026, 3, on)


def test_nothing_waits_for_whoever_has_no_role(house: House) -> None:
    house.rate(3, 7)
    assert waits(house, "nobody") == []
    assert all(kind.startswith("first_") for kind in kinds(house, "other_coordinator"))


def test_late_ratings_wait_for_the_coordinator_while_they_can_be_counted(house: House) -> None:
    house.rate(4, 6)
    close_of_office(house)
    come_late(house, 4)
    assert of(house, "coordinator", "late_ratings") == []  # fewer than five of a closed period
    come_late(house, 2)
    task = only(house, "coordinator", "late_ratings")
    assert (task.path, task.about["number"]) == ("susulan", 6)
    assert of(house, "official", "late_ratings") == []
    count_late_of(house)
    assert of(house, "coordinator", "late_ratings") == []


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(house.engine, "before_cursor_execute", note)


def test_many_units_cost_no_more_queries_than_two(house: House) -> None:
    note_visits(house, house.clinic)
    house.rate(3, 9)
    with counted(house) as few:
        before = waits(house, "coordinator")
    with writing(house.engine) as session:
        district = session.get_one(Unit, house.clinic).institution_id
        units = [
            Unit(institution_id=district, code=f"unit-{at}", name=f"Unit {at}") for at in range(30)
        ]
        session.add_all(units)
        session.flush()
        keys = [unit.id for unit in units]
    for key in keys[:8]:
        house.rate(3, 6, unit=key)
        note_visits(house, key)
        _plan(house, key, -3)
    waits(house, "coordinator")  # keeps the steps of eight units
    with counted(house) as many:
        after = waits(house, "coordinator")
    assert len(many) <= len(few)
    assert len(after) == len(before) + 8
    ends = replace(after[-1], about={})
    assert ends.kind == "period_ends_units"


def _plan(house: House, unit: int, days: int) -> int:
    """A programme that is due so many days from today."""
    due = now().date() + timedelta(days=days)
    with writing(house.engine) as session:
        new = NewProgramme("time", "Loket kedua", due, "Kepala loket")
        return plan_follow_up(session, house.coordinator, unit, house.period, new).id


def _take(house: House, code: str, paper: str) -> None:
    """As the trace notes that somebody took a paper away."""
    with writing(house.engine) as session:
        about = {"paper": paper, "period": "semester-ini", "of": code, "sha256": "0" * 64}
        log(session, house.coordinator, "hand_out_paper", **about)
