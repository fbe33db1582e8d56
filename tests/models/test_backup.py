"""A backup is one state of the instance: opened by whom it is for, restored where nothing is."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import pyrage
import pytest
from sqlalchemy import Engine, func, select, text

from analysis.rulebook.instrument import load_instrument
from models import (
    AuditEvent,
    Batch,
    Evidence,
    Period,
    Receipt,
    Response,
    Unit,
    User,
    answers_table,
    now,
    open_engine,
    reading,
    writing,
)
from models.__main__ import main
from models.keeping.contents import PASSING, passing_folder
from models.keeping.sealing import Hashing
from models.settings import evidence_file
from models.trace import follow
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.postgres import Cluster
from tests.world import District, a_district

TABLE = answers_table("skm-2017", load_instrument("skm-2017").allowed)
PICTURE = b"gambar" * 50_000
SECRET = "ab" * 32


@dataclass(frozen=True)
class Instance:
    """A service's database and folder, a second place to restore into, and two keys."""

    engine: Engine
    world: District
    folder: Path
    keys: dict[str, Path]
    again: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def backup(self, target: Path, *more: str) -> int:
        to, keys_to = (self.recipient(name) for name in ("backup", "keys"))
        return main(["backup", str(target), "--to", to, "--keys-to", keys_to, *more])

    def restore(self, target: Path, *more: str, keys: str = "keys") -> int:
        who = ["--identity", str(self.keys["backup"]), "--keys-identity", str(self.keys[keys])]
        return main(["restore", str(target), *who, *more])

    def recipient(self, name: str) -> str:
        return self.keys[name].read_text().split()[2]

    def elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> Path:
        """From now on, commands work on an empty place."""
        monkeypatch.setenv("DATA", str(self.folder / "again"))
        monkeypatch.setenv("DATABASE_URL", self.again)
        return self.folder / "again"


@pytest.fixture
def instance(
    database_url: str,
    migrated_cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Instance]:
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    engine = open_engine(database_url)
    with writing(engine) as session:
        world = a_district(session)
        user = User(username="ani", name="Ani", password_hash="x", active=True)
        session.add(user)
        session.flush()
        for digest in ("e" * 64, "f" * 64):
            evidence_file(digest).write_bytes(PICTURE)
            session.add(
                Evidence(
                    hash=digest,
                    file_name="a.jpg",
                    media_type="image/jpeg",
                    size=len(PICTURE),
                    user_id=user.id,
                    created_at=now(),
                )
            )
        session.add(AuditEvent(created_at=now(), actor="command line", act="x", details={}))
    (tmp_path / "data" / "instance.key").write_text(SECRET)
    (tmp_path / "data" / "papers").mkdir()
    (tmp_path / "data" / "papers" / "7").write_bytes(b"PDF")
    keys = {name: tmp_path / f"{name}.txt" for name in ("backup", "keys", "other")}
    for file in keys.values():
        assert main(["backup-key", str(file)]) == 0
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    capsys.readouterr()
    if engine.dialect.name == "sqlite":
        again = f"sqlite:///{tmp_path / 'again' / 'again.sqlite3'}"
    else:
        migrated_cluster.create("again")
        again = migrated_cluster.url("again")
    yield Instance(engine, world, tmp_path, keys, again)
    engine.dispose()
    open_engine(again).dispose()
    if engine.dialect.name == "postgresql":
        migrated_cluster.drop("again")


