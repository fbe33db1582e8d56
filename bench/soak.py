"""Half of what the light door can, for long, a worker killed every minute: python -m bench.soak

Two workers on an SQLite file, or on the empty database of ``--database``. First it is measured
how many forms a second they store; then half of that comes, evenly, from citizens who send a form
again until they are answered, while the younger worker is killed (-9) by the clock. In the end the
rows are counted. The older worker lives through all of it: its memory is told with its slope.
Ends with 1 where a form is lost or stored twice.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import numpy as np
from scipy.stats import linregress, t
from sqlalchemy import func, select

from bench.load import CONNECTIONS, HEAD, Load, keys_for, receipt, request
from bench.places import THIS_YEAR, an_institution
from models import Receipt, Response, migrate, open_engine, reading, writing
from survey.light import forms
from survey.receipts import mint_key

ROOT = Path(__file__).parent.parent
WORKERS = 2
SECONDS_TO_MEASURE = 8.0
SHARE = 0.5
BLOCKS = 30  # means of memory over a thirtieth of the time each: neighbours hardly correlate
AGAIN = 0.2  # seconds until a citizen tries again
KNOWN = b"HTTP/1.1 409 "


@dataclass
class Soak:
    """Citizens at an even pace, and what came of it, by the key of each form."""

    port: int
    rate: float
    seconds: float
    sent: int = 0
    receipts: dict[str, str] = field(default_factory=dict)
    tried_again: int = 0
    longest: float = 0.0

    async def run(self) -> None:
        """Sends until the time is over and all are answered."""
        begins = time.monotonic()
        async with asyncio.TaskGroup() as citizens:
            for number in range(CONNECTIONS):
                citizens.create_task(self._citizen(begins + number / self.rate))

    async def _citizen(self, turn: float) -> None:
        ends = turn + self.seconds
        connection = Connection(self.port)
        while turn < ends:
            await asyncio.sleep(max(0.0, turn - time.monotonic()))
            key, began = mint_key(), time.monotonic()
            self.sent += 1
            while key not in self.receipts:
                try:
                    self.receipts[key] = await connection.send(key)
                except (OSError, asyncio.IncompleteReadError):
                    self.tried_again += 1
                    connection.close()
                    await asyncio.sleep(AGAIN)
            self.longest = max(self.longest, time.monotonic() - began)
            turn += CONNECTIONS / self.rate
        connection.close()


class Connection:
    """A connection that is opened when it is needed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, key: str) -> str:
        """The receipt of a form; where it was known already, of whoever says it is the own one."""
        head = await self._asked(request(key))
        if head.startswith(KNOWN):
            self.close()  # with the page that asks whose it is
            body = urlencode({forms.KEY: key, forms.AGAIN: "1"}).encode()
            head = await self._asked(HEAD % (b"10.0.0.1", len(body)) + body)
        return receipt(head)

    async def _asked(self, sent: bytes) -> bytes:
        if not self.streams:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(sent)
        return await reader.readuntil(b"\r\n\r\n")

    def close(self) -> None:
        """Leaves it; the next form opens another."""
        if self.streams:
            self.streams[1].close()
        self.streams = None


@dataclass
class Watch:
    """Kills the younger worker by the clock, and writes down the older one's memory."""

    service: int
    every: float
    kills: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)

    async def run(self) -> None:
        """Until it is cancelled."""
        began = time.monotonic()
        older = workers_of(self.service)[0]
        while True:
            await asyncio.sleep(1)
            now = time.monotonic() - began
            self.memory.append((now, resident(older)))
            if now >= self.every * (self.kills + 1):
                self.kills += 1
                for younger in workers_of(self.service)[1:]:
                    os.kill(younger, signal.SIGKILL)


def workers_of(service: int) -> list[int]:
    """The workers of a service, the oldest first."""
    children = Path(f"/proc/{service}/task/{service}/children").read_text().split()
    return [
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def resident(process: int) -> float:
    """Resident memory in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def slope(memory: list[tuple[float, float]]) -> tuple[float, float, float]:
    """MiB an hour with its 95 % interval, from means of equal spans of the second half.

    In the first one caches fill, and the counts of who sent: 8 MB at most.
    """
    seconds, mib = np.array(memory[len(memory) // 2 :]).T
    spans = [part.mean(axis=1) for part in np.array_split(np.array([seconds, mib]), BLOCKS, axis=1)]
    fit = linregress(*np.array(spans).T)
    reach = t.ppf(0.975, BLOCKS - 2) * fit.stderr
    return tuple(3600 * value for value in (fit.slope, fit.slope - reach, fit.slope + reach))


@contextmanager
def serving(url: str, folder: str) -> Iterator[tuple[int, int]]:
    """The light door with its workers; gives its process and port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "WORKERS": str(WORKERS)}
    settings |= {"DATABASE_URL": url, "DATA": folder, "FORWARDED_ALLOW_IPS": "127.0.0.1"}
    process = subprocess.Popen(
        [sys.executable, "light.py"],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
    )
    try:
        while len(workers_of(process.pid)) < WORKERS or not answers(port):
            time.sleep(0.2)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(60)


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


async def soak(service: int, port: int, asked: Namespace, rate: float) -> tuple[Soak, Watch]:
    """The load and the killer side by side."""
    load, watch = Soak(port, rate, asked.seconds), Watch(service, asked.kill_every)
    watching = asyncio.create_task(watch.run())
    await load.run()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    return load, watch


def measured_rate(port: int) -> float:
    """How many forms a second are stored."""
    Load(port).run(keys_for(SECONDS_TO_MEASURE / 4))  # to warm up
    measured = Load(port).run(keys_for(SECONDS_TO_MEASURE))
    return len(measured.receipts) / measured.seconds


def stored(url: str) -> tuple[int, int]:
    """How many responses and receipts the database holds."""
    with reading(open_engine(url)) as session:
        counts = [
            session.scalar(select(func.count()).select_from(one)) for one in (Response, Receipt)
        ]
    return counts[0] or 0, counts[1] or 0


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--database", metavar="URL", help="an empty database, which is filled")
    parser.add_argument("--seconds", type=float, default=1_800.0)
    parser.add_argument("--kill-every", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--rate", type=float, metavar="FORMS", help="a second; else half of it")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{folder}/soak.sqlite3"
        migrate(url)
        with writing(open_engine(url)) as session:
            an_institution(session, 0, 1, [THIS_YEAR])
        with serving(url, folder) as (service, port):
            rate = asked.rate or SHARE * measured_rate(port)
            before, _ = stored(url)
            load, watch = asyncio.run(soak(service, port, asked, rate))
        responses, receipts = (many - before for many in stored(url))
    told = {
        "forms a second": f"{rate:,.0f}",
        "workers killed": f"{watch.kills}",
        "forms sent": f"{load.sent:,}",
        "sent again": f"{load.tried_again:,}",
        "lost": f"{load.sent - receipts:,}",
        "stored twice": f"{responses - len({*load.receipts.values()}):,}",
        "longest wait for an answer": f"{load.longest:.1f} s",
        "memory of the older worker": f"{watch.memory[0][1]:.1f} to {watch.memory[-1][1]:.1f} MiB",
    }
    for name, value in told.items():
        print(f"| {name} | {value} |")
    print(
        "| its slope | {:+.2f} MiB an hour (95 %: {:+.2f} to {:+.2f}) |".format(
            *slope(watch.memory)
        )
    )
    right = (
        load.sent == len(load.receipts) == len({*load.receipts.values()}) == responses == receipts
    )
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
