"""In front of Streamlit's socket: what it answers by itself, without drawing a page.

Each time a page is drawn its own script asks who signed in. Streamlit gives addresses for uploads
and further rows of a table without that.
"""

from collections.abc import Callable, Mapping

from anyio import to_thread
from google.protobuf.message import DecodeError
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from accounts.actors import Actor
from accounts.log_in import COOKIE, find_actor
from accounts.uploads import may_upload
from models import UNUSABLE, now
from screens.looks import look_in

# For whom the questions are that Streamlit answers by itself: of whoever once logged in, for who is
# logged in still.
ANSWERED: Mapping[str, Callable[[Actor | None, bool], bool]] = {
    "file_urls_request": lambda actor, _: may_upload(actor),
    "backend_operation_request": lambda actor, came_in: actor is not None or not came_in,
}


class SocketGate:
    """Middleware: such questions of whom they are not for are not heard."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        heard = _heard(scope, receive) if scope["type"] == "websocket" else receive
        await self.app(scope, heard, send)


async def asking(connection: HTTPConnection) -> Actor | None:
    """Who signed in with the connection's cookie, with the roles of this moment.

    Raises one of UNUSABLE where the database does not answer.
    """
    return await to_thread.run_sync(_find, connection.cookies.get(COOKIE))


def _find(cookie: str | None) -> Actor | None:
    with look_in() as session:
        return find_actor(session, cookie, now())


def _heard(scope: Scope, receive: Receive) -> Receive:
    async def heard() -> Message:
        while True:
            message = await receive()
            if await _lets(message, HTTPConnection(scope)):
                return message

    return heard


async def _lets(message: Message, connection: HTTPConnection) -> bool:
    answered = ANSWERED.get(_kind(message.get("bytes") or b""))
    if answered is None:
        return True
    try:
        return answered(await asking(connection), COOKIE in connection.cookies)
    except UNUSABLE:
        return False


def _kind(content: bytes) -> str:
    said = BackMsg()
    try:
        said.ParseFromString(content)
    except DecodeError:  # Streamlit says so
        return ""
    return said.WhichOneof("type") or ""
