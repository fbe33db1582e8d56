"""The page of secondary data: entered by analysts, by form and by file; read by institutions."""

import re

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from screens.shell import today
from tests.screens.seen import Office, an_office, look, press, said, working

ANALYST = Actor(1, "Ani", analyst=True)
HEAD = "Instansi;Unit;Data;Nilai;Sumber;Tahun sumber"


@pytest.fixture
def office(engine: Engine) -> Office:
    """A district."""
    return an_office(engine)


def tables(app: AppTest) -> str:
    return "\n".join(one.value.to_csv() for one in app.table)


def test_an_analyst_enters_a_figure(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "secondary", ANALYST)
    assert "belum ada data sekunder" in said(app)
    value, source = app.text_input
    value.set_value("171,5")
    source.set_value("BPS, IPM")
    app = press(app, "Simpan")
    assert "0–100" in tables(app).replace("\\", "")
    value, source = app.text_input
    value.set_value("71,5")
    app = press(app, "Simpan")
    assert "1 angka disimpan" in said(app)
    assert "71,5" in tables(app)
    assert "Seluruh instansi" in said(app)
    assert re.search("Belum ada: [^.]*Bappenas", said(app))
    app = look(monkeypatch, "secondary", office.coordinator)
    assert "71,5" in tables(app)
    assert not app.text_input
    assert not app.text_area
    app = look(monkeypatch, "secondary", office.official)  # the institution's, not the own unit's
    assert not app.table


def test_an_analyst_withdraws_a_figure(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "secondary", ANALYST)
    value, source = app.text_input
    value.set_value("71,5")
    source.set_value("BPS, IPM")
    app = press(app, "Simpan")
    (reason,) = app.text_area
    reason.set_value("angka milik kabupaten lain")
    app = press(app, "Tarik angka ini")
    assert "Angka ditarik" in said(app)
    assert "belum ada data sekunder" in said(app)


@pytest.mark.parametrize(
    ("row", "told"),
    [("malra;;bps;71,5;IPM;2024", "1 angka"), ("lain;;bps;71,5;IPM;2024", "kode instansi")],
)
def test_an_analyst_brings_a_file(
    office: Office, monkeypatch: pytest.MonkeyPatch, row: str, told: str
) -> None:
    app = look(monkeypatch, "secondary", ANALYST)
    content = f"{HEAD}\n{row}\n".encode()
    app.file_uploader[0].upload("data.csv", content, "text/csv")
    app = working(app.run())
    if told == "1 angka":
        app = press(app, "Simpan 1 angka")
        assert "71,5" in tables(app)
    assert told in said(app) + tables(app)


def test_the_years_are_those_of_the_scheme(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "secondary", ANALYST)
    assert app.selectbox(key="secondary_year").options == [
        str(year) for year in range(today().year, 2024, -1)
    ]
