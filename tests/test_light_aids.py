"""Recordings and a film in sign language at the light door."""

import pytest
from starlette.types import ASGIApp

from models import Evidence, Recording, SignFilm, User, now, writing
from models.settings import evidence_file
from survey import instance
from tests.asgi import ask
from tests.test_light_addresses import UNIT, app

__all__ = ["app"]
SOUND = b"ID3" + bytes(range(97))
HASH = "5" * 64


@pytest.fixture
def heard(app: ASGIApp) -> ASGIApp:
    """The light service of a unit with a recording of one question, in Indonesian, and a film."""
    evidence_file(HASH).write_bytes(SOUND)
    with writing(instance.engine()) as session:
        who = User(username="ani", name="Ani", password_hash="-", active=True)
        session.add(who)
        session.flush()
        by = {"user_id": who.id, "created_at": now()}
        session.add(
            Evidence(hash=HASH, file_name="waktu.mp3", media_type="audio/mpeg", size=100, **by)
        )
        session.flush()
        place = {"unit_id": 1, "instrument": "skm-2017", "item": "time"}
        session.add_all(
            [
                Recording(**place, language="id", evidence_hash=HASH, **by),
                SignFilm(unit_id=1, address="https://video.example/?a=1&b=2", **by),
            ]
        )
    return app


def test_the_form_names_a_recording_in_its_own_language_alone(heard: ASGIApp) -> None:
    assert ask(heard, f"/s/{UNIT}").text.count(f'data-sound="/s/{UNIT}/suara/1"') == 1
    assert "data-sound" not in ask(heard, f"/s/{UNIT}?lang=en").text


def test_a_recording_is_played_whole_or_in_parts(heard: ASGIApp) -> None:
    whole = ask(heard, f"/s/{UNIT}/suara/1")
    assert (whole.status, whole.body, whole.headers["content-type"]) == (200, SOUND, "audio/mpeg")
    assert "immutable" in whole.headers["cache-control"]
    part = ask(heard, f"/s/{UNIT}/suara/1", headers={"Range": "bytes=3-9"})
    assert (part.status, part.body) == (206, SOUND[3:10])
    assert part.headers["content-range"] == "bytes 3-9/100"


@pytest.mark.parametrize(
    "path",
    [
        *("dukcapil-malra/suara/1", f"{UNIT}/suara/2", "tiada/suara/1"),
        *(f"{UNIT}/suara/{number}" for number in (2**31, 2**63, 10**30)),
    ],
)
def test_what_is_no_recording_of_the_unit_is_not_there(heard: ASGIApp, path: str) -> None:
    assert ask(heard, f"/s/{path}").status == 404


def test_a_lost_file_is_not_there(heard: ASGIApp) -> None:
    evidence_file(HASH).unlink()
    assert ask(heard, f"/s/{UNIT}/suara/1").status == 404


def test_the_film_opens_beside_the_form(heard: ASGIApp) -> None:
    page = ask(heard, f"/s/{UNIT}").text
    assert '<a href="https://video.example/?a=1&amp;b=2" target="_blank" rel="noreferrer">' in page
    assert "video.example" not in ask(heard, "/s/dukcapil-malra").text
