"""How often the intervals hold the true index: .venv/bin/python -m bench.coverage

Draws samples of respondents again and again, each measured by the program's own errors and
intervals, and prints what share of the intervals holds the truth: t clipped / bounded, in per
cent of the samples that have one. Answers 1-4 to nine elements are cut from normal variables
that correlate by a half within a respondent, as in surveys seen; moved up and down to the true
index wanted. With a finite population the truth is that population's own index.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import norm

from analysis.arrays import Floats
from analysis.rulebook.certainty import load_certainty
from analysis.uncertainty.intervals import bounded_interval, t_interval
from analysis.uncertainty.moments import Moments, Scale, linear
from analysis.uncertainty.uncertainty import Design, spread_of

SIZES = (20, 50, 200)
INDICES = (65, 70, 75, 80, 85, 90, 92, 94, 96, 97, 98, 99)
MISSING = (0.0, 0.2)
FRACTIONS = (0.0, 0.25, 0.5)
ELEMENTS = 9
CORRELATION = 0.5
CUTS = np.array([-2.3, -1.2, 0.5], np.float32)
SPAN = (25.0, 100.0)
SCALE = Scale(np.full(ELEMENTS, 25 / ELEMENTS))
WANTED = (93.0, 97.0)
WANTED_TO = 90
AT_ONCE = 500

Answers = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Cell:
    """One kind of survey: its size, the truth, the share of answers that are missing, n/N."""

    n: int
    index: int
    missing: float
    fraction: float


@dataclass(frozen=True)
class Covered:
    """In per cent: intervals that hold the truth, and samples that have no interval."""

    plain: float
    bounded: float
    none: float

    @property
    def text(self) -> str:
        """As it stands in the table."""
        none = f" ({self.none:.0f})" if self.none >= 0.5 else ""
        return f"{self.plain:.1f} / {self.bounded:.1f}{none}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.coverage", description=__doc__)
    parser.add_argument("--replications", type=int, default=20_000)
    replications = parser.parse_args().replications
    chance = np.random.default_rng(2026)
    low, high = 100.0, 0.0
    for missing, fraction in product(MISSING, FRACTIONS):
        print(f"\n{missing:.0%} of answers missing, n/N = {fraction}\n")
        print(f"| true index | {' | '.join(f'n = {n}' for n in SIZES)} |")
        print(f"|---{'|---' * len(SIZES)}|", flush=True)
        for index in INDICES:
            row = [measure(Cell(n, index, missing, fraction), replications, chance) for n in SIZES]
            print(f"| {index} | {' | '.join(one.text for one in row)} |", flush=True)
            if index <= WANTED_TO:
                low = min(low, *(one.plain for one in row))
                high = max(high, *(one.plain for one in row))
    print(f"\nt intervals where the true index is at most {WANTED_TO}: {low:.1f} to {high:.1f}.")
    print(f"Wanted: {WANTED[0]:.0f} to {WANTED[1]:.0f}.")


def measure(cell: Cell, replications: int, chance: np.random.Generator) -> Covered:
    """The coverage in one cell."""
    counts = np.zeros(3)
    for size in _parts(replications):
        counts += _covered(cell, size, chance)
    some = replications - counts[2]
    plain, bounded = (100 * counts[:2] / some).tolist()
    return Covered(plain, bounded, 100 * counts[2] / replications)


def _parts(replications: int) -> Iterator[int]:
    for start in range(0, replications, AT_ONCE):
        yield min(AT_ONCE, replications - start)


def _covered(cell: Cell, size: int, chance: np.random.Generator) -> Floats:
    """Of ``size`` samples: t and bounded intervals that hold the truth, samples without one."""
    people = round(cell.n / cell.fraction) if cell.fraction else cell.n
    answers = _draw(cell, (size, people), chance)
    truth = np.full(size, float(cell.index))
    if cell.fraction:
        truth = linear(_moments(answers), SCALE).index
    given = _moments(answers[:, : cell.n])
    found, each = linear(given, SCALE), np.arange(size)
    left = np.full(size, 1 - cell.fraction)
    spread = spread_of(found, given.respondents, Design(each, each, left))
    known = ~spread.nil & (given.answers > 1).all(axis=1)
    error, freedom = np.sqrt(spread.variance), spread.freedom.astype(float)
    held = []
    for interval in (t_interval, bounded_interval):
        ends = interval(found.index, error, freedom, load_certainty().level, SPAN)
        held.append(((ends[:, 0] <= truth) & (truth <= ends[:, 1]) & known).sum())
    return np.array([*held, size - known.sum()], float)


def _draw(cell: Cell, shape: tuple[int, int], chance: np.random.Generator) -> Answers:
    """(size, people, elements) answers 1-4, 0 where missing."""
    common = chance.standard_normal((*shape, 1), np.float32)
    latent = chance.standard_normal((*shape, ELEMENTS), np.float32)
    latent *= np.float32((1 - CORRELATION) ** 0.5)
    latent += np.float32(CORRELATION**0.5) * common + np.float32(_shift(cell.index))
    answers = np.ones(latent.shape, np.float32)
    for cut in CUTS:
        answers += latent > cut
    if cell.missing:
        answers[chance.random(answers.shape, np.float32) < cell.missing] = 0
    return answers


def _shift(index: float) -> float:
    """By how much the variables are moved so that the mean answer is a 25th of the index."""
    return float(brentq(lambda mu: 25 * (1 + norm.sf(CUTS - mu).sum()) - index, -6, 12))


def _moments(answers: Answers) -> Moments:
    """The moments of samples (G, n, E), summed from the answers themselves."""
    given = (answers > 0).astype(np.float32)
    turned, asked = answers.transpose(0, 2, 1), given.transpose(0, 2, 1)
    both = (asked @ given).astype(float)
    return Moments(
        element_of=np.arange(ELEMENTS),
        respondents=given.any(axis=2).sum(axis=1),
        answered=np.einsum("gii->gi", both).astype(np.int64),
        both=both,
        sums=(turned @ given).astype(float),
        products=(turned @ answers).astype(float),
    )


if __name__ == "__main__":
    main()
