"""Much is written in slices, each a short transaction: no citizen waits for all of it.

A slice takes as many rows as the last ones took little time, and lets others in before the next.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.engine import LOOKS_AGAIN, writing

LONGEST = 0.05  # seconds that a slice may hold what others write to
AIM = 0.5 * LONGEST  # what is aimed at: not every row takes as long, nor every commit
FEWEST, MOST = 50, 2_000  # rows; the fewest also where nothing is known yet
GROWTH = 2.0  # times as many at most as before
REST = 2 * LOOKS_AGAIN  # in which whoever waits for SQLite's one lock looks at least once

Row = TypeVar("Row")


@dataclass
class Pace:
    """How many rows the next slice takes, ``most`` at most. ``clock`` and ``rest``: of seconds."""

    rows: int = FEWEST
    most: int = MOST
    clock: Callable[[], float] = monotonic
    rest: Callable[[float], None] = sleep

    @contextmanager
    def slice(self, engine: Engine) -> Iterator[Session]:
        """A transaction of its own, by whose time the next one is measured."""
        with writing(engine) as session:
            session.connection()  # from here on others wait
            begun = self.clock()
            yield session
        self._took(self.clock() - begun)
        self.rest(REST)

    def _took(self, seconds: float) -> None:
        times = min(GROWTH, AIM / seconds) if seconds > 0 else GROWTH
        self.rows = max(FEWEST, min(self.most, int(self.rows * times)))


def write_in_slices(
    engine: Engine,
    rows: Sequence[Row],
    write: Callable[[Session, Sequence[Row]], object],
    pace: Pace,
) -> None:
    """Writes rows, each slice for itself: where it is interrupted, those before stay."""
    done = 0
    while done < len(rows):
        some = rows[done : done + pace.rows]
        with pace.slice(engine) as session:
            write(session, some)
        done += len(some)
