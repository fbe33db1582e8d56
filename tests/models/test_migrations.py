"""The database's shape is the one that the code describes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from analysis.rulebook.instrument import instrument_ids, load_instrument
from models import answers_name, every_table, migrate, open_engine
from models.migrations.upgrade import alembic_config, upgrade
from survey.redacting import redact_stored
from tests.postgres import Cluster

# What makes up one response in a database as it was before the ways in were stored.
OLDER = (
    "INSERT INTO institutions (id, code, name, kind, timezone, demonstration)"
    " VALUES (1, 'maluku', 'Maluku', 'province', 'Asia/Jayapura', FALSE)",
    "INSERT INTO units (id, institution_id, code, name) VALUES (1, 1, 'samsat', 'Samsat')",
    "INSERT INTO instruments (hash, key, text) VALUES ('i', 'skm-2017', '')",
    "INSERT INTO schemes (hash, key, text) VALUES ('s', 'skm-2017', '')",
    "INSERT INTO periods (id, institution_id, code, name, starts, ends, instrument_hash,"
    " scheme_hash, opened_at) VALUES (1, 1, '2026-1', 'Satu', '2026-01-01', '2026-06-30', 'i',"
    " 's', '2026-01-01 00:00:00+00:00')",
    "INSERT INTO responses (id, institution_id, unit_id, period_id, channel, provenance, language)"
    " VALUES ('00000000000000000000000000000001', 1, 1, 1, 'open_link', 'self', 'en')",
)

OLD_COMMENT = (
    "INSERT INTO comments (response_id, text)"
    " VALUES ('00000000000000000000000000000001', 'Pak Budi ramah')"
)


ASSESSED = (
    "INSERT INTO users (id, username, name, password_hash, active)"
    " VALUES (1, 'ani', 'Ani', 'x', TRUE)",
    "INSERT INTO assessments (unit_id, year, area, item, assessor_id, judgement, note, created_at)"
    " VALUES (1, 2025, 'standards', 'fee', 1, 3, '', '2026-01-01 00:00:00+00:00')",
)


def searches_nothing(name: str) -> bool:
    """Whether it is no part of the finder's index, which the database keeps by itself."""
    return "_search" not in name


def test_metadata_and_migrations_agree(engine: Engine) -> None:
    ours = {"include_name": lambda name, *_: name is None or searches_nothing(name)}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, every_table()) == []


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
    every_table().create_all(created)
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
            "indexes": _by_name(
                [one for one in inspector.get_indexes(table) if searches_nothing(str(one["name"]))]
            ),
            "primary key": inspector.get_pk_constraint(table),
            "options": inspector.get_table_options(table),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version" and searches_nothing(table)
    }
    return {table: json.dumps(found, default=str, indent=1) for table, found in shape.items()}


def _by_name(found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda one: str(one["name"]))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(
    request: pytest.FixtureRequest, migrated_cluster: Cluster, tmp_path: Path
) -> Iterator[str]:
    """The URL of a database without any table, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    migrated_cluster.create("empty")
    yield migrated_cluster.url("empty")
    migrated_cluster.drop("empty")


def test_a_third_language_needs_no_migration_and_costs_no_guard(empty_url: str) -> None:
    """The step that loosened a check of ``responses``, on a database with responses in it."""
    command.upgrade(alembic_config(empty_url), "0004")
    engine = open_engine(empty_url)
    # Comments may lose personal data, once.
    guards = {one for one in _triggers(engine) if one[0] != "comments_no_update"}
    with engine.begin() as connection:
        for statement in OLDER:
            connection.execute(text(statement))
    migrate(empty_url)
    assert _kept_from(guards) < _triggers(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT language FROM responses")).all() == [("en",)]
        assert connection.scalar(text("SELECT open_link FROM units"))
        connection.execute(text(OLDER[-1].replace("'en'", "'jv'").replace("0001", "0002")))
        if engine.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()


def test_older_judgements_are_kept_as_of_the_whole_unit(empty_url: str) -> None:
    command.upgrade(alembic_config(empty_url), "0012")
    engine = open_engine(empty_url)
    guards = {one for one in _triggers(engine) if one[0] != "comments_no_update"}
    with engine.begin() as connection:
        for statement in (*OLDER[:2], *ASSESSED):
            connection.execute(text(statement))
    migrate(empty_url)
    assert _kept_from(guards) < _triggers(engine)
    with engine.begin() as connection:
        kept = text("SELECT item, subject, judgement, assessor_id FROM current_assessments")
        assert connection.execute(kept).all() == [("fee", "", 3, 1)]
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(text("UPDATE assessments SET subject = '1'"))


def test_a_comment_of_old_loses_personal_data_once(empty_url: str) -> None:
    command.upgrade(alembic_config(empty_url), "0012")
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        for statement in (*OLDER, OLD_COMMENT):
            connection.execute(text(statement))
    migrate(empty_url)
    with Session(engine) as session, session.begin():
        assert redact_stored(session) == 1
    with engine.connect() as connection:
        found = connection.execute(text("SELECT text, readers FROM comments")).all()
        assert found == [("Pak [NAMA] ramah", "ombudsman")]
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(text("UPDATE comments SET text = 'lain'"))
    with Session(engine) as session:
        assert redact_stored(session) == 0
    engine.dispose()


def _kept_from(guards: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Those that no later step may have put anew.

    What is late may count since 0030, what was never all in may go since 0043.
    """
    anew = re.compile(r".*_no_late|(answers_.*|batches|comments|experiences|responses)_no_delete")
    return {one for one in guards if not anew.fullmatch(one[0])}


def _triggers(engine: Engine) -> set[tuple[str, ...]]:
    kept = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": (
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        ),
    }
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(kept[engine.dialect.name]))}


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
        upgrade(sqlite_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def _fail(**_: object) -> None:
    raise RuntimeError("on purpose")


def test_older_places_keep_their_names_and_are_guarded_from_now_on(empty_url: str) -> None:
    """The step that brought the register, on a database with a rated unit in it."""
    command.upgrade(alembic_config(empty_url), "0018")
    engine = open_engine(empty_url)
    guards = _triggers(engine)
    with engine.begin() as connection:
        for statement in OLDER:
            connection.execute(text(statement))
    migrate(empty_url)
    assert _kept_from(guards) < _triggers(engine)
    with engine.begin() as connection:
        place = text("SELECT code, name, opened_on, closed_on FROM units")
        assert connection.execute(place).all() == [("samsat", "Samsat", None, None)]
        assert connection.scalar(text("SELECT count(*) FROM former_names")) == 0
    for statement, why in (
        ("DELETE FROM units", "units: what has answers stays"),
        ("UPDATE units SET name = 'Lain'", "units: the former name is not kept"),
    ):
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match=why):
            connection.execute(text(statement))
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()
