"""Work shared among the processors, by threads: numpy and pyarrow let others go on meanwhile."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

MOST_THREADS = 8  # each needs tables of its own
Thing = TypeVar("Thing")
Made = TypeVar("Made")


def threads() -> int:
    """How many may work at once."""
    here = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(here, MOST_THREADS)


def each(work: Callable[[Thing], Made], things: Sequence[Thing]) -> Iterator[Made]:
    """What ``work`` makes of each, in their order."""
    number = min(threads(), len(things))
    if number <= 1:
        yield from map(work, things)
        return
    from concurrent.futures import ThreadPoolExecutor  # small files come as one thing

    with ThreadPoolExecutor(number) as pool:
        yield from pool.map(work, things)


def shares(things: Sequence[Thing]) -> list[Sequence[Thing]]:
    """The things that follow each other, one share a thread.

    >>> sum(len(share) for share in shares(range(7)))
    7
    """
    number = min(threads(), len(things))
    ends = [len(things) * at // number for at in range(number + 1)] if number else []
    return [things[start:end] for start, end in pairwise(ends)]
