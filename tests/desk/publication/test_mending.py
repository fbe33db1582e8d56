"""Consequences of objections: days to object, what is named to be mended, who may not decide."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from analysis.rulebook.objections import load_objection_rules
from analysis.rulebook.scheme import Scheme, load_scheme
from desk.assessment.assessments import Judgement, assess
from desk.assessment.disagreements import Settlement, settle
from desk.assessment.fieldwork import Judging
from desk.assessment.findings import NewFinding, answer_finding, decide_finding, write_finding
from desk.assessment.interviews import FORMS, NONE, InterviewRecord, record
from desk.assessment.rounds import (
    AssessorChoice,
    SubjectChoice,
    choose_assessors,
    choose_subjects,
    withdraw_unit,
)
from desk.home.waiting import waiting_for
from desk.index.declarations import NewDeclaration, declare
from desk.index.perception import Scoring
from desk.integrity.exclusions import exclude
from desk.publication.grounds import StatedPlace, grounds_for, nameable
from desk.publication.mending import mendings_of
from desk.publication.objections import (
    NewObjection,
    ObjectionDecision,
    decide_objection,
    object_to,
    release_objection,
)
from desk.publication.publishing import approve, prepare
from models import Objection, Role, Service, User, now, reading, time_moved, writing
from tests.desk.assessment.test_products import a_product, became
from tests.desk.conftest import ROLES, House, _person
from tests.desk.index.test_declarations import suffixed
from tests.desk.index.test_perception import close, open_half
from tests.desk.unit.test_results import GOOD
from tests.fieldwork import ROUND_SCHEME, assign, interview_all, judged_alike
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

SECRET = bytes(range(32))
PRODUCTS = ("layanan-1", "layanan-2")
REASON, ANSWER = "Papan biaya sudah dipasang", "Foto papan itu memang terlewat"
COMPLIANCE = lasting("compliance-2021")
DECLINED = ObjectionDecision(False, ANSWER)


def prepared(house: House, scheme: Scheme = COMPLIANCE, stand_in: bool = False) -> UUID:
    with writing(house.engine) as session:
        return prepare(session, house.analyst, Scoring(scheme, 2025, stand_in)).id


def sealed(house: House, publication: UUID) -> None:
    with writing(house.engine) as session:
        approve(session, house.second_analyst, publication, SECRET)


def raised(house: House, publication: UUID, item: str = "fee") -> int:
    with writing(house.engine) as session:
        new = NewObjection(house.clinic, item, REASON)
        return object_to(session, house.coordinator, publication, new).id


def decided(house: House, objection: int, decision: ObjectionDecision) -> None:
    with writing(house.engine) as session:
        decide_objection(session, house.second_analyst, objection, decision)


def judged(house: House, rung: int, actor: Actor | None = None, item: str = "fee") -> None:
    note = "Papan dilihat di loket 2"
    given = [Judgement(house.clinic, item, rung, note, product) for product in PRODUCTS]
    with writing(house.engine) as session:
        assess(session, actor or house.analyst, Judging(COMPLIANCE, 2025), given)
    house.sign_off()


def settled(house: House, by: Actor, rung: int) -> None:
    with writing(house.engine) as session:
        for product in PRODUCTS:
            settle(session, by, Settlement(house.clinic, 2025, ("fee", product), rung, REASON))
    house.sign_off()


def a_third(house: House) -> Actor:
    with writing(house.engine) as session:
        third = _person(session, "third", [Role(role="analyst")])
        assign(session, house.analyst, house.clinic, [third.user_id], 2025)
        return third


def names(house: House, objection: int) -> list[StatedPlace]:
    with reading(house.engine) as session:
        found = session.get_one(Objection, objection)
        return nameable(grounds_for(session, house.second_analyst, found))


def accepted(house: House, publication: UUID, item: str = "fee") -> int:
    """Accepts an objection that names all that stands behind the figure."""
    objection = raised(house, publication, item)
    named = names(house, objection)
    decided(house, objection, ObjectionDecision(True, ANSWER, named))
    return objection


@kept
def clinic(house: House) -> House:
    """The district's clinic, judged by one analyst."""
    house.judge(3)
    return house


