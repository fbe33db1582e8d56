"""The database that the screens open."""

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.components.v2 import manifest_scanner

from models import open_engine
from tests.demonstrated import FILE
from tests.desk.conftest import window_passed


@pytest.fixture(autouse=True, scope="session")
def packages_looked_through_once() -> Iterator[None]:
    """Each screen that is tested begins with what is installed, for which it would be read anew."""
    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty database, the one that the screens open."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DATA", str(tmp_path))
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def demonstration_file(demonstration_folder: Path, swift_folder: Path) -> Path:
    """The demonstration's database, for all that look at it."""
    return shutil.copytree(demonstration_folder, swift_folder / "looked-at") / FILE


@pytest.fixture
def demonstrated(demonstration_file: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The demonstration's engine, which the screens open."""
    url = f"sqlite:///{demonstration_file}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA", str(demonstration_file.parent))
    return open_engine(url)


__all__ = [
    "demonstrated",
    "demonstration_file",
    "engine",
    "packages_looked_through_once",
    "window_passed",
]
