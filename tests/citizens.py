"""Citizens who fill in the light form of the district in ``tests.world``, one or many at once."""

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from urllib.parse import urlencode

from analysis.rulebook.instrument import load_instrument
from survey.light import forms

CONNECTIONS = 64
FORM = "/s/puskesmas-langgur?lang=id"


def rate(connection: http.client.HTTPConnection, key: str) -> str:
    """Sends a form with all that can be answered; gives the code of its receipt.

    It comes from an address of its own, to a service that believes this machine's proxy. Where
    the form is known already, the citizen says that it is the own one.
    """
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": str(IPv4Address(random.getrandbits(32))),
    }
    for form in (filled(key), {forms.KEY: key, forms.AGAIN: "1"}):
        connection.request("POST", FORM, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 409:
            break
    assert answer.status == 303, answer.status
    return str(answer.headers["Location"]).removeprefix("/r/").partition("?")[0]


def filled(key: str) -> dict[str, str]:
    """A form with all that can be answered."""
    instrument = load_instrument("skm-2017")
    return {
        forms.KEY: key,
        forms.PERIOD: "semester-ini",
        forms.SEEN_AT: str(int(time.time()) - 90),
        forms.SERVICE: "layanan-1",
        forms.EXPERIENCE: next(iter(instrument.experience.forms)),
        forms.PROVENANCE: "companion",
        forms.COMMENT: "Petugas ramah, ruang tunggu penuh.",
        **{f"{forms.ITEM}{item}": "3" for item in instrument.allowed},
        **{
            f"{forms.RESPONDENT}{one.key}": next(iter(one.options))
            for one in instrument.respondent.fields
        },
    }


@dataclass
class Crowd:
    """Citizens who send forms to a port of this machine over connections kept open.

    What came of it, by the key of each form; ``after_each`` receipt, one citizen at a time.
    """

    port: int
    after_each: Callable[["Crowd"], None] = lambda _: None
    sent: list[str] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def send(self, keys: Iterable[str]) -> "Crowd":
        """A form for each key, until the keys or the service end."""
        waiting = list(keys)
        with ThreadPoolExecutor(CONNECTIONS) as citizens:
            for citizen in [citizens.submit(self._send, waiting) for _ in range(CONNECTIONS)]:
                citizen.result()
        return self

    def _send(self, waiting: list[str]) -> None:
        with (
            suppress(OSError, http.client.HTTPException),  # the service is gone
            closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection,
        ):
            while key := self._next(waiting):
                code = rate(connection, key)
                with self.turn:
                    self.receipts[key] = code
                    self.after_each(self)

    def _next(self, waiting: list[str]) -> str:
        with self.turn:
            key = waiting.pop() if waiting else ""
            self.sent += [key] if key else []
            return key
