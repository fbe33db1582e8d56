"""Findings and advice: told, answered, sent back, answered again, accepted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from desk.assessment.findings import (
    NewFinding,
    answer_finding,
    assessed_units,
    decide_finding,
    findings_of,
    write_finding,
)
from desk.assessment.rounds import UnproposedUnit, choose_beyond, withdraw_unit
from desk.evidence import check_evidence, keep_evidence
from models import FindingStep, now, reading, writing
from reports.poster import qr_png
from tests.desk.assessment.test_rounds import ANALYSTS, WHY, choose, opened, refused
from tests.desk.conftest import ROLES, House
from tests.kept import kept

TEXT = "Alur pengaduan perlu ditinjau ulang"
ANSWER = "Alur sudah dipasang di ruang tunggu"


@kept
def told(house: House) -> tuple[int, int]:
    """A round with the clinic assessed, and a finding that it was told."""
    one = opened(house)
    choose(house, one, house.clinic, house.registry)
    house.judge(2, scheme="compliance-2021")
    with writing(house.engine) as session:
        finding = write_finding(
            session, house.analyst, one, NewFinding(house.clinic, "procedure", TEXT, "fee")
        )
        return one, finding.id


def state(house: House, round_id: int, role: str = "analyst") -> list[tuple[str, bool]]:
    with reading(house.engine) as session:
        found = findings_of(session, house.actors[role], round_id)
        return [(one.status, one.open) for one in found]


def test_a_finding_is_followed_until_it_is_accepted(
    house: House,
    told: tuple[int, int],
    tmp_path: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    one, finding = told
    assert state(house, one) == [("told", True)]
    with writing(house.engine) as session:
        proof = keep_evidence(
            session, house.official, check_evidence("alur.png", qr_png("alur", 4))
        )
        answer_finding(session, house.official, finding, ANSWER, proof)
    assert state(house, one, "official") == [("answered", True)]
    with writing(house.engine) as session:
        decide_finding(session, house.analyst, finding, False, "foto belum terbaca")
    assert state(house, one, "coordinator") == [("sent_back", True)]
    with writing(house.engine) as session:
        answer_finding(session, house.coordinator, finding, f"{ANSWER}, foto baru")
        decide_finding(session, house.second_analyst, finding, True, "alur sudah terlihat")
    assert state(house, one) == [("accepted", False)]
    with reading(house.engine) as session:
        ((closed,),) = [findings_of(session, house.analyst, one)]
        assert [step.turn for step in closed.finding.steps] == [1, 2, 3, 4]
        assert closed.finding.steps[0].evidence_hash == proof
        assert closed.days(now() + timedelta(days=30)) == 0
    assert house.acts()[-5:] == [
        "write_finding",
        "answer_finding",
        "send_back_finding",
        "answer_finding",
        "accept_finding",
    ]


def test_days_since_it_was_told(house: House, told: tuple[int, int]) -> None:
    with reading(house.engine) as session:
        (one,) = findings_of(session, house.analyst, told[0])
        assert one.days(now() + timedelta(days=12)) == 12


def test_open_ones_come_first_and_the_oldest_of_them(house: House, told: tuple[int, int]) -> None:
    one, finding = told
    with writing(house.engine) as session:
        write_finding(session, house.analyst, one, NewFinding(house.clinic, "innovation", TEXT))
        write_finding(session, house.analyst, one, NewFinding(house.clinic, "finding", TEXT))
        answer_finding(session, house.official, finding, ANSWER)
        decide_finding(session, house.analyst, finding, True, "alur sudah terlihat")
    with reading(house.engine) as session:
        kinds = [found.finding.kind for found in findings_of(session, house.analyst, one)]
    assert kinds == ["innovation", "finding", "procedure"]


def test_what_is_out_of_turn_or_says_nothing_is_refused(
    house: House, told: tuple[int, int]
) -> None:
    one, finding = told
    by, clinic = house.analyst, house.clinic
    write = write_finding
    asks: list[tuple[Callable[[Session], object], str]] = [
        (lambda s: write(s, by, one, NewFinding(house.registry, "finding", TEXT)), "not assessed"),
        (lambda s: write(s, by, one, NewFinding(clinic, "rumour", TEXT)), "one of finding"),
        (lambda s: write(s, by, one, NewFinding(clinic, "finding", "pendek")), "10 to 2,000"),
        (
            lambda s: write(s, by, one, NewFinding(clinic, "finding", TEXT, "U1")),
            "an item of the scheme",
        ),
        (lambda s: decide_finding(s, by, finding, True, WHY), "no answer that waits"),
        (lambda s: answer_finding(s, house.official, finding, "ya"), "10 to 2,000"),
    ]
    for ask, why in asks:
        refused(house, ask, why)
    with writing(house.engine) as session:
        answer_finding(session, house.official, finding, ANSWER)
    refused(house, lambda s: answer_finding(s, house.official, finding, ANSWER), "answered already")
    refused(house, lambda s: decide_finding(s, by, finding, True, "ya"), "10 to 2,000")
    with writing(house.engine) as session:
        decide_finding(session, by, finding, True, "alur sudah terlihat")
    refused(house, lambda s: answer_finding(s, house.official, finding, ANSWER), "accepted already")
    refused(house, lambda s: decide_finding(s, by, finding, False, WHY), "no answer that waits")


def test_a_unit_outside_the_sample_gets_no_finding(house: House) -> None:
    one = opened(house)
    house.judge(2, scheme="compliance-2021")
    with writing(house.engine) as session:
        withdraw_unit(session, house.analyst, one, house.clinic, "unit ditutup sementara")
    refused(
        house,
        lambda s: write_finding(s, house.analyst, one, NewFinding(house.clinic, "finding", TEXT)),
        "not chosen",
    )
    with writing(house.engine) as session:
        assert assessed_units(session, house.analyst, one) == []
        choose_beyond(session, house.analyst, one, UnproposedUnit(house.clinic, "puskesmas", WHY))
        found = assessed_units(session, house.analyst, one)
        assert [unit.id for unit in found] == [house.clinic]


def test_the_database_keeps_the_turns(house: House, told: tuple[int, int]) -> None:
    act = {"user_id": house.analyst.user_id, "created_at": now(), "text": ANSWER}
    with reading(house.engine) as session:
        for turn, status in ((1, "accepted"), (2, "answered"), (0, "sent_back")):
            row = insert(FindingStep).values(finding_id=told[1], turn=turn, status=status, **act)
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(row)


Act = Callable[[Session, House, Actor, int, int], object]
ACTS: dict[str, tuple[Act, set[str]]] = {
    "write_finding": (
        lambda s, h, a, r, f: write_finding(s, a, r, NewFinding(h.clinic, "finding", TEXT)),
        ANALYSTS,
    ),
    "answer_finding": (
        lambda s, h, a, r, f: answer_finding(s, a, f, ANSWER),
        {"official", "coordinator"},
    ),
    "assessed_units": (lambda s, h, a, r, f: assessed_units(s, a, r), ANALYSTS),
}


def test_each_act_is_for_its_roles_only(
    house: House, told: tuple[int, int], subtests: pytest.Subtests
) -> None:
    for name, (act, allowed) in ACTS.items():
        with subtests.test(name):
            assert granted(house, act, *told) == allowed
    with writing(house.engine) as session:
        answer_finding(session, house.official, told[1], ANSWER)

    def decide(s: Session, h: House, a: Actor, r: int, f: int) -> None:
        decide_finding(s, a, f, True, WHY)

    assert granted(house, decide, *told) == ANALYSTS


def granted(house: House, act: Act, round_id: int, finding: int) -> set[str]:
    """The roles that may."""
    found = set()
    for role in ROLES:
        with writing(house.engine) as session:
            try:
                act(session, house, house.actors[role], round_id, finding)
                found.add(role)
            except Forbidden:
                pass
            finally:
                session.rollback()
    return found


def test_a_finding_is_told_to_its_unit_and_institution_only(
    house: House, told: tuple[int, int]
) -> None:
    seen = {role for role in ROLES if state(house, told[0], role)}
    assert seen == {"official", "coordinator", "analyst", "second_analyst"}
