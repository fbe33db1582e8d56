"""Every route of both services, found in the services themselves, asked in every role."""

import http.client
import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT, App
from tests.provider import TestedProvider
from tests.test_web import log_in_of
from tests.visiting import log_in

LISTED = """
import json
from app import app
from light import light_app
def listed(routes, base=""):
    for route in routes:
        if below := getattr(route, "routes", None):
            yield from listed(below, base + getattr(route, "path", ""))
        else:
            yield base + route.path
both = (app._build_starlette_app().routes, light_app().routes)
import sys
print(json.dumps([*(sorted(set(listed(one))) for one in both), "authlib" in sys.modules]))
"""
ROLES = ("official", "coordinator", "analyst", "administrator")
ASKERS = ("nobody", "stranger", *ROLES)

# Everybody gets the same there, whoever is signed in.
OF_ALL = {
    *("/", "/healthz", "/readyz", "/{name}", "/s", "/privasi", "/kunci", "/light/{name}"),
    *("/s/{unit}", "/s/{unit}/sealed", "/s/{unit}/suara/{number:int}"),
    *("/k", "/k/{kiosk}", "/k/{kiosk}/sealed", "/k/{kiosk}/{code}"),
    *("/r", "/r/{code}", "/r/{code}/resi.txt", "/u", "/u/{unit}"),
    *(f"/{door}" for door in "KRSU"),
    *(f"/{door}/{{rest:path}}" for door in "krsuKRSU"),
    *("/kartu/{unit:path}", "/lencana/{unit:path}", "/api", "/api/v1/openapi.json"),
    *(f"/api/v1/{many}" for many in ("announcements", "instruments", "publications", "schemes")),
    *(f"/api/v1/{one}/{{key}}" for one in ("announcements", "instruments", "publications")),
    *("/api/v1/schemes/{key}", "/api/v1/publications/{key}/institutions"),
}
# Streamlit's own. At /media are the logo and the icon alone, see tests/screens/test_reading.py; the
# socket and what it draws are asked in tests/test_gate.py.
STREAMLITS = {
    *("/_stcore/health", "/_stcore/metrics", "/_stcore/host-config", "/_stcore/stream"),
    *("/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json"),
    *("/_stcore/bidi-components/{path:path}", "/component/{path:path}", "/media/{file_id:path}"),
    *("/auth/login", "/auth/logout", "/oauth2callback", ""),
}
# To log in and out: whoever is signed in is led on.
DOORS = {"/masuk", "/kode", "/keluar", "/mulai"}
UPLOADS, OFFERED, PASSWORD, FACTOR = (
    "/_stcore/upload_file/{session_id}/{file_id}",
    "/unduh/{number}",
    "/sandi",
    "/faktor",
)
# Where an instance has a provider of identities; asked in tests/test_by_provider.py.
BY_PROVIDER = {"/masuk/instansi", "/masuk/kembali", "/identitas"}
KNOWN = {*OF_ALL, *STREAMLITS, *DOORS, UPLOADS, OFFERED, PASSWORD, FACTOR}
FILLED = {
    "{unit}": "contoh",
    "{unit:path}": "contoh",
    "{key}": "skm-2017",
    "{name}": "beranda",
    "{number:int}": "1",
    "{number}": "x",
}
# Method, address, and what whoever may and whoever may not is answered.
FOR_SOME = {
    "password": ("GET", PASSWORD, 200, 303),
    "second factor": ("GET", FACTOR, 200, 303),
    # Whoever may send is told that the page it is for is unknown.
    "upload": ("PUT", "/_stcore/upload_file/x/y", 400, 403),
}


@pytest.fixture(scope="module")
def cookies(app: App) -> dict[str, str]:
    """A cookie of every role, of nobody, and one that nobody was given."""
    told = {role: log_in_of(app, role) for role in ROLES}
    entered = {role: log_in(app, one["username"], one["password"]) for role, one in told.items()}
    return {"nobody": "", "stranger": "sid=x", **entered}


def filled(route: str) -> str:
    for blank, value in FILLED.items():
        route = route.replace(blank, value)
    return route.replace(":path}", "}").translate(str.maketrans("{}", "xx"))


def asked(app: App, method: str, path: str, cookie: str) -> tuple[int, bytes]:
    """Status and body, asked as a page of ours asks."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=60)
    try:
        token = "2|00000000|00000000000000000000000000000000|0"
        kept = "; ".join(filter(None, (cookie, f"_streamlit_xsrf={token}")))
        connection.request(method, path, headers={"Cookie": kept, "X-Xsrftoken": token})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("provider", [None, TestedProvider(1)], ids=["alone", "provider"])
def test_no_route_is_unknown(provider: TestedProvider | None) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", LISTED],
        cwd=ROOT,
        env=os.environ | (provider.settings if provider else {}),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    heavy, light, loaded = json.loads(printed)
    assert {*heavy} == (KNOWN | BY_PROVIDER if provider else KNOWN)
    assert {*light} <= OF_ALL
    assert loaded == bool(provider)


@pytest.mark.parametrize("route", sorted(OF_ALL))
def test_what_is_everybodys_is_the_same_for_everybody(
    app: App, cookies: dict[str, str], route: str
) -> None:
    """Status and length: a form has a key of its own each time it is drawn."""
    found = [asked(app, "GET", filled(route), cookies[who]) for who in ASKERS]
    assert len({(status, len(body)) for status, body in found}) == 1
    assert found[0][0] not in (401, 403)


@pytest.mark.parametrize("name", FOR_SOME)
def test_what_is_for_some_is_for_them(app: App, cookies: dict[str, str], name: str) -> None:
    method, path, given, refused = FOR_SOME[name]
    answers = {who: asked(app, method, path, cookies[who])[0] for who in ASKERS}
    assert answers == {who: given if who in ROLES else refused for who in ASKERS}


def test_nobody_guesses_what_is_offered(app: App, cookies: dict[str, str]) -> None:
    """What an address that was given out answers to whom, see tests/test_gate.py."""
    for who in ASKERS:
        assert asked(app, "GET", filled(OFFERED), cookies[who])[0] == 404
        assert asked(app, "GET", "/media/x", cookies[who])[0] == 404
