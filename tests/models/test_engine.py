"""Connections and transactions behave alike on both engines."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError

from models import AuditEvent, Institution, answers_table, every_table, migrate, now, open_engine
from models import reading as read
from models import writing as write
from models.__main__ import main
from models.engine import LOOKS_AGAIN
from models.faults import NOT_OPENED, fault_of
from models.settings import database_url as configured_url
from models.settings import readable_url

PLACE = {"name": "X", "kind": "agency", "timezone": "Asia/Jakarta", "demonstration": False}


def _event(act: str) -> AuditEvent:
    return AuditEvent(created_at=now(), actor="command line", act=act, details={})


def _events(engine: Engine) -> int:
    with read(engine) as session:
        return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_who_waits_for_sqlites_lock_looks_often_and_evenly(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the moments between two slices of others would be missed."""
    holder, waited = create_engine(sqlite_url).connect(), list[float]()

    def rest(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 50:
            holder.rollback()

    holder.exec_driver_sql("BEGIN IMMEDIATE")
    monkeypatch.setattr("models.engine.sleep", rest)
    with write(open_engine(sqlite_url)) as session:
        session.add(_event("after all"))
    assert waited == [LOOKS_AGAIN] * 50
    holder.close()


@pytest.mark.database
def test_sqlite_is_set_up_on_every_connection(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'own.sqlite3'}")
    connections = [engine.connect() for _ in range(3)]
    for connection in connections:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous")
        }
        assert found == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2}
        connection.close()
    engine.dispose()


def test_reading_sees_one_state_throughout(engine: Engine) -> None:
    with read(engine) as reader:
        before = reader.scalar(select(func.count()).select_from(AuditEvent))
        with write(engine) as writer:
            writer.add(_event("meanwhile"))
        after = reader.scalar(select(func.count()).select_from(AuditEvent))
    assert (before, after, _events(engine)) == (0, 0, 1)


def test_reading_keeps_nothing(engine: Engine) -> None:
    with read(engine) as session:
        session.add(_event("never"))
        session.flush()
    assert _events(engine) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite: one writer
def test_writing_in_one_state_sees_one_state(engine: Engine) -> None:
    with write(engine, one_state=True) as first:
        before = first.scalar(select(func.count()).select_from(Institution))
        with write(engine) as second:
            second.add(Institution(code="meanwhile", **PLACE))
        after = first.scalar(select(func.count()).select_from(Institution))
        first.add(_event("mine"))
    assert (before, after, _events(engine)) == (0, 0, 1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_writing_in_one_state_lets_no_other_event_come_between(engine: Engine) -> None:
    """It doesn't see what others add, so it must be first to name the event before its own."""
    begun = threading.Event()

    def another() -> None:
        begun.set()
        with write(engine) as session:
            session.add(_event("second"))

    with ThreadPoolExecutor(1) as pool:
        with write(engine, one_state=True) as session:
            session.scalar(select(func.count()).select_from(AuditEvent))
            waiting = pool.submit(another)
            begun.wait(10)
            session.add(_event("first"))
        waiting.result(10)
    with read(engine) as session:
        acts = session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)).all()
    assert acts == ["first", "second"]


def test_an_error_leaves_nothing_of_many_tables(engine: Engine) -> None:
    twice = [_event("never"), Institution(code="x", **PLACE), Institution(code="x", **PLACE)]
    with pytest.raises(IntegrityError), write(engine) as session:
        session.add_all(twice)
    with read(engine) as session:
        assert session.scalars(select(Institution)).all() == []
    assert _events(engine) == 0


def test_what_was_written_may_still_be_read(engine: Engine) -> None:
    with write(engine) as session:
        event = _event("kept")
        session.add(event)
    assert (event.id, event.act) == (1, "kept")


def test_two_writers_wait_for_each_other(engine: Engine) -> None:
    """Each reads before it writes: on SQLite the second would fail at once without its lock."""
    together = threading.Barrier(4)

    def read_then_write(number: int) -> None:
        together.wait(10)
        with write(engine) as session:
            session.scalar(select(func.count()).select_from(AuditEvent))
            time.sleep(0.02)
            session.add(_event(f"writer {number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read_then_write, range(4)))
    assert _events(engine) == 4


@pytest.mark.database
def test_a_path_with_spaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATA", str(tmp_path / "data kabupaten & kota" / "2026"))
    migrate(configured_url())
    engine = open_engine(configured_url())
    assert _events(engine) == 0
    engine.dispose()
    assert [path.name for path in tmp_path.glob("*/*/*.sqlite3")] == ["suara-layanan.sqlite3"]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:////a/b", "sqlite:////a/b"),
    ],
)
def test_postgresql_means_psycopg_3(given: str, used: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    assert configured_url() == used


@pytest.mark.database
def test_many_processes_may_start_at_once(tmp_path: Path) -> None:
    """Each migrates first: they wait, and the file is migrated once."""
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    with ThreadPoolExecutor(4) as pool:
        processes = list(pool.map(lambda _: _migrate_in_a_process(url), range(4)))
    assert processes == [""] * 4
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    engine.dispose()


@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_stored_in_a_file_that_is_no_longer_there(
    sqlite_url: str, replaced: bool
) -> None:
    engine = open_engine(sqlite_url)
    file = Path(str(engine.url.database))
    elsewhere = file.with_name("elsewhere")
    with write(engine) as session:
        session.add(_event("before"))
    file.rename(elsewhere)
    if replaced:
        shutil.copyfile(elsewhere, file)
    for opened in (read, write):
        with pytest.raises(OperationalError) as refused, opened(engine) as session:
            session.scalar(select(func.count()).select_from(AuditEvent))
        assert fault_of(refused.value) == NOT_OPENED
    with ThreadPoolExecutor(1) as pool:  # whose connection is a new one
        assert isinstance(pool.submit(_events, engine).exception(), OperationalError)
    assert file.exists() == replaced
    elsewhere.rename(file)
    assert _events(engine) == 1


@pytest.mark.parametrize(
    "url", ["postgresql://ani:rahasia@[::1/x", "postgresql://ani:satu@dua:rahasia@h/x", "rahasia"]
)
def test_a_url_that_is_none_is_refused_and_not_quoted(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["audit"]) == 2
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(ArgumentError) as refused:
        open_engine(readable_url(url))
    assert "rahasia" not in capsys.readouterr().err + str(refused.value)


def _migrate_in_a_process(url: str) -> str:
    command = [sys.executable, "-c", f"import models; models.migrate({url!r})"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


class Slow(dict[str, tuple[int, ...]]):
    """Lets the other threads in while a table is being made."""

    def __iter__(self) -> Iterator[str]:
        time.sleep(0.02)
        return super().__iter__()


def test_an_answers_table_is_made_once_by_many_threads() -> None:
    together = threading.Barrier(8)

    def make(_: int) -> object:
        together.wait(10)
        return answers_table("made-at-once", Slow(a=(1, 2)))

    try:
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(make, range(8)))) == 1
    finally:
        every_table().remove(every_table().tables["answers_made_at_once"])
