"""Pages that show only read: who writes keeps nobody from seeing them, nor they anybody."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, event, func, select
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor, actor_of
from locales import say
from models import Response, Unit, User, now, reading, writing
from screens.pages import PLACES, ScreenPlace
from survey.checks import Submission
from survey.periods import asked_instrument, open_period
from survey.receipts import mint_key
from survey.submission import submit

PATIENCE = 120  # seconds
SECRET = bytes(32)
NAMES = ("koordinator.contoh", "petugas.contoh", "analis.contoh", "admin.contoh")


def actors(engine: Engine) -> list[Actor]:
    with reading(engine) as session:
        users = {user.username: user for user in session.scalars(select(User))}
        return [actor_of(session, users[name]) for name in NAMES]


def appears(place: ScreenPlace) -> AppTest:
    """The page of this place, without any error."""

    def script(path: str) -> None:
        from screens.drawn import SCREENS

        SCREENS[path]()

    page = AppTest.from_function(script, default_timeout=PATIENCE, kwargs={"path": place.path})
    page.run()
    assert not page.exception, place
    # The address in the browser, of which there is none here, can't be printed on posters.
    assert {error.value for error in page.error} <= {say("id", "posters.bad_address")}, place
    assert page.title, place
    return page


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_a_page_appears_while_somebody_else_writes(
    demonstrated: Engine,
    demonstration_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: ScreenPlace,
) -> None:
    visitors = [one for one in (None, *actors(demonstrated)) if place.open_to(one)]
    assert visitors
    with closing(sqlite3.connect(demonstration_file, isolation_level=None)) as outside:
        outside.execute("BEGIN IMMEDIATE")
        for visitor in visitors:
            monkeypatch.setattr("screens.shell.actor", lambda visitor=visitor: visitor)
            appears(place)
        assert outside.in_transaction  # until here


@pytest.mark.parametrize("path", ["unit", "saring"])
def test_a_rating_is_stored_while_somebody_looks(
    demonstrated: Engine, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The look stands still in the middle of its counting."""
    monkeypatch.setattr("screens.shell.actor", lambda: actors(demonstrated)[2])
    (place,) = [place for place in PLACES if place.path == path]
    reached, go = Event(), Event()

    def wait(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "counted_responses" in statement and not reached.is_set():
            reached.set()
            go.wait(PATIENCE)

    event.listen(demonstrated, "before_cursor_execute", wait)
    try:
        with ThreadPoolExecutor(1) as other:
            looking = other.submit(appears, place)
            try:
                assert reached.wait(PATIENCE)
                before = responses(demonstrated)
                rate(demonstrated)
                assert responses(demonstrated) == before + 1
                assert not looking.done()
            finally:
                go.set()
            assert say("id", "words.busy") not in [info.value for info in looking.result().info]
    finally:
        event.remove(demonstrated, "before_cursor_execute", wait)


def responses(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def rate(engine: Engine) -> None:
    """Sends a form, as the light door does."""
    with writing(engine) as session:
        unit = session.scalars(select(Unit).where(Unit.code == "contoh")).one()
        period = open_period(session, unit, now())
        assert period is not None
        answers = dict.fromkeys(asked_instrument(period).allowed, 3)
        submit(session, SECRET, Submission(mint_key(), unit.code, period.code, answers), now())
