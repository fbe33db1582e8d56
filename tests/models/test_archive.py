"""Old events leave the trace for a file, all that is kept follows from it, and nothing is lost."""

import json
import os
import signal
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import DBAPIError

from models import AuditEvent, Objection, Publication, User, now, open_engine, reading, writing
from models.__main__ import main
from models.base import time_moved
from models.keeping import archive as archiving
from models.keeping.retention import rules
from models.keeping.sealing import digest_of_file
from models.rights import APPLICATION
from models.trace import TraceHead, digest_of, follow, trace_head
from tests.models.killed import READS
from tests.models.test_trace import as_owner, owner_of
from tests.world import a_district

OLD = [date(2015, 3, 1), date(2015, 9, 1), date(2016, 2, 1), date(2017, 5, 1)]
LIFTED = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'"


@dataclass(frozen=True)
class Traced:
    """A trace of four old events and two new ones, as the owner and the application reach it."""

    engine: Engine
    owner: str
    folder: Path

    def archive(self, until: str, name: str = "a.age", *more: str) -> int:
        target = str(self.folder / name)
        return main(["archive", target, "--until", until, "--to", self.recipient(), *more])

    def recipient(self) -> str:
        return self.key.read_text().split()[2]

    @property
    def key(self) -> Path:
        return self.folder / "key.txt"

    def audit(self, known: TraceHead | None = None, *archives: str) -> int:
        """Follows the trace, and whether it leads to what a publication names."""
        words = ["audit"]
        if known:
            publication = self.folder / "publication.json"
            publication.write_text(json.dumps({"trace": known._asdict()}))
            words += ["--against", str(publication)]
        for name in archives:
            words += ["--archive", str(self.folder / name)]
        return main([*words, *(["--identity", str(self.key)] if archives else [])])

    def heads(self) -> dict[int, TraceHead]:
        with reading(self.engine) as session:
            found = session.execute(select(AuditEvent.id, AuditEvent.hash)).all()
        return {number: TraceHead(number, str(digest)) for number, digest in found}

    def note(self, **details: object) -> None:
        with writing(self.engine) as session:
            session.add(an_event("import", **details))


def an_event(act: str, **details: object) -> AuditEvent:
    return AuditEvent(created_at=now(), actor="command line", act=act, details=details)


@pytest.fixture
def traced(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Traced]:
    owner = owner_of(engine).url.render_as_string(False)
    monkeypatch.setenv("DATABASE_URL", owner)
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    made = Traced(engine, owner, tmp_path)
    long_ago(engine, OLD)
    for at in range(2):
        made.note(at=at)
    assert main(["backup-key", str(made.key)]) == 0
    capsys.readouterr()
    yield made
    open_engine(owner).dispose()


def long_ago(engine: Engine, days: list[date]) -> None:
    """Events as the database recorded them on those days; what guards it stands again after."""
    with reading(engine) as session:
        head = trace_head(session)
    guards: Sequence[Any] = ()
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            guards = connection.execute(text(LIFTED)).all()
    with as_owner(engine) as owner:
        for day in days:
            moment = datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)
            one = {
                "id": head.event + 1,
                "recorded_at": moment,
                "created_at": moment,
                "user_id": None,
                "actor": "command line",
                "act": "import",
                "previous": head.hash,
            }
            digest = digest_of(head.hash, SimpleNamespace(**one), '{"a": 1}')  # type: ignore[arg-type]
            row: dict[str, Any] = one | {"details": {"a": 1}, "hash": digest}
            owner.execute(AuditEvent.__table__.insert(), row)  # type: ignore[attr-defined]
            head = TraceHead(head.event + 1, digest)
        for _, made in guards:
            owner.exec_driver_sql(made)
        if not guards:
            owner.execute(text("ALTER TABLE audit_events ENABLE TRIGGER USER"))


def test_old_events_are_moved_and_the_rest_is_still_followed(
    traced: Traced, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = traced.heads()
    assert traced.archive("2016-02-01", "a.age", "--dry-run") == 0
    told = capsys.readouterr()
    assert "2 events after 0, the last is 2." in told.out
    assert "Nothing was written or removed (--dry-run)." in told.out
    assert traced.engine.url.database is not None
    assert traced.engine.url.database in told.err
    assert traced.heads() == heads
    assert traced.archive("2016-02-01") == 0
    file = traced.folder / "a.age"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(one.name for one in traced.folder.glob("a.age*")) == ["a.age"]
    with reading(traced.engine) as session:
        said = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert said is not None
        assert (said.id, said.act, said.actor) == (7, "archive", "command line")
        assert said.details == {
            "until": "2016-02-01",
            "events": 2,
            "last": 2,
            "hash": heads[2].hash,
            "file": digest_of_file(file),
            "rules": rules().id,
        }
    capsys.readouterr()
    assert traced.audit() == 0
    told = capsys.readouterr()
    assert "The trace holds: 5 events, the last is 7." in told.out
    assert "It begins after event 2: those of before 2016-02-01" in told.out
    assert digest_of_file(file) in told.out
    traced.note(after=1)
    assert sorted(traced.heads()) == [3, 4, 5, 6, 7, 8]
    with traced.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("DELETE FROM audit_events"))
    owner = open_engine(traced.owner)
    with owner.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("DELETE FROM audit_events"))


