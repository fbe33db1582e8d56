"""The evidence for PEKPPP F-02: what was recorded, with its proofs; what was not is named."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from accounts.actors import Actor, Forbidden
from desk.evidence import check_evidence, keep_evidence
from desk.office.visits import VisitCount, record_visits
from desk.papers.announcing import NewMedium, approve, note_medium, prepare_unit
from desk.papers.pekppp import gather_evidence
from desk.unit.follow_up import (
    NewConsultation,
    NewProgramme,
    ProgrammeStep,
    hold_consultation,
    note_step,
    plan_follow_up,
)
from models import Institution, now, reading, writing
from reports.papers.evidence import (
    INDICATORS,
    PekpppEvidence,
    evidence_zip,
    pekppp_weights,
)
from reports.photograph import clean_photo
from tests.desk.conftest import House
from tests.desk.unit.test_results import close
from tests.refusing import refusing
from tests.reports.survey import a_photo
from tests.world import a_period


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DATA", str(tmp_path))
    return tmp_path


def gather(house: House, actor: Actor | None = None) -> PekpppEvidence:
    with reading(house.engine) as session:
        return gather_evidence(
            session, actor or house.coordinator, house.period, "en", lambda done, total: None
        )


def announce(house: House) -> str:
    """The clinic's result made public on the website, with a picture; its hash."""
    with writing(house.engine) as session:
        one = prepare_unit(session, house.official, house.clinic, house.period)
        approve(session, house.coordinator, one.id)
        digest = keep_evidence(session, house.official, check_evidence("laman.png", a_photo()))
        day = date(2026, 1, 2)
        note_medium(session, house.official, one.id, NewMedium("website", "=laman", day, digest))
        note_medium(session, house.official, one.id, NewMedium("press", "koran", day))
        return digest


def follow_up(house: House, *statuses: str) -> None:
    """A programme for the first service, at one step after another."""
    with writing(house.engine) as session:
        place = house.clinic, house.period
        programme = NewProgramme("time", "Loket", date(2099, 1, 1), "Ani", 1)
        plan = plan_follow_up(session, house.official, *place, programme)
        for status in statuses:
            note_step(session, house.official, plan.id, ProgrammeStep(status, "sudah"))


def read(content: bytes) -> Iterator[tuple[str, bytes]]:
    with ZipFile(BytesIO(content)) as package:
        yield from ((name, package.read(name)) for name in package.namelist())


def test_everything_that_was_recorded(house: House) -> None:
    house.rate(3, 9, service=0)
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, house.period, VisitCount(9))
    close(house)
    digest = announce(house)
    follow_up(house, "done")
    follow_up(house)
    found = gather(house)
    name = f"proofs/7-{digest[:12]}.jpg"
    today = found.tables["days"][1][2]
    assert [row[:2] for row in found.tables["periods"]] == [
        ["Semester ini", now().date() - timedelta(days=30)]
    ]
    assert found.tables["samples"] == [
        ["Dukcapil", "Semester ini", None, None, None, None],
        ["Puskesmas Langgur", "Semester ini", 9, 9, 9, "yes"],
    ]
    whose = ["Puskesmas Langgur", "Semester ini"]
    assert found.tables["media"] == [
        [*whose, "website", "=laman", date(2026, 1, 2), name],
        [*whose, "press", "koran", date(2026, 1, 2), None],
    ]
    assert found.tables["realised"] == [
        ["Puskesmas Langgur", "Poli umum", "Semester ini", 2, 1, "50%"]
    ]
    assert found.tables["days"] == [
        ["Dukcapil", "Semester ini", None, None, None],
        [*whose, today, today, 0],
    ]
    assert found.missing == {
        6: ["Dukcapil: fewer than 5 respondents (Semester ini)"],
        7: [
            "Kabupaten Maluku Tenggara: an approved announcement (Semester ini)",
            "Dukcapil: an approved announcement (Semester ini)",
            "Puskesmas Langgur: a photo or file as proof (Semester ini, koran)",
        ],
        8: [
            "Dukcapil: a follow-up plan (Semester ini)",
            "Puskesmas Langgur: a photo or file as proof (Semester ini, Loket)",
        ],
        9: [
            "Dukcapil: an approved announcement (Semester ini)",
            "Dukcapil: a step of the follow-up that was begun (Semester ini)",
        ],
    }
    assert found.proofs == {name: clean_photo(a_photo())}


