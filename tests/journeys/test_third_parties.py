"""Nobody else is asked for anything: not by the service, nor by the pages it hands out."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from accounts.actors import Actor
from models import User, open_engine, reading
from screens.pages import PLACES
from tests.conftest import App, running_app
from tests.journeys.people import PATIENCE, log_in, settle

CONNECTED = re.compile(r'connect\(.*(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"')
# The rest of the line, the table of the demonstration's passwords, and no line of a log.
LOG_INS_ALONE = re.compile(r".*\n(  \w+ +\S+ +\S+\n)+")
OPEN_TO_CITIZENS = ("/s", "/s/contoh", "/r", "/u/contoh", "/privasi", "/kartu/contoh")
PEOPLE = {
    "koordinator.contoh": Actor(1, "", institutions=frozenset({1})),
    "analis.contoh": Actor(1, "", analyst=True),
    "admin.contoh": Actor(1, "", administrator=True),
}


pytestmark = [pytest.mark.database, pytest.mark.xdist_group("test_third_parties.py")]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Path]]:
    """A service whose every connection is written down by the kernel's own account.

    It loads the demonstration itself, which others of the tests find loaded.
    """
    tmp_path = tmp_path_factory.mktemp("watched")
    seen = tmp_path / "connections"
    watcher = (str(shutil.which("strace")), "-D", "-f", "--seccomp-bpf", "-qq")
    before = (*watcher, "-e", "trace=connect", "-o", str(seen))
    with running_app(tmp_path, before=before, demo="1") as app:
        yield app, seen


def work(asked: Parameters | PasswordHasher) -> tuple[int, int, int]:
    """What a hash takes to make."""
    return asked.time_cost, asked.memory_cost, asked.parallelism


def test_the_log_ins_are_told_once_and_hashed_with_all_due_work(
    watched: tuple[App, Path],
) -> None:
    app, _ = watched
    assert LOG_INS_ALONE.fullmatch(app.output.partition("Log in:")[2])
    engine = open_engine(f"sqlite:///{app.log.parent / 'app.sqlite3'}")
    with reading(engine) as session:
        hashes = session.scalars(select(User.password_hash)).all()
    engine.dispose()
    assert len(hashes) == 7
    assert {work(extract_parameters(one)) for one in hashes} == {work(PasswordHasher())}


def test_nobody_else_is_asked(watched: tuple[App, Path], browser: Browser) -> None:
    app, connections = watched
    asked: set[str | None] = set()
    with browser.new_context(locale="id-ID") as context:
        context.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
        page = context.new_page()
        for path in OPEN_TO_CITIZENS:
            page.goto(app.url + path)
        left = {*PLACES}
        for username, actor in PEOPLE.items():
            log_in(page, app, username)
            for place in [place for place in PLACES if place in left and place.open_to(actor)]:
                page.goto(f"{app.url}/{place.path}")
                expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)
                settle(page)
                left.remove(place)
    assert not left
    assert asked == {"127.0.0.1"}
    assert {*CONNECTED.findall(connections.read_text())} <= {"127.0.0.1"}
