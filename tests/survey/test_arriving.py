"""A batch arrives in slices: all of it counts or nothing is left, wherever it is interrupted."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import DBAPIError

from models import AuditEvent, Batch, Period, UnfinishedBatch, Unit, now, reading, writing
from models.at_work import at_work, is_at_work, new_work
from models.slices import FEWEST, Pace
from survey.arriving import Arriving, store_in_slices, undo_interrupted
from survey.checks import AskedForm
from survey.counts import Selection, count_responses
from survey.periods import asked_instrument
from survey.storage import CheckedResponse
from tests.disks import mounted
from tests.refusing import refusing
from tests.survey.conftest import ANSWERS, Place, a_place

ROWS = 2 * FEWEST + 1
PARTS = ("responses", "answers_skm_2017", "experiences", "comments")
EVENTS = "audit_events"  # tell of what is undone, too


def a_pace() -> Pace:
    """Slices of so many rows at most as are taken where nothing is known."""
    return Pace(clock=iter(lambda: 0.0, 1.0).__next__, rest=lambda _: None, most=FEWEST)


def begin(place: Place, unit: int | None = None, rows: int = ROWS) -> Any:
    """What begins a batch of rated visits, with a comment and an experience each."""

    def begun(session: Any) -> Arriving:
        where = session.get_one(Unit, unit or place.unit), session.get_one(Period, place.period)
        batch = Batch(
            institution_id=where[0].institution_id,
            unit_id=where[0].id,
            period_id=place.period,
            file_name="a.csv",
            file_hash=os.urandom(32).hex(),
            rows=rows,
            actor="Ani",
            created_at=now(),
        )
        session.add(batch)
        session.flush()
        row = CheckedResponse(
            answers=dict.fromkeys(ANSWERS, 3),
            channel="import",
            provenance="import",
            batch_id=batch.id,
            experience=("none",),
            comment="Baik",
        )
        asked = AskedForm(*where, asked_instrument(where[1]), {})
        return Arriving(batch, asked, rows=lambda: [row] * rows, end=_told)

    return begun


def _told(session: Any) -> None:
    session.add(AuditEvent(created_at=now(), actor="command line", act="import", details={}))


def counted(place: Place) -> tuple[int, int]:
    """How many responses were received and count, of all units."""
    with reading(place.engine) as session:
        asked = Selection([place.period], [place.unit, place.other_unit])
        found = count_responses(session, asked).values()
    return sum(one.received for one in found), sum(one.counted for one in found)


def acts(place: Place) -> list[str]:
    with reading(place.engine) as session:
        return list(session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))


def but_events(stored: dict[str, int]) -> dict[str, int]:
    return {table: number for table, number in stored.items() if table != EVENTS}


def test_none_of_it_counts_before_all_of_it_is_in(place: Place) -> None:
    seen = []

    def look(done: int, rows: int) -> None:
        seen.append((done, rows, place.stored()["responses"], counted(place), acts(place)))

    store_in_slices(place.engine, begin(place), look, a_pace())
    steps = [*range(0, ROWS, FEWEST), ROWS]
    assert seen == [(done, ROWS, done, (0, 0), []) for done in steps]
    assert counted(place) == (ROWS, ROWS)
    assert acts(place) == ["import"]
    assert {place.stored()[part] for part in PARTS} == {ROWS}
    assert place.stored()["unfinished_batches"] == 0


def test_no_transaction_writes_more_than_a_slice(place: Place) -> None:
    written = Counter[int]()
    with of_each_transaction(place.engine, written):
        store_in_slices(place.engine, begin(place), pace=a_pace())
    assert sum(written.values()) == ROWS
    assert max(written.values()) == FEWEST


@contextmanager
def of_each_transaction(engine: Engine, written: "Counter[int]") -> Iterator[None]:
    """Counts the responses that each transaction adds."""
    at = 0

    def execute(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("INSERT INTO responses "):
            more = statement.count("), (")  # rows in one statement of SQLite
            written[at] += len(values) if isinstance(values, list) else more + 1

    def commit(_connection: Any) -> None:
        nonlocal at
        at += 1

    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "commit", commit)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", execute)
        event.remove(engine, "commit", commit)


@pytest.mark.parametrize("interrupted_by", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_ends_it_leaves_nothing(place: Place, interrupted_by: type[BaseException]) -> None:
    place.send()
    before = place.stored()

    def stop(done: int, _rows: int) -> None:
        if done > FEWEST:
            raise interrupted_by

    with pytest.raises(interrupted_by):
        store_in_slices(place.engine, begin(place), stop, a_pace())
    assert but_events(place.stored()) == but_events(before)
    assert acts(place) == ["undo_batch"]
    store_in_slices(place.engine, begin(place))
    assert counted(place) == (ROWS + 1, ROWS + 1)


def test_killed_at_any_step_it_is_undone_whole(place: Place) -> None:
    """At each statement and each commit, kill -9; by whoever looks for it then."""
    place.send()
    before, steps = place.stored(), 0
    while killed(place, steps + 1):
        steps += 1
        assert counted(place) == (1, 1), steps
        undo_interrupted(place.engine)
        assert but_events(place.stored()) == but_events(before), steps
    assert steps > 20
    assert counted(place) == (ROWS + 1, ROWS + 1)
    assert undo_interrupted(place.engine) == 0
    assert counted(place) == (ROWS + 1, ROWS + 1)


def killed(place: Place, step: int) -> bool:
    """Lets a process that stores a batch die at this step; False where it came to its end."""
    place.engine.dispose()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            die_at(place.engine, step)
            store_in_slices(place.engine, begin(place), pace=a_pace())
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def die_at(engine: Engine, step: int) -> None:
    """Lets this process be killed before so many statements and commits."""
    passed = 0

    def count(*_: Any) -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)


def test_what_undoes_may_itself_be_killed(place: Place) -> None:
    place.send()
    before = place.stored()
    assert killed(place, 25)
    for step in (3, 6, 9):
        place.engine.dispose()
        if os.fork() == 0:
            with suppress(BaseException):
                die_at(place.engine, step)
                undo_interrupted(place.engine)
            os._exit(0)
        os.wait()
        assert counted(place) == (1, 1)
    undo_interrupted(place.engine)
    assert but_events(place.stored()) == but_events(before)


def test_what_is_being_stored_is_not_undone_by_others(place: Place) -> None:
    undone = []
    store_in_slices(
        place.engine, begin(place), lambda *_: undone.append(undo_interrupted(place.engine))
    )
    assert set(undone) == {0}
    assert counted(place) == (ROWS, ROWS)


def test_who_was_undone_nevertheless_stores_nothing_more(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken for dead, and its number given to another batch: neither harms the other."""

    def undo(done: int, _rows: int) -> None:
        if done == FEWEST:
            with monkeypatch.context() as patch:
                patch.setattr("survey.arriving.is_at_work", lambda *_: False)
                assert undo_interrupted(place.engine) == 1
            store_in_slices(place.engine, begin(place, rows=3))

    with refusing("undone by somebody else"):
        store_in_slices(place.engine, begin(place), undo, a_pace())
    assert counted(place) == (3, 3)


