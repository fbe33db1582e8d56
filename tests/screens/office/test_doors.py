"""The screen of doors: the link closed and opened, a kiosk registered and withdrawn."""

import re

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from models import Unit, User, reading, writing
from survey.instance import secret
from survey.kiosks import find_kiosk
from tests.screens.office.test_posters import BASE, official, working, world
from tests.world import District

__all__ = ["world"]
KEY = re.compile(r"/k/([0-9A-Z-]{14})$")


@pytest.fixture
def app(engine: Engine, world: District, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The screen as the clinic's official sees it."""

    def script() -> None:
        from screens.office import doors

        doors.screen()

    secret.cache_clear()
    actor = official(world)
    with writing(engine) as session:
        session.add(
            User(id=actor.user_id, username="ani", name="Ani", password_hash="-", active=True)
        )
    monkeypatch.setattr("screens.shell.actor", lambda: actor)
    return working(AppTest.from_function(script, default_timeout=20).run())


def register(app: AppTest, name: str, base: str = BASE) -> AppTest:
    app.text_input("doors_name").set_value(name)
    app.text_input("doors_address").set_value(base)
    return working(
        next(one for one in app.button if one.label == "Daftarkan anjungan").click().run()
    )


def known(engine: Engine, key: str) -> bool:
    with reading(engine) as session:
        return find_kiosk(session, secret(), key) is not None


def test_the_link_is_closed_and_opened(app: AppTest, engine: Engine, world: District) -> None:
    for opened, told in ((False, "hanya pemegang kode"), (True, "juga tanpa kode")):
        working(app.button("doors_change").click().run())
        assert told in app.info[0].value
        with reading(engine) as session:
            assert session.get_one(Unit, world.clinic.id).open_link is opened


def test_a_kiosks_link_is_shown_once_and_works_until_it_is_withdrawn(
    app: AppTest, engine: Engine
) -> None:
    register(app, "Loket *1*")
    link = app.code[0].value
    key = KEY.search(link)
    assert link.startswith(BASE)
    assert key
    assert known(engine, key[1])
    assert r"Loket \*1\*" in app.success[0].value

    working(app.button("doors_noted").click().run())
    assert not app.code
    working(app.button("doors_close_1").click().run())
    assert not known(engine, key[1])
    assert "Belum ada anjungan." in [caption.value for caption in app.caption]


@pytest.mark.parametrize(("name", "base"), [("", BASE), ("Loket 1", "bukan alamat")])
def test_what_is_no_name_or_no_address_registers_nothing(
    app: AppTest, name: str, base: str
) -> None:
    register(app, name, base)
    assert app.error
    assert not app.code
    assert "Belum ada anjungan." in [caption.value for caption in app.caption]
