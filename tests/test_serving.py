"""How both services start, and that a database that lacks tables is neither served nor ready."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from light import light_app
from models import open_engine
from serving import start
from tests.asgi import ask
from tests.conftest import ROOT


def test_who_opens_the_address_as_soon_as_it_is_told_is_not_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []

    def serve(door: socket.socket) -> None:
        assert capsys.readouterr().out.startswith("ready at http://127.0.0.1:")
        with socket.create_connection(door.getsockname(), timeout=5) as connection:
            opened.append(connection.getpeername())
        door.close()

    # Its handler of SIGTERM is not this process's.
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.delenv("PORT", raising=False)
    assert start("0", "ready at {}".format, serve) == 0
    assert len(opened) == 1


@pytest.fixture
def broken_url(sqlite_url: str) -> str:
    """A database that says it is of the newest shape, without two of its tables."""
    engine = open_engine(sqlite_url)
    with engine.begin() as connection:
        for table in ("finding_steps", "sampled_subjects"):
            connection.execute(text(f"DROP TABLE {table}"))
    engine.dispose()
    return sqlite_url


@pytest.mark.parametrize("service", ["app.py", "light.py"])
def test_neither_service_starts(broken_url: str, tmp_path: Path, service: str) -> None:
    own = {"PORT": "0", "DATABASE_URL": broken_url, "DATA": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, service],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 2
    (told,) = ended.stderr.splitlines()
    assert told.startswith(f"Cannot use the database {broken_url}: The database says that it has")
    assert "lacks finding_steps, sampled_subjects." in told
    assert "Restore a backup" in told


def test_it_lives_and_is_not_ready(
    broken_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", broken_url)
    monkeypatch.setenv("DATA", str(tmp_path))
    lives, ready = (ask(light_app(), path) for path in ("/healthz", "/readyz"))
    assert (lives.status, lives.text) == (200, "ok")
    assert ready.status == 503
    assert "finding_steps, sampled_subjects" in ready.text
