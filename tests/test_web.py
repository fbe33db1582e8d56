"""The doors beside the screens, through a running server."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.conftest import ROOT, App, running_app

POLICY = "content-security-policy"


def ask(
    app: App,
    method: str,
    path: str,
    fields: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=20)
    body = urlencode(fields) if fields else None
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
    try:
        connection.request(method, path, body, kind | (headers or {}))
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read().decode(errors="replace")
    finally:
        connection.close()


def log_in_of(app: App, role: str) -> dict[str, str]:
    """What the operator was told about the role's demonstration log-in."""
    found = re.search(rf"^  {role} +(\S+) +(\S+)$", app.log_ins, re.MULTILINE)
    assert found, app.log_ins
    return {"username": found[1], "password": found[2]}


@pytest.mark.database
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"PORT": "99999"}, "Cannot serve on"),
        ({"PORT": "busy"}, "Cannot serve on"),
        ({"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/x"}, "Cannot use the database"),
        ({"OIDC_ISSUER": "https://sso.example"}, "Cannot ask for identities: OIDC_CLIENT_ID and"),
        ({"DATABASE_URL": "mysql://u:geheim@127.0.0.1/x"}, "Cannot use the database"),
    ],
)
def test_what_keeps_it_from_starting_is_told_in_one_line(
    tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        asked = {"PORT": "0", "DATA": str(tmp_path)} | settings
        if asked["PORT"] == "busy":
            asked["PORT"] = port
        ended = subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=os.environ | asked,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith(told)
    assert ended.stderr.count("\n") == 1
    assert "geheim" not in ended.stderr


def test_the_operator_is_told_where_to_go(app: App) -> None:
    assert app.url in app.output
    assert f"{app.url}/nilai?unit=" in app.output
    assert "Traceback" not in app.output


def test_health(app: App) -> None:
    assert ask(app, "GET", "/healthz")[::2] == (200, "ok")
    assert ask(app, "GET", "/readyz")[::2] == (200, "ready")


@pytest.mark.parametrize("path", ["/healthz", "/masuk", "/nilai", "/frame.js", "/_stcore/health"])
def test_every_answer_carries_the_security_headers(app: App, path: str) -> None:
    status, headers, _ = ask(app, "GET", path)
    assert status == 200
    assert "script-src 'self' 'sha256-" in headers[POLICY]
    assert "frame-ancestors 'none'" in headers[POLICY]
    assert "unsafe-eval" not in headers[POLICY]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize(
    ("path", "status", "holds"),
    [
        ("/nilai", 200, '<html lang="id">'),
        ("/nilai?lang=en", 200, '<html lang="en">'),
        ("/nilai?lang=xx", 200, '<html lang="id">'),
        ("/tiada", 404, "Halaman tidak ditemukan"),
        ("/tiada?lang=en", 404, "Page not found"),
        ("/masuk", 200, "Kata sandi"),
        ("/masuk?lang=en", 200, "Password"),
    ],
)
def test_pages_speak_the_asked_language(app: App, path: str, status: int, holds: str) -> None:
    found, _, text = ask(app, "GET", path)
    assert (found, holds in text) == (status, True)
    assert "<title>Streamlit" not in text


def test_the_start_keeps_what_was_asked(app: App) -> None:
    status, headers, _ = ask(app, "GET", "/?unit=contoh&lang=en")
    assert (status, headers["location"]) == (307, "/nilai?unit=contoh&lang=en")


@pytest.mark.parametrize("role", ["official", "coordinator", "analyst", "administrator"])
def test_logging_in_and_out(app: App, role: str) -> None:
    status, headers, _ = ask(app, "POST", "/masuk?ke=//evil.example", log_in_of(app, role))
    assert (status, headers["location"]) == (303, "/beranda")
    cookie = headers["set-cookie"]
    assert cookie.startswith("sid=")
    assert {"httponly", "samesite=lax"} <= set(cookie.lower().split("; "))
    assert "secure" not in cookie.lower()
    mine = {"Cookie": cookie.split(";")[0]}
    assert ask(app, "GET", "/masuk", headers=mine)[1]["location"] == "/beranda"
    status, headers, _ = ask(app, "POST", "/keluar", headers=mine)
    assert (status, headers["location"]) == (303, "/")
    assert ask(app, "GET", "/masuk", headers=mine)[0] == 200


@pytest.mark.parametrize("proxy", ["", "127.0.0.1"])
def test_over_https_behind_a_proxy_named_or_not_the_cookie_stays_there(
    app: App, demonstration_folder: Path, tmp_path: Path, proxy: str
) -> None:
    proxied = {"X-Forwarded-Proto": "https"}
    other = running_app(tmp_path, demonstration_folder, proxy)
    with other if proxy else nullcontext(app) as asked:
        _, headers, _ = ask(asked, "POST", "/masuk", log_in_of(asked, "analyst"), proxied)
    assert "secure" in headers["set-cookie"].lower().split("; ")


def test_wrong_passwords_are_told_then_slowed_down(app: App) -> None:
    wrong = {"username": '<b>"x', "password": "wrong"}
    for _ in range(5):
        status, _, text = ask(app, "POST", "/masuk", wrong)
        assert status == 401
        assert "Nama akun atau kata sandi salah." in text
        assert 'value="&lt;b&gt;&#34;x"' in text
        assert "wrong" not in text
    status, headers, text = ask(app, "POST", "/masuk?lang=en", wrong)
    assert status == 429
    assert 0 < int(headers["retry-after"]) <= 901
    assert "Too many failed tries" in text


def test_who_signed_in_changes_the_password(app: App) -> None:
    def log_in(form: dict[str, str]) -> tuple[int, dict[str, str]]:
        status, headers, _ = ask(app, "POST", "/masuk", form)
        return status, {"Cookie": headers.get("set-cookie", "").split(";")[0]}

    def change(present: str, new: str, again: str | None = None) -> tuple[int, str]:
        form = {"password": present, "new": new, "again": new if again is None else again}
        status, _, text = ask(app, "POST", "/sandi", form, here)
        return status, text

    first = log_in_of(app, "analyst")
    own = {**first, "password": "sembilan kucing tidur"}
    (_, here), (_, elsewhere) = log_in(first), log_in(first)
    assert first["username"] in ask(app, "GET", "/sandi", headers=here)[2]
    for refused, told in (
        (change("salah besar sekali", own["password"]), "Kata sandi sekarang salah"),
        (change(first["password"], "pendek"), "sedikitnya 12"),
        (change(first["password"], first["password"]), "harus berbeda"),
        (change(first["password"], own["password"], "lain lagi"), "tidak sama"),
    ):
        assert refused[0] >= 400
        assert told in refused[1]
    assert log_in(own)[0] == 401
    assert change(first["password"], own["password"])[0] == 200
    assert ask(app, "GET", "/sandi", headers=here)[0] == 200
    assert ask(app, "GET", "/sandi", headers=elsewhere)[1]["location"] == "/masuk"
    assert log_in(first)[0] == 401
    assert log_in(own)[0] == 303
    assert change(own["password"], first["password"])[0] == 200


def test_nobody_else_changes_a_password(app: App) -> None:
    for method in ("GET", "POST"):
        status, headers, _ = ask(app, method, "/sandi", {"new": "x" * 12})
        assert (status, headers["location"]) == (303, "/masuk")


def test_a_form_that_is_none_is_refused(app: App) -> None:
    assert ask(app, "POST", "/masuk", {"username": "x" * 20_000})[0] == 413
    assert ask(app, "POST", "/masuk")[0] == 401
    assert ask(app, "GET", "/keluar")[0] in (404, 405)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[evil"}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
    ],
)
def test_other_sites_cannot_post(app: App, headers: dict[str, str], status: int) -> None:
    sent = {name: value.format(port=app.port) for name, value in headers.items()}
    assert ask(app, "POST", "/keluar", headers=sent)[0] == status


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_what_streamlit_tells_of_itself_is_closed(app: App, path: str) -> None:
    assert ask(app, "GET", path)[0] == 404


def test_no_other_site_may_steer_a_page(app: App) -> None:
    assert json.loads(ask(app, "GET", "/_stcore/host-config")[2])["allowedOrigins"] == []