def rows_of(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        tables = (Response, Receipt, Batch, AuditEvent, Evidence, User)
        return {
            one.__tablename__: session.scalar(select(func.count()).select_from(one)) or 0
            for one in tables
        }


def test_what_was_backed_up_is_restored(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = instance.folder / "b.age"
    assert instance.backup(target) == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert str(instance.engine.url.database) in capsys.readouterr().err
    assert sorted(one.name for one in instance.data.iterdir()) == [
        "evidence",
        "instance.key",
        "papers",
    ]
    again = instance.elsewhere(monkeypatch)
    assert instance.restore(target, "--dry-run") == 0
    assert "Nothing was restored (--dry-run)." in capsys.readouterr().out
    assert instance.restore(target) == 0
    assert "Restored." in capsys.readouterr().out
    assert rows_of(open_engine(instance.again)) == rows_of(instance.engine)
    assert (again / "instance.key").read_text() == SECRET
    assert (again / "evidence" / ("e" * 64)).read_bytes() == PICTURE
    assert (again / "papers" / "7").read_bytes() == b"PDF"
    for file in again.rglob("*"):
        if file.is_file() and "sqlite3-" not in file.name:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    with writing(open_engine(instance.again)) as session:
        session.add(AuditEvent(created_at=now(), actor="command line", act="y", details={}))
    assert main(["audit"]) == 0


def test_a_backup_alone_does_not_give_the_instances_secret(instance: Instance) -> None:
    target = instance.folder / "b.age"
    assert instance.backup(target) == 0
    key = pyrage.x25519.Identity.from_str(instance.keys["backup"].read_text().split()[3])
    opened = pyrage.decrypt(target.read_bytes(), [key])
    assert PICTURE in opened
    assert SECRET.encode() not in opened
    assert SECRET.encode() not in target.read_bytes()


def test_the_keys_need_a_recipient_of_their_own(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    to = instance.recipient("backup")
    target = str(instance.folder / "b.age")
    assert main(["backup", target, "--to", to, "--keys-to", to]) == 2
    assert "recipient of their own" in capsys.readouterr().err
    assert main(["backup", target, "--to", to, "--keys-to", "age1x"]) == 2
    assert "expected age1" in capsys.readouterr().err
    assert not Path(target).exists()


def test_a_dry_run_writes_nothing(instance: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    assert instance.backup(instance.folder / "b.age", "--dry-run") == 0
    assert "Nothing was written" in capsys.readouterr().out
    assert not list(instance.folder.glob("b.age*"))


def test_nothing_is_left_of_one_that_does_not_fit_on_the_disk(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_hashing: Hashing, _piece: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Hashing, "write", full)
    assert instance.backup(instance.folder / "b.age") == 2
    assert os.strerror(errno.ENOSPC) in capsys.readouterr().err
    assert not list(instance.folder.glob("b.age*")) + list(instance.data.glob(f"{PASSING}*"))


def test_what_one_that_was_killed_left_is_removed_by_the_next(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    left = instance.data / f"{PASSING}left"
    left.mkdir()
    (left / "database.sqlite3").write_bytes(b"what people said")
    with passing_folder(instance.data) as at_work:  # itself removes it
        assert not left.exists()
        assert instance.backup(instance.folder / "b.age") == 0
        assert at_work.is_dir()
    partial = instance.folder / "c.age.partial"
    partial.write_bytes(b"of another")
    assert instance.backup(instance.folder / "c.age") == 2
    assert "broken off" in capsys.readouterr().err
    assert partial.read_bytes() == b"of another"


def test_nothing_is_replaced(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = instance.folder / "b.age"
    assert instance.backup(target) == 0
    assert instance.backup(target) == 2
    assert "is there already" in capsys.readouterr().err
    assert instance.restore(target) == 2
    assert "is not empty" in capsys.readouterr().err
    monkeypatch.setenv("DATA", str(instance.folder / "empty"))
    assert instance.restore(target) == 2
    assert "is not empty" in capsys.readouterr().err
    assert list((instance.folder / "empty").iterdir()) == []


@pytest.mark.parametrize("fault", ["cut", "changed", "no backup", "other key", "other keys' key"])
def test_nothing_is_restored_of_what_is_not_whole(
    instance: Instance,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: str,
) -> None:
    target = instance.folder / "b.age"
    assert instance.backup(target) == 0
    content = bytearray(target.read_bytes())
    if fault == "cut":
        target.write_bytes(content[:-100_000])
    elif fault == "changed":
        content[len(content) // 2] ^= 1
        target.write_bytes(content)
    elif fault == "no backup":
        target.write_bytes(
            pyrage.encrypt(
                b"lain", [pyrage.x25519.Recipient.from_str(instance.recipient("backup"))]
            )
        )
    elif fault == "other key":
        shutil.copyfile(instance.keys["other"], instance.keys["backup"])
    again = instance.elsewhere(monkeypatch)
    capsys.readouterr()
    assert instance.restore(target, keys="other" if "keys'" in fault else "keys") == 2
    told = capsys.readouterr().err
    assert any(word in told for word in ("damaged", "can't be opened")), told
    assert list(again.iterdir()) == []
    if instance.engine.dialect.name == "postgresql":
        with open_engine(instance.again).connect() as connection:
            found = connection.execute(text("SELECT relname FROM pg_class WHERE relname = 'users'"))
            assert found.all() == []


def test_missing_evidence_is_told_and_the_backup_kept(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence_file("f" * 64).unlink()
    target = instance.folder / "b.age"
    assert instance.backup(target) == 1
    assert f"first {'f' * 64}" in capsys.readouterr().out
    assert target.exists()


def test_a_broken_trace_is_not_backed_up_as_if_it_were_whole(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    with instance.engine.begin() as connection:
        if instance.engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_events_no_update"))
        else:
            connection.execute(text("ALTER TABLE audit_events DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE audit_events SET act = 'z'"))
    assert instance.backup(instance.folder / "b.age") == 2
    assert "The trace is broken" in capsys.readouterr().err
    assert not list(instance.folder.glob("b.age*"))


def keep_writing(instance: Instance, enough: Event, stop: Event) -> None:
    """Batches of ten responses with ten receipts and an event, each in a transaction."""
    row = CheckedResponse(
        answers=dict.fromkeys(load_instrument("skm-2017").allowed, 3),
        channel="import",
        provenance="import",
    )
    place = {
        "institution_id": instance.world.district.id,
        "unit_id": instance.world.clinic.id,
        "period_id": instance.world.period.id,
    }
    written = 0
    while not stop.is_set():
        with writing(instance.engine) as session:
            batch = Batch(
                **place,
                file_name="a.csv",
                file_hash=uuid4().hex * 2,
                rows=10,
                actor="Ani",
                created_at=now(),
            )
            session.add(batch)
            session.flush()
            unit = session.get_one(Unit, place["unit_id"])
            period = session.get_one(Period, place["period_id"])
            rows = [CheckedResponse(**{**vars(row), "batch_id": batch.id})] * 10
            store(session, unit, period, asked_instrument(period), rows)
            session.add_all(Receipt(code_hash=uuid4().hex * 2, **place) for _ in range(10))
            session.add(
                AuditEvent(
                    created_at=now(), actor="command line", act="import", details={"at": written}
                )
            )
        written += 1
        if written == 5:
            enough.set()


def test_a_backup_taken_under_load_is_one_consistent_cut(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough, stop = Event(), Event()
    writer = Thread(target=keep_writing, args=(instance, enough, stop))
    writer.start()
    try:
        assert enough.wait(60)
        before = rows_of(instance.engine)
        assert instance.backup(instance.folder / "b.age") == 0
    finally:
        stop.set()
        writer.join()
    after = rows_of(instance.engine)
    instance.elsewhere(monkeypatch)
    assert instance.restore(instance.folder / "b.age") == 0
    engine = open_engine(instance.again)
    restored = rows_of(engine)
    assert before["batches"] <= restored["batches"] <= after["batches"]
    assert after["batches"] > before["batches"]  # it was written to meanwhile
    with reading(engine) as session:
        sizes = session.scalars(
            select(func.count()).select_from(Response).group_by(Response.batch_id)
        ).all()
        assert set(sizes) == {10}
        answers = session.scalar(select(func.count()).select_from(TABLE))
        verdict = follow(session)
    assert len(sizes) == restored["batches"]
    assert restored["responses"] == restored["receipts"] == answers == 10 * restored["batches"]
    assert (verdict.events, verdict.broken) == (restored["batches"] + 1, None)
