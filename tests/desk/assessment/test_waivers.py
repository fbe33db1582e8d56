"""A shortfall is waived by two analysts with a reason, and told wherever the score stands."""

from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from accounts.actors import Actor, Forbidden
from analysis.publication.evidence import read_evidence
from analysis.publication.publication import derive
from analysis.publication.sealed import examine
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import assess
from desk.assessment.fieldwork import Judging
from desk.assessment.interviews import FORMS, NONE, InterviewRecord, record
from desk.assessment.lacks import Lack
from desk.assessment.rounds import AssessorChoice, SubjectChoice, choose_assessors, choose_subjects
from desk.assessment.waivers import confirm_waiver, propose_waiver, waiting_waivers
from desk.index.perception import ScoredRound, Scoring, score_year
from desk.publication.publishing import approve, bundle, prepare, read_document
from models import Waiver, WaiverConfirmation, now, reading, writing
from tests.desk.conftest import ROLES, House
from tests.fieldwork import a_supervisor, assign, judged_alike, sign_off_complete
from tests.kept import kept
from tests.lasting import lasting
from tests.refusing import refusing

SCHEME = lasting("compliance-2021")
WHY = "satu-satunya layanan lain sedang dihentikan"
SHORT = Lack("chosen", "standards", found=1, needed=2)


@kept
def short(house: House) -> int:
    """The clinic's round, in which one product was looked at where two are asked."""
    house.assign()
    with writing(house.engine) as session:
        one = SubjectChoice(["layanan-1"], {"petugas": 4, "pengaduan": 2}, WHY)
        choose_subjects(session, house.analyst, 1, house.clinic, one)
    house.judge(3)
    return 1


def scored(house: House) -> ScoredRound:
    with reading(house.engine) as session:
        return score_year(session, house.analyst, Scoring(SCHEME, 2025))


def propose(house: House, actor: Actor | None = None, reason: str = WHY) -> int:
    with writing(house.engine) as session:
        return propose_waiver(session, actor or house.analyst, 1, house.clinic, reason).id


def confirm(house: House, waiver: int, actor: Actor | None = None) -> None:
    with writing(house.engine) as session:
        confirm_waiver(session, actor or house.second_analyst, waiver)


def test_it_takes_two(house: House, short: int) -> None:
    assert scored(house).lacks == {house.clinic: [SHORT]}
    waiver = propose(house)
    assert scored(house).result.units[0].score is None
    with refusing("Another analyst confirms it"):
        confirm(house, waiver, house.analyst)
    with reading(house.engine) as session:
        (waits,) = waiting_waivers(session, house.second_analyst, short)
        assert (waits.unit.id, list(waits.lacking), waits.mine) == (house.clinic, [SHORT], False)
    confirm(house, waiver)
    found = scored(house)
    assert found.result.units[0].score == 75
    assert found.lacks == {}
    assert found.waivers[house.clinic].lacking == (SHORT,)
    with refusing("does not wait any more"):
        confirm(house, waiver)
    assert house.acts()[-2:] == ["propose_waiver", "confirm_waiver"]


def test_nobody_with_a_role_in_the_institution_has_a_say(house: House, short: int) -> None:
    waiver = propose(house)
    second = house.second_analyst
    insiders = (
        replace(second, units=frozenset({house.registry})),
        replace(second, institutions=frozenset({house.district})),
    )
    for insider in insiders:
        with refusing('a role in "Kabupaten Maluku Tenggara"'):
            propose(house, insider)
        with refusing('a role in "Kabupaten Maluku Tenggara"'):
            confirm(house, waiver, insider)
    elsewhere = replace(house.second_analyst, institutions=frozenset({house.province}))
    confirm(house, waiver, elsewhere)


def test_only_analysts_waive(house: House, short: int) -> None:
    waiver = propose(house)
    for role in set(ROLES) - {"analyst", "second_analyst"}:
        actor = house.actors[role]
        with pytest.raises(Forbidden):
            propose(house, actor)
        with pytest.raises(Forbidden):
            confirm(house, waiver, actor)
        with reading(house.engine) as session, pytest.raises(Forbidden):
            waiting_waivers(session, actor, short)


def test_what_comes_to_be_lacking_later_is_not_waived(house: House, short: int) -> None:
    confirm(house, propose(house))
    with writing(house.engine) as session:
        other = AssessorChoice([house.second_analyst.user_id], WHY)
        choose_assessors(session, house.analyst, short, house.clinic, other)
    found = scored(house)
    assert found.result.units[0].score is None
    assert {one.kind for one in found.lacks[house.clinic]} == {"judgement"}


