"""How long citizens wait while much is stored: python -m bench.bulk [--database URL] [--rows N]

Citizens rate a unit through the light door, each sending the next form soon after the last was
answered. Meanwhile another process imports a large file of the unit's last year, then another until
that is interrupted half-way and undone, and closes that year. Told is how long each of these took
and how long the citizens waited, beside their waits where nothing else is done. Ends with 1 where
one of them waited longer than is wanted.
"""

import asyncio
import random
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from accounts.actors import Actor, actor_of
from bench.compared import Compared, Wanted
from bench.load import receipt, request
from bench.places import SKM, THIS_YEAR, a_database, an_institution
from bench.write_path import serving
from desk.office.imports import FileOfUnit, import_file
from desk.office.periods import close_in_slices
from models import Period, Role, Unit, User, migrate, open_engine, reading, writing
from survey.files import asked_of
from survey.reading.understood import read_file
from survey.receipts import mint_key

LAST_YEAR = THIS_YEAR - 1
ROWS = 100_000
WANTED = 0.2  # seconds that a citizen waits at most
AT_MOST = "what is wanted"
CITIZENS = 4
PAUSE = 0.02  # seconds between two forms of a citizen
QUIET = 10  # seconds in which nothing else is done
REMARKS = ("Petugas ramah", "Ruang tunggu penuh", "Antrean lama, tolong ditambah loket", "")

T = TypeVar("T")
Work = Callable[[], object]
Prepare = Callable[[str, Actor, int], Work]


class Interrupted(Exception):
    """What ends an import half-way."""


@dataclass(frozen=True)
class Waits:
    """What was done meanwhile, how long it took, and how long each citizen waited."""

    what: str
    seconds: float
    waits: Sequence[float]

    @property
    def row(self) -> str:
        """A row of the table, in milliseconds but for the whole."""
        told = [1000 * float(np.quantile(self.waits, share)) for share in (0.5, 0.99, 1.0)]
        figures = " | ".join(f"{one:.0f}" for one in told)
        return f"{self.what} | {self.seconds:.1f} | {len(self.waits):,} | {figures} |"


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.bulk", description=__doc__)
    parser.add_argument("--database", metavar="URL", help="an empty database, which is filled")
    parser.add_argument("--rows", type=int, default=ROWS, help="of the file")
    asked = parser.parse_args()
    with a_database(asked.database) as (engine, url):
        found = measured(url, asked.rows)
    print("| | meanwhile | seconds | forms | median ms | 99 % ms | longest ms |")
    print("|---|---|---|---|---|---|---|")
    for one in found:
        print(f"| {engine} | {one.row}")
    longest = max(max(one.waits) for one in found)
    print(f"\nThe longest wait: {1000 * longest:.0f} ms. Wanted: {1000 * WANTED:.0f} at most.")
    return 0 if longest <= WANTED else 1


def compared() -> Compared:
    """The longest wait of a citizen during each work, beside what is wanted, on SQLite."""
    with a_database(None) as (_, url):
        longest = {one.what: [max(one.waits)] for one in measured(url, ROWS)}
    wanted = [Wanted(what, 1, AT_MOST) for what in longest]
    return Compared("longest wait of a citizen", {AT_MOST: [WANTED], **longest}, wanted)


def measured(url: str, rows: int) -> list[Waits]:
    """The waits while nothing else is done, and during each work."""
    migrate(url)
    actor = a_coordinator(url)
    works: dict[str, Prepare] = {
        "nothing else": rest,
        f"import of {rows:,} rows": imported,
        "another, undone half-way": undone,
        f"closing with {rows:,} rows": closed,
    }
    with (
        TemporaryDirectory() as folder,
        get_context("spawn").Pool(1) as aside,
        serving("light", url, folder) as door,
    ):
        asyncio.run(citizens(door.port, lambda: time.sleep(2)))  # to warm up
        found = []
        for what, work in works.items():
            aside.apply(prepare, (work, url, actor, rows))
            taken, waits = asyncio.run(citizens(door.port, lambda: aside.apply(go)))
            found.append(Waits(what, taken, waits))
    open_engine(url).dispose()
    return found


