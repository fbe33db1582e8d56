"""The screen of reviews: an official proposes, an analyst decides, versions can be chosen."""

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from desk.comments.triage import read_new, retrain
from models import User, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.few_frames import teach_few
from tests.screens.seen import Office, an_office, look, press, said

SCREEN = "triage"
SLOW = "Berkas saya tiga bulan belum selesai, ditunda terus"
KIND = "Petugasnya ramah, pelayanan cepat, terima kasih"
ANALYST = Actor(4, "Dewi", analyst=True)


@pytest.fixture
def office(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with a complaint among comments enough for the unit to read them."""
    teach_few(monkeypatch)
    office = an_office(engine)
    period = office.world.period
    rows = [
        CheckedResponse(
            {}, "open_link", "self", comment=text, readers="unit", local_date=period.starts
        )
        for text in (SLOW, *[KIND] * 4)
    ]
    with writing(engine) as session:
        session.add(User(id=4, username="dewi", name="Dewi", password_hash="-", active=True))
        store(session, office.world.clinic, period, asked_instrument(period), rows)
    read_new(engine, ANALYST, {}, lambda done, total: None)
    return office


def label(app: AppTest, given: str) -> AppTest:
    """Gives the complaint this label."""
    at = [one.value for one in app.text].index(SLOW)
    app.selectbox[2 * at].set_value(given)
    keep = [button for button in app.button if button.label == "Simpan label"]
    return keep[at].click().run()


def test_an_official_proposes_and_an_analyst_decides(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, SCREEN, office.official)
    assert SLOW in said(app)
    assert "Penundaan berlarut" in said(app)
    assert not [button for button in app.button if button.label == "Latih ulang"]
    app = label(app, "praise")
    assert SLOW not in said(app)
    app = look(monkeypatch, SCREEN, ANALYST)
    assert "Usul dari unit: Pujian" in said(app)
    app = label(app, "undue_delay")
    assert "Label tersimpan." in said(app)


def test_an_analyst_goes_back_to_an_earlier_version(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    retrain(office.engine, ANALYST, {}, lambda done, total: None)
    app = look(monkeypatch, SCREEN, ANALYST)
    assert "2 \\(dipakai\\)" in app.table[0].value.to_string()
    app = press(app, "Pakai versi ini")
    assert "Versi itu kini dipakai." in said(app)
