"""How often the intervals hold the true index: .venv/bin/python -m bench.coverage

Draws samples of respondents again and again from six populations, each measured by the program's
own errors and intervals, and prints what share of the intervals holds the truth: t clipped /
bounded. Then how often a grade is called almost certain that isn't the true one. With a finite
population the truth is that population's own index. Seeded. Ends with 1 where the bounded interval
holds the truth in less than 0.93 of a cell, or a wrong grade is almost certain in more than 0.025.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.arrays import Floats
from analysis.rulebook.certainty import load_certainty
from analysis.uncertainty.intervals import Sampled, bounded, t_interval
from analysis.uncertainty.moments import Moments, Scale, linear
from analysis.uncertainty.uncertainty import Design, Spread, spread_of

SIZES = (15, 30, 100)
FRACTIONS = (0.0, 0.2, 0.5, 0.8, 0.95)
ELEMENTS = 9
COST = 3
SPAN = (25.0, 100.0)
EDGES = np.array([64.995, 76.605, 88.305])
SCALE = Scale(np.full(ELEMENTS, 25 / ELEMENTS))
LEAST, MOST = 0.93, 0.025
AT_ONCE = 500

Answers = npt.NDArray[np.float32]
Draw = Callable[[np.random.Generator, tuple[int, int]], Answers]


@dataclass(frozen=True)
class Cell:
    """One kind of survey: who answers, the true index, respondents, which part of all they are."""

    draw: Draw
    truth: float
    n: int
    fraction: float


@dataclass(frozen=True)
class Covered:
    """The shares of samples whose interval holds the truth, and of those with a wrong grade that
    is called almost certain.
    """

    plain: float
    bounded: float
    wrong: float


def some_all_one(share: float) -> Draw:
    """So many rate everything 1; the others 4, with a 3 among a hundred answers or so."""

    def draw(chance: np.random.Generator, shape: tuple[int, int]) -> Answers:
        answers = np.where(chance.random((*shape, ELEMENTS)) < 0.0296, 3, 4)
        answers[chance.random(shape) < share] = 1
        return answers.astype(np.float32)

    return draw


def ceiling(first: float, second: float, free: bool) -> Draw:
    """Each person's answers 1 + binomial(3, p), p from beta; ``free``: cost is always 4."""

    def draw(chance: np.random.Generator, shape: tuple[int, int]) -> Answers:
        p = chance.beta(first, second, (*shape, 1))
        answers = 1 + chance.binomial(3, np.broadcast_to(p, (*shape, ELEMENTS)))
        if free:
            answers[..., COST] = 4
        return answers.astype(np.float32)

    return draw


def straight(shares: tuple[float, float, float, float], noise: float) -> Draw:
    """Each person one answer throughout; ``noise``: of the answers drawn anew, 1-4 alike."""

    def draw(chance: np.random.Generator, shape: tuple[int, int]) -> Answers:
        own = chance.choice([1, 2, 3, 4], (*shape, 1), p=shares)
        other = chance.integers(1, 5, (*shape, ELEMENTS))
        return np.where(chance.random(other.shape) < noise, other, own).astype(np.float32)

    return draw


