"""How fast a nation's file is counted: .venv/bin/python -m bench.nationwide [--rows N]

10,000,000 respondents of 5,000 units in one Parquet file, nine elements, three in a hundred
answers missing. By turns, each as a whole process: the program's satisfaction index with standard
errors, intervals and probabilities of grades; a bare GROUP BY of DuckDB with eighteen counts and
sums; and pandas, which reads the file and gives means and standard errors. Prints wall seconds,
processor seconds and the most memory that each took.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

UNITS, MISSING, ROUNDS = 5_000, 0.03, 3
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.nationwide")
    parser.add_argument("--rows", type=int, default=10_000_000)
    with TemporaryDirectory() as folder:
        file = str(Path(folder) / "nation.parquet")
        write(file, parser.parse_args().rows)
        ways = {
            "bare DuckDB": ["-c", BARE, file],
            "the program": ["-m", "analysis", "satisfaction", file, "--json"],
            "pandas": ["-c", PANDAS, file],
        }
        taken: dict[str, list[tuple[float, float, int]]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, arguments in ways.items():
                taken[name].append(measured([sys.executable, *arguments]))
    print("| | seconds | times bare | processor seconds | MiB |\n|---|---|---|---|---|")
    bare = median(seconds for seconds, _, _ in taken["bare DuckDB"])
    for name, each in taken.items():
        seconds, processor, memory = (median(column) for column in zip(*each, strict=True))
        told = f"{seconds:.2f} | {seconds / bare:.1f} | {processor:.2f} | {memory / 1024:.0f}"
        print(f"| {name} | {told} |")
    return 0


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


def measured(command: list[str]) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and the most KiB of memory of a process."""
    start = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = perf_counter() - start
    if status:
        raise RuntimeError(f"{command[1]} ended with {status}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss


if __name__ == "__main__":
    sys.exit(main())
