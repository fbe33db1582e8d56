"""Fuzzed requests to all routes of both services: .venv/bin/python -m bench.fuzzing

Requests as our pages send them, seals included, half of them changed: other methods, paths,
queries, headers, and bodies cut, flipped and doubled. Told is how they were answered. Ends with 1
where an answer was 5xx or a line broke, a log holds a traceback, a receipt doesn't open, the
counts of responses and receipts differ, or less than a fifth passed.
"""

import http.client
import os
import random
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, func, select
from starlette.routing import BaseRoute, Mount, Route

from app import app as whole_app
from bench.grammar import FuzzedRequest, Grammar
from bench.places import THIS_YEAR, an_institution
from light import light_app
from models import (
    LateReceipt,
    LateResponse,
    Receipt,
    Response,
    migrate,
    now,
    open_engine,
    reading,
    writing,
)
from models.migrations import shape_fault
from screens.pages import PLACES
from survey.kiosks import add_kiosk
from survey.receipts import instance_secret
from survey.seal import public_key

ROOT = Path(__file__).parent.parent
REQUESTS, LINES = 100_000, 8
LEAST_PASSED = 0.2
RECEIPTS_OPENED = 100
STREAMLITS = ("/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/x/y", "/media/x")


@dataclass
class FuzzedService:
    """A service that is asked, and what came of it."""

    name: str
    port: int
    log: Path
    routes: Mapping[str, Sequence[str]]
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    receipts: set[str] = field(default_factory=set)

    @property
    def passed(self) -> int:
        """How many were let in: answered with what was asked for, or led on."""
        return sum(number for status, number in self.answers.items() if 200 <= status < 400)

    def ask(self, grammar: Grammar, number: int) -> None:
        """Sends so many requests over one line, which is opened anew where it was closed."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        for _ in range(number):
            route = grammar.chance.choice(list(self.routes))
            made = grammar.request(route, self.routes[route])
            try:
                self._note(made, line)
            except (OSError, http.client.HTTPException) as error:
                line.close()
                self._again(made, line, error)
        line.close()

    def _again(
        self, made: FuzzedRequest, line: http.client.HTTPConnection, error: Exception
    ) -> None:
        """A line that was closed between two requests is no fault; the second time it is one."""
        try:
            self._note(made, line)
        except (OSError, http.client.HTTPException) as again:
            self.faults.append(f"{made.method} {made.route}: {error!r}, then {again!r}")
            line.close()

    def _note(self, made: FuzzedRequest, line: http.client.HTTPConnection) -> None:
        headers = {name: one.encode("latin-1", "replace") for name, one in made.headers.items()}
        line.request(made.method, made.target, made.body or None, headers)
        answer = line.getresponse()
        answer.read()
        self.answers[answer.status] += 1
        if answer.status >= 500:
            self.faults.append(f"{answer.status}: {made.method} {made.target[:200]}")
        to = answer.headers.get("Location", "")
        if answer.status == 303 and to.startswith("/r/") and made.method == "POST":
            self.receipts.add(to.partition("?")[0])


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.fuzzing", description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    asked = parser.parse_args()
    print(f"{asked.requests:,} requests, seed {asked.seed}\n")
    print(
        "| service | routes | requests | passed | by status | faults |\n|---|---|---|---|---|---|"
    )
    faults: list[str] = []
    passed = 0
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/fuzzed.sqlite3"
        migrate(url)
        engine = open_engine(url)
        known = a_fuzzed_place(engine, Path(folder))
        for service in services(url, Path(folder)):
            _fuzz(service, asked.requests // 2, asked.seed, known)
            faults += [*service.faults, *_left(service, engine)]
            passed += service.passed
            print(_row(service), flush=True)
        engine.dispose()
    print(*faults[:20], sep="\n")
    share = passed / max(1, asked.requests)
    print(f"\nPassed: {share:.0%}, wanted at least {LEAST_PASSED:.0%}; faults: {len(faults)}")
    return 1 if faults or share < LEAST_PASSED else 0


def a_fuzzed_place(engine: Engine, folder: Path) -> dict[str, list[str]]:
    """Adds an institution, its units and a kiosk; what routes' parameters really are."""
    secret = instance_secret(folder)
    with writing(engine) as session:
        units, _ = an_institution(session, 0, 3, [THIS_YEAR])
        kiosks = [add_kiosk(session, secret, unit, "Loket 1", now()) for unit in units]
        codes = [unit.code for unit in units]
    return {
        "unit": codes,
        "kiosk": kiosks,
        "code": ["ABCD-EFGH-JKMN", "x"],
        "number": ["1", "99"],
        "rest": ["x/x", *codes],
        "name": [place.path for place in PLACES],
        "key": ["skm-2017", "perception-2022"],
    }


