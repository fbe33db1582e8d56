"""A district that signed, and a nation that believes its key."""

import shutil
from pathlib import Path

import pytest

from tests.desk.federation.instances import Instance, an_instance, copied, fill, opened_swiftly

SENDER = "aru"


@pytest.fixture(scope="session")
def sender(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """A district's instance with a year that has closed."""
    folder = tmp_path_factory.mktemp("sender")
    district = an_instance(copied(migrated_file, folder, SENDER), SENDER)
    fill(district, [SENDER])
    return district


@pytest.fixture
def district(sender: Instance, tmp_path: Path) -> Instance:
    """A copy of it, of which no bundle was made yet."""
    return _copy(sender, tmp_path / "district.sqlite3")


@pytest.fixture(scope="session")
def sent(sender: Instance, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What it signs."""
    return _copy(sender, tmp_path_factory.mktemp("sent") / "d.sqlite3").bundle(SENDER)


@pytest.fixture(scope="session")
def believing(
    migrated_file: Path, sender: Instance, tmp_path_factory: pytest.TempPathFactory
) -> Instance:
    """The nation's instance, which believes the district's key and has loaded nothing."""
    folder = tmp_path_factory.mktemp("believing")
    nation = an_instance(copied(migrated_file, folder, "nation"), "nation")
    nation.trust(SENDER, sender)
    return nation


@pytest.fixture
def nation(believing: Instance, tmp_path: Path) -> Instance:
    """A copy of it."""
    return _copy(believing, tmp_path / "nation.sqlite3")


def _copy(of: Instance, file: Path) -> Instance:
    of.engine.dispose()  # so that all of it is in the file
    shutil.copyfile(str(of.engine.url.database), file)
    return Instance(opened_swiftly(f"sqlite:///{file}"), of.secret)
