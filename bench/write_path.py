"""How many submissions a second one light worker stores: .venv/bin/python -m bench.write_path

Four services of one worker each take turns under the same load, in one run: the light door as it
is, the same with a commit for each submission, the same without storing, and an empty reply.
Measured on SQLite with full durability, or on the empty database of ``--database URL``, which it
fills. Ends with 1 where a ratio is missed.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, func, select

from bench.compared import Compared, Wanted
from bench.load import Load, keys_for
from bench.places import THIS_YEAR, a_database, an_institution, asked_database
from models import Receipt, Response, VisitToken, migrate, open_engine, reading, writing
from survey.receipts import instance_secret
from survey.tokens import issue_tokens

ROOT = Path(__file__).parent.parent
DOORS = {
    "as it is": "light",
    "one commit each": "single",
    "nothing stored": "nothing",
    "an empty reply": "empty",
}
STORING = ("light", "single")
ROUNDS = 5
SECONDS = 1.5
TOKENS = 100_000
LEAST_OVER_SINGLE = 3.0
LEAST_OVER_NOTHING = 0.25
NO_MORE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Measured:
    """Submissions a second of each door, in each round."""

    engine: str
    rounds: dict[str, list[float]]

    @property
    def rates(self) -> dict[str, float]:
        """The median of all rounds."""
        return {door: median(found) for door, found in self.rounds.items()}

    @property
    def over_single(self) -> float:
        """How many times the rate of one commit each."""
        return self.rates["as it is"] / self.rates["one commit each"]

    @property
    def over_nothing(self) -> float:
        """What share of the rate without storing."""
        return self.rates["as it is"] / self.rates["nothing stored"]

    @property
    def enough(self) -> bool:
        """Whether both ratios are what the write path promises."""
        return self.over_single >= LEAST_OVER_SINGLE and self.over_nothing >= LEAST_OVER_NOTHING

    @property
    def row(self) -> str:
        """A row of the table."""
        rates = " | ".join(f"{self.rates[door]:,.0f}" for door in DOORS)
        return f"| {self.engine} | {rates} | {self.over_single:.1f} | {self.over_nothing:.2f} |"


def main() -> int:
    with asked_database("bench.write_path", __doc__) as (engine, url):
        measured = measure(engine, url)
    print(f"| | {' | '.join(DOORS)} | times one commit each | share of nothing stored |")
    print(f"|---|---|---|---|---|---|---|\n{measured.row}")
    print(f"\nWanted: {LEAST_OVER_SINGLE} times, and a share of {LEAST_OVER_NOTHING}.")
    return 0 if measured.enough else 1


def compared() -> Compared:
    """The seconds that a thousand submissions take at each door, on SQLite."""
    with a_database(None) as (engine, url):
        rounds = measure(engine, url).rounds
    seconds = {door: [1000 / rate for rate in found] for door, found in rounds.items()}
    wanted = Wanted("as it is", 1 / LEAST_OVER_SINGLE, "one commit each")
    return Compared("1,000 submissions to one worker", seconds, [wanted])


def measure(engine: str, url: str) -> Measured:
    """The doors by turns. Raises where an answer is no receipt, or was given for nothing."""
    migrate(url)
    database = open_engine(url)
    stored = 0
    rates: dict[str, list[float]] = {door: [] for door in DOORS}
    with ExitStack() as stack, TemporaryDirectory() as folder:
        tokens = a_unit_with_tokens(database, folder)
        doors = {
            name: stack.enter_context(serving(kind, url, folder)) for name, kind in DOORS.items()
        }
        for turn in range(ROUNDS + 1):
            for door, serves in doors.items():
                storing = DOORS[door] in STORING
                load = Load(serves.port, tokens=tokens[storing]).run(keys_for(SECONDS))
                if len(load.receipts) != len(load.sent):
                    raise RuntimeError(f"{door}: not every form was answered")
                stored += len(load.sent) if storing else 0
                if turn > 0:  # the first is to warm up
                    rates[door].append(len(load.sent) / load.seconds)
    with reading(database) as session:
        redeemed = select(VisitToken).where(VisitToken.redeemed)
        for rows in (select(Response), select(Receipt), redeemed):
            if session.scalar(select(func.count()).select_from(rows.subquery())) != stored:
                raise RuntimeError(f"{stored} were acknowledged, which is not the number of {rows}")
    database.dispose()
    return Measured(engine, rates)


def a_unit_with_tokens(database: Engine, folder: str) -> dict[bool, Iterator[str]]:
    """Good tokens for the doors that store (True), and one that is never looked at."""
    with writing(database) as session:
        (unit,), (period,) = an_institution(session, 0, 1, [THIS_YEAR])
        good = issue_tokens(session, instance_secret(Path(folder)), unit, period, TOKENS)
    return {True: iter(good), False: repeat(good[0])}


@dataclass(frozen=True)
class Door:
    """Where a door serves, and the process that does, by its number, or begins those that do."""

    port: int
    process: int

    def processor_seconds(self) -> float:
        """What its processes have taken of processors, as Linux tells it."""
        ticks, pid = 0, self.process
        begun = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in (pid, *begun):
            told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += int(told[11]) + int(told[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(
    kind: str, url: str, folder: str, tree: Path = ROOT, more: Mapping[str, str] = NO_MORE
) -> Iterator[Door]:
    """A door in processes of its own, served from a tree; ``more``: of its environment."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
        settings = {"DATABASE_URL": url, "DATA": folder, "FORWARDED_ALLOW_IPS": "127.0.0.1"}
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.doors", kind, str(door.fileno())],
            cwd=tree,
            env=os.environ | settings | dict(more),
            pass_fds=[door.fileno()],
        )
        try:
            yield Door(int(door.getsockname()[1]), process.pid)
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
