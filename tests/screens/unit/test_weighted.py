"""The dashboard's view of figures beside the headline, and the visits that it needs."""

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from desk.office.visits import VisitCount, record_visits, service_visits
from models import Unit, reading, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.screens.seen import Office, an_office, look, press, said, working

SCREEN = "dashboard"

LATE = "baru terhitung sekarang"


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def rated(office: Office) -> tuple[int, int]:
    """Ten respondents of one service and six of the other; gives the services."""
    first, second = (service.id for service in office.world.clinic.services)
    period = office.world.period
    office.rate(4, 9)
    office.rate(3, 1)
    answers = dict.fromkeys(asked_instrument(period).allowed, 2)
    row = CheckedResponse(answers, "open_link", "self", second, local_date=period.starts)
    with writing(office.engine) as session:
        store(session, office.world.clinic, period, asked_instrument(period), [row] * 6)
    office.close()
    return first, second


def note(office: Office, services: dict[int, int]) -> None:
    place = office.world.clinic.id, office.world.period.id
    with writing(office.engine) as session:
        record_visits(
            session, office.official, *place, VisitCount(sum(services.values()), services, LATE)
        )


def weighted(monkeypatch: pytest.MonkeyPatch, actor: Actor) -> AppTest:
    app = look(monkeypatch, SCREEN, actor)
    app.session_state["dashboard_view"] = "weighted"
    return working(app.run())


def test_visits_are_given_by_service_and_added(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = rated(office)
    place = office.world.clinic.id, office.world.period.id
    assert "jumlah kunjungan belum diisi untuk Imunisasi, Poli umum" in said(
        weighted(monkeypatch, office.official)
    )
    app = look(monkeypatch, SCREEN, office.official)
    for service, number in ((first, 300), (second, 100)):
        app.number_input(f"service_visits_{service}_{place[1]}").set_value(number)
    app.text_input("visits_reason").set_value(LATE)
    press(app, "Simpan")
    with reading(office.engine) as session:
        assert service_visits(session, office.official, *place) == {first: 300, second: 100}
    app = look(monkeypatch, SCREEN, office.official)
    assert app.number_input(f"visits_{place[0]}_{place[1]}").value == 400
    app.number_input(f"service_visits_{first}_{place[1]}").set_value(500)
    app = press(app, "Simpan")
    assert "sedikitnya jumlah semua layanannya, 600" in app.table[-1].value.to_string()


def test_weighted_figures_stand_beside_the_headline(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = rated(office)
    note(office, {first: 310, second: 100})
    app = weighted(monkeypatch, office.official)
    assert "Angka yang diumumkan tetap **79,69**" in said(app)
    (table,) = app.table
    assert list(table.value.iloc[0]) == ["IKM", "79,69", "85,91", "85,91"]


def test_a_coordinator_sees_all_units(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (service.id for service in office.world.clinic.services)
    with writing(office.engine) as session:
        period = office.world.period
        place = office.world.district.id
        samsat = Unit(institution_id=place, code="samsat", name="Samsat *satu*")
        session.add(samsat)
        session.flush()
        items = asked_instrument(period).allowed
        for unit in (office.world.registry, samsat):
            for answer in (2, 3):
                row = CheckedResponse(
                    dict.fromkeys(items, answer), "open_link", "self", local_date=period.starts
                )
                store(session, unit, period, asked_instrument(period), [row] * 4)
    rated(office)
    note(office, {first: 300, second: 100})
    app = weighted(monkeypatch, office.coordinator)
    table = app.table[0].value
    told = [name.replace("\\", "") for name in table.iloc[:, 0].astype(str)]
    assert told == ["Dukcapil (8)", "Puskesmas Langgur (16)", "Samsat *satu* (8)"]
    assert str(table.iloc[1, 1]).startswith("79,69 ")
    assert len(weighted(monkeypatch, office.official).table) == 1


def test_an_open_period_has_none(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.rate(3, 6)
    app = weighted(monkeypatch, office.official)
    assert "setelah periode ditutup" in said(app)
    assert not app.table
