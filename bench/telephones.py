"""Forty honest telephones and one flood behind one address: .venv/bin/python -m bench.telephones

Each telephone sends an empty form first, then the filled one, and waits where it is asked to. The
flood sends as fast as it is answered, until all telephones are done: as one program, and then
calling itself something else each time. Told is what was stored of each, and how long a telephone
waited. Ends with 1 where a telephone was refused.
"""

import http.client
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from bench.places import THIS_YEAR, an_institution, asked_database
from bench.write_path import serving
from models import migrate, open_engine, writing
from survey.light import forms
from survey.receipts import mint_key

TELEPHONES = 40
FLOODING = 8  # connections at once
PATIENCE = 1_200  # seconds, after which a telephone counts as refused
FORM = "/s/unit-{at}-0"
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile"
EMPTY = {f"{forms.ITEM}time": ""}


@dataclass
class Flood:
    """One visitor who sends as fast as it is answered; what was stored of it."""

    send: "Sender"
    calls_itself: Callable[[], str]
    answers: Counter[int] = field(default_factory=Counter)
    slowed: threading.Event = field(default_factory=threading.Event)

    def until(self, done: threading.Event) -> None:
        while not done.is_set():
            status, _ = self.send(mint_key(), self.calls_itself())
            self.answers[status] += 1
            if status == 429:
                self.slowed.set()


@dataclass(frozen=True)
class Sender:
    """Sends forms of a unit of their own to the door."""

    port: int
    unit: int

    def __call__(self, key: str, browser: str, **fields: str) -> tuple[int, int]:
        """The status of the answer, and the seconds that it asks to wait."""
        form = {
            forms.KEY: key,
            forms.PERIOD: str(THIS_YEAR),
            forms.SEEN_AT: "0",
            forms.PROVENANCE: "self",
            f"{forms.ITEM}time": "3",
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": browser,
            "X-Forwarded-For": "203.0.113.7",
        }
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as there:
            path = FORM.format(at=self.unit)
            there.request("POST", path, urlencode(form | fields), headers)
            answer = there.getresponse()
            answer.read()
            return answer.status, int(answer.headers.get("Retry-After", 0))


def telephone(send: Sender) -> float | None:
    """The seconds that an honest visitor waited; None where the form was refused."""
    key, starts = mint_key(), time.monotonic()
    status, _ = send(key, PHONE, **EMPTY)
    while status in (422, 429) and time.monotonic() - starts < PATIENCE:
        status, wait = send(key, PHONE)
        time.sleep(wait)
    return time.monotonic() - starts if status == 303 else None


def tried(name: str, send: Sender, calls_itself: Callable[[], str]) -> int:
    """Tells how it went beside such a flood; gives how many telephones were refused."""
    done, flood = threading.Event(), Flood(send, calls_itself)
    with ThreadPoolExecutor(TELEPHONES + FLOODING) as people:
        for _ in range(FLOODING):
            people.submit(flood.until, done)
        flood.slowed.wait()
        waited = list(people.map(telephone, [send] * TELEPHONES))
        done.set()
    honest = sorted(one for one in waited if one is not None)
    refused = TELEPHONES - len(honest)
    longest = f"{honest[-1]:.0f} s" if honest else "-"
    tries, stored = flood.answers.total(), flood.answers[303]
    print(f"| {name} | {refused} | {longest} | {tries:,} | {stored:,} |", flush=True)
    return refused


def main() -> int:
    with asked_database("bench.telephones", __doc__) as (_, url), TemporaryDirectory() as folder:
        migrate(url)
        engine = open_engine(url)
        with writing(engine) as session:
            for at in range(2):
                an_institution(session, at, 1, [THIS_YEAR])
        engine.dispose()
        names = count()
        print("| the flood | telephones refused | longest wait | it tried | of it stored |")
        print("|---|---|---|---|---|")
        with serving("light", url, folder) as door:
            refused = tried("one program", Sender(door.port, 0), lambda: "flood/1")
            sender = Sender(door.port, 1)
            refused += tried("ever another name", sender, lambda: f"flood/{next(names)}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