def services(url: str, folder: Path) -> Iterator[FuzzedService]:
    """The light door, then the whole service, on the same database."""
    light = routes_of(light_app().routes)
    whole = routes_of(whole_app._user_routes) | dict.fromkeys(STREAMLITS, ("GET", "POST"))
    for script, routes in (("light.py", light), ("app.py", whole)):
        with started(script, url, folder) as (port, log):
            yield FuzzedService(script, port, log, routes)


def routes_of(routes: Sequence[BaseRoute], below: str = "") -> dict[str, tuple[str, ...]]:
    """The patterns of the routes, with the methods that each is meant for."""
    found: dict[str, tuple[str, ...]] = {}
    for route in routes:
        if isinstance(route, Mount):
            found |= routes_of(route.routes, below + route.path)
        elif isinstance(route, Route):
            path, methods = below + route.path, sorted(set(route.methods or ["GET"]) - {"HEAD"})
            found[path] = tuple(dict.fromkeys((*found.get(path, ()), *methods)))
    return found


@contextmanager
def started(script: str, url: str, folder: Path) -> Iterator[tuple[int, Path]]:
    """A service in a process of its own; gives its port and its log once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {"PORT": str(port), "DATABASE_URL": url, "DATA": str(folder), "DEMO": "0"}
    log = folder / f"{script}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, script],
            cwd=ROOT,
            env=os.environ | own | {"HOST": "127.0.0.1", "FORWARDED_ALLOW_IPS": "127.0.0.1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while not _healthy(port):
            if process.poll() is not None:
                raise RuntimeError(log.read_text())
            time.sleep(0.2)
        yield port, log
    finally:
        process.terminate()
        process.wait(60)


def _healthy(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _fuzz(
    service: FuzzedService, number: int, seed: int, known: Mapping[str, Sequence[str]]
) -> None:
    public = public_key(instance_secret(service.log.parent))
    with ThreadPoolExecutor(LINES) as lines:
        asking = []
        for at in range(LINES):
            grammar = Grammar(random.Random(f"{seed} {service.name} {at}"), known, public)
            share = number // LINES + (at < number % LINES)
            asking.append(lines.submit(service.ask, grammar, share))
        for one in asking:
            one.result()


def _left(service: FuzzedService, engine: Engine) -> Iterator[str]:
    """What is wrong once all was sent."""
    if "Traceback" in (log := service.log.read_text(errors="replace")):
        yield f"{service.name}: {log[log.index('Traceback') :][:3000]}"
    if not _healthy(service.port):
        yield f"{service.name} is not healthy"
    if fault := shape_fault(engine):
        yield fault
    line = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    for code in sorted(service.receipts)[:RECEIPTS_OPENED]:
        line.request("GET", code)
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            yield f"{service.name}: a receipt is answered {answer.status}"
    with reading(engine) as session:
        for kept, codes in ((Response, Receipt), (LateResponse, LateReceipt)):
            counts = [
                session.scalar(select(func.count()).select_from(one)) for one in (kept, codes)
            ]
            if counts[0] != counts[1]:
                yield f"{counts[0]} rows of {kept.__tablename__} have {counts[1]} receipts"


def _row(service: FuzzedService) -> str:
    told = ", ".join(f"{status}: {number:,}" for status, number in sorted(service.answers.items()))
    number = service.answers.total()
    shares = f"{number:,} | {service.passed / max(1, number):.0%}"
    return f"| {service.name} | {len(service.routes)} | {shares} | {told} | {len(service.faults)} |"


if __name__ == "__main__":
    sys.exit(main())
