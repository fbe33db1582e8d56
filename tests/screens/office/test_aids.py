"""The screen of recordings: one added and taken away, a film's address set."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from models import User, reading, writing
from survey.aids import Aids, aids_of
from tests.screens.office.test_posters import official, working, world
from tests.world import District

__all__ = ["world"]


@pytest.fixture
def app(
    engine: Engine, world: District, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AppTest:
    """The screen as the clinic's official sees it."""

    def script() -> None:
        from screens.office import aids

        aids.screen()

    monkeypatch.setenv("DATA", str(tmp_path))
    actor = official(world)
    with writing(engine) as session:
        session.add(
            User(id=actor.user_id, username="ani", name="Ani", password_hash="-", active=True)
        )
    monkeypatch.setattr("screens.shell.actor", lambda: actor)
    return working(AppTest.from_function(script, default_timeout=20).run())


def kept(engine: Engine, world: District) -> Aids:
    with reading(engine) as session:
        return aids_of(session, world.clinic.id, "skm-2017")


def press(app: AppTest, label: str) -> AppTest:
    return working(next(one for one in app.button if one.label == label).click().run())


def test_a_recording_is_added_heard_and_taken_away(
    app: AppTest, engine: Engine, world: District
) -> None:
    assert "Belum ada rekaman." in [caption.value for caption in app.caption]
    app.selectbox("aids_question").set_value("time")
    app.file_uploader[0].set_value([("waktu.mp3", b"ID3" + bytes(99), "audio/mpeg")])
    press(app.run(), "Tambahkan rekaman")
    assert kept(engine, world).recordings == {("time", "id"): 1}
    assert any("/suara/1" in str(html.proto.body) for html in app.get("html"))
    press(app, "Hapus rekaman")
    assert kept(engine, world).recordings == {}


def test_a_file_that_is_no_sound_is_refused_in_words(
    app: AppTest, engine: Engine, world: District
) -> None:
    app.file_uploader[0].set_value([("waktu.mp3", b"%PDF-1.4", "audio/mpeg")])
    press(app.run(), "Tambahkan rekaman")
    told = app.table[0].value
    assert told["Seharusnya"].iloc[0].startswith("rekaman suara")
    assert kept(engine, world).recordings == {}


def test_the_films_address_is_kept(app: AppTest, engine: Engine, world: District) -> None:
    app.text_input[0].set_value("https://video.example/isyarat")
    press(app, "Simpan")
    assert kept(engine, world).film == "https://video.example/isyarat"
