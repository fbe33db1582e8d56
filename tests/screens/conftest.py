"""The database that the screens open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models import open_engine
from tests.desk.conftest import window_passed


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty database, the one that the screens open."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DATA", str(tmp_path))
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


__all__ = ["engine", "window_passed"]
