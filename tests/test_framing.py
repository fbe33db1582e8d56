"""Of all that the service answers, only cards may be framed by other sites."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from screens.pages import PLACES
from tests.conftest import ROOT, App
from tests.test_web import ask

# What Streamlit serves beside our own routes, and what nobody serves.
STREAMLITS = ("/_stcore/health", "/_stcore/host-config", "/static/nothing.js", "/media/x", "/a/b")
NEAR = ("/kartu", "/kartux/contoh", "/KARTU/contoh", "/lencana/contoh", "/api/v1/kartu/contoh")
LISTED = """
import json
import re
from app import app
def listed(routes, base=""):
    for route in routes:
        if below := getattr(route, "routes", None):
            yield from listed(below, base + getattr(route, "path", ""))
        else:
            yield base + route.path
print(json.dumps(sorted(set(listed(app._user_routes)))))
"""


@pytest.fixture(scope="module")
def addresses() -> list[str]:
    """An address of every route that the service has."""
    printed = subprocess.run(
        [sys.executable, "-c", LISTED], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    routes: list[str] = json.loads(printed)
    filled = [
        route.replace("{unit:path}", "contoh")
        .replace("{unit}", "contoh")
        .replace("{key}", "skm-2017")
        .replace("{name}", "nilai")
        .replace("{kiosk}", "x")
        .replace("{code}", "x")
        .replace("{number:int}", "1")
        .replace("{number}", "x")
        .replace("{rest:path}", "x/x")
        for route in routes
    ]
    assert not any("{" in one for one in filled)
    return [*filled, *(f"/{place.path}" for place in PLACES), *STREAMLITS, *NEAR]


def may_be_framed(headers: dict[str, str]) -> bool:
    """Whether another site's page may hold the answer in a frame."""
    policy = headers["content-security-policy"]
    return "x-frame-options" not in headers or "frame-ancestors 'none'" not in policy


def test_nothing_but_cards_may_be_framed(app: App, addresses: list[str]) -> None:
    headers = {path: ask(app, "GET", path)[1] for path in addresses}
    scripts = {path for path, one in headers.items() if "javascript" in one.get("content-type", "")}
    assert len(headers) > 40
    framed = {path for path in headers.keys() - scripts if may_be_framed(headers[path])}
    assert framed == {"/kartu/contoh"}
    assert {one for path in scripts for one in headers[path] if "frame" in one} == set()


def test_a_card_may_be_framed_by_all_and_loads_nothing(app: App) -> None:
    for code, status in (("contoh", 200), ("tiada", 404), ("a/b", 404), ("a%0Ab", 404)):
        found, headers, text = ask(app, "GET", f"/kartu/{code}")
        assert "Suara Layanan" not in text  # no page of ours but the card
        assert found == status
        policy = headers["content-security-policy"]
        assert "frame-ancestors *" in policy
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "x-frame-options" not in headers
        assert headers["x-content-type-options"] == "nosniff"


@pytest.fixture
def other_site(app: App, tmp_path: Path) -> Iterator[str]:
    """The address of another site, whose page frames pages of ours."""
    frames = "".join(
        f'<iframe name="{name}" src="{app.url}{path}"></iframe>'
        for name, path in (("card", "/kartu/contoh"), ("page", "/ikm"), ("login", "/masuk"))
    )
    (tmp_path / "index.html").write_text(f'{frames}<img src="{app.url}/lencana/contoh">')
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_browser_shows_the_card_in_another_sites_page_and_nothing_else(
    other_site: str, page: Page
) -> None:
    page.goto(other_site)
    card = page.frame_locator("[name=card]")
    expect(card.get_by_role("heading", name="Disdukcapil Contoh")).to_be_visible()
    expect(card.get_by_role("img")).to_have_accessible_name(re.compile("dari 100"))
    assert page.locator("img").evaluate("one => one.decode().then(() => one.naturalHeight)") == 28
    for name in ("page", "login"):
        held = page.frame(name=name)
        assert held
        assert held.url.startswith("chrome-error:")
