"""What looks cost those who rate: .venv/bin/python -m bench.looking

Submissions a second, as the light door's writer stores them, on an SQLite file with full
durability, while 0, 2 or 5 people in processes of their own look without pause at the dashboard
of an open period. Looks also take processor time, which a machine of few cores has no more of; so
each number of people looks by turns at the database that is written (all that looks cost) and at a
copy of it (their processor time alone). Their ratio is what the database's locks cost: wanted is
at least 0.8. Ends with 1 where it is missed, or where a submission failed.
"""

import multiprocessing
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from accounts.actors import Actor
from bench.places import THIS_YEAR, an_institution
from desk.unit.results import unit_results
from desk.unit.steps import keep_steps
from models import migrate, open_engine, reading, writing
from survey.checks import Submission
from survey.finishing import finish_unless_busy
from survey.periods import asked_instrument
from survey.receipts import mint_key
from survey.storage import CheckedResponse, store
from survey.writer import Writer

LOOKING = (0, 2, 5)
ROUNDS = 3
SECONDS = 3.0
STORED = 2_000  # responses of the unit before anybody looks
SENDERS = 16
LEAST = 0.8
SECRET = bytes(32)


def main() -> int:
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("written.sqlite3", "copy.sqlite3")]
        unit, period, answers = filled(files[0])
        shutil.copyfile(files[0], files[1])
        rates: dict[tuple[int, str], list[float]] = {}
        for turn in range(ROUNDS + 1):
            for people in LOOKING:
                for file in files:
                    with lookers(people, file, unit, period):
                        rate = submissions_a_second(files[0], answers)
                    if turn > 0:  # the first is to warm up
                        rates.setdefault((people, file.stem), []).append(rate)
    return told({key: median(found) for key, found in rates.items()})


def told(rates: dict[tuple[int, str], float]) -> int:
    """Prints the table; 1 where locks cost more than they may."""
    print("| people looking | at the database | at a copy | locks apart | of that with none |")
    print("|---|---|---|---|---|")
    enough = True
    for people in LOOKING:
        whole, apart = rates[people, "written"], rates[people, "copy"]
        of_none = whole / rates[0, "written"]
        print(f"| {people} | {whole:,.0f} | {apart:,.0f} | {whole / apart:.2f} | {of_none:.2f} |")
        enough = enough and whole / apart >= LEAST
    print(f"\nSubmissions a second; wanted, locks apart: at least {LEAST}.")
    return 0 if enough else 1


def filled(file: Path) -> tuple[int, int, dict[str, int]]:
    """An institution whose unit has been rated; the unit, the period, and what to answer."""
    migrate(f"sqlite:///{file}")
    engine = open_engine(f"sqlite:///{file}")
    with writing(engine) as session:
        (unit,), (period,) = an_institution(session, 0, 1, [THIS_YEAR])
        asked = asked_instrument(period)
        answers = dict.fromkeys(asked.allowed, 3)
        row = CheckedResponse(
            answers=answers,
            channel="open_link",
            provenance="self",
            local_date=period.starts,
            quarter_hour=40,
        )
        store(session, unit, period, asked, [row] * STORED)
        found = unit.id, period.id, answers
    with engine.connect() as connection:  # the copy has all
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return found


@contextmanager
def lookers(people: int, file: Path, unit: int, period: int) -> Iterator[None]:
    """So many people look until the end, from when each has looked once."""
    spawn = multiprocessing.get_context("spawn")
    stop, ready = spawn.Event(), [spawn.Event() for _ in range(people)]
    looking = [spawn.Process(target=look, args=(file, unit, period, one, stop)) for one in ready]
    for process in looking:
        process.start()
    for one in ready:
        one.wait()
    try:
        yield
    finally:
        stop.set()
        for process in looking:
            process.join()


def look(file: Path, unit: int, period: int, ready: Event, stop: Event) -> None:
    """Looks at the dashboard's summary, again and again."""
    engine, actor = open_engine(f"sqlite:///{file}"), Actor(1, "Analis", analyst=True)
    while not stop.is_set():
        keep_steps(engine, actor, unit)
        finish_unless_busy(engine, units=[unit])
        with reading(engine) as session:
            unit_results(session, actor, unit, period)
        ready.set()


def submissions_a_second(file: Path, answers: dict[str, int]) -> float:
    """Of so many senders, each of whom waits for the receipt. Raises where one failed."""
    engine = open_engine(f"sqlite:///{file}")
    writer = Writer(engine, SECRET)
    until = time.perf_counter() + SECONDS

    def send() -> int:
        sent = 0
        while time.perf_counter() < until:
            form = Submission(mint_key(), "unit-0-0", str(THIS_YEAR), answers)
            writer.submit(form).result()
            sent += 1
        return sent

    start = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        sent = sum(pool.map(lambda _: send(), range(SENDERS)))
    taken = time.perf_counter() - start
    writer.close()
    return sent / taken


if __name__ == "__main__":
    sys.exit(main())
