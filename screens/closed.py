"""In front of what Streamlit tells of itself: not here, whoever asks.

Its figures stand with ours, at METRICS; its way to drive an application without a browser is off.
"""

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

CLOSED = re.compile("/+_stcore/+(metrics|agent)(/|$)")
_nothing = PlainTextResponse("Tidak ada. Not here.\n", 404)


class ClosedAddresses:
    """Middleware: 404 at the closed addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        closed = scope["type"] == "http" and CLOSED.match(scope["path"])
        await (_nothing if closed else self.app)(scope, receive, send)