async def citizens(port: int, work: Callable[[], T]) -> tuple[T, list[float]]:
    """What the work gives, and how long each form took of citizens who come until it is done."""
    done, waits = asyncio.Event(), list[float]()
    sending = [asyncio.create_task(send(port, done, waits)) for _ in range(CITIZENS)]
    given = await asyncio.to_thread(work)
    done.set()
    await asyncio.gather(*sending)
    return given, waits


async def send(port: int, done: asyncio.Event, waits: list[float]) -> None:
    """One citizen after the other, over a connection kept open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not done.is_set():
        begun = time.monotonic()
        writer.write(request(mint_key()))
        receipt(await reader.readuntil(b"\r\n\r\n"))
        waits.append(time.monotonic() - begun)
        await asyncio.sleep(PAUSE)
    writer.close()


_prepared: list[Work] = []  # of the process aside


def prepare(work: Prepare, url: str, actor: Actor, rows: int) -> None:
    """What a work needs before citizens are watched."""
    _prepared.append(work(url, actor, rows))


def go() -> float:
    """How long the work took that was prepared."""
    work, begun = _prepared.pop(), time.monotonic()
    work()
    return time.monotonic() - begun


def rest(_url: str, _actor: Actor, _rows: int) -> Work:
    """Does nothing for a while."""
    return lambda: time.sleep(QUIET)


def imported(url: str, actor: Actor, rows: int, stop: int | None = None) -> Work:
    """Imports a file into the unit that the citizens rate, of its last year."""
    engine = open_engine(url)
    with reading(engine) as session:
        unit, period = session.get_one(Unit, 1), session.get_one(Period, 1)
        understood = read_file(a_file(rows, stop), "a.csv", asked_of(session, unit, period))

    def tell(done: int, _all: int) -> None:
        if stop is not None and done >= stop:
            raise Interrupted

    return lambda: import_file(engine, actor, FileOfUnit(1, 1, understood), tell)


def undone(url: str, actor: Actor, rows: int) -> Work:
    """The same, interrupted half-way."""
    work = imported(url, actor, rows, rows // 2)

    def until_interrupted() -> None:
        try:
            work()
        except Interrupted:
            return
        raise RuntimeError("it was not interrupted")

    return until_interrupted


def closed(url: str, actor: Actor, _rows: int) -> Work:
    """Closes the unit's last year."""
    return lambda: close_in_slices(open_engine(url), actor, 1)


def a_coordinator(url: str) -> Actor:
    """The coordinator of an institution with a unit to rate."""
    with writing(open_engine(url)) as session:
        (unit,), _ = an_institution(session, 0, 1, [LAST_YEAR, THIS_YEAR])
        unit.open_link = True
        role = Role(role="coordinator", institution_id=unit.institution_id)
        user = User(
            username="koordinator", name="Koordinator", password_hash="", active=True, roles=[role]
        )
        session.add(user)
        session.flush()
        return actor_of(session, user)


def a_file(rows: int, seed: int | None) -> bytes:
    """Answers as an office has them, each with its day and many with a remark."""
    drawn, first = random.Random(seed or 0), date(LAST_YEAR, 1, 1)
    lines = [",".join(["Tanggal", *(f"U{at}" for at in range(1, 1 + len(SKM.allowed))), "Saran"])]
    for _ in range(rows):
        day = first + timedelta(days=drawn.randint(0, 364))
        answers = [str(drawn.randint(1, 4)) for _ in SKM.allowed]
        lines.append(",".join([day.isoformat(), *answers, f'"{drawn.choice(REMARKS)}"']))
    return "\n".join(lines).encode()


if __name__ == "__main__":
    sys.exit(main())
