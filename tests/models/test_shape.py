"""A database that says it is of the newest shape, and isn't, is told so and not served."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, text

from models import WrongShape, migrate, open_engine
from models.migrations import answers_tables, newest, shape_fault
from models.migrations.shape import VIEWS, columns_described, columns_listed, missing


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, migrated database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def test_a_migrated_database_lacks_nothing(engine: Engine) -> None:
    assert shape_fault(engine) is None
    assert sorted(VIEWS) == sorted(inspect(engine).get_view_names())
    made = [name for name in inspect(engine).get_table_names() if name.startswith("answers_")]
    assert sorted(answers_tables()) == sorted(made)


def test_what_is_listed_is_what_the_models_describe() -> None:
    """Where a table has changed: python -m models.migrations.shape."""
    assert columns_listed() == columns_described()


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_missed(engine: Engine, view: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"DROP VIEW {view}{cascade(engine)}"))
        assert view in missing(connection, [])


def test_what_is_missing_is_named_with_the_way_out(engine: Engine, database_url: str) -> None:
    gone = ["answers_spak_2021", "sampled_units", "findings"]
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for name in ("finding_steps", *gone):
            connection.execute(text(f"DROP TABLE {name}{cascade(engine)}"))
    with pytest.raises(WrongShape) as refusal:
        migrate(database_url)
    told = str(refusal.value)
    assert f"newest shape ({newest()})" in told
    assert "lacks answers_spak_2021, finding_steps, findings, sampled_units." in told
    assert "Restore a backup" in told
    assert shape_fault(engine) == told


def test_a_column_is_missed(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE units RENAME COLUMN open_link TO closed_link"))
        assert missing(connection, answers_tables()) == ["units.open_link"]


def cascade(engine: Engine) -> str:
    return "" if engine.dialect.name == "sqlite" else " CASCADE"


def test_a_database_that_is_ahead_is_told_so(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WrongShape, match=r"9999.*A newer program"):
        migrate(database_url)
