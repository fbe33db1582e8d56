"""What a unit's dashboard asks of the database, by the size of the table.

.venv/bin/python -m bench.dashboard_sizes [--rows N ...] [--database URL]
Fills an SQLite file, or the empty database of ``--database URL``, anew for each N (100,000;
1,000,000; 10,000,000) with units of 1,800 responses in two periods. The median over twenty units of
the milliseconds that the database takes for all statements of the summary view: of an open period;
of a closed one with what is kept of it, and counted anew. Ends with 1 where one of the first two
takes longer than wanted.
"""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from os import getloadavg
from statistics import median

from sqlalchemy import Engine, text

from bench.compared import Growth
from bench.filling import LookedAt, excluded_by_itself, filled_by_itself
from bench.places import a_database
from bench.plans import Read, reads_of, states
from models import migrate, open_engine

SIZES = (100_000, 1_000_000, 10_000_000)
GROWING = (100_000, 300_000, 1_000_000)  # of the one table of all
UNITS = 20
VIEW = "summary"
# At the smallest and at the largest size.
MOST = {"postgresql": (20.0, 60.0), "sqlite": (40.0, 120.0)}


def main() -> int:
    parser = ArgumentParser(prog="python -m bench.dashboard_sizes", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--database", metavar="URL", help="an empty database, filled and emptied")
    asked, enough = parser.parse_args(), True
    print("| | responses | open | closed, kept | closed, counted anew | load |")
    print("|---|---|---|---|---|---|")
    for rows in asked.rows:
        with a_database(asked.database) as (name, url):
            opened, kept, anew = measured(url, rows)
            told = " | ".join(f"{one:.1f}" for one in (opened, kept, anew))
            print(f"| {name} | {rows:,} | {told} | {getloadavg()[0]:.1f} |", flush=True)
            most = MOST[name][rows > SIZES[0]]
            enough = enough and max(opened, kept) <= most
    print("\nMilliseconds in the database, the median over units.")
    return 0 if enough else 1


def growth() -> Growth:
    """The seconds in SQLite by how many responses there are."""
    seconds: dict[str, dict[int, float]] = {state: {} for state in ("open", "closed, kept")}
    for rows in GROWING:
        with a_database(None) as (_, url):
            for state, taken in zip(seconds, measured(url, rows), strict=False):
                seconds[state][rows] = taken / 1000
    return Growth("A unit's summary, in SQLite", "responses", seconds)


def measured(url: str, rows: int) -> list[float]:
    """The milliseconds in each state."""
    migrate(url)
    engine = open_engine(url)
    looked = filled_by_itself(engine, rows)
    excluded_by_itself(engine)
    found = [
        median(milliseconds(engine, reads_of(engine, unit, state, VIEW)) for unit in units(looked))
        for state in states(engine, looked)
    ]
    if engine.dialect.name == "postgresql":
        emptied(engine)
    engine.dispose()
    return found


def units(looked: LookedAt) -> Iterator[int]:
    """Those of the institution that is looked at, which is filled last."""
    yield from range(looked.unit, max(looked.unit - UNITS, looked.first), -1)


def milliseconds(engine: Engine, reads: Sequence[Read]) -> float:
    """What the statements of a look take, each once more."""
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        start = time.perf_counter()
        for read in reads:
            cursor.execute(read.statement, read.values)
            cursor.fetchall()
        return 1000 * (time.perf_counter() - start)


def emptied(engine: Engine) -> None:
    """As its owner, for the next size."""
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


if __name__ == "__main__":
    sys.exit(main())
