"""What whole processes take: seconds, seconds of processors, memory."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Taken:
    """Wall seconds, processor seconds and the most KiB of memory of a process."""

    seconds: float
    processor: float
    memory: int


def run(arguments: Sequence[str]) -> Taken:
    """Python with these arguments. Raises RuntimeError where it fails."""
    start = perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = perf_counter() - start
    if status:
        raise RuntimeError(f"{' '.join(arguments)[:80]} ended with {status}")
    return Taken(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss)


def processes_by_turns(ways: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[Taken]]:
    """What Python takes with the arguments of each way, by turns."""
    taken: dict[str, list[Taken]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, arguments in ways.items():
            taken[name].append(run(arguments))
    return taken