@pytest.mark.parametrize("days", [0, 3, 6])
def test_no_approval_while_institutions_may_object(
    clinic: House, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    monkeypatch.setattr("desk.publication.windows.now", now)
    rules = load_objection_rules()
    assert (rules.window_days, rules.standing) == (7, "assumed")
    publication = prepared(clinic)
    first = clinic.analyst.day_of(now()) + timedelta(days=rules.window_days)
    told = f"approval from {first.day} {first:%B} {first.year} on"
    with time_moved(timedelta(days=days)), refusing(told):
        sealed(clinic, publication)
    with time_moved(timedelta(days=7)), refusing("the 7 days to object are over"):
        raised(clinic, publication)
    with time_moved(timedelta(days=7)):
        sealed(clinic, publication)


def test_one_that_is_accepted_names_what_stands_behind_the_figure(clinic: House) -> None:
    third = a_third(clinic)
    judged(clinic, 1, third)
    objection = raised(clinic, prepared(clinic))
    with reading(clinic.engine) as session:
        found = grounds_for(session, clinic.second_analyst, session.get_one(Objection, objection))
        for role in set(ROLES) - {"analyst", "second_analyst"}:
            with pytest.raises(Forbidden):
                grounds_for(session, clinic.actors[role], session.get_one(Objection, objection))
    assert [(one.person, one.said, one.note) for one in found] == [
        ("analyst", 3, ""),
        ("third", 1, "Papan dilihat di loket 2"),
    ] * 2
    with refusing("nothing named"):
        decided(clinic, objection, ObjectionDecision(True, ANSWER))
    strange = StatedPlace("product", "", clinic.analyst.user_id)
    with refusing('found "product"'):
        decided(clinic, objection, ObjectionDecision(True, ANSWER, [strange]))
    decided(clinic, objection, ObjectionDecision(True, ANSWER, names(clinic, objection)))
    with reading(clinic.engine) as session:
        one = session.get_one(Objection, objection)
        for actor in (clinic.coordinator, clinic.analyst):
            assert {state for _, state in mendings_of(session, actor, one)} == {"left"}
        with pytest.raises(Forbidden):
            mendings_of(session, clinic.other_coordinator, one)


def test_nothing_of_the_institution_passes_until_it_is_mended(clinic: House) -> None:
    """Under no scheme, also where somebody else or another item was judged meanwhile."""
    accepted(clinic, prepared(clinic))
    others = lasting("compliance-2016")
    with refusing("fee, layanan-1, by analyst: not given anew"):
        sealed(clinic, prepared(clinic, others))
    judged(clinic, 4, item="product")
    judged(clinic, 4, a_third(clinic))
    with refusing("fee, layanan-1, by analyst: not given anew"):
        sealed(clinic, prepared(clinic))
    judged(clinic, 3)  # the same again, with a note that is new
    sealed(clinic, prepared(clinic))
    sealed(clinic, prepared(clinic, others))


def test_what_was_settled_is_mended_by_settling_anew(clinic: House) -> None:
    judged(clinic, 1, a_third(clinic))
    with writing(clinic.engine) as session:
        fourth = _person(session, "fourth", [Role(role="analyst")])
        fifth = _person(session, "fifth", [Role(role="analyst")])
    settled(clinic, fourth, 1)
    objection = accepted(clinic, prepared(clinic))
    with reading(clinic.engine) as session:
        one = session.get_one(Objection, objection)
        named = [place for place, _ in mendings_of(session, clinic.analyst, one)]
    assert named == [StatedPlace("fee", product, fourth.user_id) for product in PRODUCTS]
    judged(clinic, 1)  # both agree, and yet what was settled counts
    with refusing("fee, layanan-1, by fourth: not given anew"):
        sealed(clinic, prepared(clinic))
    settled(clinic, fifth, 4)
    sealed(clinic, prepared(clinic))


def replaced(house: House, *by: Actor) -> None:
    """Others assess the clinic in place of whoever did."""
    with writing(house.engine) as session:
        choice = AssessorChoice([one.user_id for one in by], "penilai lama pindah tugas")
        choose_assessors(session, house.second_analyst, 1, house.clinic, choice)


def test_the_same_again_needs_a_new_note(clinic: House) -> None:
    judged(clinic, 3)
    accepted(clinic, prepared(clinic))
    judged(clinic, 3)
    with refusing("another level, or a new note"):
        sealed(clinic, prepared(clinic))
    given = [Judgement(clinic.clinic, "fee", 3, "", product) for product in PRODUCTS]
    with writing(clinic.engine) as session:
        assess(session, clinic.analyst, Judging(COMPLIANCE, 2025), given)
    clinic.sign_off()
    with refusing("another level, or a new note"):
        sealed(clinic, prepared(clinic))
    judged(clinic, 4)
    sealed(clinic, prepared(clinic))


def test_what_counts_no_longer_is_not_to_be_mended(clinic: House) -> None:
    """The assessor was replaced; what another says now counts in that one's place."""
    objection = accepted(clinic, prepared(clinic))
    third = a_third(clinic)
    replaced(clinic, third)
    with writing(clinic.engine) as session:
        anew = judged_alike(session, clinic.clinic, 2025, 4, ROUND_SCHEME)
        assess(session, third, Judging(None, 2025), anew)
    clinic.sign_off()
    with reading(clinic.engine) as session:
        one = session.get_one(Objection, objection)
        states = {state for _, state in mendings_of(session, clinic.coordinator, one)}
        assert states == {"counts_no_longer"}
    assert kinds(clinic, "analyst") == set()
    sealed(clinic, prepared(clinic))


def test_a_product_and_a_unit_that_left_the_sample(clinic: House) -> None:
    clinic.judge(3, clinic.registry)
    accepted(clinic, prepared(clinic))
    with writing(clinic.engine) as session:
        session.add(Service(unit_id=clinic.clinic, code="layanan-3", name="Rujukan"))
        session.flush()
        people = {"petugas": 4, "pengaduan": 2}
        choice = SubjectChoice(["layanan-1", "layanan-3"], people, "layanan ditutup tahun ini")
        choose_subjects(session, clinic.analyst, 1, clinic.clinic, choice)
    clinic.judge(3)  # without a note
    with refusing("fee, layanan-1, by analyst") as told:
        sealed(clinic, prepared(clinic))
    assert "layanan-2" not in str(told.value)
    with writing(clinic.engine) as session:
        withdraw_unit(session, clinic.analyst, 1, clinic.clinic, "unit ditutup tahun ini")
    sealed(clinic, prepared(clinic))


def test_only_what_counts_can_be_named(clinic: House) -> None:
    third = a_third(clinic)
    judged(clinic, 0, third)
    replaced(clinic, clinic.analyst)
    clinic.sign_off()
    objection = raised(clinic, prepared(clinic))
    assert {one.person_id for one in names(clinic, objection)} == {clinic.analyst.user_id}


def test_an_interviewer_who_left_is_followed_by_another(clinic: House) -> None:
    scheme = lasting("ombudsman-2022")
    clinic.interview()
    clinic.sign_off()
    accepted(clinic, prepared(clinic, scheme), "output")
    third = a_third(clinic)
    replaced(clinic, third)
    with writing(clinic.engine) as session:
        session.get_one(User, clinic.analyst.user_id).active = False
        anew = judged_alike(session, clinic.clinic, 2025, 4, scheme)
        assess(session, third, Judging(None, 2025), anew)
        interview_all(session, third, clinic.clinic, 2025)
    clinic.sign_off()
    with writing(clinic.engine) as session:
        again = prepare(session, third, Scoring(scheme, 2025)).id
    sealed(clinic, again)


def released(house: House, by: Actor, objection: int) -> None:
    with writing(house.engine) as session:
        release_objection(session, by, objection, "penilainya pindah; penilai lain melihatnya")


def test_what_nobody_can_mend_is_released_with_a_reason(clinic: House) -> None:
    """The assessor left and stays chosen, so that the other judgements of hers count."""
    publication = prepared(clinic)
    objection = raised(clinic, publication)
    with refusing("not accepted"):
        released(clinic, clinic.second_analyst, objection)
    named = names(clinic, objection)
    decided(clinic, objection, ObjectionDecision(True, ANSWER, named))
    third = a_third(clinic)
    with writing(clinic.engine) as session:
        session.get_one(User, clinic.analyst.user_id).active = False
    judged(clinic, 4, third)
    with writing(clinic.engine) as session:
        again = prepare(session, third, Scoring(COMPLIANCE, 2025)).id
    with refusing("by analyst: not given anew"):
        sealed(clinic, again)
    for judge in (clinic.analyst, third):
        with refusing("an item that you assessed"):
            released(clinic, judge, objection)
    with pytest.raises(Forbidden):
        released(clinic, clinic.coordinator, objection)
    released(clinic, clinic.second_analyst, objection)
    assert clinic.acts()[-1] == "release_objection"
    with refusing("released already"):
        released(clinic, clinic.second_analyst, objection)
    assert "mending" not in kinds(clinic, "analyst")
    sealed(clinic, again)


def test_the_old_figure_is_right_again_once_another_was_sealed(clinic: House) -> None:
    scheme, period = load_scheme("perception-2022"), open_half(clinic)
    clinic.rate(GOOD, 10, period=period)
    batch = clinic.a_batch(6, period)
    clinic.rate(1, 6, period=period, batch=batch)
    close(clinic, period)
    first = prepared(clinic, scheme)
    objection = raised(clinic, first, "satisfaction")
    decided(clinic, objection, ObjectionDecision(True, ANSWER))
    with refusing("or the objection released"):
        sealed(clinic, prepared(clinic, scheme))
    with writing(clinic.engine) as session:
        left_out = Scoring(scheme, 2025, without=("import",))
        other = prepare(session, clinic.analyst, left_out).id
    sealed(clinic, other)
    sealed(clinic, prepared(clinic, scheme))


def test_an_interview_and_a_fact_are_mended_too(clinic: House) -> None:
    scheme = lasting("ombudsman-2022")

    def told(*users: int) -> None:
        with writing(clinic.engine) as session:
            for user in users:
                one = InterviewRecord(clinic.clinic, 2025, "experience", user, {FORMS: [NONE]})
                record(session, clinic.analyst, one)
        clinic.sign_off()

    told(*range(1, 31))
    objection = raised(clinic, prepared(clinic, scheme), "output")
    assert [one.subject for one in names(clinic, objection)] == [str(user) for user in range(1, 31)]
    decided(clinic, objection, ObjectionDecision(True, ANSWER, names(clinic, objection)[1:2]))
    told(1)
    with refusing("experience, 2, by analyst"):
        sealed(clinic, prepared(clinic, scheme))
    told(2)
    sealed(clinic, prepared(clinic, scheme))

    new = NewDeclaration(2025, clinic.district, False, "LAHP 12/2025 belum dilaksanakan")
    with writing(clinic.engine) as session:
        fact = declare(session, clinic.analyst, suffixed(), new).fact
    accepted(clinic, prepared(clinic, suffixed()), fact)
    with refusing(f"{fact}, by analyst"):
        sealed(clinic, prepared(clinic, suffixed()))
    with writing(clinic.engine) as session:
        declare(session, clinic.analyst, suffixed(), new)
    with refusing(f"{fact}, by analyst"):
        sealed(clinic, prepared(clinic, suffixed()))
    with writing(clinic.engine) as session:
        declare(session, clinic.second_analyst, suffixed(), new)
    sealed(clinic, prepared(clinic, suffixed()))


def test_a_fact_that_the_register_decides_meanwhile_is_mended_there(clinic: House) -> None:
    new = NewDeclaration(2025, clinic.district, False, "LAHP 12/2025 belum dilaksanakan")
    with writing(clinic.engine) as session:
        fact = declare(session, clinic.analyst, suffixed(), new).fact
    accepted(clinic, prepared(clinic, suffixed()), fact)
    a_product(clinic, "lain", issued=date(2026, 1, 1), due=None)
    with refusing(f"{fact}, by analyst"):
        sealed(clinic, prepared(clinic, suffixed()))
    product = a_product(clinic)
    sealed(clinic, prepared(clinic, suffixed()))

    objection = raised(clinic, prepared(clinic, suffixed()), fact)
    assert names(clinic, objection) == []
    with refusing("an item that you assessed"), writing(clinic.engine) as session:
        decide_objection(session, clinic.analyst, objection, ObjectionDecision(True, ANSWER))
    decided(clinic, objection, ObjectionDecision(True, ANSWER))
    with refusing("as it was when the objection was accepted"):
        sealed(clinic, prepared(clinic, suffixed()))
    became(clinic, product, "followed_up")
    sealed(clinic, prepared(clinic, suffixed()))


def test_what_citizens_answered_must_be_another_figure(clinic: House) -> None:
    scheme, period = load_scheme("perception-2022"), open_half(clinic)
    low = clinic.rate(1, 6, period=period)
    clinic.rate(GOOD, 10, period=period)
    close(clinic, period)
    objection = raised(clinic, prepared(clinic, scheme), "satisfaction")
    assert names(clinic, objection) == []
    decided(clinic, objection, ObjectionDecision(True, ANSWER))
    with refusing("satisfaction as it was when the objection was accepted"):
        sealed(clinic, prepared(clinic, scheme))
    with writing(clinic.engine) as session:
        exclude(session, clinic.analyst, low, "satu perangkat mengirim enam isian")
    sealed(clinic, prepared(clinic, scheme))


def test_an_open_objection_follows_the_institution_to_another_preparation(clinic: House) -> None:
    objection = raised(clinic, prepared(clinic))
    again = prepared(clinic)
    with refusing("1 open objections"):
        sealed(clinic, again)
    decided(clinic, objection, DECLINED)
    sealed(clinic, again)


def test_who_works_for_an_institution_decides_nothing_about_it(clinic: House) -> None:
    """Neither with a role in the unit, nor in another one of its institution, nor in that."""
    publication = prepared(clinic)
    objection = raised(clinic, publication)
    with writing(clinic.engine) as session:
        finding = _an_answered_finding(session, clinic)
        for at, role in enumerate(
            (
                Role(role="official", unit_id=clinic.clinic),
                Role(role="official", unit_id=clinic.registry),
                Role(role="coordinator", institution_id=clinic.district),
            )
        ):
            actor = _person(session, f"both-{at}", [Role(role="analyst"), role])
            new = NewDeclaration(2025, clinic.district, True, "LAHP 12/2025 dilaksanakan")
            fee = Judgement(clinic.clinic, "fee", 4, subject=PRODUCTS[0])
            told = InterviewRecord(clinic.clinic, 2025, "experience", 1, {FORMS: [NONE]})
            settlement = Settlement(clinic.clinic, 2025, ("fee", PRODUCTS[0]), 4, REASON)
            for act in (
                lambda: decide_objection(session, actor, objection, DECLINED),  # noqa: B023
                lambda: approve(session, actor, publication, SECRET),  # noqa: B023
                lambda: prepare(session, actor, Scoring(COMPLIANCE, 2025)),  # noqa: B023
                lambda: declare(session, actor, suffixed(), new),  # noqa: B023
                lambda: assess(session, actor, Judging(COMPLIANCE, 2025), [fee]),  # noqa: B023
                lambda: record(session, actor, told),  # noqa: B023
                lambda: settle(session, actor, settlement),  # noqa: B023
                lambda: decide_finding(session, actor, finding, True, REASON),  # noqa: B023
            ):
                with refusing('a role in "Kabupaten Maluku Tenggara"'):
                    act()
            assert "objection" not in [one.kind for one in waiting_for(session, actor)]
        elsewhere = _person(
            session,
            "elsewhere",
            [Role(role="analyst"), Role(role="coordinator", institution_id=clinic.province)],
        )
        decide_objection(session, elsewhere, objection, DECLINED)
        approve(session, elsewhere, publication, SECRET)


def _an_answered_finding(session: Session, house: House) -> int:
    new = NewFinding(house.clinic, "procedure", "Alur permohonan perlu ditinjau")
    finding = write_finding(session, house.analyst, 1, new).id
    answer_finding(session, house.official, finding, "Alur sudah diperbaiki di loket")
    return finding


def kinds(house: House, role: str) -> set[str]:
    with reading(house.engine) as session:
        found = {one.kind for one in waiting_for(session, house.actors[role])}
    return found & {
        *("provisional", "publication", "objection", "mending"),
        *("objection_accepted", "objection_declined"),
    }


def test_the_first_page_tells_whom_it_concerns(
    clinic: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.publication.windows.now", now)
    publication = prepared(clinic)
    assert kinds(clinic, "coordinator") == {"provisional"}
    assert kinds(clinic, "other_coordinator") == kinds(clinic, "second_analyst") == set()
    with time_moved(timedelta(days=7)):
        assert kinds(clinic, "coordinator") == set()
        assert kinds(clinic, "second_analyst") == {"publication"}
    accepted(clinic, publication)
    decided(clinic, raised(clinic, publication, "product"), DECLINED)
    told = {"objection_accepted", "objection_declined"}
    assert kinds(clinic, "coordinator") == {"provisional", *told}
    assert kinds(clinic, "official") == kinds(clinic, "other_coordinator") == set()
    assert kinds(clinic, "analyst") == {"mending"}
    with time_moved(timedelta(days=load_objection_rules().told_days + 1)):
        assert kinds(clinic, "coordinator") == set()
    judged(clinic, 4)
    assert kinds(clinic, "analyst") == set()
