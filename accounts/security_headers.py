"""Headers of every answer: the browser loads no foreign scripts or frames and guesses no types."""

from collections.abc import Collection, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts.forwarded import came_by_tls

# Names, in small letters, and values, as they are sent.
Headers = list[tuple[bytes, bytes]]


def _as_sent(headers: Mapping[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


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
TLS_ONLY = _as_sent({"Strict-Transport-Security": "max-age=31536000"})
# The others are for documents; small scripts would be half headers.
FOR_SCRIPTS = _as_sent({"X-Content-Type-Options": "nosniff"})


class SecurityHeaders:
    """Middleware: adds the security headers to every answer.

    ``scripts``: hashes of inline ones; ``framed``: the path below which, alone, any site may
    frame what it finds.
    """

    def __init__(self, app: ASGIApp, scripts: Collection[str] = (), framed: str = "") -> None:
        self.app = app
        self.below = f"{framed}/" if framed else None
        headers = {
            "Content-Security-Policy": security_policy(scripts),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            # Not "no-referrer": with it, browsers hide the origin of our own forms.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        ours = ("Cross-Origin-Opener-Policy", "X-Frame-Options")
        kept = {name: value for name, value in headers.items() if name not in ours}
        self.headers = _as_sent(headers)
        self.of_cards = _as_sent(kept | {"Content-Security-Policy": CARD_POLICY})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [(name.lower(), value) for name, value in message.get("headers", ())]
                ours = self._of(scope, dict(given).get(b"content-type", b""))
                names = {name for name, _ in ours}
                kept = [one for one in given if one[0] not in names]
                message["headers"] = [*kept, *ours]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    def _of(self, scope: Scope, content_type: bytes) -> Headers:
        if content_type.startswith(b"text/javascript"):
            return FOR_SCRIPTS
        framed = self.below is not None and scope["path"].startswith(self.below)
        ours = self.of_cards if framed else self.headers
        return [*ours, *TLS_ONLY] if came_by_tls(scope) else ours
