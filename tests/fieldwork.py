"""Fieldwork for the tests: a round with its sample, all of it judged and signed off."""

from collections.abc import Collection

from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, actor_of
from analysis.rulebook.scheme import Scheme
from desk.assessment.assessments import Judgement, areas_of_items
from desk.assessment.completeness import fieldwork_of
from desk.assessment.fieldwork import asked_of
from desk.assessment.interviews import FORMS, InterviewAnswers, InterviewRecord, record
from desk.assessment.rounds import (
    AssessorChoice,
    SubjectChoice,
    UnproposedUnit,
    choose_assessors,
    choose_beyond,
    choose_subjects,
    judged_under,
    open_round,
)
from desk.assessment.sampled import (
    chosen_assessors,
    round_of,
    sampled_subjects,
    sampled_units,
)
from desk.assessment.signing_off import sign_off
from desk.assessment.waivers import confirm_waiver, propose_waiver
from models import Interview, Role, Unit, User
from tests.lasting import always

ROUND_SCHEME = always("perception-2022")
WHY = "dipilih untuk pengujian"
NOBODY_ILL_TREATED: InterviewAnswers = {FORMS: ["none"]}
USERS = 30


def assign(
    session: Session,
    analyst: Actor,
    unit_id: int,
    assessors: Collection[int],
    year: int,
    scheme: Scheme = ROUND_SCHEME,
) -> None:
    """Has these people, besides whoever is chosen already, assess a unit in the year's round."""
    a_round = round_of(session, year) or open_round(session, analyst, year, scheme)
    if unit_id not in (sampled_units(session, year) or ()):
        choose_beyond(session, analyst, a_round.id, UnproposedUnit(unit_id, "office", WHY))
    if not sampled_subjects(session, year, [unit_id]):
        unit = session.get_one(Unit, unit_id)
        products = [one.code for one in unit.services][:2]
        choice = SubjectChoice(products, {"petugas": 4, "pengaduan": 2})
        choose_subjects(session, analyst, a_round.id, unit_id, choice)
    for assessor in assessors:  # an actor of a test is not always one in the database
        is_analyst = select(Role.id).where(Role.user_id == assessor, Role.role == "analyst")
        if session.scalar(is_analyst) is None:
            session.add(Role(user_id=assessor, role="analyst"))
    session.flush()
    present = chosen_assessors(session, year, [unit_id])[unit_id]
    every = AssessorChoice(sorted(present | set(assessors)))
    choose_assessors(session, analyst, a_round.id, unit_id, every)


def judged_alike(
    session: Session,
    unit_id: int,
    year: int,
    rung: int,
    scheme: Scheme,
    areas: Collection[str] = ("standards", "competence", "facilities", "complaints"),
) -> list[Judgement]:
    """One judgement of every item of every subject of these areas that the scheme asks."""
    area_of = areas_of_items(scheme, year)
    return [
        Judgement(unit_id, one.item.key, rung, subject=one.subject)
        for one in asked_of(session, [session.get_one(Unit, unit_id)], year)
        if area_of.get(one.item.key) in areas
    ]


def interview_all(
    session: Session,
    assessor: Actor,
    unit_id: int,
    year: int,
    answers: InterviewAnswers = NOBODY_ILL_TREATED,
    area: str = "experience",
) -> None:
    """As many users as the rule says, who all answer alike; the first as it is recorded."""
    record(session, assessor, InterviewRecord(unit_id, year, area, 1, answers))
    session.flush()
    first = session.scalars(select(Interview).order_by(Interview.id.desc())).first()
    assert first is not None
    names = [column.key for column in inspect(Interview).columns]
    row = {name: getattr(first, name) for name in names if name != "id"}
    session.execute(insert(Interview), [row | {"respondent": at} for at in range(2, USERS + 1)])


def a_supervisor(session: Session) -> Actor:
    """An analyst who assesses nothing."""
    user = session.scalar(select(User).where(User.username == "pengawas"))
    if user is None:
        user = User(username="pengawas", name="Pengawas", password_hash="x", active=True)
        user.roles = [Role(role="analyst")]
        session.add(user)
        session.flush()
    return actor_of(session, user)


def sign_off_complete(session: Session, year: int, units: Collection[int] = ()) -> None:
    """Signs these units off, or all of the sample, that are complete under the round's scheme."""
    a_round = round_of(session, year)
    assert a_round is not None
    units = units or sampled_units(session, year) or set()
    work = fieldwork_of(session, year, judged_under(session, a_round), units)
    for unit in sorted(units):
        if not work.open_lacks(unit):
            sign_off(session, a_supervisor(session), a_round.id, unit)


def waive(session: Session, first: Actor, second: Actor, unit_id: int, year: int) -> None:
    """Has two analysts waive whatever the unit lacks."""
    a_round = round_of(session, year)
    assert a_round is not None
    waiver = propose_waiver(session, first, a_round.id, unit_id, "unit tutup karena banjir")
    confirm_waiver(session, second, waiver.id)
