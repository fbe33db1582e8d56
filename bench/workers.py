"""What a second worker of the light door adds: .venv/bin/python -m bench.workers

One worker and two take turns under the same load, in one run, on an SQLite file or on the empty
database of ``--database URL``, which it fills. Told are forms a second, and what of a processor's
time the workers took for each: where the latter stays, it is cores that a second worker lacks.
The load and the database need some too, so fewer than four tell nothing of the rate.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.door import Rates
from bench.load import Load
from bench.places import asked_database
from bench.write_path import ROOT, Door, a_unit_with_tokens
from models import migrate, open_engine

WORKERS = (1, 2)
WANTED = 1.6
CORES = 4  # two workers, the database and the load
MANY = 128  # connections
ROUNDS = 5
SECONDS_TO_BEGIN = 60
ADDRESS = re.compile(r"ready at http://127\.0\.0\.1:(\d+)\n")


def main() -> int:
    with asked_database("bench.workers", __doc__) as (engine, url):
        rates = measured(url)
    print("| | workers | forms a second | µs of a processor a form |\n|---|---|---|---|")
    for workers, found in rates.items():
        forms, cost = median(found.forms), median(found.cost)
        print(f"| {engine} | {workers} | {forms:,.0f} | {cost:.0f} |")
    one, two = (median(rates[workers].forms) for workers in WORKERS)
    cores = len(os.sched_getaffinity(0))
    print(f"\n{two / one:.2f} times with two, on {cores} cores; wanted: {WANTED} on {CORES}.")
    return 1 if cores >= CORES and two / one < WANTED else 0


def measured(url: str) -> dict[int, Rates]:
    """What so many workers did, by turns."""
    migrate(url)
    rates = {workers: Rates() for workers in WORKERS}
    with ExitStack() as stack, TemporaryDirectory() as folder:
        tokens = a_unit_with_tokens(open_engine(url), folder)[True]
        doors = {
            workers: stack.enter_context(light(workers, url, Path(folder))) for workers in WORKERS
        }
        for turn in range(ROUNDS + 1):
            for workers, door in doors.items():
                # The first round is to warm up.
                (rates[workers] if turn else Rates()).measure(door, Load(door.port, tokens, MANY))
    open_engine(url).dispose()
    return rates


@contextmanager
def light(workers: int, url: str, folder: Path) -> Iterator[Door]:
    """The light door as ``light.py`` serves it."""
    settings = {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "WORKERS": str(workers),
        "DATABASE_URL": url,
        "DATA": str(folder),
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
    }
    log = folder / f"light-{workers}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "light.py"], cwd=ROOT, env=os.environ | settings, stdout=output
        )
    try:
        until = time.monotonic() + SECONDS_TO_BEGIN
        while not (found := ADDRESS.search(log.read_text())):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the light door did not begin")
            time.sleep(0.05)
        yield Door(int(found[1]), process.pid)
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
