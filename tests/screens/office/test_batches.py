"""The screen of batches: one proposes a withdrawal, another decides."""

import pytest
from sqlalchemy import Engine

from desk.office.keying import NewKeying, Sheet, SheetEntry, begin_keying, key_sheet, store_keying
from models import writing
from tests.screens.seen import Office, an_office, look, press, said

SCREEN = "batches"


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def keyed(office: Office) -> None:
    with writing(office.engine) as session:
        place = office.world.clinic.id, office.world.period.id
        pile = begin_keying(session, office.official, NewKeying(*place, "Loket 1", 1))
        for round in (1, 2):
            key_sheet(
                session, office.official, pile.id, SheetEntry(1, Sheet(answers={"time": 3}), round)
            )
        store_keying(session, office.official, pile.id)


def propose(office: Office, monkeypatch: pytest.MonkeyPatch, reason: str) -> str:
    app = look(monkeypatch, SCREEN, office.official)
    app.text_area("withdraw_0_reason").set_value(reason)
    press(app, "Usulkan")
    return said(app) + "".join(table.value.to_string() for table in app.table)


def test_no_batches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "belum memiliki kelompok data" in said(look(monkeypatch, SCREEN, office.official))


def test_proposed_by_one_withdrawn_by_another(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed(office)
    told = propose(office, monkeypatch, "salah")
    assert r"10 sampai 2\.000 huruf" in told
    told = propose(office, monkeypatch, "lembar loket unit lain")
    assert "**Loket 1** · 1 isian · diusulkan untuk ditarik" in told
    assert "Menunggu orang kedua" in told
    app = look(monkeypatch, SCREEN, office.coordinator)
    assert "lembar loket unit lain" in said(app)
    assert "diusulkan Ani" in said(app)
    press(app, "Tarik kelompok data ini")
    assert "tidak dihitung lagi" in said(app)
    assert "Menunggu keputusan" not in [header.value for header in app.header]
    told = said(look(monkeypatch, SCREEN, office.official))
    assert "**ditarik**" in told
    assert "diketik oleh Ani" in told


def test_a_declined_batch_counts(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    keyed(office)
    propose(office, monkeypatch, "lembar loket unit lain")
    press(look(monkeypatch, SCREEN, office.coordinator), "Tolak usulan")
    assert "1 isian · dihitung" in said(look(monkeypatch, SCREEN, office.official))
