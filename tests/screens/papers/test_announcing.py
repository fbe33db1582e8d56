"""Announcing: prepared by one, approved by another, then everybody's."""

from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import Engine

from desk.papers.announcing import public_announcements
from models import reading
from tests.screens.office.test_posters import downloads
from tests.screens.seen import Office, an_office, look, press, said

SCREEN, PUBLIC = "announcing", "announced"


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def announce(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven ratings of 3, announced."""
    office.rate(3, 7)
    office.close()
    press(look(monkeypatch, SCREEN, office.official), "Siapkan hasil unit")
    press(look(monkeypatch, SCREEN, office.coordinator), "Setujui dan umumkan")


def test_nothing_is_there_at_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Belum ada periode yang ditutup" in said(look(monkeypatch, SCREEN, office.official))
    assert "Belum ada hasil yang diumumkan" in said(look(monkeypatch, PUBLIC, None))


def test_the_preview_is_what_will_be_public(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.rate(3, 7)
    office.close()
    app = press(look(monkeypatch, SCREEN, office.official), "Siapkan hasil unit")
    assert "Menunggu orang kedua" in said(app)
    assert "Setujui dan umumkan" not in [button.label for button in app.button]
    assert "Belum ada hasil yang diumumkan" in said(look(monkeypatch, PUBLIC, None))
    preview = app.metric[0].value, app.table[0].value.to_csv(), app.table[1].value.to_csv()
    app = press(look(monkeypatch, SCREEN, office.coordinator), "Setujui dan umumkan")
    assert "terbuka untuk umum" in app.success[0].value
    public = look(monkeypatch, PUBLIC, None)
    assert preview == (
        public.metric[0].value,
        public.table[0].value.to_csv(),
        public.table[1].value.to_csv(),
    )


def test_everyone_sees_it_with_its_counts_and_its_document(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(office, monkeypatch)
    app = look(monkeypatch, PUBLIC, None)
    assert app.metric[0].value == "75,00"
    told = said(app)
    assert "7 isian diterima, 7 dihitung, 0 dikeluarkan, 0 ditarik" in told
    assert "semua responden unit dihitung bersama" in told
    assert downloads(app) == ["Unduh dokumen (JSON)"]
    with reading(office.engine) as session:
        (one,) = public_announcements(session)
        assert sha256(one.document.encode()).hexdigest() in told
        assert f"hasil={one.id}" in app.code[0].value
        english = look(monkeypatch, PUBLIC, None, hasil=str(one.id), lang="en")
    assert english.metric[0].value == "75.00"
    wrong = look(monkeypatch, PUBLIC, None, hasil="00000000-0000-0000-0000-000000000000")
    assert "tidak ditemukan" in said(wrong)


def test_a_preparer_does_not_approve_and_the_same_figures_are_prepared_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.rate(3, 7)
    office.close()
    whole = "Siapkan hasil Kabupaten Maluku Tenggara"
    app = look(monkeypatch, SCREEN, office.coordinator)
    app.selectbox("announcing_unit").set_value(office.world.clinic.id).run()
    press(app, whole)
    assert "Setujui dan umumkan" not in [button.label for button in app.button]
    press(app, whole)
    assert "sudah disiapkan" in app.table[-1].value.to_string()
    press(look(monkeypatch, SCREEN, office.second), "Setujui dan umumkan")
    told = said(look(monkeypatch, PUBLIC, None))
    assert "rata-rata sederhana indeks unit" in told
    assert "Indeks 1 dari 2 unit" in told


def test_too_few_are_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.rate(3, 4)
    office.close()
    app = press(look(monkeypatch, SCREEN, office.official), "Siapkan hasil unit")
    assert "belum ada IKM" in app.table[0].value.to_string()


def test_a_medium_is_noted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(office, monkeypatch)
    app = look(monkeypatch, SCREEN, office.official)
    with reading(office.engine) as session:
        key = f"medium_{public_announcements(session)[0].id}_0"
    app.selectbox(f"{key}_medium").set_value("press")
    app.text_input(f"{key}_place").set_value("Kabar Contoh, halaman 4")
    app.date_input(f"{key}_date").set_value(date(2026, 1, 2))
    press(app, "Simpan")
    assert "Media massa: Kabar Contoh, halaman 4, 2 Januari 2026" in said(app)


def test_the_archive_is_filtered(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(office, monkeypatch)
    app = look(monkeypatch, PUBLIC, None)
    assert app.selectbox("announced_institution").options == ["Kabupaten Maluku Tenggara"]
    year = str(office.world.period.ends.year)
    assert app.selectbox("announced_year").options == [year]
    assert len(app.selectbox("announced_result").options) == 1
