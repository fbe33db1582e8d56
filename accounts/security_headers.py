"""Headers of every answer: the browser loads no foreign scripts or frames and guesses no types."""

from collections.abc import Collection, Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts.forwarded import came_by_tls


def security_policy(scripts: Collection[str] = ()) -> str:
    """The Content-Security-Policy: everything from here; ``scripts``: hashes of inline ones.

    >>> "script-src 'self';" in security_policy()
    True
    """
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "style-src 'self' 'unsafe-inline'",
            " ".join(["script-src 'self'", *(f"'{one}'" for one in scripts)]),
            "connect-src 'self'",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
        )
    )


# A card may stand in any site's page, so it may load nothing and do nothing there.
CARD_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "frame-ancestors *",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
# A year; of this name alone, its neighbours are not ours.
TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
# The others are for documents; small scripts would be half headers.
FOR_SCRIPTS = {"X-Content-Type-Options": "nosniff"}


class SecurityHeaders:
    """Middleware: adds the security headers to every answer.

    ``scripts``: hashes of inline ones; ``framed``: the path below which, alone, any site may
    frame what it finds.
    """

    def __init__(self, app: ASGIApp, scripts: Collection[str] = (), framed: str = "") -> None:
        self.app = app
        self.below = f"{framed}/" if framed else None
        self.headers = {
            "Content-Security-Policy": security_policy(scripts),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            # Not "no-referrer": with it, browsers hide the origin of our own forms.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        ours = ("Cross-Origin-Opener-Policy", "X-Frame-Options")
        kept = {name: value for name, value in self.headers.items() if name not in ours}
        self.of_cards = {**kept, "Content-Security-Policy": CARD_POLICY}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                scripts = headers.get("content-type", "").startswith("text/javascript")
                headers.update(FOR_SCRIPTS if scripts else self._of(scope["path"]))
                if came_by_tls(scope) and not scripts:
                    headers.update(TLS_ONLY)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    def _of(self, path: str) -> Mapping[str, str]:
        framed = self.below is not None and path.startswith(self.below)
        return self.of_cards if framed else self.headers
