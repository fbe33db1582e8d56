"""How fast and lean screening is: python -m bench.screening

1,000,000 simulated responses, of 500 units of 2,000 and of 5,000 units of 200, half of them with
a period before: all indicators, alarms and the joint view of every response, from the arrays in
memory, in lots of 50,000 responses as the desk reads them. Ends with 1 where one takes too long or
too much memory.
"""

import os
import sys
from collections.abc import Iterator
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

import numpy as np

from analysis.screening.joint import grow, joint
from analysis.screening.responses import ScreenedResponses, side_by_side
from analysis.screening.simulator import a_unit, honest
from analysis.screening.unit import screen_each

UNITS = {500: 2_000, 5_000: 200}
MOST_SECONDS, MOST_GIB = 60, 4
TOGETHER = 50_000


def main() -> int:
    print(f"Load average: {os.getloadavg()[0]:.1f}\n")
    start = perf_counter()
    grow()
    print(f"The forest grown in {perf_counter() - start:.1f} s, once a process.\n")
    print("| units | responses | s | s of processor | peak memory, GiB |\n|---|---|---|---|---|")
    slowest = 0.0
    for units, size in UNITS.items():
        periods = made(units, size)
        begun, busy = perf_counter(), process_time()
        for responses, earlier in lots(periods):
            screen_each(responses, earlier)
            joint(responses)
        taken, worked = perf_counter() - begun, process_time() - busy
        number = sum(len(responses) for responses, _ in periods)
        print(f"| {units:,} | {number:,} | {taken:.1f} | {worked:.1f} | {peak():.2f} |", flush=True)
        slowest = max(slowest, taken)
    print(f"\nWanted: at most {MOST_SECONDS} s and {MOST_GIB} GiB.")
    return 0 if slowest <= MOST_SECONDS and peak() <= MOST_GIB else 1


def made(units: int, size: int) -> list[tuple[ScreenedResponses, ScreenedResponses | None]]:
    """The units' periods, half of them with the one before."""
    random, periods = np.random.default_rng(2026), []
    for number in range(units):
        unit = a_unit(random, size)
        earlier = honest(unit, random) if number % 2 else None
        periods.append((honest(unit, random), earlier))
    return periods


def lots(
    periods: list[tuple[ScreenedResponses, ScreenedResponses | None]],
) -> Iterator[tuple[ScreenedResponses, ScreenedResponses | None]]:
    """The units together, those with a period before apart from the others."""
    for before in (True, False):
        some = [(now, earlier) for now, earlier in periods if (earlier is not None) == before]
        at_once = max(1, TOGETHER // len(some[0][0]))
        for at in range(0, len(some), at_once):
            responses, earlier = zip(*some[at : at + at_once], strict=True)
            yield side_by_side(responses), side_by_side(earlier) if before else None


def peak() -> float:
    """The most memory that the process has had so far, in GiB."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    sys.exit(main())
