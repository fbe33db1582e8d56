"""Headers of every answer: the browser loads no foreign scripts or frames and guesses no types."""

from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


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


# The others are for documents; small scripts would be half headers.
FOR_SCRIPTS = {"X-Content-Type-Options": "nosniff"}


class SecurityHeaders:
    """Middleware: adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, scripts: Collection[str] = ()) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": security_policy(scripts),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            # Not "no-referrer": with it, browsers hide the origin of our own forms.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                scripts = headers.get("content-type", "").startswith("text/javascript")
                headers.update(FOR_SCRIPTS if scripts else self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
