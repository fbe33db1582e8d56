"""Nobody else is asked for anything: not by the service, nor by the pages it hands out."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from accounts.actors import Actor
from screens.pages import PLACES
from tests.conftest import App, running_app
from tests.journeys.people import PATIENCE, log_in, settle

CONNECTED = re.compile(r'connect\(.*(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"')
OPEN_TO_CITIZENS = ("/s", "/s/contoh", "/r", "/u/contoh", "/privasi", "/kartu/contoh")
PEOPLE = {
    "koordinator.contoh": Actor(1, "", institutions=frozenset({1})),
    "analis.contoh": Actor(1, "", analyst=True),
    "admin.contoh": Actor(1, "", administrator=True),
}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[App, Path]]:
    """A service whose every connection is written down by the kernel's own account."""
    seen = tmp_path / "connections"
    watcher = (str(shutil.which("strace")), "-D", "-f", "--seccomp-bpf", "-qq")
    with running_app(tmp_path, before=(*watcher, "-e", "trace=connect", "-o", str(seen))) as app:
        yield app, seen


@pytest.mark.database
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
