"""How long and how large a request may be, and that who hangs up is no error of ours."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from h11 import DONE, IDLE, SEND_BODY, SEND_RESPONSE, Data, EndOfMessage, Response
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

SECONDS_FOR_HEADER = 15
SECONDS_BETWEEN_PARTS = 20
SECONDS_FOR_BODY = 600  # 20 MB on a line of 0.3 Mbit/s
LARGEST_BODY = 25_000_000  # the largest upload, and what a form adds to it
BAD, TOO_SLOW, TOO_LARGE = 400, 408, 413
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


class PatientProtocol(H11Protocol):
    """The server's own protocol, which hangs up on a header that does not end.

    So it does on a body that goes on after its answer: nobody reads it, so nobody counts it.
    """

    waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        answered = self.conn.our_state is DONE and self.conn.their_state is SEND_BODY
        if answered or self.conn.their_state is IDLE:
            self._watch()
        else:
            self._unwatch()

    def handle_websocket_upgrade(self, event: Any) -> None:
        self._unwatch()
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """The refusal of what is no request, 431 of a header that is too large.

        Of a request that was being answered it is the end.
        """
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (IDLE, SEND_RESPONSE):
            status = getattr(sys.exc_info()[1], "error_status_hint", BAD)
            head = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
            for event in (
                Response(status_code=status, headers=head, reason=STATUS_PHRASES[status]),
                Data(data=msg.encode()),
                EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        if self.waits is None and not self.transport.is_closing():
            self.waits = self.loop.call_later(SECONDS_FOR_HEADER, self.transport.close)

    def _unwatch(self) -> None:
        if self.waits is not None:
            self.waits.cancel()
            self.waits = None
