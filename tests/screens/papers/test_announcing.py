"""Announcing: prepared by one, approved by another, then everybody's."""

from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from desk.papers.announcing import public_announcements
from desk.unit.follow_up import NewProgramme, ProgrammeStep, note_step, plan_follow_up
from models import reading, writing
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


def shown(app: AppTest) -> tuple[list[str], list[str]]:
    """What the page of a result shows: from its first sentence to its last, and its tables."""
    told = [one.value for one in app.markdown]
    start = next(at for at, one in enumerate(told) if one.startswith("Nilai Puskesmas"))
    end = next(at for at, one in enumerate(told) if "Menurut layanan" in one)
    return told[start:end], [table.value.to_csv() for table in app.table]


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
    preview = shown(app)
    assert len(preview[1]) > 7
    app = press(look(monkeypatch, SCREEN, office.coordinator), "Setujui dan umumkan")
    assert "terbuka untuk umum" in app.success[0].value
    public = look(monkeypatch, PUBLIC, None)
    assert preview == shown(public)


def test_everyone_sees_it_with_its_counts_and_its_document(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(office, monkeypatch)
    app = look(monkeypatch, PUBLIC, None)
    told = said(app)
    assert "Nilai Puskesmas Langgur **75,00** dari 100: Kurang baik." in told
    assert "7 isian diterima, 7 dihitung, 0 dikeluarkan, 0 ditarik" in told
    assert "semua responden unit dihitung bersama" in told
    assert downloads(app) == ["Unduh dokumen (JSON)"]
    with reading(office.engine) as session:
        (one,) = public_announcements(session)
        assert sha256(one.document.encode()).hexdigest() in told
        assert f"hasil={one.id}" in app.code[0].value
        english = look(monkeypatch, PUBLIC, None, hasil=str(one.id), lang="en")
    assert "Puskesmas Langgur scores **75.00** of 100" in said(english)
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


def test_it_says_how_sure_who_answered_and_what_was_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, period = office.world.clinic, office.world.period
    with writing(office.engine) as session:
        due = period.starts  # long ago
        for element, status, account in (
            ("time", "done", "Dibuka tiap pagi"),
            ("cost", "under_way", ""),
        ):
            new = NewProgramme(element, f"Program {element}", due, "Rahasia Nama")
            plan = plan_follow_up(session, office.official, clinic.id, period.id, new)
            note_step(session, office.official, plan.id, ProgrammeStep(status, account))
    office.rate(4, 2)
    announce(office, monkeypatch)
    app = look(monkeypatch, PUBLIC, None, unit="puskesmas-langgur")
    told = said(app)
    assert "Nilai sebenarnya kira-kira antara" in told
    assert "jika responden merupakan sampel acak dari kunjungan" in told
    assert "Siapa yang menjawab" in told
    assert "orang tidak ditampilkan" in told
    assert "tautan terbuka,9" in "".join(table.value.to_csv() for table in app.table)
    assert "Anda menyampaikan: **Waktu penyelesaian** bernilai 3,22 dari 4" in told
    assert {"Program time", "Dibuka tiap pagi", "Program cost"} <= {one.value for one in app.text}
    assert "seharusnya selesai" in told
    assert "Rahasia" not in told


def test_the_address_of_a_unit_that_announced_nothing_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(office, monkeypatch)
    assert "belum mengumumkan" in said(look(monkeypatch, PUBLIC, None, unit="dukcapil-malra"))


def test_what_a_units_website_shows_can_be_copied(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Untuk situs web unit" not in headers(look(monkeypatch, SCREEN, office.official))
    announce(office, monkeypatch)
    app = look(monkeypatch, SCREEN, office.official)
    assert "Untuk situs web unit" in headers(app)
    card, badge = (code.value for code in app.code)
    assert card.startswith('<iframe src="')
    assert '/kartu/puskesmas-langgur?lang=id" title="Indeks kepuasan masyarakat' in card
    assert '/ikm?unit=puskesmas-langgur&amp;lang=id"><img src="' in badge
    english = look(monkeypatch, SCREEN, office.official, lang="en").code[0].value
    assert "lang=en" in english


def headers(app: AppTest) -> list[str]:
    return [header.value for header in app.header]
