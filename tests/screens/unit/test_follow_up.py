"""The follow-up screen: a plan is written, a step noted with its photo, the share realised told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from desk.unit.follow_up import (
    NewProgramme,
    ProgrammeStep,
    follow_ups_of,
    note_step,
    plan_follow_up,
)
from models import now, writing
from reports.poster import qr_png
from screens.acts import TIMES
from tests.desk.conftest import older_photo
from tests.screens.seen import Office, an_office, look, pictures, press, said, working

SCREEN = "follow_up"
LATER = now().date() + timedelta(days=60)
PNG = qr_png("contoh", 4)


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def planned(office: Office, number: int = 1) -> None:
    with writing(office.engine) as session:
        place = office.world.clinic.id, office.world.period.id
        for at in range(number):
            programme = NewProgramme("time", f"Loket {at}", LATER, "Ani")
            plan_follow_up(session, office.official, *place, programme)


def test_an_empty_plan_says_what_to_do(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    told = said(look(monkeypatch, SCREEN, office.official))
    assert "tambahkan program pertama" in told
    assert "Belum ada notula" in told
    assert "Tidak ada periode sebelumnya." in told
    reader = Actor(9, "Analis", analyst=True)
    app = look(monkeypatch, SCREEN, reader)
    assert "belum mencatat program" in said(app)
    assert not app.text_area


def test_what_is_late_is_marked_until_it_is_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(office)
    day = LATER + timedelta(days=3)
    late, number = "Terlambat 3 hari", "Program yang lewat waktunya: 1."
    assert number not in said(look(monkeypatch, SCREEN, office.official))
    monkeypatch.setattr("screens.shell.now", lambda: datetime(*day.timetuple()[:3], 3, tzinfo=UTC))
    told = said(look(monkeypatch, SCREEN, office.official))
    assert late in told
    assert number in told
    with writing(office.engine) as session:
        note_step(session, office.official, 1, ProgrammeStep("done", "sudah"))
    assert number not in said(look(monkeypatch, SCREEN, office.official))


def test_a_programme_is_added(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, SCREEN, office.official)
    app.selectbox("follow_up_new_0_element").set_value("cost")
    app.text_area("follow_up_new_0_programme").set_value("Tarif dipasang <b>di loket</b>")
    app.text_input("follow_up_new_0_person").set_value("Budi")
    press(app, "Tambahkan")
    assert "Pilih tanggalnya." in said(app)
    app.date_input("follow_up_new_0_due").set_value(LATER)
    press(app, "Tambahkan")
    told = said(app)
    assert "Program ditambahkan ke rencana." in told
    assert "**U4 Biaya/tarif**" in told
    assert "Tarif dipasang <b>di loket</b>" in told
    assert app.session_state[TIMES] == 1
    assert app.text_area("follow_up_new_1_programme").value == ""


def test_what_is_wrong_with_a_programme_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, SCREEN, office.official)
    app.date_input("follow_up_new_0_due").set_value(LATER - timedelta(days=100))
    press(app, "Tambahkan")
    table = app.table[0].value.to_string()
    for word in ("program", "penanggung jawab", "0 huruf", "atau sesudahnya"):
        assert word in table
    assert TIMES not in app.session_state


def test_a_step_is_noted_and_the_share_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(office, 2)
    app = look(monkeypatch, SCREEN, office.official)
    assert "0 dari 2 program selesai (0%)" in app.get("progress")[0].proto.text
    noted(app, office, PNG)
    assert "Loket dibuka" in said(app)
    assert len(pictures(app)) == 1
    assert "1 dari 2 program selesai (50%)" in app.get("progress")[0].proto.text


def noted(app: AppTest, office: Office, photo: bytes) -> AppTest:
    """The plan's first programme, done, with a photo of it."""
    with writing(office.engine) as session:
        place = office.world.clinic.id, office.world.period.id
        key = follow_ups_of(session, office.official, *place)[0].id
    step = f"follow_up_step_{key}_0"
    app.selectbox(f"{step}_status").set_value("done")
    app.text_area(f"{step}_account").set_value("Loket dibuka")
    app.file_uploader(f"{step}_file").set_value(("loket.png", photo, "image/png"))
    (save,) = [button for button in app.button if button.proto.form_id == step]
    return working(save.click().run())


@pytest.mark.parametrize(
    ("photo", "told"),
    [(PNG[:60], "foto rusak atau tidak utuh"), (PNG + b"<script>", "8 byte data lain di belakang")],
)
def test_a_damaged_photo_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch, photo: bytes, told: str
) -> None:
    planned(office)
    app = noted(look(monkeypatch, SCREEN, office.official), office, photo)
    assert told in app.table[0].value.to_string()


def test_a_damaged_photo_of_older_days_breaks_no_screen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(office)
    with writing(office.engine) as session:
        place = office.world.clinic.id, office.world.period.id
        key = follow_ups_of(session, office.official, *place)[0].id
        photo = older_photo(session, office.official.user_id, PNG[:60])
        note_step(session, office.official, key, ProgrammeStep("done", "Loket dibuka", photo))
    assert "Foto ini rusak" in said(look(monkeypatch, SCREEN, office.official))


def test_evidence_is_a_photo_or_a_pdf(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(office)
    app = noted(look(monkeypatch, SCREEN, office.official), office, b"<script>")
    assert "jenis berkas lain" in app.table[0].value.to_string()


def test_minutes_are_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, SCREEN, office.official)
    app.text_area("consultation_0_minutes").set_value("Sepakat jam buka.")
    app.number_input("consultation_0_participants").set_value(31)
    press(app, "Simpan")
    assert "Sepakat jam buka." in said(app)
    assert "31 peserta" in said(app)
