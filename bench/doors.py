"""The light door, and those that it is compared with: ``python -m bench.doors KIND SOCKET``."""

import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from starlette.types import Receive, Scope, Send

from light import light_app
from serving import settings
from survey import instance, writer
from survey.checks import Submission
from survey.submission import Taken
from survey.writer import Writer


class Nothing(Writer):
    """Stores nothing, and answers at once."""

    def __init__(self) -> None:
        pass

    async def taken(self, submission: Submission) -> Taken:
        return Taken("0000-0000-0000")


def single() -> Writer:
    """The writer with a commit for each submission."""
    writer.LARGEST_BATCH = 1
    return instance.writer()


async def empty(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers each form with the same receipt: what server and socket alone can do."""
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    while (await receive()).get("more_body"):
        pass
    headers = [(b"location", b"/r/0000-0000-0000"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


KINDS: dict[str, Callable[[], Writer]] = {
    "light": instance.writer,
    "single": single,
    "nothing": Nothing,
}


def main(kind: str, number: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = empty if kind == "empty" else light_app(KINDS[kind])
    uvicorn.Server(settings(app)).run(sockets=[socket.socket(fileno=int(number))])


if __name__ == "__main__":
    main(*sys.argv[1:])
