"""From every schema that landed, with data that its own version wrote; and killed on the way."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from models import migrate, open_engine
from models.migrations import newest, shape_fault
from models.migrations.shape import columns_there
from tests.conftest import ROOT
from tests.models.old_schemas import FOLDER, REVISIONS, data_columns, restore, rows
from tests.models.test_migrations import _shape, _triggers
from tests.postgres import Cluster

OLDEST = REVISIONS[0]
# Statements between two kills: one kill for each would take minutes (see decision 32).
EVERY = 29
# The revisions before those that go on while others write, see models.migrations.online.
ENDS_A_TRANSACTION = {"0046"}


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(
    request: pytest.FixtureRequest, migrated_cluster: Cluster, tmp_path: Path
) -> Iterator[str]:
    """The URL of an empty database, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    migrated_cluster.create("old")
    yield migrated_cluster.url("old")
    migrated_cluster.drop("old")


def test_every_version_is_kept() -> None:
    for kind in ("sqlite3", "postgresql.sql"):
        assert [file.name for file in sorted(FOLDER.glob(f"*.{kind}.xz"))] == [
            f"{revision}.{kind}.xz" for revision in REVISIONS
        ]


@pytest.fixture
def fresh_url(old_url: str, migrated_file: Path, migrated_cluster: Cluster) -> str:
    """The URL of a database that never was an older one, of the same engine."""
    if old_url.startswith("sqlite"):
        return f"sqlite:///{migrated_file}"
    return migrated_cluster.url("migrated")


@pytest.mark.parametrize("revision", REVISIONS)
def test_it_keeps_every_row_and_gets_the_newest_shape(
    old_url: str, fresh_url: str, revision: str
) -> None:
    restore(revision, old_url)
    engine = open_engine(old_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == revision
        columns = data_columns(connection)
        before = rows(connection, columns)
    assert sum(map(len, before.values())) >= 15
    migrate(old_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == newest()
        assert rows(connection, columns) == before
    assert shape_fault(engine) is None
    fresh = open_engine(fresh_url)
    assert shape(engine) == shape(fresh)
    for one in (engine, fresh):
        one.dispose()


def shape(engine: Engine) -> object:
    """All of it; on PostgreSQL by name, since a dump writes conditions in other words."""
    if engine.dialect.name == "sqlite":
        return _shape(engine), _triggers(engine)
    found = inspect(engine)
    named = (found.get_check_constraints, found.get_foreign_keys, found.get_unique_constraints)
    with engine.connect() as connection:
        columns = columns_there(connection)
    return (
        columns,
        {name for name, _ in _triggers(engine)},
        {one["name"] for table in found.get_table_names() for kind in named for one in kind(table)},
        {one["name"] for table in found.get_table_names() for one in found.get_indexes(table)},
    )


@pytest.mark.long
def test_killed_anywhere_it_is_as_before_or_done(old_url: str) -> None:
    restore(OLDEST, old_url)
    done = subprocess.run(
        [sys.executable, "-m", "tests.models.killed", old_url, str(EVERY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    # One state a revision: nothing is ever half done.
    on_the_way = ENDS_A_TRANSACTION if old_url.startswith("postgresql") else set()
    assert sorted(one[:4] for one in found["states"]) == sorted({OLDEST, newest(), *on_the_way})
    assert {found["old"], found["new"]} <= set(found["states"])
    assert found["old"].startswith(OLDEST)
    assert found["new"].startswith(newest())
    assert found["statements"] > 300
    (first, *_) = [one for one in found["states"] if one != found["old"]]
    assert found["states"][first][0] == found["statements"] + 2
    assert shape_fault(open_engine(old_url)) is None
    open_engine(old_url).dispose()
