"""Citizens who send filled forms as fast as they are answered, over connections kept open."""

import asyncio
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from itertools import repeat
from urllib.parse import urlencode

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
    sent: list[str] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def run(self, keys: Iterable[str]) -> "Load":
        """Sends a form for each key. Raises RuntimeError at an answer that is no receipt."""
        asyncio.run(self._run(iter(keys)))
        return self

    async def _run(self, keys: Iterator[str]) -> None:
        starts = time.monotonic()
        await asyncio.gather(*(self._citizen(keys) for _ in range(CONNECTIONS)))
        self.seconds = time.monotonic() - starts

    async def _citizen(self, keys: Iterator[str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for key in keys:
                self.sent.append(key)
                writer.write(request(key, next(self.tokens)))
                self.receipts[key] = receipt(await reader.readuntil(b"\r\n\r\n"))
        finally:
            writer.close()
            await writer.wait_closed()


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
