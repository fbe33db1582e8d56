"""The screen of posters, as an official and a coordinator use it."""

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from models import reading, writing
from reports.poster import Poster, poster_html
from screens.pages import PLACES
from tests.screens.seen import offers
from tests.world import District, a_district

BASE = "https://survei.contoh.go.id"
PLACE = next(place for place in PLACES if place.path == "poster")


@pytest.fixture
def world(engine: Engine) -> District:
    with writing(engine) as session:
        return a_district(session)


def look(monkeypatch: pytest.MonkeyPatch, actor: Actor | None, language: str = "id") -> AppTest:
    """The screen as the actor sees it."""

    def script() -> None:
        from screens.office import posters

        posters.screen()

    monkeypatch.setattr("screens.shell.actor", lambda: actor)
    app = AppTest.from_function(script, default_timeout=20)
    app.query_params["lang"] = language
    return app.run()


def at_the_site(app: AppTest) -> AppTest:
    return working(app.text_input("posters_address").set_value(BASE).run())


def working(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def official(world: District) -> Actor:
    return Actor(1, "Ani", units=frozenset({world.clinic.id}))


def coordinator(world: District) -> Actor:
    return Actor(2, "Budi", institutions=frozenset({world.district.id}))


def link(app: AppTest) -> str:
    return app.code[0].value


def downloads(app: AppTest) -> list[str]:
    return list(offers(app))


def poster_of(
    app: AppTest, engine: Engine, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> Poster:
    """The poster that the screen draws for whoever takes it."""
    made: list[Poster] = []

    def noted(poster: Poster) -> str:
        made.append(poster)
        return poster_html(poster)

    monkeypatch.setattr("screens.office.posters.poster_html", noted)
    with reading(engine) as session:
        next(iter(offers(app).values())).content(session, actor)
    return made[0]


def test_an_official_sees_own_units_only(world: District, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at_the_site(working(look(monkeypatch, official(world))))
    assert app.selectbox("posters_unit").options == ["Puskesmas Langgur"]
    assert link(app) == f"{BASE}/s/puskesmas-langgur"


def test_a_coordinator_sees_the_units_of_the_institution(
    world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at_the_site(working(look(monkeypatch, coordinator(world))))
    assert app.selectbox("posters_unit").options == ["Dukcapil", "Puskesmas Langgur"]
    assert link(app) == f"{BASE}/s/dukcapil-malra"
    app.selectbox("posters_unit").set_value(world.clinic.id)
    assert link(working(app.run())) == f"{BASE}/s/puskesmas-langgur"


def test_who_has_no_unit_makes_no_poster(world: District, monkeypatch: pytest.MonkeyPatch) -> None:
    app = working(look(monkeypatch, Actor(3, "Orang")))
    assert "Belum ada unit" in app.info[0].value
    assert not app.code
    assert not downloads(app)


def test_nobody_else_gets_in(world: District, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, None)
    assert len(app.exception) == 1
    assert not app.selectbox
    assert not downloads(app)
    assert PLACE.open_to(official(world))
    assert PLACE.open_to(coordinator(world))
    assert not PLACE.open_to(Actor(4, "Admin", administrator=True))
    assert not PLACE.open_to(None)


def test_the_chosen_service_stands_in_the_link_and_the_counter_does_not(
    engine: Engine, world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = at_the_site(look(monkeypatch, official(world)))
    service = app.selectbox(f"posters_service_{world.clinic.id}")
    assert service.options == ["Semua layanan unit ini", "Poli umum", "Imunisasi"]
    service.set_value("layanan-2")
    app.text_input("posters_counter").set_value("  Loket 3 ")
    assert link(working(app.run())) == f"{BASE}/s/puskesmas-langgur?l=layanan-2"
    made = poster_of(app, engine, official(world), monkeypatch)
    assert (made.service, made.counter) == ("Imunisasi", "Loket 3")
    assert (made.unit, made.institution) == (
        "Puskesmas Langgur",
        "Kabupaten Maluku Tenggara",
    )


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("id", ["Poster A4 (HTML, siap cetak)", "Kode QR (SVG)", "Kode QR (PNG)"]),
        ("en", ["A4 poster (HTML, ready to print)", "QR code (SVG)", "QR code (PNG)"]),
    ],
)
def test_three_files_can_be_had(
    world: District, monkeypatch: pytest.MonkeyPatch, language: str, labels: list[str]
) -> None:
    app = at_the_site(look(monkeypatch, official(world), language))
    assert downloads(app) == labels
    assert not app.warning


@pytest.mark.parametrize("address", ["", "kantor kami", "javascript:alert(1)"])
def test_what_is_no_address_gives_no_poster(
    world: District, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    app = look(monkeypatch, official(world))
    working(app.text_input("posters_address").set_value(address).run())
    assert "bukan alamat situs" in app.error[0].value
    assert not downloads(app)


def test_an_address_of_this_computer_is_warned_of(
    world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, official(world))
    working(app.text_input("posters_address").set_value("http://localhost:8501").run())
    assert "hanya dapat dibuka di komputer ini" in app.warning[0].value
    assert downloads(app)


def test_a_demonstration_is_marked_on_the_poster(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(engine) as session:
        world = a_district(session, demonstration=True)
    app = at_the_site(look(monkeypatch, official(world)))
    assert poster_of(app, engine, official(world), monkeypatch).demonstration