def test_a_later_proposal_replaces_one_that_waits(house: House, short: int) -> None:
    first, second = propose(house), propose(house, house.second_analyst)
    with refusing("a later proposal replaced it"):
        confirm(house, first)
    confirm(house, second, house.analyst)
    assert scored(house).result.units[0].score == 75


def test_nothing_is_waived_before_it_is_judged(house: House) -> None:
    """A waiver lets a score stand on less, never on nothing, nor on what is judged after it."""
    house.assign()
    with refusing("nothing judged yet for"):
        propose(house)
    house.judge(4, areas=("competence", "facilities", "complaints"))
    with refusing("nothing judged yet for .*time_limit"):
        propose(house)
    with writing(house.engine) as session:
        every = judged_alike(session, house.clinic, 2025, 4, SCHEME, ["standards"])
        one_product = [one for one in every if one.subject == "layanan-1"]
        assess(session, house.analyst, Judging(SCHEME, 2025), one_product)
    confirm(house, propose(house))
    (unit,) = scored(house).result.units
    assert unit.score is not None


def test_a_scheme_that_asks_for_more_than_the_rounds_is_waived_too(house: House) -> None:
    """The round's asks no interviews, another one in force in the year does: one is missing."""
    with writing(house.engine) as session:
        assign(
            session,
            house.analyst,
            house.clinic,
            [house.analyst.user_id],
            2023,
            load_scheme("perception-2022"),
        )
    house.judge(3, year=2023)
    with writing(house.engine) as session:
        for user in range(1, 30):
            told = InterviewRecord(house.clinic, 2023, "experience", user, {FORMS: [NONE]})
            record(session, house.analyst, told)
    asked = Scoring(load_scheme("ombudsman-2022"), 2023)
    with reading(house.engine) as session:
        assert score_year(session, house.analyst, asked).result.units[0].score is None
    confirm(house, propose(house))
    with reading(house.engine) as session:
        assert score_year(session, house.analyst, asked).result.units[0].score is not None


def test_what_cannot_be_waived_is_told(house: House) -> None:
    house.judge(3)
    with refusing("lacks nothing"):
        propose(house)
    with writing(house.engine) as session, refusing('"dukcapil-malra" not chosen'):
        propose_waiver(session, house.analyst, 1, house.registry, WHY)


def test_a_waiver_needs_a_reason(house: House, short: int) -> None:
    with refusing("10 to 2,000"):
        propose(house, reason="banjir")


def test_it_stands_in_the_publication(house: House, short: int) -> None:
    confirm(house, propose(house))
    with writing(house.engine) as session:
        with refusing("Not signed off"):
            prepare(session, house.analyst, Scoring(SCHEME, 2025))
        # Under the round's own scheme the waiver names all that is lacking, so it is signed off.
        sign_off_complete(session, 2025)
        prepared = prepare(session, house.analyst, Scoring(SCHEME, 2025))
        sealed = approve(session, house.second_analyst, prepared.id, bytes(32))
        document, seal = read_document(sealed), sealed.seal
        assert seal is not None
        assert examine(bundle(sealed, seal), seal.public_key.encode()).holds
    (unit,) = document.units
    assert unit.waiver is not None
    assert unit.waiver.reason == WHY
    assert [(one.kind, one.found, one.needed) for one in unit.waiver.lacking] == [("chosen", 1, 2)]
    assert unit.waiver.confirmed == now().date().isoformat()
    assert derive(read_evidence(document.content())).content() == document.content()


def test_a_unit_that_lacks_nothing_states_no_waiver(house: House) -> None:
    house.judge(3)
    with writing(house.engine) as session:
        document = read_document(prepare(session, house.analyst, Scoring(SCHEME, 2025)))
    assert "waiver" not in document.content()["units"][0]


def test_the_database_wants_two_people(house: House, short: int) -> None:
    waiver, by = propose(house), house.analyst.user_id
    act = {"waiver_id": waiver, "created_at": now()}
    with reading(house.engine) as session:
        for wrong in (
            {"proposed_by": by, "user_id": by},
            {"proposed_by": house.second_analyst.user_id, "user_id": by},
        ):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(insert(WaiverConfirmation).values({**act, **wrong}))
        assert session.get_one(Waiver, waiver).user_id == by


def test_a_supervisor_may_confirm(house: House, short: int) -> None:
    waiver = propose(house)
    with writing(house.engine) as session:
        confirm_waiver(session, a_supervisor(session), waiver)