def test_what_was_published_before_leads_into_the_archive(
    traced: Traced, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = traced.heads()
    assert traced.archive("2017-01-01") == 0
    for late in (3, 4, 6):  # the archive's last is known by its hash
        assert traced.audit(heads[late]) == 0
    capsys.readouterr()
    assert traced.audit(heads[2]) == 2
    told = capsys.readouterr()
    assert "The trace holds" in told.out
    digest = digest_of_file(traced.folder / "a.age")
    assert f"give the archive with SHA-256 {digest} as --archive" in told.err
    assert traced.audit(heads[2], "a.age") == 0
    assert "It leads to event 2" in capsys.readouterr().out
    for forged in (2, 3):
        assert traced.audit(TraceHead(forged, "0" * 64), "a.age") == 1
        assert f"Event {forged} " in capsys.readouterr().out


def test_archives_follow_each_other(traced: Traced, capsys: pytest.CaptureFixture[str]) -> None:
    heads = traced.heads()
    assert traced.archive("2015-06-01", "a.age") == 0
    with time_moved(timedelta(days=3 * 365)):  # all of before, and the act of archiving too
        assert traced.archive("2018-01-01", "b.age") == 0
    assert traced.archive("2018-01-01", "c.age") == 0
    assert "No event was recorded before 2018-01-01." in capsys.readouterr().out
    assert not (traced.folder / "c.age").exists()
    assert sorted(traced.heads()) == [5, 6, 7, 8]
    assert traced.audit(heads[1]) == 2
    assert traced.audit(heads[3], "b.age") == 0
    capsys.readouterr()
    assert traced.audit(heads[1], "a.age") == 2
    assert "is no archive that leads to this trace" in capsys.readouterr().err


def test_an_archive_in_an_archive_is_followed_back(
    traced: Traced, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = traced.heads()
    assert traced.archive("2015-06-01", "a.age") == 0
    with time_moved(timedelta(days=4000)):
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        assert traced.archive(tomorrow.isoformat(), "b.age") == 0
    assert list(traced.heads()) == [8]
    traced.note(at=3)
    capsys.readouterr()
    assert traced.audit(TraceHead(0, "0" * 64)) == 0
    assert traced.audit(heads[2], "b.age") == 0
    assert traced.audit(heads[1], "b.age") == 0  # the end of the other one
    assert traced.audit(heads[1], "b.age", "a.age") == 0
    told = capsys.readouterr().out
    assert "b.age holds: 6 events, the last is 7." in told
    assert "a.age holds: 1 events, the last is 1." in told


def test_what_is_wrong_is_told_and_nothing_moved(
    traced: Traced, capsys: pytest.CaptureFixture[str], subtests: pytest.Subtests
) -> None:
    today, kept = datetime.now(UTC).date(), rules().trace_days
    newest = today - timedelta(days=kept)
    young = (today - timedelta(days=kept - 1)).isoformat()
    heads = traced.heads()
    (traced.folder / "there").write_text("x")
    (traced.folder / "cut.partial").write_text("x")
    faults: dict[str, tuple[list[str], str]] = {
        "too young": ([young], f"keeps events for {kept} days: --until can be {newest} at most"),
        "is there": (["2016-01-01", "there"], "is there already; an archive replaces nothing"),
        "was cut off": (["2016-01-01", "cut"], "cut.partial is there already"),
        "no recipient": (["2016-01-01", "a", "--to", "age1x"], "expected age1"),
        "no folder": (["2016-01-01", "none/a"], "No such file or directory"),
    }
    for name, (words, sentence) in faults.items():
        with subtests.test(name):
            assert traced.archive(*words) == 2
            assert sentence in capsys.readouterr().err
    with subtests.test("no day"), pytest.raises(SystemExit):
        traced.archive("2016-13-01")
    assert "expected a day as 2026-12-31" in capsys.readouterr().err
    assert traced.heads() == heads


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_application_cannot_archive(
    traced: Traced, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    application = traced.engine.url.set(username=APPLICATION).render_as_string(False)
    monkeypatch.setenv("DATABASE_URL", application)
    assert traced.archive("2016-01-01") == 2
    assert "Only the owner of the tables archives" in capsys.readouterr().err
    assert not list(traced.folder.glob("a.age*"))


def test_the_trace_of_open_matters_stays(
    traced: Traced, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing(traced.engine) as session:
        period = a_district(session).period
        period_id = period.id
        session.add(User(username="ani", name="Ani", password_hash="x", active=True))
        session.flush()
        publication = Publication(
            scheme_hash=period.scheme_hash,
            year=2016,
            document="{}",
            document_hash="d" * 64,
            user_id=1,
            created_at=now(),
        )
        session.add(publication)
        session.flush()
        session.add(
            Objection(
                publication_id=publication.id,
                unit_id=1,
                item="time_limit",
                reason="papan sudah dipasang",
                raised_by=1,
                raised_at=now() - timedelta(days=1),
            )
        )
    opened = datetime.now(UTC).date()
    with time_moved(timedelta(days=4000)):
        later = (opened + timedelta(days=40)).isoformat()
        assert traced.archive(later) == 2
        assert "there is a period that is open since then" in capsys.readouterr().err
        with writing(traced.engine) as session:
            session.execute(
                text("UPDATE periods SET closed_at = CURRENT_TIMESTAMP WHERE id = :id"),
                {"id": period_id},
            )
        assert traced.archive(later) == 2
        assert "there is an objection without a decision" in capsys.readouterr().err
    assert traced.archive("2016-01-01") == 0


def test_a_broken_trace_is_not_archived(traced: Traced, capsys: pytest.CaptureFixture[str]) -> None:
    with as_owner(traced.engine) as owner:
        owner.execute(text("UPDATE audit_events SET act = 'x' WHERE id = 2"))
    assert traced.archive("2016-01-01") == 2
    assert "The trace is broken after 1 events." in capsys.readouterr().err
    assert not list(traced.folder.glob("a.age*"))


def test_who_removes_events_and_says_they_were_archived_is_found(
    traced: Traced, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the first that is left, which names the one before it; and no file has that hash."""
    heads = traced.heads()
    false = {"until": "2016-01-01", "last": 2, "hash": heads[2].hash, "file": "0" * 64}
    traced.note(at=3)
    with writing(traced.engine) as session:
        session.add(an_event("archive", **false))
    assert traced.audit() == 1
    assert "Event 1 " in capsys.readouterr().out
    with as_owner(traced.engine) as owner:
        owner.execute(text("DELETE FROM audit_events WHERE id < 4"))
    assert traced.audit() == 1
    assert "Event 4 " in capsys.readouterr().out


def test_nobody_names_another_file_afterwards(
    traced: Traced, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = traced.heads()
    assert traced.archive("2016-01-01") == 0
    false = {"until": "2016-01-01", "last": 2, "hash": heads[2].hash, "file": "0" * 64}
    with writing(traced.engine) as session:
        session.add_all([an_event("archive", **false), an_event("archive", last="x")])
    capsys.readouterr()
    assert traced.audit(heads[1], "a.age") == 0
    assert digest_of_file(traced.folder / "a.age") in capsys.readouterr().out


def test_a_file_that_was_changed_is_not_believed(
    traced: Traced, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = traced.heads()
    assert traced.archive("2016-01-01") == 0
    file = traced.folder / "a.age"
    content = bytearray(file.read_bytes())
    content[-40] ^= 1
    file.write_bytes(content)
    capsys.readouterr()
    assert traced.audit(heads[1], "a.age") == 2
    assert "is no archive that leads to this trace" in capsys.readouterr().err


def test_others_write_meanwhile(traced: Traced) -> None:
    failed: list[BaseException] = []

    def write(one_state: bool) -> None:
        try:
            for at in range(10):
                with writing(traced.engine, one_state=one_state) as session:
                    session.add(an_event("import", at=at))
        except BaseException as error:
            failed.append(error)

    writers = [Thread(target=write, args=(one_state,)) for one_state in (False, False, True)]
    for one in writers:
        one.start()
    assert traced.archive("2017-01-01") == 0
    for one in writers:
        one.join()
    assert failed == []
    with reading(traced.engine) as session:
        verdict = follow(session)
    assert (verdict.events, verdict.head.event, verdict.broken) == (34, 37, None)


@contextmanager
def dying_at(place: int, engine: Engine) -> Iterator[None]:
    """This process is killed, kill -9, at one of the places between two steps."""
    passed = 0

    def step(*_: Any) -> None:
        nonlocal passed
        passed += 1
        if passed == place:
            os.kill(os.getpid(), signal.SIGKILL)

    def changed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(READS):
            step()

    event.listen(engine, "after_cursor_execute", changed)
    event.listen(engine, "commit", step)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("write_archive", "follow_archive", "settle", "_remove"):
            patch.setattr(archiving, name, _first(step, getattr(archiving, name)))
        yield
    step()


def _first(step: Any, work: Any) -> Any:
    def both(*arguments: Any) -> Any:
        step()
        return work(*arguments)

    return both


def test_killed_anywhere_no_event_is_lost(traced: Traced) -> None:
    """Until the commit the trace is as it was; after it, the file is there and holds."""
    heads, killed = traced.heads(), 0
    while traced.heads() == heads:
        killed += 1
        for engine in (traced.engine, open_engine(traced.owner)):
            engine.dispose()
        child = os.fork()
        if child == 0:
            with dying_at(killed, open_engine(traced.owner)):
                traced.archive("2017-01-01", f"{killed}.age")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "it came to its end before"
        assert traced.audit() == 0
    assert killed > 8
    assert sorted(traced.heads()) == [4, 5, 6, 7]
    assert traced.audit(heads[2], f"{killed}.age") == 0
