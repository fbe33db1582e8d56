"""How fast each engine counts a nation's answers: .venv/bin/python -m bench.engines

Without options: DuckDB over an archive of 1, 3, 10, 30 and 100 million responses of 5,000 units,
out of core, with the line fitted to its time. ``--most N``: no more than so many.
``--side-by-side ROWS``: the same rows in SQLite, DuckDB and Spark, and in the empty PostgreSQL of
``--postgresql URL``. The satisfaction index with standard errors, intervals and probabilities of
grades, each a whole process of ``python -m analysis satisfaction --engine``.
"""

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import make_url

from analysis.arrays import Floats
from analysis.rulebook.instrument import load_instrument
from bench.compared import Compared
from bench.nationwide import MISSING, UNITS
from bench.processes import run

SIZES = [1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000]
PART, BYTES_A_ROW = 1_000_000, 6
TOGETHER, ROUNDS = 1_000_000, 3  # in the one table of all
MOST_MEMORY = 4 * 1024  # MiB
ITEMS = [item.key for item in load_instrument("skm-2017").items]
COLUMNS = ", ".join(f"{item} smallint" for item in ITEMS)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.engines")
    parser.add_argument("--most", type=int, default=SIZES[-1], metavar="N")
    parser.add_argument("--side-by-side", type=int, metavar="ROWS")
    parser.add_argument("--postgresql", metavar="URL", help="an empty database")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        print(f"Load average: {os.getloadavg()[0]:.1f}\n")
        if options.side_by_side:
            return side_by_side(Path(folder), options.side_by_side, options.postgresql)
        return growth(Path(folder), [size for size in SIZES if size <= options.most])


def growth(folder: Path, sizes: list[int]) -> int:
    """Ends with 1 where more memory is taken than wanted."""
    if shutil.disk_usage(folder).free < 2 * BYTES_A_ROW * sizes[-1]:
        print(f"{folder} has less room than {2 * BYTES_A_ROW * sizes[-1] / 2**30:.0f} GiB.")
        return 2
    print("| responses | seconds | processor seconds | MiB |\n|---|---|---|---|")
    taken, most, written = [], 0.0, 0
    for size in sizes:
        for part in range(written // PART, size // PART):
            pq.write_table(rows(part), folder / f"part-{part:03}.parquet")
        written = size
        seconds, processor, memory = measured("duckdb:", str(folder))
        taken.append(seconds)
        most = max(most, memory)
        print(f"| {size:,} | {seconds:.2f} | {processor:.2f} | {memory:.0f} |")
    tell_fit(np.array(sizes, float), np.array(taken))
    print(f"Most memory: {most:.0f} MiB; wanted: at most {MOST_MEMORY}.")
    return 0 if most <= MOST_MEMORY else 1


def tell_fit(sizes: Floats, seconds: Floats) -> None:
    slope, start = np.polyfit(sizes, seconds, 1, w=1 / sizes)
    fitted = start + slope * sizes
    away = np.abs(fitted - seconds) / seconds
    explained = 1 - ((seconds - fitted) ** 2).sum() / ((seconds - seconds.mean()) ** 2).sum()
    print(
        f"\nFit: {start:.2f} s + {slope * 1e6:.3f} s a million responses;"
        f" at most {100 * away.max():.0f} % off, R² = {explained:.4f}."
    )


def side_by_side(folder: Path, size: int, postgresql: str | None) -> int:
    ways = stored(folder, size, postgresql)
    print("| engine | seconds | processor seconds of the command | MiB |\n|---|---|---|---|")
    for name, (url, where) in ways.items():
        seconds, processor, memory = measured(url, where)
        print(f"| {name} | {seconds:.2f} | {processor:.2f} | {memory:.0f} |")
    return 0


def compared() -> Compared:
    """The seconds of each engine over the same rows, and of their file read without one."""
    with TemporaryDirectory() as folder:
        ways = stored(Path(folder), TOGETHER, None)
        files = ["-m", "analysis", "satisfaction", *map(str, Path(folder).glob("*/*.parquet"))]
        seconds: dict[str, list[float]] = {"the file itself": [], **{name: [] for name in ways}}
        for _ in range(ROUNDS):
            seconds["the file itself"].append(run([*files, "--json"]).seconds)
            for name, one in ways.items():
                seconds[name].append(measured(*one)[0])
    return Compared(f"{TOGETHER:,} responses by engine, a process", seconds)


def stored(folder: Path, size: int, postgresql: str | None) -> dict[str, tuple[str, str]]:
    """The same rows with each engine: its URL, and where there; Spark where it is installed."""
    parts = [rows(part, min(PART, size - part * PART)) for part in range(-(-size // PART))]
    archive = folder / "archive"  # Spark reads whatever lies there
    archive.mkdir()
    for at, part in enumerate(parts):
        pq.write_table(part, archive / f"part-{at:03}.parquet")
    file = folder / "answers.sqlite"
    store_sqlite(file, parts)
    ways = {"DuckDB": ("duckdb:", str(archive)), "SQLite": (f"sqlite:///{file}", "answers")}
    if find_spec("pyspark"):
        ways["Spark, local[2]"] = ("local[2]", str(archive))
    if postgresql:
        store_postgresql(postgresql, parts)
        ways["PostgreSQL"] = (postgresql, "answers")
    return ways


def rows(part: int, size: int = PART) -> pa.Table:
    """Some of the rows, the same whenever they are asked for."""
    chance = np.random.default_rng([2026, part])
    names = pa.array([f"Unit {number:04}" for number in range(UNITS)])
    units = pa.array(chance.integers(0, UNITS, size).astype(np.int32))
    columns = {"unit": pa.DictionaryArray.from_arrays(units, names).cast(pa.string())}
    worth = np.array([1, 2, 3, 4], np.int8).repeat([3, 10, 50, 37])
    for item in ITEMS:
        given = worth[chance.integers(0, len(worth), size)]
        columns[item] = pa.array(given, mask=chance.random(size, np.float32) < MISSING)
    return pa.table(columns)


def measured(url: str, where: str) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and the most MiB of a command."""
    command = ["-m", "analysis", "satisfaction", "--engine", url, where, "--json"]
    start = perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{url} ended with {status}")
    return perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def told(parts: list[pa.Table]) -> Iterator[tuple[object, ...]]:
    for part in parts:
        yield from zip(*(column.to_pylist() for column in part.columns), strict=True)


def store_sqlite(file: Path, parts: list[pa.Table]) -> None:
    connection = sqlite3.connect(file)
    connection.execute(f"CREATE TABLE answers (unit text, {COLUMNS})")
    marks = ", ".join("?" * (1 + len(ITEMS)))
    connection.executemany(f"INSERT INTO answers VALUES ({marks})", told(parts))
    connection.commit()
    connection.close()


def store_postgresql(url: str, parts: list[pa.Table]) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute(f"CREATE TABLE answers (unit text, {COLUMNS})")
        with connection.cursor().copy("COPY answers FROM STDIN") as copy:
            for row in told(parts):
                copy.write_row(row)
        connection.execute("ANALYZE answers")


if __name__ == "__main__":
    sys.exit(main())
