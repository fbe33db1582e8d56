"""Asks an application without a server."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answered:
    """What an application answered; ``headers``: by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    set_cookies: Sequence[str] = ()

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body, read as text."""
        return self.body.decode()


def ask(
    app: ASGIApp,
    path: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    client: str = "127.0.0.1",
) -> Answered:
    """What the application answers to a request from the address of a client."""
    return asyncio.run(answer_of(app, path, method, headers, body, client))


async def answer_of(
    app: ASGIApp,
    path: str,
    method: str,
    headers: Mapping[str, str] | None,
    body: bytes,
    client: str,
) -> Answered:
    """The same beside other requests."""
    route, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(route),
        "raw_path": route.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": (client, 1),
        "http_version": "1.1",
        "headers": [(key.lower().encode(), one.encode()) for key, one in (headers or {}).items()],
    }
    sent: list[Message] = []

    bodies: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not bodies:
            await asyncio.Event().wait()  # stays until it is answered
        return bodies.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    return Answered(
        start["status"],
        {key.decode().lower(): one.decode() for key, one in start["headers"]},
        b"".join(one.get("body", b"") for one in sent[1:]),
        [one.decode() for key, one in start["headers"] if key.lower() == b"set-cookie"],
    )
