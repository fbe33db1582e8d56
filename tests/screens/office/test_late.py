"""The screen of late ratings: an empty list, why they can't be counted, and counting them."""

import pytest
from sqlalchemy import Engine

from models import Period, Unit, now, writing
from survey.checks import Submission
from survey.receipts import mint_key
from survey.submission import submit
from tests.screens.seen import Office, an_office, look, press, said

SCREEN = "late"


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def late(office: Office, number: int) -> None:
    """So many ratings that came after the period, which their devices don't date."""
    with writing(office.engine) as session:
        unit = session.get_one(Unit, office.world.clinic.id)
        period = session.get_one(Period, office.world.period.id)
        period.closed_at = period.closed_at or now()
        session.flush()
        for _ in range(number):
            form = Submission(mint_key(), unit.code, period.code, {"time": 3}, kept=True)
            submit(session, bytes(32), form, now())


def test_there_are_none(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Tidak ada penilaian susulan." in said(look(monkeypatch, SCREEN, office.coordinator))


def test_too_few_wait_and_enough_are_counted_with_a_reason(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(office, 4)
    app = look(monkeypatch, SCREEN, office.coordinator)
    assert "4 menunggu · 0 sudah dihitung" in said(app)
    assert "sedikitnya 5 menunggu" in said(app)
    assert not app.text_area
    late(office, 1)
    app = look(monkeypatch, SCREEN, office.coordinator)
    assert "5 tanpa keterangan hari" in said(app)
    app.text_area[0].set_value("baru mendapat sinyal di jalan pulang")
    press(app, "Hitung semuanya")
    assert "Penilaian susulan sekarang dihitung." in said(app)
    assert "0 menunggu · 5 sudah dihitung" in said(app)
