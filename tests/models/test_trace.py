"""The trace is a chain: whatever is changed, removed or slipped in is found, and where."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from models import AuditEvent, User, migrate, now, open_engine, reading, trace_head, writing
from models.__main__ import main
from models.migrations.upgrade import alembic_config
from models.trace import FIRST, TraceHead, follow
from tests.postgres import Cluster

NAME = 'Ani ☂ "x" \\ 1:2,'


@pytest.fixture
def traced(engine: Engine) -> Engine:
    """A trace of five events, three of them by somebody."""
    with writing(engine) as session:
        session.add(User(username="ani", name=NAME, password_hash="x", active=True))
    for at in range(3):
        with writing(engine) as session:
            session.add(event("exclude", user_id=1, actor=NAME, at=at))
    with writing(engine) as session:
        session.add_all([event("import", at=None), event("import", text="é\n", list=[1, 2.5])])
    return engine


def event(
    act: str, user_id: int | None = None, actor: str = "command line", **details: object
) -> AuditEvent:
    return AuditEvent(created_at=now(), user_id=user_id, actor=actor, act=act, details=details)


def owner_of(engine: Engine) -> Engine:
    return (
        open_engine(engine.url.set(username="postgres").render_as_string(False))
        if (engine.dialect.name == "postgresql")
        else engine
    )


@contextmanager
def as_owner(engine: Engine) -> Iterator[Connection]:
    """Who owns the file or the tables, and has switched off what guards them."""
    owner = owner_of(engine)
    with owner.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in connection.scalars(text(GUARDS)).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit_events DISABLE TRIGGER USER"))
        yield connection
    if owner is not engine:
        owner.dispose()


GUARDS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'"


def broken(engine: Engine, known: TraceHead | None = None) -> str | None:
    with reading(engine) as session:
        return follow(session, known).broken


def test_a_trace_that_nobody_touched_holds(traced: Engine) -> None:
    with reading(traced) as session:
        verdict = follow(session)
        assert (verdict.events, verdict.untimed, verdict.broken) == (5, 0, None)
        assert verdict.head == trace_head(session)
        first = session.get_one(AuditEvent, 1)
        assert first.previous == FIRST
        assert first.recorded_at is not None


def test_an_empty_trace_holds(engine: Engine) -> None:
    assert broken(engine) is None


@pytest.mark.parametrize(
    ("forgery", "told"),
    [
        ("UPDATE audit_events SET details = '{\"at\": 9}' WHERE id = 2", "Event 2 .* is not what"),
        ("UPDATE audit_events SET actor = 'Budi' WHERE id = 3", "Event 3 .* is not what"),
        ("UPDATE audit_events SET user_id = NULL WHERE id = 3", "Event 3 .* is not what"),
        ("UPDATE audit_events SET created_at = '2020-01-01 00:00:00' WHERE id = 1", "Event 1 "),
        ("UPDATE audit_events SET recorded_at = NULL WHERE id = 4", "Event 4 .* is not what"),
        ("DELETE FROM audit_events WHERE id = 2", "Event 3 .* does not follow event 1"),
        ("DELETE FROM audit_events WHERE id = 1", "Event 2 .* does not follow the beginning"),
        ("UPDATE audit_events SET id = 9 WHERE id = 2", "Event 3 .* does not follow event 1"),
    ],
)
def test_the_first_break_is_told(traced: Engine, forgery: str, told: str) -> None:
    with as_owner(traced) as owner:
        owner.execute(text(forgery))
    assert re.match(told, broken(traced) or "")


def test_who_cuts_the_end_or_writes_all_anew_is_found_by_a_head_from_elsewhere(
    traced: Engine,
) -> None:
    with reading(traced) as session:
        published = trace_head(session)
    assert broken(traced, published) is None
    with as_owner(traced) as owner:
        owner.execute(text("DELETE FROM audit_events WHERE id = 5"))
    assert broken(traced) is None
    assert broken(traced, published) == "Event 5 is missing."
    with as_owner(traced) as owner:
        owner.execute(text("DELETE FROM audit_events"))
    if traced.dialect.name == "postgresql":
        owner_engine = owner_of(traced)
        with owner_engine.begin() as owner:
            owner.execute(text("ALTER TABLE audit_events ENABLE TRIGGER USER"))
        owner_engine.dispose()
    with writing(traced) as session:
        session.add_all(event("exclude", at=at) for at in range(6))
    assert broken(traced) is None
    assert "is another than the one published" in (broken(traced, published) or "")


def test_many_writers_make_one_chain(traced: Engine) -> None:
    def write(number: int) -> None:
        with writing(traced) as session:
            session.add_all([event("import", writer=number), event("import", writer=number)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    with reading(traced) as session:
        verdict = follow(session)
    assert (verdict.events, verdict.broken) == (29, None)


@pytest.mark.parametrize(
    ("user_id", "actor"),
    [
        (1, "Budi"),
        (None, "rahasia123"),
        (None, NAME),
        (99, "command line"),
        (None, "unknown:rahasia12345"),
    ],
)
def test_no_event_bears_another_name_than_its_accounts(
    traced: Engine, user_id: int | None, actor: str
) -> None:
    """Nor what somebody typed as one: people type passwords into the wrong field."""
    with pytest.raises(DBAPIError, match="not the name of the account"), writing(traced) as session:
        session.add(event("exclude", user_id, actor))


def test_the_database_says_when_and_after_what(traced: Engine) -> None:
    forged = (
        "INSERT INTO audit_events (id, created_at, actor, act, details, recorded_at, previous,"
        " hash) VALUES (77, '2020-01-01 00:00:00', 'command line', 'x', '{}',"
        " '2020-01-01 00:00:00', :zeros, :zeros)"
    )
    with traced.begin() as connection:
        if traced.dialect.name == "sqlite":
            with pytest.raises(DBAPIError, match=r"not the next|not the time"):
                connection.execute(text(forged), {"zeros": FIRST})
            return
        connection.execute(text(forged), {"zeros": FIRST})
    with reading(traced) as session:
        newest = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert newest is not None
        assert newest.id == 6
        assert newest.recorded_at is not None
        assert abs((now() - newest.recorded_at).total_seconds()) < 60
    assert broken(traced) is None


@pytest.fixture
def of_old(
    request: pytest.FixtureRequest, migrated_cluster: Cluster, tmp_path: Path, engine_name: str
) -> Iterator[str]:
    """A database with events from before the chain."""
    if engine_name == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    else:
        migrated_cluster.create("old")
        url = migrated_cluster.url("old")
    command.upgrade(alembic_config(url), "0036")
    with open_engine(url).begin() as connection:
        for number in (1, 2, 5):
            connection.execute(
                text(
                    "INSERT INTO audit_events (id, created_at, actor, act, details) VALUES"
                    " (:id, '2026-01-01 08:00:00.250000+00:00', 'unknown:abc', 'log_in_failed',"
                    " '{\"a\":  1}')"
                ),
                {"id": number},
            )
    yield url
    open_engine(url).dispose()
    if engine_name == "postgresql":
        migrated_cluster.drop("old")


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
def test_events_of_before_are_chained_as_they_are(of_old: str) -> None:
    migrate(of_old)
    engine = open_engine(of_old)
    with writing(engine) as session:
        session.add(event("import"))
    with reading(engine) as session:
        verdict = follow(session)
    assert (verdict.events, verdict.untimed, verdict.broken) == (4, 3, None)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("UPDATE audit_events SET act = 'x'"))


def test_the_command_tells_and_exports(
    traced: Engine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DATABASE_URL", traced.url.render_as_string(False))
    file, publication = tmp_path / "trace.jsonl", tmp_path / "publication.json"
    with reading(traced) as session:
        head = trace_head(session)
    publication.write_text(json.dumps({"trace": head._asdict()}))
    assert main(["audit", "--export", str(file), "--against", str(publication)]) == 0
    told = capsys.readouterr()
    assert "The trace holds: 5 events, the last is 5." in told.out
    assert f"Hash of the last: {head.hash}" in told.out
    assert str(traced.url.database) in told.err
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [one["id"] for one in lines] == [1, 2, 3, 4, 5]
    assert lines[4]["hash"] == head.hash
    publication.write_text(json.dumps({"trace": {"event": 5, "hash": "0" * 64}}))
    assert main(["audit", "--against", str(publication)]) == 1
    assert "The trace is broken after 4 events. Event 5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "told"),
    [("{}", "names no event"), ("[1]", "no JSON object"), ('{"trace": 1}', "no event with a hash")],
)
def test_a_file_that_names_no_event_is_told(
    traced: Engine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: str,
    told: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", traced.url.render_as_string(False))
    (file := tmp_path / "p.json").write_text(content)
    assert main(["audit", "--against", str(file)]) == 2
    assert told in capsys.readouterr().err


def test_no_database_is_made_for_following(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "none.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    assert main(["audit"]) == 2
    assert f"There is none at sqlite:///{file}." in capsys.readouterr().err
    assert not file.exists()
