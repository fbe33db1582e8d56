"""The light door, and two that it is compared with: ``python -m bench.doors KIND SOCKET``."""

import signal
import socket
import sys
from collections.abc import Callable

import uvicorn

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


KINDS: dict[str, Callable[[], Writer]] = {
    "light": instance.writer,
    "single": single,
    "nothing": Nothing,
}


def main(kind: str, number: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = light_app(KINDS[kind])
    uvicorn.Server(settings(app)).run(sockets=[socket.socket(fileno=int(number))])


if __name__ == "__main__":
    main(*sys.argv[1:])
