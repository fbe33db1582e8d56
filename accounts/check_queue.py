"""The line in which passwords are checked: each check takes 64 MB and a core for a moment."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from accounts.rules import CheckBounds

Checked = TypeVar("Checked")


class QueueFull(Exception):
    """Too many passwords wait to be checked, of all or of one address."""


class CheckQueue:
    """Some at once, some more in line, and only a few of one address; of one event loop."""

    def __init__(self, bounds: CheckBounds) -> None:
        self._bounds = bounds
        self._limiter: CapacityLimiter | None = None
        self._here: Counter[str] = Counter()

    async def check(self, address: str, work: Callable[[], Checked]) -> Checked:
        """What the work gives, in its turn. Raises QueueFull at once where the line is."""
        most = self._bounds.at_once + self._bounds.waiting
        if self._here.total() >= most or self._here[address] >= self._bounds.of_one_address:
            raise QueueFull
        self._limiter = self._limiter or CapacityLimiter(self._bounds.at_once)
        self._here[address] += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._here[address] -= 1
            self._here += Counter()  # lets go of who has none
