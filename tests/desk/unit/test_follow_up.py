"""The follow-up plan: programmes, their steps with evidence, consultations."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from accounts.actors import Actor, Forbidden
from analysis.errors import BadInput
from desk.evidence import LARGEST, check_evidence, keep_evidence, read_evidence
from desk.unit.follow_up import (
    NewConsultation,
    NewProgramme,
    ProgrammeStep,
    Realised,
    consultations_of,
    follow_ups_of,
    hold_consultation,
    note_step,
    plan_follow_up,
    realised,
    realised_by_service,
)
from models import Evidence, Unit, writing
from tests.desk.conftest import House
from tests.refusing import refusing
from tests.reports.survey import a_photo

PHOTO = a_photo()
LATER = date(2099, 1, 31)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DATA", str(tmp_path))
    return tmp_path


def plan(house: House, actor: Actor | None = None, **changed: Any) -> int:
    given: dict[str, Any] = {
        "element": "time",
        "programme": "Loket tambahan",
        "due": LATER,
        "person": "Ani (data contoh)",
    }
    with writing(house.engine) as session:
        place = house.clinic, house.period
        programme = NewProgramme(**(given | changed))
        return plan_follow_up(session, actor or house.official, *place, programme).id


def test_a_programme_goes_from_planned_to_done_with_a_photo(house: House) -> None:
    key = plan(house)
    with writing(house.engine) as session:
        photo = keep_evidence(session, house.official, check_evidence("loket.jpg", PHOTO))
        note_step(
            session, house.official, key, ProgrammeStep("done", "Loket dibuka 2 Januari", photo)
        )
        (one,) = follow_ups_of(session, house.analyst, house.clinic, house.period)
        assert [step.status for step in one.steps] == ["planned", "done"]
        assert read_evidence(one.steps[-1].evidence_hash or "") == PHOTO
    assert house.acts()[-2:] == ["plan_follow_up", "note_step"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"element": "weather"}, 'element: found "weather"'),
        ({"programme": " "}, "programme: found 0 characters"),
        ({"programme": "x" * 2001}, "expected 1 to 2,000"),
        ({"person": ""}, "person: found 0 characters"),
        ({"due": date(2000, 1, 1)}, "time: found 1 January 2000"),
        ({"service_id": 999}, "service: found 999"),
    ],
)
def test_a_wrong_programme_is_refused(house: House, changed: dict[str, Any], told: str) -> None:
    with refusing(told):
        plan(house, **changed)


def test_a_service_of_the_unit_may_be_named(house: House) -> None:
    with writing(house.engine) as session:
        service = session.get_one(Unit, house.clinic).services[0].id
        foreign = session.get_one(Unit, house.registry).services[0].id
    plan(house, service_id=service)
    with pytest.raises(BadInput):
        plan(house, service_id=foreign)


@pytest.mark.parametrize("role", ["other_official", "analyst", "nobody", "other_coordinator"])
def test_only_who_runs_the_unit_plans(house: House, role: str) -> None:
    with pytest.raises(Forbidden):
        plan(house, house.actors[role])


def test_done_says_what_was_done(house: House) -> None:
    key = plan(house)
    for status, account, told in (("done", " ", "account"), ("finished", "x", "status")):
        with refusing(told), writing(house.engine) as session:
            note_step(session, house.official, key, ProgrammeStep(status, account))


def test_consultations(house: House) -> None:
    with writing(house.engine) as session:
        place = house.clinic, house.period
        held = NewConsultation(LATER, 25, "Sepakat jam buka.")
        hold_consultation(session, house.official, *place, held)
        (one,) = consultations_of(session, house.coordinator, *place)
        assert (one.participants, one.minutes) == (25, "Sepakat jam buka.")
        with refusing(r"participants: found 0"):
            hold_consultation(session, house.official, *place, NewConsultation(LATER, 0, "x"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<script>", "another kind of file"),
        (b"", "another kind of file"),
        (PHOTO.ljust(LARGEST + 1), f"{LARGEST + 1:,} bytes"),
    ],
)
def test_evidence_is_a_photo_or_a_pdf(content: bytes, told: str) -> None:
    with refusing(told):
        check_evidence("a.jpg", content)


def test_the_same_evidence_is_kept_once_and_a_changed_file_is_none(
    house: House, folder: Path
) -> None:
    with writing(house.engine) as session:
        files = [check_evidence(name, PHOTO) for name in ("a", "b")]
        digests = {keep_evidence(session, house.official, file) for file in files}
        assert session.query(Evidence).count() == len(digests) == 1
    (digest,) = digests
    (folder / "evidence" / digest).write_bytes(b"other")
    assert read_evidence(digest) is None
    assert read_evidence("0" * 64) is None


def test_the_share_realised_counts_what_was_dropped_as_planned(house: House) -> None:
    with writing(house.engine) as session:
        service = session.get_one(Unit, house.clinic).services[0].id
    statuses = {plan(house): "done", plan(house): "dropped", plan(house, service_id=service): ""}
    with writing(house.engine) as session:
        for key, status in statuses.items():
            if status:
                note_step(session, house.official, key, ProgrammeStep(status, "sesuai rapat"))
        plans = follow_ups_of(session, house.official, house.clinic, house.period)
        assert realised(plans) == Realised(1, 3)
        assert realised(plans).share == Fraction(1, 3)
        assert realised_by_service(plans) == {None: Realised(1, 2), service: Realised(0, 1)}
    assert realised([]).share is None
