"""One count for all workers of a service, in the memory of the process that began them.

They ask over a socket in a folder that their own user alone can open. Nothing of it is written to
a disk. Where the one who counts cannot be reached, a worker counts for itself.
"""

import asyncio
import atexit
import json
import logging
from collections import deque
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Event, Thread
from typing import Any

from survey.checks import Submission
from survey.limits import AddressLimits, Turn, Visitor

KEPT_AT = "SUARA_LIMITS"  # the environment's name of the socket, set for workers alone

BACK = "back"

logger = logging.getLogger(__name__)


def keep_limits() -> str:
    """Counts for others from now on, in a thread of this process; gives where they ask."""
    folder, listening = mkdtemp(prefix="limits-"), Event()
    atexit.register(rmtree, folder, ignore_errors=True)
    path = str(Path(folder) / "socket")

    async def keep() -> None:
        limits, loop = AddressLimits(), asyncio.get_running_loop()
        try:
            server = await loop.create_unix_server(lambda: _Kept(limits), path)
        except OSError as error:  # a path that is too long for a socket, say
            logger.error("workers count for themselves: %s", error.strerror or error)
            return
        finally:
            listening.set()
        await server.serve_forever()

    Thread(target=asyncio.run, args=[keep()], name="limits", daemon=True).start()
    listening.wait()
    return path


class SharedLimits(AddressLimits):
    """The counts of all workers, as far as they are asked for in an event loop."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._line: _Line | None = None
        self._connecting = asyncio.Lock()

    async def next_turn(
        self, submission: Submission, visitor: Visitor, moment: datetime, usual: int = 0
    ) -> Turn:
        """As ``turn``, of all workers."""
        form = submission.unit, submission.channel, _short(submission.key)
        asked = form, (visitor.network, visitor.browser), moment.timestamp(), usual
        try:
            line = await self._connected()
            told = await line.ask(asked)
        except OSError:
            return self.turn(submission, visitor, moment, usual)
        return _turn_of(told)

    def give_back(self, turn: Turn) -> None:
        """As ever: whoever counted it knows it, to the other it says nothing."""
        super().give_back(turn)
        if turn.counts and self._line is not None and self._line.open:
            self._line.tell({BACK: _told_of(turn)})

    async def hang_up(self) -> None:
        """Asks no more; to be called in the loop that asked."""
        if self._line is not None:
            self._line.transport.close()

    async def _connected(self) -> "_Line":
        async with self._connecting:
            if self._line is None or not self._line.open:
                loop = asyncio.get_running_loop()
                _, self._line = await loop.create_unix_connection(_Line, self._path)
            return self._line


class _Lines(asyncio.Protocol):
    """A connection that carries lines of JSON."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.loop, self.open, self.rest = asyncio.get_running_loop(), False, b""
        self.told: list[str] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport, self.open = transport, True

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False

    def data_received(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.came(json.loads(line))

    def tell(self, told: Any) -> None:
        if not self.told:  # what is told at about the same time goes out together
            self.loop.call_soon(self._send)
        self.told.append(json.dumps(told, separators=(",", ":")))

    def _send(self) -> None:
        self.transport.write("\n".join([*self.told, ""]).encode())
        self.told.clear()

    def came(self, told: Any) -> None:
        raise NotImplementedError


class _Line(_Lines):
    """A worker's end: answers come in the order of the questions."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: deque[asyncio.Future[Any]] = deque()

    def ask(self, question: Any) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.asked.append(answer)
        self.tell(question)
        return answer

    def came(self, told: Any) -> None:
        answer = self.asked.popleft()
        if not answer.done():  # given up
            answer.set_result(told)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for answer in self.asked:
            if not answer.done():
                answer.set_exception(ConnectionError("nobody counts there any more"))


class _Kept(_Lines):
    """The end of the one who counts."""

    def __init__(self, limits: AddressLimits) -> None:
        super().__init__()
        self.limits = limits

    def came(self, told: Any) -> None:
        if BACK in told:
            self.limits.give_back(_turn_of(told[BACK]))
            return
        (unit, channel, key), visitor, moment, usual = told
        form = Submission(key, unit, "", {}, channel=channel)
        moment = datetime.fromtimestamp(moment, UTC)
        self.tell(_told_of(self.limits.turn(form, Visitor(*visitor), moment, usual)))


def _told_of(turn: Turn) -> list[Any]:
    moment = turn.moment and turn.moment.timestamp()
    return [turn.wait, moment, [one.hex() for one in turn.counts]]


def _turn_of(told: Any) -> Turn:
    wait, moment, counts = told
    known = datetime.fromtimestamp(moment, UTC) if moment else None
    return Turn(wait, known, tuple(bytes.fromhex(one) for one in counts))


def _short(key: str) -> str:
    """A form's key may be of any length, as whoever sends it likes."""
    return blake2b(key.encode(errors="replace"), digest_size=16).hexdigest()
