"""Requests that change something come from our own pages only; needs no tokens in forms.

Sockets too, and here rather than in Streamlit, which takes those of any port of the same machine,
and to know the machine's own address asks another host for it, with all others waiting.
"""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from accounts.hosts import open_no_socket

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class SameOrigin:
    """Middleware: answers 403 to a browser that was sent here by another site's page.

    Programs that are no browsers send neither header, and carry nobody's cookie.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _may_come(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await open_no_socket(receive, send)
        else:
            refusal = PlainTextResponse(
                "Ditolak: permintaan ini datang dari situs lain.\n"
                "Refused: this request came from another site.\n",
                status_code=403,
            )
            await refusal(scope, receive, send)


def _may_come(scope: Scope) -> bool:
    if scope["type"] == "lifespan" or scope.get("method") in SAFE_METHODS:
        return True
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    return is_ours(site, origin, headers.get("host", ""))


def is_ours(site: str | None, origin: str | None, host: str) -> bool:
    """Whether the headers Sec-Fetch-Site, Origin and Host are those of our own page.

    >>> is_ours("cross-site", None, "skm.example.id")
    False
    >>> is_ours(None, "https://skm.example.id", "skm.example.id")
    True
    """
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or origin.partition("://")[2] == host
