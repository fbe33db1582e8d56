"""How long and how large a request may be, and that who hangs up is no error of ours."""

import asyncio
import sys
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

SECONDS_FOR_HEADER = 15
SECONDS_BETWEEN_PARTS = 20
SECONDS_FOR_BODY = 600  # 20 MB on a line of 0.3 Mbit/s
LARGEST_BODY = 25_000_000  # the largest upload, and what a form adds to it
LARGEST_HEADER = 16_384
BAD, TOO_SLOW, TOO_LARGE, TOO_LARGE_HEADER = 400, 408, 413, 431
REFUSED = (
    b"%sconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\n\r\n%s"
)
TOLD: Mapping[int, str] = {
    TOO_SLOW: "Ditolak: kiriman tidak kunjung selesai.\nRefused: the request did not end.\n",
    TOO_LARGE: "Ditolak: kiriman terlalu besar.\nRefused: the request is too large.\n",
}


class Patience:
    """Middleware: answers 408 to a body that does not end and 413 to one that is too large.

    Outermost, so that what is raised once the visitor has gone reaches no log.
    """

    def __init__(
        self, app: ASGIApp, between: float = SECONDS_BETWEEN_PARTS, whole: float = SECONDS_FOR_BODY
    ) -> None:
        self.app, self.between, self.whole = app, between, whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        awaited = _Awaited(receive, send, self.between, self.whole)
        awaited.declared(Headers(scope=scope).get("content-length", ""))
        try:
            if awaited.refusal is None:
                await self.app(scope, awaited.receive, awaited.send)
        except ClientDisconnect:
            if not awaited.gone:
                raise
        if awaited.refusal is not None and not awaited.begun:
            close = {"Connection": "close", "X-Content-Type-Options": "nosniff"}
            refusal = PlainTextResponse(TOLD[awaited.refusal], awaited.refusal, headers=close)
            await refusal(scope, receive, send)


class _Awaited:
    """A request's body as far as it has come; to the application, who is late has hung up."""

    def __init__(self, receive: Receive, send: Send, between: float, whole: float) -> None:
        self.outer, self.answer, self.between = receive, send, between
        self.ends = asyncio.get_running_loop().time() + whole
        self.size = 0
        self.complete = self.gone = self.begun = False
        self.refusal: int | None = None

    def declared(self, length: str) -> None:
        """Refuses at once what says of itself that it is too large."""
        if length.isdecimal() and int(length[:20]) > LARGEST_BODY:
            self.refusal = TOO_LARGE

    async def receive(self) -> Message:
        if self.complete or self.gone:
            return await self.outer() if self.complete else _hung_up()
        left = self.ends - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(self.between, left)):
                message = await self.outer()
        except TimeoutError:
            return self._refuse(TOO_SLOW)
        self.size += len(message.get("body", b""))
        if self.size > LARGEST_BODY:
            return self._refuse(TOO_LARGE)
        self.gone = message["type"] == "http.disconnect"
        self.complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self.refusal is None or self.begun:
            self.begun = True
            await self.answer(message)

    def _refuse(self, status: int) -> Message:
        self.refusal, self.gone = status, True
        return _hung_up()


def _hung_up() -> Message:
    return {"type": "http.disconnect"}


class _Unfit(Exception):
    """A header that is none of a request; ``status``: with which it is refused."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class PatientProtocol(HttpToolsProtocol):
    """The server's quicker protocol, which hangs up on a header that does not end.

    So it does on a body that goes on after its answer: nobody reads it, so nobody counts it. Its
    parser takes headers of any size, and without a host: here they are refused.
    """

    waits: asyncio.TimerHandle | None = None
    unended = True  # a header is awaited, or has come in part
    came = 0  # bytes of it so far

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        awaited = self.unended
        super().data_received(data)
        unread = self.cycle is not None and self.cycle.response_complete and self.cycle.more_body
        if not self.unended and not unread:
            self._unwatch()
            return
        self._watch()
        self.came += len(data) if awaited and self.unended else 0
        if self.came > LARGEST_HEADER and not self.transport.is_closing():
            self._refuse(TOO_LARGE_HEADER, "The header is too large.")

    def on_message_begin(self) -> None:
        self.unended = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.unended, self.came = False, 0
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > LARGEST_HEADER:
            raise _Unfit(TOO_LARGE_HEADER)
        hosts = sum(1 for name, _ in self.headers if name == b"host")
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            raise _Unfit(BAD)
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        self._unwatch()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """The refusal of what is no request; of one that was being answered it is the end."""
        why = getattr(sys.exc_info()[1], "__context__", None)
        self._refuse(why.status if isinstance(why, _Unfit) else BAD, msg)

    def _refuse(self, status: int, told: str) -> None:
        begun = False
        if self.cycle is not None and not self.cycle.response_complete:
            begun = self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not begun:
            self.transport.write(REFUSED % (STATUS_LINE[status], len(told), told.encode()))
        self.transport.close()

    def _watch(self) -> None:
        if self.waits is None and not self.transport.is_closing():
            self.waits = self.loop.call_later(SECONDS_FOR_HEADER, self.transport.close)

    def _unwatch(self) -> None:
        if self.waits is not None:
            self.waits.cancel()
            self.waits = None
