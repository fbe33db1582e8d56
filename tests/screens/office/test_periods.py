"""The screen of survey periods: all of them with their state."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from analysis.rulebook.defaults import load_defaults
from desk.office.visits import VisitCount, record_visits
from models import FinalCount, now, reading, writing
from survey.finishing import unfinished
from tests.screens.seen import an_office, look, press, said, working


def test_every_period_stands_with_its_state(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, "periods", an_office(engine).coordinator)
    assert app.selectbox("period_instrument").value == load_defaults().questionnaire
    assert not app.exception
    (table,) = app.table
    assert list(table.value["Keadaan"]) == ["Berjalan"]


def test_closing_early_says_what_it_does_and_must_be_confirmed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = an_office(engine)
    with writing(engine) as session:
        place = office.world.clinic.id, office.world.period.id
        record_visits(session, office.coordinator, *place, VisitCount(400))
    app = look(monkeypatch, "periods", office.coordinator)
    told = said(app)
    assert re.search(r"masih (29|30|31) hari", told)
    assert "Semua 2 unit instansi ini langsung berhenti menerima penilaian" in told
    assert "Unit yang masih kurang dari sampel minimum: 1." in told
    (close,) = [button for button in app.button if button.label == "Tutup untuk seterusnya"]
    assert close.disabled
    (sure,) = app.checkbox
    assert sure.label == "Ya, hentikan penilaian di 2 unit sebelum waktunya."
    working(sure.check().run())
    assert "ditutup" in said(press(app, "Tutup untuk seterusnya"))


def test_after_its_last_day_a_period_is_closed_without_more_ado(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = an_office(engine)
    monkeypatch.setattr("models.places.now", lambda: now() + timedelta(days=40))
    app = look(monkeypatch, "periods", office.coordinator)
    assert "belum berakhir" not in said(app)
    assert not app.checkbox
    assert "ditutup" in said(press(app, "Tutup untuk seterusnya"))
    assert unfinished(engine) == 0
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(FinalCount)) == 2
