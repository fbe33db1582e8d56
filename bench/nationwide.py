"""How fast a nation's file is counted: .venv/bin/python -m bench.nationwide [--rows N]

10,000,000 respondents of 5,000 units in one Parquet file, nine elements, three in a hundred
answers missing. By turns, each as a whole process: the program's satisfaction index with standard
errors, intervals and probabilities of grades; a bare GROUP BY of DuckDB with eighteen counts and
sums; pandas, which reads the file and gives means and standard errors; Polars likewise, where it is
installed; and what it takes to go through so many bytes of memory. Prints wall seconds, processor
seconds and the most memory that each took.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.compared import Compared, Growth, Wanted
from bench.processes import Taken, processes_by_turns

ROWS, UNITS, MISSING, ROUNDS = 10_000_000, 5_000, 0.03, 3
SIZES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
BARE_DUCKDB, PROGRAM = "bare DuckDB", "the program"
CALLS = "bare DuckDB, a call", "the program, a call"
ITEMS = [f"U{number}" for number in range(1, 10)]
BARE = """
import sys, duckdb
columns = ", ".join(f"count(U{at}), sum(U{at})" for at in range(1, 10))
print(len(duckdb.sql(f"SELECT unit, {columns} FROM '{sys.argv[1]}' GROUP BY unit").fetchall()))
"""
PANDAS = """
import sys, pandas as pd
rows = pd.read_parquet(sys.argv[1])
given = rows[[f"U{at}" for at in range(1, 10)]]
groups = given.groupby(rows["unit"])
means, numbers = groups.transform("mean"), groups.transform("count")
z = ((given - means) / numbers).fillna(0).sum(axis=1) * 25 / 9
n = given.notna().any(axis=1).groupby(rows["unit"]).sum()
print(len((z.pow(2).groupby(rows["unit"]).sum() * n / (n - 1)).pow(0.5)))
"""
POLARS = """
import sys, polars as pl
rows = pl.scan_parquet(sys.argv[1])
items = [f"U{at}" for at in range(1, 10)]
means = rows.group_by("unit").agg(*(pl.mean(one).alias(f"{one}m") for one in items),
    *(pl.count(one).alias(f"{one}n") for one in items))
away = [((pl.col(one) - pl.col(f"{one}m")) / pl.col(f"{one}n")).fill_null(0) for one in items]
z = rows.join(means, on="unit").select("unit", z=pl.sum_horizontal(away) * 25 / 9)
print(len(z.group_by("unit").agg((pl.col("z").pow(2).sum()).sqrt()).collect()))
"""
# The same as library calls: each prints its seconds, those of loading apart.
BARE_CALL = """
import sys, duckdb
from time import perf_counter
start = perf_counter()
columns = ", ".join(f"count(U{at}), sum(U{at})" for at in range(1, 10))
duckdb.sql(f"SELECT unit, {columns} FROM '{sys.argv[1]}' GROUP BY unit").fetchall()
print(perf_counter() - start)
"""
CALL = """
import sys
from pathlib import Path
from time import perf_counter
import analysis.parquet
from analysis.__main__ import _parser
from analysis.command.unit_indices import COMMANDS
options = _parser().parse_args(["satisfaction"])
options.files = [Path(sys.argv[1])]
start = perf_counter()
COMMANDS["satisfaction"](options)
print(perf_counter() - start)
"""
# Nine answers of a byte and a unit of four, read twice: what no way can do without.
MEMORY = """
import sys, numpy as np
cells = np.ones(int(sys.argv[1]) * 13, np.uint8)
print(cells.view(np.uint8).max(), cells.max())
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.nationwide")
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    taken = measured(rows)
    print("| | seconds | times bare | processor seconds | MiB |\n|---|---|---|---|---|")
    bare = median(one.seconds for one in taken[BARE_DUCKDB])
    for name, each in taken.items():
        seconds, processor = (
            median(one.seconds for one in each),
            median(one.processor for one in each),
        )
        memory = median(one.memory for one in each) / 1024
        print(f"| {name} | {seconds:.2f} | {seconds / bare:.1f} | {processor:.2f} | {memory:.0f} |")
    bare_call, call = (median(one) for one in calls(rows).values())
    times = f"{call / bare_call:.1f} times"
    print(f"\nAs calls, loading apart: {bare_call:.2f} and {call:.2f} s, {times}.")
    return 0


def compared() -> Compared:
    """The seconds of each way, and what is wanted."""
    seconds = {name: [one.seconds for one in each] for name, each in measured(ROWS).items()}
    seconds |= calls(ROWS)
    wanted = Wanted(PROGRAM, 4, BARE_DUCKDB), Wanted(PROGRAM, 1 / 3, "pandas")
    called = Wanted(CALLS[1], 3, CALLS[0])
    return Compared(f"{ROWS:,} responses in Parquet, a process", seconds, [*wanted, called])


def calls(rows: int) -> dict[str, list[float]]:
    """The seconds of the two as library calls, loading apart."""
    seconds: dict[str, list[float]] = {name: [] for name in CALLS}
    with TemporaryDirectory() as folder:
        write(file := str(Path(folder) / "nation.parquet"), rows)
        for _ in range(ROUNDS):
            for name, call in zip(CALLS, (BARE_CALL, CALL), strict=True):
                command = [sys.executable, "-c", call, file]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                seconds[name].append(float(done.stdout))
    return seconds


def growth() -> Growth:
    """The program and a bare ``GROUP BY`` by how many responses there are."""
    seconds: dict[str, dict[int, float]] = {BARE_DUCKDB: {}, PROGRAM: {}}
    for rows in SIZES:
        for name, each in measured(rows, list(seconds)).items():
            seconds[name][rows] = median(one.seconds for one in each)
    return Growth("The index of 5,000 units from Parquet", "responses", seconds)


def measured(rows: int, wanted: Sequence[str] = ()) -> dict[str, list[Taken]]:
    """What the wanted ways take of a file of so many rows; all where none are named."""
    with TemporaryDirectory() as folder:
        file = str(Path(folder) / "nation.parquet")
        write(file, rows)
        ways = {
            BARE_DUCKDB: ["-c", BARE, file],
            PROGRAM: ["-m", "analysis", "satisfaction", file, "--json"],
            "pandas": ["-c", PANDAS, file],
            "memory alone": ["-c", MEMORY, str(rows)],
        }
        if find_spec("polars"):
            ways["Polars"] = ["-c", POLARS, file]
        chosen = {name: one for name, one in ways.items() if not wanted or name in wanted}
        return processes_by_turns(chosen, ROUNDS)


def write(file: str, rows: int) -> None:
    """The rows: a unit and nine answers each."""
    chance = np.random.default_rng(2026)
    names = pa.array([f"Unit {number:04}" for number in range(UNITS)])
    units = pa.array(chance.integers(0, UNITS, rows).astype(np.int32))
    columns = {"unit": pa.DictionaryArray.from_arrays(units, names).cast(pa.string())}
    for item in ITEMS:
        given = chance.choice(np.array([1, 2, 3, 4], np.int8), rows, p=[0.03, 0.1, 0.5, 0.37])
        columns[item] = pa.array(given, mask=chance.random(rows) < MISSING)
    pq.write_table(pa.table(columns), file, row_group_size=1_000_000)


if __name__ == "__main__":
    sys.exit(main())
