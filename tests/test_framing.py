"""Of all that the service answers, only cards may be framed by other sites."""

import json
import subprocess
import sys

import pytest

from screens.pages import PLACES
from tests.conftest import ROOT, App
from tests.test_web import ask

# What Streamlit serves beside our own routes, and what nobody serves.
STREAMLITS = ("/_stcore/health", "/_stcore/host-config", "/static/nothing.js", "/media/x", "/a/b")
NEAR = ("/kartu", "/kartux/contoh", "/KARTU/contoh", "/lencana/contoh", "/api/v1/kartu/contoh")
LISTED = """
import json
from app import app
from starlette.routing import Mount
found = []
for route in app._user_routes:
    if isinstance(route, Mount):
        found += [route.path + inner.path for inner in route.routes]
    else:
        found.append(route.path)
print(json.dumps(sorted(set(found))))
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
    scripts = {path for path, one in headers.items() if "javascript" in one["content-type"]}
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
