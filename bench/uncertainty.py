"""How fast standard errors come: .venv/bin/python -m bench.uncertainty

200,000 respondents of 500 units, nine elements, a twentieth of the answers missing: the index
and the mean of each element with its standard error, intervals and probabilities of grades.
By turns in one run, from the rows in memory: the index's standard error by numpy and nothing else,
the program, the same as its in pandas, and R's package survey where it is installed. The standard
errors of all must agree.
"""

import subprocess
import sys
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from analysis.arrays import Floats
from analysis.index.counting import AnswerCounter, pack_frame
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.uncertainty.moments import KeptRows
from analysis.uncertainty.uncertainty import element_errors, uncertainty
from bench.compared import HEAD, Compared, Wanted, by_turns

ROWS, UNITS, MISSING = 200_000, 500, 0.05
ROUNDS = 15
NUMPY, PROGRAM = "numpy alone", "the program"
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
    found = compared()
    print(HEAD, *found.rows(), "", *found.promises(), sep="\n")
    print(f"\nWanted of the program: at most {MOST_SECONDS} s where nothing else runs.")
    if "R survey" not in found.seconds:
        print("R with its package survey is not installed here.")
    return 0 if min(found.seconds[PROGRAM]) <= MOST_SECONDS else 1


def compared() -> Compared:
    """The seconds of each way. Raises RuntimeError where the standard errors differ."""
    rows = answers()

    def ours() -> list[float | None]:
        counter = AnswerCounter(SKM)
        packed, units = pack_frame(rows, counter, ["unit"])
        counted = counter.tally(counter.count([packed], len(units)), units)
        element_errors(counted)
        again = KeptRows(counter.packs, [packed], np.arange(len(units)))
        return [one.standard_error for one in uncertainty(counted, SCHEME, rows=again.linear)]

    if not np.allclose(np.array(ours(), float), by_pandas(rows), rtol=1e-9):
        raise RuntimeError("the standard errors of pandas differ")
    if not np.allclose(np.array(ours(), float), by_numpy(rows), rtol=1e-9):
        raise RuntimeError("the standard errors of numpy differ")
    ways = {
        NUMPY: lambda: by_numpy(rows),
        PROGRAM: ours,
        "pandas": lambda: by_pandas(rows),
    }
    seconds = by_turns(ways, ROUNDS)
    if (r := by_r(rows)) is not None:
        seconds["R survey"] = [r]
    wanted = [Wanted(PROGRAM, 3, NUMPY), Wanted(PROGRAM, 1 / 3, "pandas")]
    wanted.append(Wanted(PROGRAM, 1 / 200, "R survey"))
    return Compared(f"{ROWS:,} rows in memory, {UNITS} units", seconds, wanted)


def answers() -> pd.DataFrame:
    """The rows: a unit and nine answers each."""
    chance = np.random.default_rng(2026)
    given = pd.DataFrame(chance.integers(1, 5, (ROWS, len(ITEMS))), columns=ITEMS, dtype="Int64")
    given = given.mask(chance.random(given.shape) < MISSING)
    units = [f"U{number:03}" for number in chance.integers(0, UNITS, ROWS)]
    return given.assign(unit=units)


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


def by_numpy(rows: pd.DataFrame) -> Floats:
    """The standard error of each unit's index by the formula alone: counts, means, errors."""
    given = rows[ITEMS].to_numpy(float, na_value=np.nan)
    unit = np.unique(rows["unit"].to_numpy(str), return_inverse=True)[1]
    present = ~np.isnan(given)
    z = np.zeros(len(rows))
    for at in range(len(ITEMS)):
        number = np.bincount(unit, present[:, at])
        answer = np.where(present[:, at], given[:, at], 0)
        mean = np.bincount(unit, answer) / number
        z += np.where(present[:, at], (given[:, at] - mean[unit]) / number[unit], 0)
    n = np.bincount(unit, present.any(axis=1))
    return np.sqrt(np.bincount(unit, (z * 25 / len(ITEMS)) ** 2) * n / (n - 1))


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
