"""The database's shape is the one that the code describes."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from analysis.instrument import instrument_ids, load_instrument
from models import Base, answers_name, migrate, open_engine
from tests.postgres import Cluster


def test_metadata_and_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_checks_and_keys_agree(
    engine: Engine, migrated_cluster: Cluster, tmp_path: Any, request: pytest.FixtureRequest
) -> None:
    """Alembic compares no checks, no names of foreign keys and no WITHOUT ROWID."""
    if engine.dialect.name == "sqlite":
        created = open_engine(f"sqlite:///{tmp_path / 'created.sqlite3'}")
    else:
        migrated_cluster.create("created")
        request.addfinalizer(lambda: migrated_cluster.drop("created"))
        created = open_engine(migrated_cluster.url("created"))
    Base.metadata.create_all(created)
    by_migration, by_metadata = _shape(engine), _shape(created)
    created.dispose()
    assert by_migration == by_metadata


def _shape(engine: Engine) -> dict[str, str]:
    inspector = sa.inspect(engine)
    shape = {
        table: {
            "checks": _by_name(inspector.get_check_constraints(table)),
            "foreign keys": _by_name(inspector.get_foreign_keys(table)),
            "unique": _by_name(inspector.get_unique_constraints(table)),
            "indexes": _by_name(inspector.get_indexes(table)),
            "primary key": inspector.get_pk_constraint(table),
            "options": inspector.get_table_options(table),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
    return {table: json.dumps(found, default=str, indent=1) for table, found in shape.items()}


def _by_name(found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda one: str(one["name"]))


def test_migrating_again_is_harmless(engine: Engine, database_url: str) -> None:
    before = _shape(engine)
    migrate(database_url)
    assert _shape(engine) == before


@pytest.mark.parametrize("name", instrument_ids())
def test_every_instrument_has_its_table(engine: Engine, name: str) -> None:
    columns = sa.inspect(engine).get_columns(answers_name(name))
    assert [one["name"] for one in columns] == ["response_id", *load_instrument(name).allowed]


def test_foreign_keys_hold_after_a_failed_migration(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Altering a table needs them off; that connection must never come back."""
    engine = open_engine(sqlite_url)
    monkeypatch.setattr("alembic.context.run_migrations", _fail, raising=False)
    with pytest.raises(RuntimeError, match="on purpose"):
        migrate(sqlite_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def _fail(**_: object) -> None:
    raise RuntimeError("on purpose")
