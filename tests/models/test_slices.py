"""Slices are as large as the time allows that others wait, by a clock of our own."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from models.slices import AIM, FEWEST, GROWTH, LONGEST, MOST, REST, Pace, write_in_slices


class Clock:
    """Seconds that pass only while rows are written: ``each`` a row, ``once`` a slice."""

    def __init__(self, each: Callable[[int], float], once: float = 0.0) -> None:
        self.each, self.once = each, once
        self.now, self.written = 0.0, 0
        self.slices: list[tuple[int, float]] = []
        self.rests: list[float] = []

    def write(self, _session: object, rows: Sequence[int]) -> None:
        taken = self.once + sum(map(self.each, rows))
        self.now += taken
        self.slices.append((len(rows), taken))

    def run(self, engine: Engine, rows: int) -> None:
        pace = Pace(clock=lambda: self.now, rest=self.rests.append)
        write_in_slices(engine, range(rows), self.write, pace)


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Engine:
    from models import open_engine

    return open_engine(sqlite_url)


def test_a_slice_comes_to_what_is_aimed_at(on_sqlite: Engine) -> None:
    clock = Clock(lambda _: 1e-4, once=2e-3)
    clock.run(on_sqlite, 5_000)
    sizes = [size for size, _ in clock.slices]
    assert sum(sizes) == 5_000
    assert sizes[0] == FEWEST
    assert all(after <= GROWTH * before for before, after in pairwise(sizes))
    assert max(taken for _, taken in clock.slices) <= LONGEST
    assert clock.slices[-2][1] == pytest.approx(AIM, rel=0.15)
    assert clock.rests == [REST] * len(sizes)


def test_where_rows_grow_slower_slices_grow_smaller_at_once(on_sqlite: Engine) -> None:
    clock = Clock(lambda row: 1e-5 if row < 20_000 else 5e-5)
    clock.run(on_sqlite, 40_000)
    assert max(size for size, _ in clock.slices) <= MOST
    slow = [taken for _, taken in clock.slices if taken > LONGEST]
    assert len(slow) <= 1
    assert clock.slices[-2][1] <= AIM


@pytest.mark.parametrize(("each", "size"), [(1.0, FEWEST), (0.0, MOST)])
def test_neither_without_end_nor_without_bounds(on_sqlite: Engine, each: float, size: int) -> None:
    clock = Clock(lambda _: each)
    clock.run(on_sqlite, 10 * MOST if size == MOST else 5 * FEWEST)
    assert clock.slices[-2][0] == size
