"""A provider of identities (OpenID Connect) of our own: real keys and words, over real HTTP."""

import json
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from models import now

CLIENT, CLIENT_SECRET, NAME = "suara-layanan", "rahasia klien & lain", "SSO Contoh"
BACK = "/masuk/kembali"
Claims = dict[str, Any]


@cache
def key_named(kid: str) -> RSAKey:
    """A key of that name; made once, since that takes long."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class TestedProvider:
    """A provider at a port; ``who`` is signed in there, by subject, and by name.

    ``claims``: what is said instead; ``signed``: how it is signed instead; ``asked``: the paths;
    ``broken``: the status of all answers; ``cut_off``: bytes that no answer gets to; ``waits``:
    until when none is given.
    """

    __test__ = False
    port: int
    who: str | None = "sub-budi"
    name: str = "budi@dinas.example"
    claims: Claims = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [key_named("satu")])
    signed: Callable[[Claims], str] | None = None
    more_keys: list[Any] = field(default_factory=list)
    description: Claims = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    waits: Event | None = None
    broken: int = 0
    cut_off: int = 0

    @property
    def issuer(self) -> str:
        """Its name for itself."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """What an instance is told of it."""
        return {
            "OIDC_ISSUER": self.issuer,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_NAME": NAME,
        }

    def answer(self, path: str, form: dict[str, str], head: str) -> tuple[int, Claims | str]:
        """Status, and what is said, or the address to go on to."""
        self.asked.append(path)
        if self.waits:
            self.waits.wait(60)
        if self.broken:
            return self.broken, {}
        if path == "/.well-known/openid-configuration":
            return 200, self._described()
        if path == "/keys":
            own = [key.as_dict(private=False) for key in self.keys]
            return 200, {"keys": [*self.more_keys, *own]}
        if path == "/authorize":
            return 302, self._sent_back(form)
        assert path == "/token"
        return self._word(form, head)

    def _described(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.description,
        }

    def _sent_back(self, form: dict[str, str]) -> str:
        assert (form["client_id"], form["response_type"]) == (CLIENT, "code")
        assert (form["code_challenge_method"], form["prompt"]) == ("S256", "login")
        assert urlsplit(form["redirect_uri"]).path == BACK
        assert "openid" in form["scope"].split()
        told = {"error": "access_denied"}
        if self.who is not None:
            told = {"code": secrets.token_urlsafe(16)}
            self.codes[told["code"]] = {**form, "sub": self.who}
        return f"{form['redirect_uri']}?{urlencode(told | {'state': form['state']})}"

    def _word(self, form: dict[str, str], head: str) -> tuple[int, Claims]:
        client, _, secret = b64decode(head.removeprefix("Basic ")).decode().partition(":")
        if (unquote(client), unquote(secret.replace("+", " "))) != (CLIENT, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
        if (
            asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != challenge.decode().rstrip("=")
        ):
            return 400, {"error": "invalid_grant"}
        moment = int(now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": asked["sub"],
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 300,
            "nonce": asked["nonce"],
            "preferred_username": self.name,
            "acr": "gold",
            "amr": ["pwd", "otp"],
            "roles": ["administrator"],
        } | self.claims
        said = {name: value for name, value in claims.items() if value is not None}
        word = self.signed(said) if self.signed else sign(said, self.keys[0])
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": word}


def sign(claims: Claims, key: RSAKey, **header: str) -> str:
    """The claims as a signed word."""
    return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key)


class _Handler(BaseHTTPRequestHandler):
    provider: TestedProvider

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self._say(address.path, dict(parse_qsl(address.query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._say(self.path, dict(parse_qsl(body)))

    def _say(self, path: str, form: dict[str, str]) -> None:
        head = self.headers.get("Authorization", "")
        status, told = self.provider.answer(path, form, head)
        self.send_response(status)
        if isinstance(told, str):
            self.send_header("Location", told)
            told = {}
        body = json.dumps(told).encode()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) + self.provider.cut_off))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing of what it was asked."""


@contextmanager
def running_provider() -> Iterator[TestedProvider]:
    """A provider that answers."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.provider = TestedProvider(server.server_address[1])  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield handler.provider  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestedProvider]:
    """A provider that the instance of this test trusts."""
    with running_provider() as running:
        for key, value in running.settings.items():
            monkeypatch.setenv(key, value)
        yield running


def followed(address: str) -> str:
    """Where the provider sends a browser that comes with this address."""
    to = urlsplit(address)
    assert to.hostname
    connection = HTTPConnection(to.hostname, to.port, timeout=20)
    try:
        connection.request("GET", f"{to.path}?{to.query}")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302, answer.status
        return answer.headers["Location"]
    finally:
        connection.close()


def path_of(address: str) -> str:
    """Path and query of an address."""
    to = urlsplit(address)
    return f"{to.path}?{to.query}"
