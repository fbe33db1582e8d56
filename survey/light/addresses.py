"""Addresses that were typed: what a keyboard did to them is forgiven, others are told plainly."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from survey.light.pages import message
from survey.light.receipt import unknown_receipt

# Below which doors of units, kiosks and receipts how much may stand, and what is said of the rest.
MOST_PARTS = {"s": 1, "k": 2, "r": 1, "u": 1}
_unknown_unit = partial(message, name="unknown_unit", status=404)
DOORS: Mapping[str, Callable[[Request], Response]] = {
    "s": _unknown_unit,
    "k": partial(message, name="unknown_kiosk", status=404),
    "r": unknown_receipt,
    "u": _unknown_unit,
}
# What Streamlit's server refuses, with two words of English.
ODD = re.compile(r"(?is)/*[skru](?=/).*(//|\\|\.\.|[\x00-\x1f])|//+[skru](/|$)")


class OddAddresses:
    """Middleware around ``app``: what is odd below our doors is answered by ``told`` instead."""

    def __init__(self, app: ASGIApp, told: ASGIApp) -> None:
        self.app, self.told = app, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        odd = scope["type"] == "http" and ODD.match(scope["path"])
        await (self.told if odd else self.app)(scope, receive, send)


async def tell_odd(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers an odd address as ``forgive`` does."""
    answer = await forgive(Request(scope, receive))
    await answer(scope, receive, send)


def forgiving_routes() -> list[Route]:
    """Routes of what no other route has taken below the doors, in capitals too."""
    return [
        Route(f"/{letter}{rest}", forgive, methods=["GET", "POST"])
        for door in DOORS
        for letter in (door, door.upper())
        for rest in ("", "/{rest:path}")
        if (letter, rest) != ("s", "")
    ]


async def forgive(request: Request) -> Response:
    """To the address without doubled slashes, one at the end and a door in capitals; or 404.

    With 308 a form that was sent there is sent again.
    """
    asked = request.scope["path"]
    door, *parts = [part for part in asked.split("/") if part]
    meant = "/".join(["", door.lower(), *(quote(part, safe="") for part in parts)])
    if meant == quote(asked) or len(parts) > MOST_PARTS[door.lower()]:
        return DOORS[door.lower()](request)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(meant + query, status_code=308)


async def home(request: Request) -> Response:
    """Where whoever comes without an address begins: the search."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/s{query}")


async def unknown_address(request: Request, _error: Exception) -> Response:
    """The page of an address that is nobody's."""
    return message(request, "unknown_address", 404)
