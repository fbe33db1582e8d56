"""The register on screen: a unit added, renamed and ended by its coordinator."""

import pytest
from sqlalchemy import Engine, select

from models import Unit, reading
from tests.screens.seen import an_office, look, press, said

SCREEN = "places"
REASON = "Perda perangkat daerah yang baru"


def names(engine: Engine) -> dict[str, str]:
    with reading(engine) as session:
        return {one.code: one.name for one in session.scalars(select(Unit))}


def test_a_unit_is_added_with_a_proposed_code(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, SCREEN, an_office(engine).coordinator)
    entry = next(one for one in app.text_input if one.label == "Nama unit")
    entry.set_value("Dinas Perhubungan")
    app = press(app, "Tambah unit")
    assert names(engine)["dinas-perhubungan"] == "Dinas Perhubungan"
    assert "Dinas Perhubungan sudah ditambahkan" in said(app)


def test_a_refusal_is_told_in_words(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, SCREEN, an_office(engine).coordinator)
    next(one for one in app.text_input if one.label == "Nama unit").set_value("Dukcapil")
    app = press(app, "Tambah unit")
    assert len(names(engine)) == 2
    (table,) = (one for one in app.table if "Seharusnya" in one.value.columns)
    assert "nama lain" in table.value["Seharusnya"].iloc[0]


def test_services_are_added_one_a_line(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, SCREEN, an_office(engine).coordinator)
    entry = next(one for one in app.text_area if one.label == "Layanan baru")
    entry.set_value("Surat pindah\n\n  Kartu anak \n")
    press(app, "Tambah layanan")
    with reading(engine) as session:
        unit = session.scalars(select(Unit).order_by(Unit.name)).first()
        assert unit is not None
        added = [one.code for one in unit.services][2:]
        assert added == ["surat-pindah", "kartu-anak"]


def test_a_unit_is_closed_with_a_reason(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, SCREEN, an_office(engine).coordinator)
    reason = next(one for one in app.text_area if one.label == "Alasan")
    reason.set_value(REASON)
    app = press(app, "Simpan perubahan")
    with reading(engine) as session:
        ended = session.scalars(select(Unit).where(Unit.closed_on.is_not(None))).all()
        assert len(ended) == 1
    app.selectbox("register_unit").set_value(ended[0].id).run()
    assert REASON in said(app)
