"""Who may do and see what: every function of the desk, asked by every role."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from analysis.rulebook.scheme import load_scheme
from desk.admin.events import count_events, list_acts, list_events
from desk.assessment.assessments import Judgement, assess, changed, judgements_of
from desk.assessment.fieldwork import Judging
from desk.assessment.interviews import InterviewRecord, interviews_of, record
from desk.assessment.products import NewProduct, register_product
from desk.assessment.secondary import NewSecondary, enter_secondary
from desk.assessment.secondary_file import SecondaryFile, read_secondary
from desk.index.perception import Scoring, assessed_years, score_visible, score_year
from desk.integrity.exclusions import exclude
from desk.integrity.screening import FlaggedExclusion, exclude_flagged, hints_of, report_of
from desk.office.doors import (
    close_interviewer,
    close_kiosk,
    open_interviewers,
    open_kiosks,
    register_interviewer,
    register_kiosk,
    set_open_link,
)
from desk.office.imports import FileOfUnit, import_file
from desk.office.keying import NewKeying, begin_keying, keyings_of
from desk.office.periods import NewPeriod, close_period, open_period
from desk.office.tokens import issue
from desk.office.visits import VisitCount, record_visits, service_visits
from desk.places import (
    institutions_with_units,
    periods_of,
    periods_within,
    unit_with_code,
)
from desk.publication.explaining import explain, judgements_below
from desk.publication.publishing import prepare
from desk.unit.follow_up import (
    NewConsultation,
    NewProgramme,
    consultations_of,
    follow_ups_of,
    hold_consultation,
    plan_follow_up,
)
from desk.unit.results import batches_of, unit_results
from models import Interviewer, Kiosk, Period, Unit, now, reading, writing
from survey.files import asked_of
from survey.kiosks import add_interviewer, add_kiosk
from survey.reading.understood import read_file
from tests.desk.conftest import ROLES, House, another_district
from tests.desk.office.test_periods import FREE
from tests.desk.unit.test_results import load, rows

OPINION = load_scheme("opini-2025")
PERCEPTION = load_scheme("perception-2022")
OF_THE_UNIT = {"official", "coordinator", "analyst", "second_analyst"}
STAFF = {"official", "coordinator"}
ANALYSTS = {"analyst", "second_analyst"}

Act = Callable[[Session, House, Actor], object]


def an_import(_session: Session, house: House, actor: Actor) -> object:
    with reading(house.engine) as session:
        unit, asked_in = session.get_one(Unit, house.clinic), session.get_one(Period, house.period)
        understood = read_file(rows(5), "a.csv", asked_of(session, unit, asked_in))
    file = FileOfUnit(house.clinic, house.period, understood)
    return import_file(house.engine, actor, file)


def a_kiosk(session: Session, house: House) -> int:
    add_kiosk(session, bytes(32), session.get_one(Unit, house.clinic), "Kios", now())
    return session.scalars(select(Kiosk.id)).one()


def an_interviewer(session: Session, house: House) -> int:
    add_interviewer(session, bytes(32), session.get_one(Unit, house.clinic), "Siti", now())
    return session.scalars(select(Interviewer.id)).one()


ACTS: dict[str, tuple[Act, set[str]]] = {
    "unit_results": (lambda s, h, a: unit_results(s, a, h.clinic, h.period), OF_THE_UNIT),
    "periods_of": (lambda s, h, a: periods_of(s, a, h.clinic), OF_THE_UNIT),
    "periods_within": (lambda s, h, a: periods_within(s, a, h.district), {"coordinator"}),
    "institutions_with_units": (lambda s, h, a: institutions_with_units(s, a), ANALYSTS),
    "unit_with_code": (
        lambda s, h, a: unit_with_code(s, a, s.get_one(Unit, h.clinic).code),
        OF_THE_UNIT,
    ),
    "batches_of": (lambda s, h, a: batches_of(s, a, h.clinic, h.period), OF_THE_UNIT),
    "open_period": (
        lambda s, h, a: open_period(s, a, NewPeriod(h.district, **FREE)),
        {"coordinator"},
    ),
    "close_period": (lambda s, h, a: close_period(s, a, h.period), {"coordinator"}),
    "record_visits": (
        lambda s, h, a: record_visits(s, a, h.clinic, h.period, VisitCount(9)),
        STAFF,
    ),
    "service_visits": (lambda s, h, a: service_visits(s, a, h.clinic, h.period), OF_THE_UNIT),
    "issue": (
        lambda s, h, a: issue(s, a, bytes(32), h.clinic, 1),
        STAFF,
    ),
    "report_of": (lambda s, h, a: report_of(s, a, h.clinic, h.period), ANALYSTS),
    "hints_of": (lambda s, h, a: hints_of(s, a, h.clinic, h.period), OF_THE_UNIT),
    "set_open_link": (lambda s, h, a: set_open_link(s, a, h.clinic, False), STAFF),
    "register_kiosk": (lambda s, h, a: register_kiosk(s, a, bytes(32), h.clinic, "Kios"), STAFF),
    "open_kiosks": (lambda s, h, a: open_kiosks(s, a, h.clinic), STAFF),
    "close_kiosk": (lambda s, h, a: close_kiosk(s, a, a_kiosk(s, h)), STAFF),
    "register_interviewer": (
        lambda s, h, a: register_interviewer(s, a, bytes(32), h.clinic, "Siti"),
        STAFF,
    ),
    "register_interviewer_of_the_ombudsman": (
        lambda s, h, a: register_interviewer(s, a, bytes(32), None, "Siti"),
        ANALYSTS,
    ),
    "open_interviewers": (lambda s, h, a: open_interviewers(s, a, h.clinic), STAFF),
    "open_interviewers_of_the_ombudsman": (lambda s, h, a: open_interviewers(s, a, None), ANALYSTS),
    "close_interviewer": (lambda s, h, a: close_interviewer(s, a, an_interviewer(s, h)), STAFF),
    "import_file": (an_import, {"coordinator"}),
    "plan_follow_up": (
        lambda s, h, a: plan_follow_up(
            s, a, h.clinic, h.period, NewProgramme("time", "Loket", date(2099, 1, 1), "Ani")
        ),
        {"official", "coordinator"},
    ),
    "hold_consultation": (
        lambda s, h, a: hold_consultation(
            s, a, h.clinic, h.period, NewConsultation(date(2026, 1, 1), 9, "Ya.")
        ),
        {"official", "coordinator"},
    ),
    "follow_ups_of": (lambda s, h, a: follow_ups_of(s, a, h.clinic, h.period), OF_THE_UNIT),
    "consultations_of": (lambda s, h, a: consultations_of(s, a, h.clinic, h.period), OF_THE_UNIT),
    "begin_keying": (
        lambda s, h, a: begin_keying(s, a, NewKeying(h.clinic, h.period, "K1", 9)),
        {"official", "coordinator"},
    ),
    "keyings_of": (lambda s, h, a: keyings_of(s, a, h.clinic, h.period), OF_THE_UNIT),
    "assess": (
        lambda s, h, a: assess(
            s, a, Judging(PERCEPTION, 2025), [Judgement(h.clinic, "fee", 3, "", "layanan-1")]
        ),
        ANALYSTS,
    ),
    "assess_oneself": (
        lambda s, h, a: assess(
            s, a, Judging(PERCEPTION, 2025, "self"), [Judgement(h.clinic, "fee", 3)]
        ),
        {"coordinator"},
    ),
    "changed": (
        lambda s, h, a: changed(s, a, 2025, [Judgement(h.clinic, "fee", 3)]),
        ANALYSTS,
    ),
    "record": (
        lambda s, h, a: record(s, a, InterviewRecord(h.clinic, 2025, "trust", 1, {"honest": 3})),
        ANALYSTS,
    ),
    "enter_secondary": (
        lambda s, h, a: enter_secondary(
            s, a, OPINION, [NewSecondary(2025, h.district, None, "bps", "70", "BPS, IPM", "2024")]
        ),
        ANALYSTS,
    ),
    "read_secondary": (
        lambda s, h, a: read_secondary(
            s,
            a,
            SecondaryFile(
                b"institution,indicator,value,source,year\nmalra,bps,70,IPM,2024\n",
                "a.csv",
                OPINION,
                2025,
            ),
        ),
        ANALYSTS,
    ),
    "register_product": (
        lambda s, h, a: register_product(
            s, a, NewProduct(h.district, h.clinic, "improvement", "1", date(2024, 1, 1))
        ),
        ANALYSTS,
    ),
    "interviews_of": (lambda s, h, a: interviews_of(s, a, h.clinic, 2025, "trust"), ANALYSTS),
    "judgements_of": (lambda s, h, a: judgements_of(s, a, h.clinic, 2025), ANALYSTS),
    "score_year": (lambda s, h, a: score_year(s, a, Scoring(PERCEPTION, 2025)), ANALYSTS),
    "score_visible": (
        lambda s, h, a: score_visible(s, a, Scoring(PERCEPTION, 2025), h.district),
        OF_THE_UNIT | {"other_official"},
    ),
    "explain": (
        lambda s, h, a: explain(s, a, Scoring(PERCEPTION, 2025), h.district),
        OF_THE_UNIT | {"other_official"},
    ),
    "judgements_below": (lambda s, h, a: judgements_below(s, a, h.clinic, 2025), OF_THE_UNIT),
    "assessed_years": (lambda s, h, a: assessed_years(s, a), ANALYSTS),
    "list_acts": (lambda s, h, a: list_acts(s, a), ANALYSTS | {"administrator"}),
    "list_events": (lambda s, h, a: list_events(s, a, None, 0, 9), ANALYSTS | {"administrator"}),
    "count_events": (lambda s, h, a: count_events(s, a, None), ANALYSTS | {"administrator"}),
}


@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_for_its_roles_only(house: House, name: str) -> None:
    act, allowed = ACTS[name]
    for analyst in ANALYSTS:
        house.assign(actor=analyst)
    granted = set()
    for role in ROLES:
        with writing(house.engine) as session:
            try:
                act(session, house, house.actors[role])
            except Forbidden:
                continue
            finally:
                session.rollback()
            granted.add(role)
    assert granted == allowed


@pytest.mark.parametrize("role", ROLES)
def test_who_excludes(house: House, role: str) -> None:
    keys = house.rate(number=2)
    with writing(house.engine) as session:
        if role in ANALYSTS:
            exclude(session, house.actors[role], keys, "terkirim dua kali")
        else:
            with pytest.raises(Forbidden):
                exclude(session, house.actors[role], keys, "terkirim dua kali")


@pytest.mark.parametrize("role", sorted(set(ROLES) - ANALYSTS))
def test_nobody_else_excludes_what_is_flagged(house: House, role: str) -> None:
    exclusion = FlaggedExclusion("devices", now(), "terkirim dua kali")
    place = house.clinic, house.period
    with writing(house.engine) as session, pytest.raises(Forbidden):
        exclude_flagged(session, house.actors[role], *place, exclusion)


@pytest.mark.parametrize("role", sorted(set(ROLES) - ANALYSTS))
def test_nobody_else_publishes(house: House, role: str) -> None:
    with writing(house.engine) as session, pytest.raises(Forbidden):
        prepare(session, house.actors[role], Scoring(PERCEPTION, 2025))


def test_a_period_of_another_institution_shows_nothing(house: House) -> None:
    with writing(house.engine) as session:
        other = another_district(session, "lain")
        for period in (house.period, 999):
            for look in (unit_results, report_of, hints_of):
                with pytest.raises(Forbidden):
                    look(session, house.analyst, other.id, period)


def test_an_analyst_sees_any_unit(house: House) -> None:
    with writing(house.engine) as session:
        other = another_district(session, "lain")
        for unit in (house.clinic, house.registry, other.id):
            periods_of(session, house.analyst, unit)


def test_an_official_sees_a_units_own_batches_and_periods(house: House) -> None:
    load(house, rows(5), "a.csv")
    with reading(house.engine) as session:
        (batch,) = batches_of(session, house.official, house.clinic, house.period)
        (period,) = periods_of(session, house.official, house.clinic)
        assert (batch.file_name, batch.rows, period.id) == ("a.csv", 5, house.period)
        assert batch.actor == house.coordinator.name