POPULATIONS: Mapping[str, tuple[float, Draw]] = {
    "six in a hundred all 1, the others 4 with slips": (94.8044, some_all_one(0.06)),
    "two in a hundred": (97.7748, some_all_one(0.02)),
    "beta-binomial ceiling": (92.2, ceiling(4.48, 0.52, free=False)),
    "steeper, cost always 4": (96.1, ceiling(4.7075, 0.2925, free=True)),
    "straight lines with 8 % noise": (90.1, straight((0.025, 0.025, 0.175, 0.775), 0.08)),
    "in the middle": (74.3, ceiling(4.6, 2.4, free=False)),
    # Just under a grade, which is where a wrong one is likeliest.
    "just under B": (76.6, ceiling(4.816, 2.184, free=False)),
    "just under A": (88.3, ceiling(4.22, 0.78, free=False)),
    "just under A, fifteen in a hundred all 1": (88.29, some_all_one((99.26 - 88.29) / 74.26)),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.coverage", description=__doc__)
    parser.add_argument("--replications", type=int, default=6_000)
    replications = parser.parse_args().replications
    chance = np.random.default_rng(2026)
    least, most = 1.0, 0.0
    for fraction in FRACTIONS:
        print(f"\nn/N = {fraction:.2f}\n")
        print(f"| population (true index) | {' | '.join(f'n = {n}' for n in SIZES)} | wrong |")
        print(f"|---{'|---' * len(SIZES)}|---|", flush=True)
        for name, (truth, draw) in POPULATIONS.items():
            cells = [Cell(draw, truth, n, fraction) for n in SIZES]
            row = [measure(cell, replications, chance) for cell in cells]
            told = " | ".join(f"{one.plain:.3f} / {one.bounded:.3f}" for one in row)
            wrong = max(one.wrong for one in row)
            print(f"| {name} ({truth:.1f}) | {told} | {wrong:.3f} |", flush=True)
            least, most = min(least, *(one.bounded for one in row)), max(most, wrong)
    print(f"\nBounded: at least {least:.3f}, wanted {LEAST}. Wrong grades almost certain: at most")
    print(f"{most:.3f}, wanted {MOST}.")
    return 0 if least >= LEAST and most <= MOST else 1


def measure(cell: Cell, replications: int, chance: np.random.Generator) -> Covered:
    """The coverage in one cell."""
    counts = np.zeros(3)
    for size in _parts(replications):
        counts += _covered(cell, size, chance)
    return Covered(*(counts / replications).tolist())


def _parts(replications: int) -> Iterator[int]:
    for start in range(0, replications, AT_ONCE):
        yield min(AT_ONCE, replications - start)


def _covered(cell: Cell, size: int, chance: np.random.Generator) -> Floats:
    """Of ``size`` samples: t and bounded intervals that hold the truth, wrong grades too sure."""
    people = round(cell.n / cell.fraction) if cell.fraction else cell.n
    answers = cell.draw(chance, (size, people))
    truth = np.full(size, cell.truth)
    if cell.fraction:
        truth = linear(_moments(answers), SCALE).index
    given = _moments(answers[:, : cell.n])
    found, each, level = linear(given, SCALE), np.arange(size), load_certainty().level
    left = np.full(size, 1 - cell.n / people if cell.fraction else 1.0)
    spread = spread_of(found, given.respondents, Design(each, each, left))
    freedom = spread.freedom.astype(float)
    plain = t_interval(found.index, np.sqrt(spread.variance), freedom, level, SPAN)
    ends = bounded(_sampled(found.index, spread, left), SPAN).interval(level)
    grades = [np.searchsorted(EDGES, one, side="right") for one in (ends[:, 0], ends[:, 1], truth)]
    wrong = (grades[0] == grades[1]) & (grades[0] != grades[2])
    return np.array([_held(plain, truth), _held(ends, truth), wrong.sum()], float)


def _sampled(index: Floats, spread: Spread, left: Floats) -> Sampled:
    """What is known of the samples; who was not asked may be at either end."""
    possible = np.stack([index + left * (end - index) for end in SPAN], axis=1)
    freedom = spread.freedom.astype(float)
    return Sampled(index, spread.endless, spread.respondents, freedom, left, possible)


def _held(ends: Floats, truth: Floats) -> int:
    return int(((ends[:, 0] <= truth + 1e-9) & (truth - 1e-9 <= ends[:, 1])).sum())


def _moments(answers: Answers) -> Moments:
    """The moments of samples (G, n, E) in which everybody answered everything."""
    turned = answers.transpose(0, 2, 1)
    people, n = answers.shape[:2]
    asked = np.full((people, ELEMENTS, ELEMENTS), float(n))
    totals = answers.sum(axis=1, dtype=float)
    return Moments(
        element_of=np.arange(ELEMENTS),
        respondents=np.full(people, n),
        answered=np.full((people, ELEMENTS), n),
        both=asked,
        sums=np.repeat(totals[:, :, None], ELEMENTS, axis=2),
        products=(turned @ answers).astype(float),
    )


if __name__ == "__main__":
    sys.exit(main())
