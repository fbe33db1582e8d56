"""The page of the Ombudsman's products: analysts keep it, institutions read their own."""

from datetime import date

import pytest
from sqlalchemy import Engine

from accounts.actors import Actor
from desk.assessment.products import NewProduct, register_product
from models import writing
from tests.screens.seen import Office, an_office, look, said

ANALYST = Actor(1, "Ani", analyst=True)


@pytest.fixture
def office(engine: Engine) -> Office:
    """A district of which one product is on record."""
    office = an_office(engine)
    with writing(engine) as session:
        district = office.world.district.id
        issued, due = date(2024, 3, 4), date(2024, 4, 4)
        new = NewProduct(district, None, "corrective_action", "TK-1", issued, due)
        register_product(session, ANALYST, new)
    return office


def test_an_analyst_says_what_became_of_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "products", ANALYST)
    assert "**0** dari **1** produk" in said(app)
    assert "Tindakan Korektif" in said(app)
    (status,) = [one for one in app.selectbox if str(one.key).startswith("status_")]
    assert status.options == [
        "Sedang ditindaklanjuti",
        "Sudah ditindaklanjuti",
        "Tidak dilaksanakan",
    ]
    (save,) = [one for one in app.button if str(one.key).startswith("status_")]
    app = save.click().run()
    (refused,) = app.table  # nothing was chosen
    assert "status lain" in refused.value.to_csv()
    (status,) = [one for one in app.selectbox if str(one.key).startswith("status_")]
    (note,) = app.text_area
    status.set_value("followed_up")
    note.set_value("Papan standar sudah dipasang")
    (save,) = [one for one in app.button if str(one.key).startswith("status_")]
    app = save.click().run()
    assert "Status disimpan" in said(app)
    assert "**1** dari **1** produk" in said(app)
    assert "Papan standar sudah dipasang" in said(app)


def test_an_analyst_enters_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "products", ANALYST)
    (number,) = app.text_input
    number.set_value("SP-2")
    (save,) = [one for one in app.button if str(one.key).startswith("product_")]
    app = save.click().run()
    assert "Produk tercatat" in said(app)
    assert "**0** dari **2** produk" in said(app)
    (number,) = app.text_input
    number.set_value("SP-2")
    (save,) = [one for one in app.button if str(one.key).startswith("product_")]
    (refused,) = save.click().run().table
    assert "belum tercatat" in refused.value.to_csv()


def test_an_institution_reads_its_own(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "products", office.coordinator)
    assert "TK" in said(app)
    assert not app.button
    app = look(monkeypatch, "products", office.official)  # it is about no unit in particular
    assert "Belum ada produk" in said(app)
