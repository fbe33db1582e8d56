"""How fast standard errors come: .venv/bin/python -m bench.uncertainty

200,000 respondents of 500 units, nine elements, a twentieth of the answers missing: the index
and the mean of each element with its standard error, intervals and probabilities of grades.
By turns in one run, from the rows in memory: the program, the same in pandas, and R's package
survey where it is installed. The standard errors of pandas and of the program must agree.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shutil import which
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from analysis.index.counting import count_frame
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.uncertainty.uncertainty import element_errors, uncertainty

ROWS, UNITS, MISSING = 200_000, 500, 0.05
ROUNDS = 15
MOST_SECONDS = 0.1
SKM = load_instrument("skm-2017")
SCHEME = load_scheme("skm-2017")
ITEMS = [item.key for item in SKM.items]
# Prints its seconds; the index as a contrast of means would need missing answers filled.
IN_R = """
library(survey)
answers <- read.csv(commandArgs(TRUE))
design <- svydesign(ids = ~1, strata = ~unit, weights = ~1, data = answers)
items <- reformulate(setdiff(names(answers), "unit"))
cat(system.time(svyby(items, ~unit, design, svymean, na.rm = TRUE))[["elapsed"]])
"""


def main() -> int:
    rows = answers()

    def ours() -> list[float | None]:
        counted = count_frame(rows, SKM, ["unit"], pairs=True)
        element_errors(counted)
        return [one.standard_error for one in uncertainty(counted, SCHEME)]

    def theirs() -> list[float]:
        return list(by_pandas(rows))

    if not np.allclose(np.array(ours(), float), theirs(), rtol=1e-9):
        raise RuntimeError("the standard errors of pandas differ")
    seconds = by_turns({"the program": ours, "pandas": theirs})
    if (r := by_r(rows)) is not None:
        seconds["R survey"] = [r]
    print("| | fastest, s | median, s | median, times the program |\n|---|---|---|---|")
    for name, taken in seconds.items():
        times = median(taken) / median(seconds["the program"])
        print(f"| {name} | {min(taken):.3f} | {median(taken):.3f} | {times:.1f} |")
    print(f"\nWanted of the program: at most {MOST_SECONDS} s where nothing else runs.")
    if r is None:
        print("R with its package survey is not installed here.")
    return 0 if min(seconds["the program"]) <= MOST_SECONDS else 1


def answers() -> pd.DataFrame:
    """The rows: a unit and nine answers each."""
    chance = np.random.default_rng(2026)
    given = pd.DataFrame(chance.integers(1, 5, (ROWS, len(ITEMS))), columns=ITEMS, dtype="Int64")
    given = given.mask(chance.random(given.shape) < MISSING)
    units = [f"U{number:03}" for number in chance.integers(0, UNITS, ROWS)]
    return given.assign(unit=units)


def by_turns(ways: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """The seconds of each way in each round."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - start)
    return taken


def by_pandas(rows: pd.DataFrame) -> "pd.Series[float]":
    """The standard error of each unit's index, and of its elements, as pandas users do."""
    given = rows[ITEMS].astype(float)
    unit = rows["unit"]
    groups = given.groupby(unit)
    errors = groups.transform("mean").rsub(given).pow(2).groupby(unit).mean()
    (errors / (groups.count() - 1)).pow(0.5)
    away = (given - groups.transform("mean")) / groups.transform("count")
    z = away.fillna(0).sum(axis=1) * 25 / len(ITEMS)
    n = given.notna().any(axis=1).groupby(unit).sum()
    error: pd.Series[float] = (z.pow(2).groupby(unit).sum() * n / (n - 1)).pow(0.5)
    return error


def by_r(rows: pd.DataFrame) -> float | None:
    """The seconds of R's svyby on the means of the elements; None where it is not installed."""
    if which("Rscript") is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        rows.to_csv(path, index=False)
        command = ["Rscript", "-e", IN_R, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
