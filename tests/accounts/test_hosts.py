"""Under which names the service answers, and what an encrypted line is told."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts.forwarded import came_by_tls
from accounts.hosts import AllowedHosts, is_own, own_names
from accounts.same_origin import SameOrigin
from accounts.security_headers import SecurityHeaders
from tests.asgi import ask

HSTS = "strict-transport-security"
NAME = "skm.example.id"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8501", "[::1]:8501", "10.1.2.3", "localhost:1", "kantor", "a.local."],
)
def test_addresses_and_local_names_are_always_ours(host: str) -> None:
    assert is_own(host, ())
    assert is_own(host, {NAME})


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "skm.example.id.evil.test",
        "127.0.0.1.evil.test",
        "127.0.0.1@evil.test",
        "evil.test:80:80",
        "[::1].evil.test",
        "evil.test/127.0.0.1",
        "evil.test:99999999",
        "[]",
        ":80",
        "1.2.3.4.5",
    ],
)
def test_a_foreign_name_is_not(host: str) -> None:
    assert not is_own(host, ())
    assert not is_own(host, {NAME})


def test_a_star_takes_every_name() -> None:
    assert is_own("evil.test", {"*"})


def test_names_are_read_from_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", f" SKM.example.id:443, ,other.example.id.,{NAME}")
    assert own_names() == {NAME, "other.example.id"}
    monkeypatch.delenv("ALLOWED_HOSTS")
    assert own_names() == frozenset()


def test_a_foreign_host_is_refused_whatever_its_origin() -> None:
    app = AllowedHosts(Starlette(), {NAME})
    own = {"Host": "evil.test", "Origin": "http://evil.test"}
    for method in ("GET", "POST"):
        refused = ask(app, "/masuk", method, own)
        assert refused.status == 421
        assert "evil.test" in refused.text
    assert ask(app, "/masuk", "GET", {"Host": NAME}).status == 404


def asked_for_a_socket(app: ASGIApp, **headers: str) -> list[str]:
    """What comes back to a browser that asks for one."""
    sent: list[str] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    async def ask_for_one() -> None:
        await app({"type": "websocket", "headers": raw}, receive, send)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(ask_for_one())
    return sent


async def opening(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Opens any socket."""
    await send({"type": "websocket.accept"})


def test_no_socket_is_opened_there() -> None:
    app = AllowedHosts(opening, {NAME})
    assert asked_for_a_socket(app, host="evil.test") == ["websocket.close"]
    assert asked_for_a_socket(app, host=NAME) == ["websocket.accept"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": f"https://{NAME}:9999"},
        {"origin": f"https://{NAME}", "sec_fetch_site": "same-site"},
    ],
)
def test_nor_for_a_page_of_another_site_or_port(headers: dict[str, str]) -> None:
    assert asked_for_a_socket(SameOrigin(opening), host=NAME, **headers) == ["websocket.close"]


def test_one_is_for_a_page_of_ours_and_for_programs() -> None:
    for headers in ({}, {"origin": f"https://{NAME}"}):
        assert asked_for_a_socket(SameOrigin(opening), host=NAME, **headers) == ["websocket.accept"]


@pytest.mark.parametrize("told", ["https", "HTTPS", "https, http", "http, https", "junk", ""])
def test_whatever_a_proxy_says_but_plain_http_keeps_the_cookie_to_tls(told: str) -> None:
    scope = {"scheme": "http", "headers": [(b"x-forwarded-proto", told.encode())]}
    assert came_by_tls(scope)
    answer = ask(SecurityHeaders(Starlette()), "/", headers={"X-Forwarded-Proto": told})
    assert answer.headers[HSTS] == "max-age=31536000"


def test_a_bare_line_is_told_nothing_of_it() -> None:
    assert not came_by_tls({"scheme": "http", "headers": [(b"x-forwarded-proto", b"http")]})
    assert HSTS not in ask(SecurityHeaders(Starlette()), "/").headers