def test_the_zip_holds_index_tables_proofs_and_their_sums(house: House) -> None:
    house.rate(3, 9)
    close(house)
    digest = announce(house)
    files = dict(read(evidence_zip(gather(house), "en")))
    assert list(files) == [
        "index.pdf",
        "6-periods.csv",
        "6-respondents.csv",
        "7-publication.csv",
        "8-follow-up.csv",
        "8-public-consultations.csv",
        "9-days.csv",
        f"proofs/7-{digest[:12]}.jpg",
        "checksums.txt",
    ]
    assert files["index.pdf"].startswith(b"%PDF-")
    sums = files.pop("checksums.txt").decode().splitlines()
    assert sums == [f"{sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    published = list(csv.reader(StringIO(files["7-publication.csv"].decode("utf-8-sig"))))
    assert published[0][:4] == ["Whose", "Period", "Medium", "Place"]
    assert [row[3] for row in published[1:]] == ["'=laman", "koran"]


def test_the_index_says_what_each_indicator_weighs() -> None:
    rules = pekppp_weights()
    assert rules.indicator_weights == {6: 17, 7: 7, 8: 7, 9: 7}
    assert set(rules.indicator_weights) == set(INDICATORS)
    assert (rules.aspect_weight, rules.standing) == (24, "stated")


def test_lost_evidence_is_missing_and_not_invented(house: House, folder: Path) -> None:
    house.rate(3, 9)
    close(house)
    (folder / "evidence" / announce(house)).write_bytes(b"another")
    found = gather(house)
    assert found.proofs == {}
    assert [row[5] for row in found.tables["media"]] == [None, None]
    told = "a photo or file as proof (Semester ini, =laman; Semester ini, koran)"
    assert f"Puskesmas Langgur: {told}" in found.missing[7]


def test_two_years_and_closed_periods_only(house: House) -> None:
    with writing(house.engine) as session:
        place = session.get_one(Institution, house.district)
        old = a_period(session, place, days=(-900, -701))
        old.code, old.name = "lama", "Lama"
        old.closed_at = old.opened_at
    close(house)
    assert [row[0] for row in gather(house).tables["periods"]] == ["Semester ini"]


def test_of_closed_periods_and_for_the_coordinator_only(house: House) -> None:
    with refusing("a period that is closed"):
        gather(house)
    close(house)
    for role in ("official", "other_coordinator", "analyst", "nobody"):
        with pytest.raises(Forbidden):
            gather(house, house.actors[role])


def test_the_minutes_of_a_consultation_are_a_file(house: House) -> None:
    house.rate(3, 9)
    close(house)
    with writing(house.engine) as session:
        photo = keep_evidence(session, house.official, check_evidence("rapat.png", a_photo()))
        for day, proof in ((2, photo), (3, None)):
            place = house.clinic, house.period
            minutes = f"=Sepakat {day}: jam buka."
            held = NewConsultation(date(2026, 7, day), 25, minutes, proof)
            hold_consultation(session, house.official, *place, held)
    found = gather(house)
    rows = found.tables["consultations"]
    assert [row[2:4] for row in rows] == [[date(2026, 7, day), 25] for day in (2, 3)]
    assert [row[5] for row in rows] == [f"proofs/8-{photo[:12]}.jpg", None]
    assert [found.proofs[str(row[4])].decode() for row in rows] == [
        f"=Sepakat {day}: jam buka." for day in (2, 3)
    ]
    files = dict(read(evidence_zip(found, "id")))
    assert b"2026-07-02" in files["8-konsultasi-publik.csv"]
    assert found.proofs.keys() <= files.keys()
