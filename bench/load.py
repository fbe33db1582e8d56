"""Citizens who send filled forms as fast as they are answered, over connections kept open."""

import asyncio
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from itertools import repeat
from urllib.parse import urlencode

import uvloop

from bench.places import SKM, THIS_YEAR
from survey.light import forms
from survey.receipts import mint_key

CONNECTIONS = 64
UNIT, PERIOD, SERVICE = "unit-0-0", str(THIS_YEAR), "s0"


@dataclass
class Load:
    """The load on a port of this machine, and what came of it, by the key of each form.

    ``tokens``: of the visits, one a form; an empty one leaves the form without.
    """

    port: int
    tokens: Iterator[str] = field(default_factory=lambda: repeat(""))
    connections: int = CONNECTIONS
    sent: list[str] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def run(self, keys: Iterable[str]) -> "Load":
        """Sends a form for each key. Raises RuntimeError at an answer that is no receipt."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run(iter(keys)))
        return self

    async def _run(self, keys: Iterator[str]) -> None:
        loop, starts = asyncio.get_running_loop(), time.monotonic()
        citizens = [
            (await loop.create_connection(lambda: _Citizen(self, keys), "127.0.0.1", self.port))[1]
            for _ in range(self.connections)
        ]
        await asyncio.gather(*(one.done for one in citizens))
        self.seconds = time.monotonic() - starts


class _Citizen(asyncio.Protocol):
    """Sends the next form as soon as the one before is answered, and goes when there is none."""

    def __init__(self, load: Load, keys: Iterator[str]) -> None:
        self.load, self.keys = load, keys
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.came = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self._send_next()

    def data_received(self, data: bytes) -> None:
        self.came += data
        if b"\r\n\r\n" not in self.came:
            return
        try:
            self.load.receipts[self.key] = receipt(self.came)
        except RuntimeError as error:
            self.done.set_exception(error)
            self.transport.close()
            return
        self._send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or RuntimeError("it hung up"))

    def _send_next(self) -> None:
        self.key, self.came = next(self.keys, ""), b""
        if self.key:
            self.load.sent.append(self.key)
            self.transport.write(request(self.key, next(self.load.tokens)))
        else:
            self.done.set_result(None)
            self.transport.close()


def keys_for(seconds: float) -> Iterator[str]:
    """New keys, for so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield mint_key()


def request(key: str, token: str = "") -> bytes:
    """A filled form of the first unit in ``bench.places``, with all that can be answered.

    Each comes from an address of its own, to a service that believes this machine's proxy.
    """
    body = (urlencode({forms.KEY: key, forms.TOKEN: token}) + REST).encode()
    address = IPv4Address(random.getrandbits(32))
    return HEAD % (str(address).encode(), len(body)) + body


def receipt(head: bytes) -> str:
    """The receipt's code in the head of an answer."""
    status, _, location = head.decode().partition("location: /r/")
    if not status.startswith("HTTP/1.1 303 "):
        raise RuntimeError(f"no receipt, but {status}")
    return location.partition("?")[0]


def _rest() -> str:
    fields = {
        forms.PERIOD: PERIOD,
        forms.SEEN_AT: str(int(time.time()) - 90),
        forms.SERVICE: SERVICE,
        forms.EXPERIENCE: next(iter(SKM.experience.forms)),
        forms.PROVENANCE: "companion",
        forms.COMMENT: "Petugas ramah, ruang tunggu penuh.",
    }
    fields |= {f"{forms.ITEM}{item}": "3" for item in SKM.allowed}
    fields |= {
        f"{forms.RESPONDENT}{one.key}": next(iter(one.options)) for one in SKM.respondent.fields
    }
    return "&" + urlencode(fields)


REST = _rest()
HEAD = (
    f"POST /s/{UNIT}?lang=id HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nAccept-Encoding: gzip\r\n"
    "Sec-Fetch-Site: same-origin\r\nX-Forwarded-For: %s\r\nContent-Length: %d\r\n\r\n"
).encode()
