"""Whether rank sets and probabilities of zones hold what they say, by simulation:
.venv/bin/python -m bench.rank_worth

Prints the tables of docs/robustness.md: how often rank sets cover the true ranks, how often a zone
that was given a probability is the true one, and what the second place of a district is worth
under assumptions that are stated there.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np
from scipy.stats import norm

from analysis.arrays import Floats
from analysis.robustness.cells import given_errors, judged_errors
from analysis.robustness.data import all_runs, data_runs
from analysis.robustness.rank_sets import RankEstimates, holm_sets, rank_sets
from analysis.robustness.rules import load_robustness
from analysis.robustness.tree import shares_of
from bench.robustness import perception, scored

LEVEL, DRAWS, TIMES, SEED = 0.95, 1000, 1000, 20261201
# Seven units an institution, thirty people a unit.
UNITS, USERS, INSTITUTIONS, GREEN = 7, 30, 8000, 77.995
BINS = (0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0001)
# What is assumed of a district like the second of its province: see docs/robustness.md.
SECOND, ITS_ERROR, PROVINCE, NATION, PLACE_IN_NATION = 94.39, 0.58, 17, 416, 8
MEAN_OF_NATION = 78.0


def main() -> int:
    headings = ("marginal, least", "marginal, mean", "all at once", "by Holm's steps, least")
    print(f"| true scores | institutions | freedom | {' | '.join(headings)} |")
    print("|---|---|---|---|---|---|---|")
    for name, truth, freedom in scenarios():
        shown = "endless" if np.isinf(freedom) else f"{freedom:.0f}"
        held = " | ".join(f"{share:.3f}" for share in coverage(truth, freedom))
        print(f"| {name} | {len(truth)} | {shown} | {held} |")
    print("\n| probability of green | said, mean | true, share | institutions |\n|---|---|---|---|")
    for line in reliability():
        print(line)
    print("\n| gap from rank to rank | rank set of the second of 17 | surely above the third |")
    print("|---|---|---|")
    for gap in (0.25, 0.5, 1.0, 1.5, 2.0):
        low, high = set_of(np.array([SECOND - gap * (at - 1) for at in range(PROVINCE)]), 1)
        sure = norm.cdf(gap / (ITS_ERROR * np.sqrt(2)))
        print(f"| {gap:.2f} | {low}-{high} | {sure:.2f} |")
    places = norm.ppf(1 - (np.arange(NATION) + 0.5) / NATION)
    spread = (SECOND - MEAN_OF_NATION) / places[PLACE_IN_NATION - 1]
    low, high = set_of(MEAN_OF_NATION + spread * places, PLACE_IN_NATION - 1)
    print(f"\nThe eighth of 416, whose scores are normal with mean 78: {low}-{high}")
    return 0


def scenarios() -> Iterator[tuple[str, Floats, float]]:
    """Names, true scores and degrees of freedom; errors are 0.5 to 1.5."""
    for p in (10, 40):
        at = np.arange(p, dtype=float)
        yield "far apart (5)", 50 + 5 * at, np.inf
        yield "close (0.5)", 70 + 0.5 * at, np.inf
        yield "close (0.5), few people", 70 + 0.5 * at, 10.0
        yield "pairs all but alike", 70 + 2 * (at // 2) + 0.01 * at, np.inf
        yield "all but alike", 70 + 0.001 * at, np.inf
        yield "all but alike, few people", 70 + 0.001 * at, 10.0


def coverage(truth: Floats, freedom: float) -> tuple[float, float, float, float]:
    """How often each one's set holds its rank, the least and the mean; how often all do; and the
    least of the sets that units have.
    """
    p, chance = len(truth), np.random.default_rng(SEED)
    rank = 1 + (truth[:, None] < truth).sum(axis=1)
    errors = chance.uniform(0.5, 1.5, p)
    alone, steps, together = np.zeros(p), np.zeros(p), 0
    for at in range(TIMES):
        estimated = errors
        if np.isfinite(freedom):
            estimated = errors * np.sqrt(chance.chisquare(freedom, p) / freedom)
        drawn = truth + errors * chance.standard_normal(p)
        given = RankEstimates(drawn, estimated, np.full(p, freedom))
        sets = rank_sets(given, LEVEL, DRAWS, at)
        held = [
            (each[:, 0] <= rank) & (rank <= each[:, 1])
            for each in (sets.marginal, sets.simultaneous)
        ]
        alone += held[0]
        together += int(held[1].all())
        by_steps = holm_sets(given, LEVEL)
        steps += (by_steps[:, 0] <= rank) & (rank <= by_steps[:, 1])
    each = alone / TIMES
    return float(each.min()), float(each.mean()), together / TIMES, float((steps / TIMES).min())


def reliability() -> Iterator[str]:
    """Of institutions whose true score is anywhere about the edge of green: said and true.

    Thirty people a unit give a beta-distributed index; assessors stray as it is assumed.
    """
    chance, scheme = np.random.default_rng(SEED), perception()
    base = np.repeat(chance.uniform(70, 86, INSTITUTIONS), UNITS)
    truth = np.clip(base[:, None] + chance.normal(0, 4, (len(base), 3)), 40, 99)
    mean = truth[:, 1] / 100
    rated = 100 * chance.beta(6 * mean[:, None], 6 * (1 - mean[:, None]), (len(base), USERS))
    judged = [25 * load_robustness().share_of_rung.value / np.sqrt(n) for n in (14, 5)]
    seen = [
        truth[:, at] + chance.normal(0, error, len(base))
        for at, error in zip((0, 2), judged, strict=True)
    ]
    observed = np.stack([seen[0], 25 + 0.75 * rated.mean(axis=1), seen[1]], axis=1)
    units, columns = scored(scheme, np.clip(observed, 0, 100))
    errors = 0.75 * rated.std(axis=1, ddof=1) / np.sqrt(USERS)
    key = scheme.children[1].key
    given = given_errors(
        units, {key: [Fraction(one).limit_denominator(10**9) for one in errors]}, columns
    )
    cells = [*given, *judged_errors(units, load_robustness().share_of_rung.value, [key])]
    scores = all_runs(data_runs(units, cells, 512, SEED))
    own = units.of_institutions(truth @ shares_of(scheme))
    said, green = (scores >= GREEN).mean(axis=0), own >= GREEN
    for low, high in pairwise(BINS):
        inside = (low <= said) & (said < high)
        shown = f"{low:.2f}-{min(high, 1):.2f}"
        line = f"{said[inside].mean():.3f} | {green[inside].mean():.3f} | {inside.sum():,}"
        yield f"| {shown} | {line} |"


def set_of(scores: Floats, place: int) -> tuple[int, int]:
    """The rank set of the one at this place, all having the same error."""
    p = len(scores)
    given = RankEstimates(scores, np.full(p, ITS_ERROR), np.full(p, np.inf))
    low, high = rank_sets(given, LEVEL, 10 * DRAWS if p < 100 else DRAWS, SEED).marginal[place]
    return int(low), int(high)


if __name__ == "__main__":
    raise SystemExit(main())
