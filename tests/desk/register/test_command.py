"""python -m desk register FILE: names the database, makes none unasked, all rows or none."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from desk.register.command import main
from models import AuditEvent, Unit, open_engine, reading
from tests.desk.register.test_file import NEW, a_file


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A file that sets up a province with a district."""
    path = tmp_path / "daftar.csv"
    path.write_bytes(a_file(*NEW))
    return str(path)


def units(url: str) -> int:
    with reading(open_engine(url)) as session:
        return session.scalar(select(func.count(Unit.id))) or 0


def test_a_file_is_checked_then_loaded(
    file: str,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert main([file, "--check"]) == 0
    assert "Nothing was stored." in capsys.readouterr().out
    assert units(database_url) == 0
    assert main([file]) == 0
    told = capsys.readouterr()
    assert told.err.startswith("Database: ")
    assert "unit:         1 new, 0 changed, 0 unchanged" in told.out
    assert units(database_url) == 1
    with reading(open_engine(database_url)) as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).first()
        assert event is not None
        assert (event.actor, event.user_id) == ("command line", None)


@pytest.mark.database
def test_no_database_is_made_unasked(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "folder" / "baru.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")
    assert main([file]) == 2
    shown = capsys.readouterr()
    assert str(database) in shown.err
    assert "--create" in shown.err
    assert not database.parent.exists()
    assert main([file, "--create"]) == 0
    assert units(f"sqlite:///{database}") == 1


def test_bad_rows_are_named_and_nothing_is_stored(
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    bad = tmp_path / "salah.csv"
    bad.write_bytes(a_file(*NEW, "unit;x;X;tidak-ada;;;"))
    assert main([str(bad)]) == 2
    assert 'salah.csv: row 7, column induk: found "tidak-ada"' in capsys.readouterr().err
    assert units(database_url) == 0
    assert main([str(tmp_path / "tidak-ada.csv")]) == 2
