"""The screen of interviewers: a link is shown once and holds until it is withdrawn."""

import re

import pytest
from sqlalchemy import Engine

from accounts.actors import Actor
from models import Unit, reading
from survey.instance import secret
from survey.kiosks import interviewers_by_key, provenance_of
from tests.screens.office.test_posters import BASE
from tests.screens.seen import Office, an_office, look, press, said

LINK = re.compile(r"^https://[^/]+/s/[a-z-]+\?e=([0-9A-Z-]{14})$")


@pytest.fixture
def office(engine: Engine) -> Office:
    secret.cache_clear()
    return an_office(engine)


def registered_as(office: Office, key: str) -> str:
    with reading(office.engine) as session:
        unit = session.get_one(Unit, office.world.clinic.id)
        found = interviewers_by_key(session, secret(), [key]).get(key)
        return provenance_of(found, unit)


@pytest.mark.parametrize(
    ("role", "heading", "who"),
    [
        ("official", "Pewawancara unit ini", "unit_interviewer"),
        ("analyst", "Pewawancara Ombudsman", "ombudsman_interviewer"),
    ],
)
def test_a_link_is_shown_once_and_holds_until_it_is_withdrawn(
    office: Office, monkeypatch: pytest.MonkeyPatch, role: str, heading: str, who: str
) -> None:
    analyst = Actor(3, "Citra", analyst=True)
    app = look(monkeypatch, "interviewers", analyst if role == "analyst" else office.official)
    assert [one.value for one in app.header] == [heading]
    assert "Belum ada pewawancara." in said(app)
    app.text_input("interviewers_name").set_value("Siti")
    app.text_input("interviewers_address").set_value(BASE)
    press(app, "Daftarkan pewawancara")
    link = LINK.match(app.code[0].value)
    assert link
    assert registered_as(office, link[1]) == who
    assert "**Siti** · sejak" in said(app)
    press(app, "Sudah saya catat")
    assert not app.code
    press(app, "Tarik untuk seterusnya")
    assert registered_as(office, link[1]) == ""
    assert "Belum ada pewawancara." in said(app)


def test_what_is_no_address_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "interviewers", office.official)
    app.text_input("interviewers_name").set_value("Siti")
    app.text_input("interviewers_address").set_value("bukan alamat")
    press(app, "Daftarkan pewawancara")
    assert "Ini bukan alamat situs" in said(app)
    assert "Belum ada pewawancara." in said(app)
