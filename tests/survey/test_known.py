"""What became of a rating: by its receipt code, and on the page of the unit, at the light door."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from desk.unit.follow_up import NewProgramme, plan_follow_up
from models import FollowUp, now, open_engine, reading, writing
from survey.light.pages import FullPages
from survey.light.routes import light_routes
from survey.limits import AddressLimits
from survey.receipts import find_receipt
from survey.submission import submit
from tests.interface.conftest import announced
from tests.screens.seen import Office, an_office
from tests.survey.conftest import SECRET, a_submission
from tests.survey.test_around import ask

UNIT = "puskesmas-langgur"


@dataclass(frozen=True)
class Rated:
    """An office with one rating by a citizen, who holds its code."""

    office: Office
    code: str
    door: Starlette


@pytest.fixture
def rated(sqlite_url: str) -> Rated:
    """Nothing is announced yet."""
    office = an_office(open_engine(sqlite_url))
    with writing(office.engine) as session:
        code = submit(session, SECRET, a_submission(comment="Rahasia"), now())
    full = FullPages(published="/hasil", announced="/ikm")

    def writer() -> None:
        raise AssertionError("these pages only show")

    routes = light_routes(
        lambda: office.engine,
        lambda: SECRET,
        writer,  # type: ignore[arg-type]
        AddressLimits,
        full,
    )
    return Rated(office, code, Starlette(routes=routes))


def test_the_thanks_can_be_taken_along(rated: Rated) -> None:
    page = ask(rated.door, f"/r/{rated.code}?new=1")[1]
    assert "Terima kasih!" in page
    assert "<svg" in page
    assert f'href="/r/{rated.code}?lang=id"' in page
    assert f'href="/r/{rated.code}/resi.txt?lang=id" download' in page
    assert "<svg" not in ask(rated.door, f"/r/{rated.code}")[1]
    for language, word in (("id", "Kode resi"), ("en", "Receipt code")):
        status, file = ask(rated.door, f"/r/{rated.code}/resi.txt?lang={language}")
        assert status == 200
        assert f"{word}: {rated.code}\nPuskesmas Langgur · Semester ini" in file
        assert "Rahasia" not in file
    assert ask(rated.door, "/r/0000-0000-0000/resi.txt")[0] == 404


def test_the_address_for_another_device_is_that_of_the_host_that_was_asked(rated: Rated) -> None:
    for host, address in {
        "survei.contoh.go.id": "buka survei.contoh.go.id/r dan",
        "127.0.0.1:8502": "buka 127.0.0.1:8502/r dan",
        "a b<x>": "buka /r dan",
        "[": "buka /r dan",
    }.items():
        page = ask(rated.door, f"/r/{rated.code}?new=1", host)[1]
        assert address in page, host
    file = ask(rated.door, f"/r/{rated.code}/resi.txt", "survei.contoh.go.id")[1]
    assert f"Cek di: http://survei.contoh.go.id/r/{rated.code}\n" in file


def test_a_code_is_looked_up_however_it_is_typed(rated: Rated) -> None:
    assert ask(rated.door, "/r")[1].count("<input id=") == 1
    for typed in (rated.code, rated.code.lower().replace("-", ""), rated.code.replace("-", "+")):
        status, _ = ask(rated.door, f"/r?kode={typed}")
        assert status == 303
        page = ask(rated.door, f"/r/{typed.replace('+', '%20')}")[1]
        assert "Puskesmas Langgur · Semester ini" in page
        assert "Hasilnya belum terbit." in page


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/r?kode=0000-<b>", "0000-&lt;b&gt;"),
        ("/r/0000-0000-0000", "0000-0000-0000"),
        ("/r?kode=%00%ED%A0%80x", "���x"),
        (f"/r?kode={'x' * 9000}", "x" * 100),
    ],
)
def test_an_unknown_code_gives_the_field_again_with_what_was_typed(
    rated: Rated, path: str, kept: str
) -> None:
    status, page = ask(rated.door, path)
    assert status == 404
    assert "Kode ini tidak ada. Periksa lagi: 12 huruf dan angka, misalnya 7K3M-09QX-ZT4V." in page
    assert f'id="kode" name="kode" value="{kept}"' in page
    assert 'aria-invalid="true" aria-describedby="kode-error"' in page


def test_nothing_of_a_unit_is_seen_before_it_is_announced(rated: Rated) -> None:
    office = rated.office
    with writing(office.engine) as session:
        new = NewProgramme("time", "Buka loket kedua", office.world.period.ends, "Siti")
        plan_follow_up(
            session, office.official, office.world.clinic.id, office.world.period.id, new
        )
    for path in (f"/u/{UNIT}", f"/r/{rated.code}"):
        assert "Buka loket" not in ask(rated.door, path)[1]
    assert "belum diumumkan" in ask(rated.door, f"/u/{UNIT}")[1]
    with reading(office.engine) as session:
        received = find_receipt(session, SECRET, rated.code)
    assert received is not None
    assert received.known is None


@pytest.mark.parametrize("language", ["id", "en", "jv"])
def test_what_a_unit_announced_and_did_is_seen_by_everybody(rated: Rated, language: str) -> None:
    announced(rated.office)
    with reading(rated.office.engine) as session:
        assert session.scalar(select(func.count(FollowUp.id))) == 1
    index = "80.56" if language == "en" else "80,56"
    for path in (f"/u/{UNIT.upper()}", f"/r/{rated.code}"):
        page = ask(rated.door, f"{path}?lang={language}")[1]
        assert index in page
        assert ("Done" if language == "en" else "Selesai") in page
        assert "Buka loket kedua" in page
        assert "Dibuka tiap pagi" in page
        for person in ("Siti", "Rahasia Nama"):
            assert person not in page
    page = ask(rated.door, f"/u/{UNIT}?lang={language}")[1]
    assert f'href="/ikm?unit={UNIT}&amp;lang={language}"' in page
    assert ask(rated.door, "/u/dukcapil-malra")[1].count("belum diumumkan") == 1


def test_a_unit_that_there_is_not_is_told(rated: Rated) -> None:
    for code in ("tiada", "%00", "%ED%A0%80", "a" * 500):
        assert ask(rated.door, f"/u/{code}")[0] == 404