def test_one_batch_of_a_unit_at_a_time(place: Place) -> None:
    def another(done: int, _rows: int) -> None:
        if done == 0:
            with pytest.raises(DBAPIError):
                store_in_slices(place.engine, begin(place))
            store_in_slices(place.engine, begin(place, place.other_unit, rows=4))

    store_in_slices(place.engine, begin(place), another)
    assert counted(place) == (ROWS + 4, ROWS + 4)
    assert place.stored()["batches"] == 2


def test_nothing_that_is_in_can_be_removed_by_this_door(place: Place) -> None:
    store_in_slices(place.engine, begin(place))
    before = place.stored()
    again = "INSERT INTO unfinished_batches SELECT id, unit_id, period_id, 'x', created_at"
    attempts = [
        f"{again} FROM batches",
        "DELETE FROM responses",
        "DELETE FROM answers_skm_2017",
        "DELETE FROM comments",
        "DELETE FROM experiences",
        "DELETE FROM batches",
    ]
    for attempt in attempts:
        with pytest.raises(DBAPIError, match=r"append-only|holds responses|permission denied"):
            sql(place, attempt)
    if place.engine.dialect.name == "postgresql":
        sql(place, "SELECT remove_unfinished(id, 1000) FROM batches")
    half = begin(place, place.other_unit)

    def turn(done: int, _rows: int) -> None:
        if done == FEWEST:
            for column in ("batch_id", "unit_id", "work"):
                with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
                    sql(place, f"UPDATE unfinished_batches SET {column} = {column}")
            finished = "SELECT id FROM responses WHERE batch_id = (SELECT min(id) FROM batches)"
            with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
                sql(place, f"DELETE FROM comments WHERE response_id IN ({finished})")
            raise SystemExit

    with pytest.raises(SystemExit):
        store_in_slices(place.engine, half, turn, a_pace())
    assert but_events(place.stored()) == but_events(before)


def sql(place: Place, statement: str) -> None:
    with writing(place.engine) as session:
        session.execute(text(statement))


def test_a_period_does_not_close_while_a_batch_is_half_in(place: Place) -> None:
    def close(done: int, _rows: int) -> None:
        if done == FEWEST:
            with pytest.raises(DBAPIError, match="a batch is being stored"):
                place.close()

    store_in_slices(place.engine, begin(place), close, a_pace())
    place.close()
    assert counted(place) == (ROWS, ROWS)


def test_a_full_disk_leaves_nothing_once_there_is_room(sqlite_url: str, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        file = disk.folder / "a.sqlite3"
        file.write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
        (place,) = list(a_place(f"sqlite:///{file}"))
        before = place.stored()

        def fill(done: int, _rows: int) -> None:
            if done:
                disk.fill()

        with pytest.raises(DBAPIError, match="full"):
            store_in_slices(place.engine, begin(place, rows=5_000), fill, a_pace())
        assert counted(place) == (0, 0)
        disk.free()
        undo_interrupted(place.engine)
        assert but_events(place.stored()) == but_events(before)
        place.engine.dispose()


def test_who_is_at_work_is_known_until_the_end(place: Place) -> None:
    work = new_work()
    with at_work(place.engine, work):
        assert is_at_work(place.engine, work)
        assert not is_at_work(place.engine, new_work())
    assert not is_at_work(place.engine, work)


def test_a_batch_half_in_is_seen_in_no_view(place: Place) -> None:
    def look(done: int, _rows: int) -> None:
        with reading(place.engine) as session:
            for view in ("received_responses", "counted_responses"):
                assert session.scalar(text(f"SELECT count(*) FROM {view}")) == 0
            assert session.scalars(select(UnfinishedBatch)).one().unit_id == place.unit

    store_in_slices(place.engine, begin(place), look)
