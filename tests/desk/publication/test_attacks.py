"""A round done in part, or by who was not asked: refused or provisional at every door.

What the desk refuses is also put into the rows of a database from before: there it does not
count, and who gave it is told. No score, rank, sign-off, publication or certificate follows.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from desk.assessment.assessments import Judgement, areas_of_items, assess
from desk.assessment.completeness import fieldwork_of
from desk.assessment.counted import count_judgements
from desk.assessment.field_sheets import read_judgements
from desk.assessment.fieldwork import Judging
from desk.assessment.interviews import FORMS, InterviewRecord, interviewed, record
from desk.assessment.lacks import Lack
from desk.assessment.not_counted import NotCounted
from desk.assessment.rounds import (
    AssessorChoice,
    SubjectChoice,
    choose_assessors,
    choose_subjects,
    rounds,
)
from desk.assessment.signing_off import sign_off
from desk.index.league import league_of, units_of
from desk.index.perception import ScoredRound, Scoring, score_year
from desk.index.progress import UnitProgress, unit_progress
from desk.publication.certificates import giving, holders
from desk.publication.published import entries
from desk.publication.publishing import approve, prepare, read_document
from models import Assessment, Interview, now, reading, writing
from tests.desk.conftest import House, another_district
from tests.fieldwork import (
    NOBODY_ILL_TREATED,
    USERS,
    a_supervisor,
    assign,
    interview_all,
    judged_alike,
    sign_off_complete,
)
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

SCHEME = lasting("ombudsman-2022")
YEAR = 2023  # in which the scheme holds
JUDGING = Judging(SCHEME, YEAR)
SECRET = bytes(range(32))
WHY = "dibatalkan untuk pengujian"
AREAS = ("standards", "competence", "facilities", "complaints")
PEOPLE = {"petugas": 4, "pengaduan": 2}


@kept
def assigned(house: House) -> House:
    """Both units are in the sample, each with all its products and people, and the analyst."""
    with writing(house.engine) as session:
        for unit in (house.clinic, house.registry):
            assign(session, house.analyst, unit, [house.analyst.user_id], YEAR, SCHEME)
    return house


@kept
def complete(assigned: House) -> House:
    """Both are judged and interviewed in full, 100 each, and signed off."""
    for unit in (assigned.clinic, assigned.registry):
        judge(assigned, judged(assigned, unit))
        with writing(assigned.engine) as session:
            interview_all(session, assigned.analyst, unit, YEAR)
    with writing(assigned.engine) as session:
        sign_off_complete(session, YEAR)
    return assigned


def judged(house: House, unit: int, rung: int = 4) -> list[Judgement]:
    with reading(house.engine) as session:
        return judged_alike(session, unit, YEAR, rung, SCHEME)


def judge(house: House, judgements: Iterable[Judgement], actor: str = "analyst") -> None:
    with writing(house.engine) as session:
        assess(session, house.actors[actor], JUDGING, list(judgements))


def interview(house: House, unit: int, users: Iterable[int], actor: str = "analyst") -> None:
    with writing(house.engine) as session:
        for at in users:
            one = InterviewRecord(unit, YEAR, "experience", at, NOBODY_ILL_TREATED)
            record(session, house.actors[actor], one)


def of_before(
    house: House, judgements: Iterable[Judgement], actor: str = "analyst", year: int = YEAR
) -> None:
    """Puts judgements into the rows, as a program that checked less would have."""
    area_of = areas_of_items(SCHEME, YEAR)
    with writing(house.engine) as session:
        session.add_all(
            Assessment(
                unit_id=one.unit_id,
                year=year,
                area=area_of.get(one.item, "standards"),
                item=one.item,
                subject=one.subject,
                assessor_id=house.actors[actor].user_id,
                judgement=one.rung,
                note="",
                created_at=now(),
            )
            for one in judgements
        )


def interviews_of_before(
    house: House, unit: int, users: Iterable[int], actor: str, form: str = "none"
) -> None:
    with writing(house.engine) as session:
        a_hash = session.query(Interview.instrument_hash).limit(1).scalar()
        session.add_all(
            Interview(
                unit_id=unit,
                year=YEAR,
                area="experience",
                instrument_hash=a_hash,
                respondent=at,
                interviewer_id=house.actors[actor].user_id,
                answers={FORMS: [form]},
                points=int(form == "none"),
                most=1,
                created_at=now(),
            )
            for at in users
        )


def scored(house: House, stand_in: bool = False) -> ScoredRound:
    with reading(house.engine) as session:
        return score_year(session, house.analyst, Scoring(SCHEME, YEAR, stand_in))


def round_of_year(house: House) -> int:
    with reading(house.engine) as session:
        (a_round,) = rounds(session, house.analyst)
        return a_round.id


def choose(house: House, products: list[str], people: dict[str, int]) -> None:
    with writing(house.engine) as session:
        choice = SubjectChoice(products, people, WHY)
        choose_subjects(session, house.analyst, round_of_year(house), house.clinic, choice)


def progress(house: House, unit: int) -> UnitProgress:
    one = round_of_year(house)
    with reading(house.engine) as session:
        found = unit_progress(session, house.analyst, one, house.district)
        return next(one for one in found if one.unit.id == unit)


def nothing_follows(house: House, unit: int) -> None:
    """No score, no rank, nothing in the league, no sign-off, no publication, no certificate."""
    result = scored(house)
    place = [one.id for one in result.units].index(unit)
    assert (result.result.units[place].score, result.result.units[place].rank) == (None, None)
    assert result.lacks[unit]
    (district,) = result.result.institutions
    assert district.provisional
    assert (district.score, district.band, district.rank, district.rank_in_province) == (None,) * 4
    league = league_of(result)
    assert league["score"].isna().all()
    assert league["rank"].isna().all()
    assert units_of(result).set_index("code")["missing"][result.units[place].code]
    with writing(house.engine) as session, refusing("is not complete"):
        sign_off(session, a_supervisor(session), round_of_year(house), unit)
    with writing(house.engine) as session, refusing("no institution whose units all have a score"):
        prepare(session, house.analyst, Scoring(SCHEME, YEAR))
    with reading(house.engine) as session:
        assert giving(session) == []


def test_what_is_complete_is_published(complete: House) -> None:
    """The one case in which everything follows."""
    assert [one.score for one in scored(complete).result.units] == [100, 100]
    with writing(complete.engine) as session:
        key = prepare(session, complete.analyst, Scoring(SCHEME, YEAR)).id
        approve(session, complete.second_analyst, key, SECRET)
    with reading(complete.engine) as session:
        (entry,) = giving(session)
        document = read_document(entry.publication)
        assert len(holders(document, entry.scheme, "malra")) == 3
        assert [one.waiver for one in document.units] == [None, None]


def test_one_of_each_is_not_the_round(assigned: House) -> None:
    """One product, one member of staff, one officer, one interview of each unit, all at the top."""
    for unit in (assigned.clinic, assigned.registry):
        one_of_each = [
            one for one in judged(assigned, unit) if one.subject in ("layanan-1", "1", "")
        ]
        judge(assigned, one_of_each)
        interview(assigned, unit, [1])
        nothing_follows(assigned, unit)
        found = progress(assigned, unit)
        assert (found.judged, found.items) == (14 + 6 + 3 + 3, 28 + 24 + 3 + 6)
        named = {(one.area, one.subject, one.item) for one in found.lacks if one.item}
        assert len(named) == found.items - found.judged
        assert ("standards", "layanan-2", "fee") in named
        assert ("competence", "4", "knows_duties") in named
        assert ("complaints", "2", "complaint_channel") in named
        assert found.lacks[-1] == Lack("interviews", "experience", found=1, needed=USERS)


def test_a_sample_of_one_of_each_is_not_the_round(assigned: House) -> None:
    """The same, with a sample that was made to fit what was judged."""
    choose(assigned, ["layanan-1"], {"petugas": 1, "pengaduan": 1})
    judge(assigned, judged(assigned, assigned.clinic))
    interview(assigned, assigned.clinic, range(1, USERS + 1))
    nothing_follows(assigned, assigned.clinic)
    assert progress(assigned, assigned.clinic).lacks == [
        Lack("chosen", "standards", found=1, needed=2),
        Lack("chosen", "competence", found=1, needed=4),
        Lack("chosen", "complaints", found=1, needed=2),
    ]


def test_a_unit_without_a_chosen_officer_is_not_complete(complete: House) -> None:
    choose(complete, ["layanan-1", "layanan-2"], {"petugas": 4})
    nothing_follows(complete, complete.clinic)
    assert progress(complete, complete.clinic).lacks == [
        Lack("chosen", "complaints", found=0, needed=2)
    ]


def test_a_withdrawn_product_leaves_what_it_gave(complete: House) -> None:
    with writing(complete.engine) as session:
        key = prepare(session, complete.analyst, Scoring(SCHEME, YEAR)).id
    choose(complete, ["layanan-2"], PEOPLE)
    nothing_follows(complete, complete.clinic)
    found = progress(complete, complete.clinic)
    assert found.lacks == [Lack("chosen", "standards", found=1, needed=2)]
    assert found.not_counted == [NotCounted(complete.clinic, "analyst", "subject", 14)]
    with (
        writing(complete.engine) as session,
        refusing("malra 1/2"),
    ):
        approve(session, complete.second_analyst, key, SECRET)
    withdrawn = Judgement(complete.clinic, "fee", 4, subject="layanan-1")
    with refusing('found "layanan-1", expected one of layanan-2'):
        judge(complete, [withdrawn])


def test_an_assessor_who_was_taken_off_leaves_what_was_judged(complete: House) -> None:
    with writing(complete.engine) as session:
        other = AssessorChoice([complete.second_analyst.user_id], WHY)
        a_round = round_of_year(complete)
        choose_assessors(session, complete.analyst, a_round, complete.clinic, other)
    nothing_follows(complete, complete.clinic)
    found = progress(complete, complete.clinic)
    assert (found.judged, found.by_assessor) == (0, {complete.second_analyst.user_id: 0})
    assert {(one.person, one.why, one.number) for one in found.not_counted} == {
        ("analyst", "person", 61),
        ("analyst", "interviewer", USERS),
    }


def test_who_does_not_assess_a_unit_judges_nothing_of_it(assigned: House) -> None:
    every = judged(assigned, assigned.clinic)
    with refusing("You are not an assessor of .puskesmas-langgur. in this year"):
        judge(assigned, every, "second_analyst")
    with refusing("You are not an assessor of .puskesmas-langgur. in this year"):
        interview(assigned, assigned.clinic, [1], "second_analyst")
    sheet = b"unit;item;subject;judgement\npuskesmas-langgur;fee;layanan-1;4\n"
    with writing(assigned.engine) as session, refusing("a unit that you assess in this year"):
        read_judgements(session, assigned.second_analyst, sheet, "a.csv", JUDGING)
    of_before(assigned, every, "second_analyst")
    interview(assigned, assigned.clinic, range(1, USERS + 1))
    interviews_of_before(assigned, assigned.clinic, range(1, USERS + 1), "second_analyst")
    nothing_follows(assigned, assigned.clinic)
    found = progress(assigned, assigned.clinic)
    assert found.judged == 0
    assert [(one.person, one.why, one.number) for one in found.not_counted] == [
        ("second_analyst", "interviewer", USERS),
        ("second_analyst", "person", 61),
    ]


def test_of_a_year_without_a_round_nobody_judges(house: House) -> None:
    with refusing("There is no assessment round of 2023"):
        judge(house, [Judgement(house.clinic, "fee", 4, subject="layanan-1")])
    with refusing("There is no assessment round of 2023"):
        interview(house, house.clinic, [1])


def test_two_interviewers_do_not_double_the_users(assigned: House) -> None:
    clinic = assigned.clinic
    with writing(assigned.engine) as session:
        assign(session, assigned.analyst, clinic, [assigned.second_analyst.user_id], YEAR)
    judge(assigned, judged(assigned, clinic))
    interview(assigned, clinic, range(1, 16))
    for at in (1, 15):
        with refusing(f"User number {at} was interviewed by another assessor"):
            interview(assigned, clinic, [at], "second_analyst")
    with refusing("1 to 30"):
        interview(assigned, clinic, [31], "second_analyst")
    interviews_of_before(assigned, clinic, range(1, 16), "second_analyst", "undue_delay")
    interviews_of_before(assigned, clinic, range(31, 46), "second_analyst")
    with reading(assigned.engine) as session:
        counted = interviewed(session, YEAR)[clinic, "experience"]
    assert (counted.respondents, counted.points) == (15, 15)
    nothing_follows(assigned, clinic)
    found = progress(assigned, clinic)
    assert found.lacks == [Lack("interviews", "experience", found=15, needed=USERS)]
    assert found.not_counted == [NotCounted(clinic, "second_analyst", "user", 30)]


def test_who_declines_is_no_user_interviewed(assigned: House) -> None:
    judge(assigned, judged(assigned, assigned.clinic))
    interview(assigned, assigned.clinic, range(1, USERS))
    with writing(assigned.engine) as session:
        declined = InterviewRecord(
            assigned.clinic, YEAR, "experience", USERS, {FORMS: ["declined"]}
        )
        record(session, assigned.analyst, declined)
    nothing_follows(assigned, assigned.clinic)
    interview(assigned, assigned.clinic, [USERS])  # another user under that number
    assert assigned.clinic not in scored(assigned).lacks


def test_a_survey_stands_in_for_interviews_that_were_not_begun(assigned: House) -> None:
    """It does not replace those that were held and fell short."""
    interview(assigned, assigned.clinic, range(1, 11))
    lacks = scored(assigned, stand_in=True).lacks
    assert [one.found for one in lacks[assigned.clinic] if one.kind == "interviews"] == [10]
    assert [one.found for one in lacks[assigned.registry] if one.kind == "interviews"] == []


EMPTIED = ("fee", "layanan-1", "")
SPELLED = ("fee", "layanan-1", "LAYANAN-1")
NUMBERED = ("knows_duties", "1", "01")
WHOLE_BESIDE = ("complaint_channel", "1", "")


@pytest.mark.parametrize(("item", "subject", "instead"), [EMPTIED, SPELLED, NUMBERED, WHOLE_BESIDE])
def test_another_word_for_a_subject_is_another_subject(
    assigned: House, item: str, subject: str, instead: str
) -> None:
    every = judged(assigned, assigned.clinic)
    place = [(one.item, one.subject) for one in every].index((item, subject))
    wrong = replace(every[place], subject=instead)
    with refusing("Name one of" if not instead else f'"{instead}"'):
        judge(assigned, [wrong])
    sheet = f"unit;item;subject;judgement\npuskesmas-langgur;{item};{instead};4\n".encode()
    with writing(assigned.engine) as session, refusing("expected one of"):
        read_judgements(session, assigned.analyst, sheet, "a.csv", JUDGING)
    without = b"unit;item;judgement\npuskesmas-langgur;fee;4\n"
    with writing(assigned.engine) as session, refusing("expected one of"):
        read_judgements(session, assigned.analyst, without, "a.csv", JUDGING)
    of_before(assigned, [wrong])
    judge(assigned, [one for one in every if one != every[place]])
    interview(assigned, assigned.clinic, range(1, USERS + 1))
    nothing_follows(assigned, assigned.clinic)
    found = progress(assigned, assigned.clinic)
    assert [(one.subject, one.item) for one in found.lacks] == [(subject, item)]
    why = "subject" if instead else "no_subject"
    assert found.not_counted == [NotCounted(assigned.clinic, "analyst", why, 1)]


def test_another_year_counts_in_that_year_alone(assigned: House) -> None:
    of_before(assigned, judged(assigned, assigned.clinic), year=YEAR - 1)
    interview(assigned, assigned.clinic, range(1, USERS + 1))
    nothing_follows(assigned, assigned.clinic)
    assert progress(assigned, assigned.clinic).judged == 0


def test_an_item_that_the_year_does_not_ask_is_refused(house: House) -> None:
    """Knowledge of recommendations is asked since 2023."""
    of_2022 = Judgement(house.clinic, "knows_recommendations", 4, subject="1")
    house.assign(year=2022)
    with writing(house.engine) as session, refusing("an item of the scheme"):
        assess(session, house.analyst, Judging(SCHEME, 2022), [of_2022])
    of_before(house, [of_2022], year=2022)
    with reading(house.engine) as session:
        assert count_judgements(session, 2022).means == {}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sets(st.integers(0, 60), max_size=8))
def test_what_is_missing_is_named_and_nothing_else(assigned: House, gaps: set[int]) -> None:
    """Whatever is not judged: the lacks are exactly that, and there is a score without any."""
    every = judged(assigned, assigned.clinic)
    missing = {(every[at].item, every[at].subject) for at in gaps}
    with writing(assigned.engine) as session:
        done = [one for one in every if one.place not in missing]
        assess(session, assigned.analyst, JUDGING, done)
        work = fieldwork_of(session, YEAR, SCHEME, [assigned.clinic])
        lacks = [one for one in work.open_lacks(assigned.clinic) if one.kind == "judgement"]
        assert {(one.item, one.subject) for one in lacks} == missing
        assert len(lacks) == len(missing)
        session.rollback()


Change = Callable[[Session, House], object]
CHANGES: dict[str, Change] = {
    "a judgement": lambda s, h: assess(
        s, h.analyst, JUDGING, [Judgement(h.clinic, "fee", 0, subject="layanan-1")]
    ),
    "an interview": lambda s, h: record(
        s,
        h.analyst,
        InterviewRecord(h.clinic, YEAR, "experience", 1, {FORMS: ["undue_delay"]}),
    ),
    "an assessor": lambda s, h: choose_assessors(
        s,
        h.analyst,
        1,
        h.clinic,
        AssessorChoice([h.analyst.user_id, h.second_analyst.user_id]),
    ),
    "a person to be asked": lambda s, h: choose_subjects(
        s,
        h.analyst,
        1,
        h.clinic,
        SubjectChoice(["layanan-1", "layanan-2"], PEOPLE | {"petugas": 5}),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_later_change_opens_a_unit_again(complete: House, name: str) -> None:
    """What was prepared before is not approved, and nothing is prepared, until it is signed."""
    with writing(complete.engine) as session:
        key = prepare(session, complete.analyst, Scoring(SCHEME, YEAR)).id
        CHANGES[name](session, complete)
    found = progress(complete, complete.clinic)
    assert found.signed is not None
    assert not found.signed.holds
    unchanged = progress(complete, complete.registry)
    assert unchanged.signed is not None
    assert unchanged.signed.holds
    with writing(complete.engine) as session, refusing("(?i)puskesmas[- ]langgur|malra 1/2"):
        approve(session, complete.second_analyst, key, SECRET)
    with writing(complete.engine) as session, refusing("puskesmas-langgur|malra 1/2"):
        prepare(session, complete.analyst, Scoring(SCHEME, YEAR))
    with reading(complete.engine) as session:
        assert entries(session) == {}


def test_an_institution_that_is_not_signed_off_is_left_out_and_counted(house: House) -> None:
    """The others are published, and approving asks of theirs alone."""
    house.judge(3)
    with writing(house.engine) as session:
        other = another_district(session, "lain").id
    house.judge(4, other)
    house.assign(other, "second_analyst")
    scoring = Scoring(lasting("compliance-2021"), 2025)
    with writing(house.engine) as session:
        document = read_document(prepare(session, house.analyst, scoring))
    assert [one.code for one in document.institutions] == ["malra"]
    assert document.provisional_institutions == 1
    assert document.institutions[0].rank == 1
