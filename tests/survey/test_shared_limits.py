"""Workers of one service count together, and each for itself where nobody counts for them."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from survey.limits import Turn, Visitor
from survey.rhythm import load_limit_rules
from survey.shared_limits import SharedLimits, keep_limits
from tests.survey.conftest import a_submission

MOMENT = datetime.fromisoformat("2026-11-30T03:00+00:00")
HERE = Visitor("203.0.113.7", "Mozilla/5.0 (Linux; Android 10; K)")
RULES = load_limit_rules()
MOST, _ = RULES.bounds(0)
PACE = RULES.pace_seconds


class Workers:
    """Two workers that ask at one place."""

    def __init__(self, path: str, loop: asyncio.AbstractEventLoop) -> None:
        self.counts, self.loop = [SharedLimits(path), SharedLimits(path)], loop

    def turn(self, worker: int, after: float = 0, **changes: str) -> Turn:
        moment = MOMENT + timedelta(seconds=after)
        form = a_submission(**changes)
        return self.loop.run_until_complete(self.counts[worker].next_turn(form, HERE, moment))


@contextmanager
def working(path: str) -> Iterator[Workers]:
    """The workers, in an event loop of this thread."""
    with asyncio.Runner() as runner:
        workers = Workers(path, runner.get_loop())
        yield workers
        for one in workers.counts:
            runner.run(one.hang_up())


@pytest.fixture(scope="module")
def path() -> str:
    """Where they ask."""
    return keep_limits()


def test_what_one_stored_the_other_counts(path: str) -> None:
    with working(path) as workers:
        assert {workers.turn(at % 2).wait for at in range(MOST)} == {0}
        assert [workers.turn(at).wait for at in (0, 1)] == [PACE, PACE]
        assert workers.turn(1, unit="another").wait == 0


def test_a_place_in_line_is_good_at_either(path: str) -> None:
    with working(path) as workers:
        for at in range(MOST):
            workers.turn(at % 2, unit="in-line")
        assert workers.turn(0, unit="in-line", key="k" * 20_000).wait == PACE
        assert workers.turn(1, PACE, unit="in-line", key="k" * 20_000).wait == 0


def test_what_was_not_stored_is_given_back_to_all(path: str) -> None:
    with working(path) as workers:
        turns = [workers.turn(at % 2, unit="returned") for at in range(MOST)]
        workers.counts[1].give_back(turns[1])
        assert workers.turn(1, unit="returned").wait == 0  # asked after, over the same line
        assert workers.turn(0, unit="returned").wait == PACE


def test_any_text_comes_through(path: str) -> None:
    with working(path) as workers:
        assert workers.turn(0, unit="\udce9\0\n“", key="\udce9").wait == 0


def test_a_place_that_can_be_no_socket_keeps_nobody_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with working(keep_limits()) as workers:
        assert workers.turn(0).wait == 0
    assert "workers count for themselves" in caplog.text


def test_without_anybody_who_counts_each_counts_for_itself(tmp_path: Path) -> None:
    with working(str(tmp_path / "nobody")) as workers:
        for worker in (0, 1):
            assert {workers.turn(worker).wait for _ in range(MOST)} == {0}
            assert workers.turn(worker).wait == PACE
