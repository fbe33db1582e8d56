"""In front of Streamlit's address for uploads: who may send, and how much, at each request."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts.log_in import COOKIE
from accounts.pages import asked_language
from accounts.uploads import UploadTotals, load_upload_rules, may_upload
from locales import say
from models import UNUSABLE, now
from screens.socket_gate import asking

BELOW = "/_stcore/upload_file"
SAFE = ("OPTIONS",)


class _NotTaken(Exception):
    """Nothing, or no more, is taken: the status to answer with, and until when to wait."""

    def __init__(self, status: int, words: str, seconds: int = 0) -> None:
        self.status, self.words, self.seconds = status, words, seconds
        super().__init__(words)


class UploadGate:
    """Middleware: no file of whom no page asks for one, none that is too large, none too many.

    Whom no page asks is refused before the body is read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.rules = load_upload_rules()
        self.totals = UploadTotals(self.rules)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(BELOW):
            await self._upload(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            if request.method not in SAFE:
                await self._look_who_asks(request)
            self._look_at_length(request)
            await self.app(scope, self._counted(request, receive), send)
        except _NotTaken as refused:
            await _refusal(request, refused)(scope, receive, send)

    async def _look_who_asks(self, request: Request) -> None:
        try:
            actor = await asking(request)
        except UNUSABLE as error:
            raise _NotTaken(503, "unreachable") from error
        if not may_upload(actor):
            raise _NotTaken(403, "not_yours")

    def _look_at_length(self, request: Request) -> None:
        told = request.headers.get("content-length", "0")
        if told.isdecimal() and int(told) > self.rules.largest_body:
            raise _NotTaken(413, "large")

    def _counted(self, request: Request, receive: Receive) -> Receive:
        """The body as it comes, until it is too much."""
        cookie, address = request.cookies.get(COOKIE, ""), _address(request)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            sent = len(message.get("body", b""))
            received += sent
            if received > self.rules.largest_body:
                raise _NotTaken(413, "large")
            if sent and (seconds := self.totals.add(cookie, address, sent, now())):
                raise _NotTaken(429, "too_much", seconds)
            return message

        return counted


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _refusal(request: Request, refused: _NotTaken) -> PlainTextResponse:
    rules, minutes = load_upload_rules(), -(-refused.seconds // 60)
    words = say(
        asked_language(request),
        f"sending.{refused.words}",
        megabytes=rules.file_megabytes,
        minutes=minutes,
    )
    wait = {"Retry-After": str(refused.seconds)} if refused.seconds else {}
    # What is left of the body is not waited for.
    return PlainTextResponse(words, refused.status, headers={**wait, "Connection": "close"})
