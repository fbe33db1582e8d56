"""Rights on PostgreSQL: the application can change nothing it shouldn't, the reader sees nobody.

That the application can do its work, every test of the desk shows: there it has these rights.
"""

from collections.abc import Iterator

import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ProgrammingError

from models import AuditEvent, every_table, migrate, now, open_engine, writing
from models.__main__ import main
from models.rights import APPLICATION, READER
from tests.models.conftest import House
from tests.models.test_append_only import APPEND_ONLY, MAY_CHANGE
from tests.postgres import Cluster

ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
OWNER, DATABASE = "pemilik", "hak"
ROLES = (APPLICATION, READER)
PUBLISHED = {"publications", "seals", "published_counts", "schemes", "instruments"}
PLACES = {
    "institutions",
    "units",
    "services",
    "counters",
    "former_names",
    "successions",
    "periods",
    "visits",
    "service_visits",
}
READABLE = {*PUBLISHED, *PLACES, "assessments", "current_assessments", "declarations"}


@pytest.fixture
def as_role(house: House) -> Iterator[dict[str, Connection]]:
    """SQL access as each role has it, on a database with a row in every table."""
    url = house.engine.url
    engines = {role: open_engine(url.set(username=role).render_as_string(False)) for role in ROLES}
    with engines[APPLICATION].connect() as application, engines[READER].connect() as reader:
        yield {APPLICATION: application, READER: reader}
    for engine in engines.values():
        engine.dispose()


def denied(connection: Connection, statement: str) -> None:
    """The statement is refused for want of a right, before any trigger; the session goes on."""
    why = "permission denied|must be owner"
    with pytest.raises(ProgrammingError, match=why), connection.begin_nested():
        connection.execute(text(statement))


@ON_POSTGRESQL
def test_the_application_changes_nothing_that_is_append_only(
    as_role: dict[str, Connection], subtests: pytest.Subtests
) -> None:
    application = as_role[APPLICATION]
    for table in APPEND_ONLY:
        with subtests.test(table):
            for column in every_table().tables[table].columns:
                if column.name not in MAY_CHANGE.get(table, ()):
                    denied(application, f'UPDATE {table} SET "{column.name}" = "{column.name}"')
            for statement in (
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
                f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                f"ALTER TABLE {table} ADD COLUMN x int",
                f"DROP TABLE {table} CASCADE",
                f"CREATE TRIGGER x BEFORE INSERT ON {table} FOR EACH ROW"
                " EXECUTE FUNCTION refuse_change()",
                f"CREATE RULE x AS ON DELETE TO {table} DO INSTEAD NOTHING",
            ):
                denied(application, statement)


@ON_POSTGRESQL
def test_the_application_goes_round_no_trigger(as_role: dict[str, Connection]) -> None:
    for statement in (
        "SET session_replication_role = replica",
        "CREATE TABLE x (id int)",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        f"SET ROLE {READER}",
        "UPDATE alembic_version SET version_num = '0000'",
    ):
        denied(as_role[APPLICATION], statement)


@ON_POSTGRESQL
def test_the_reader_sees_published_results_and_no_person(
    house: House, as_role: dict[str, Connection], subtests: pytest.Subtests
) -> None:
    found = inspect(house.engine)
    for name in {*found.get_table_names(), *found.get_view_names()}:
        with subtests.test(name):
            if name in READABLE:
                as_role[READER].execute(text(f"SELECT * FROM {name}"))
            else:
                denied(as_role[READER], f"SELECT FROM {name}")
            if name in found.get_table_names():
                denied(as_role[READER], f"DELETE FROM {name}")
                denied(as_role[READER], f"INSERT INTO {name} DEFAULT VALUES")


def test_an_owner_who_is_no_superuser(
    migrated_cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Makes the tables and gives the rights; the application then starts and writes."""
    migrated_cluster.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(OWNER)))
    migrated_cluster.execute(
        SQL("CREATE DATABASE {} OWNER {}").format(Identifier(DATABASE), Identifier(OWNER))
    )
    monkeypatch.setenv("DATABASE_URL", migrated_cluster.url(DATABASE, APPLICATION))
    assert main() == 2
    assert "permission denied" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", migrated_cluster.url(DATABASE, OWNER))
    assert main() == 0
    assert main() == 0
    url = migrated_cluster.url(DATABASE, APPLICATION)
    migrate(url)
    with writing(open_engine(url)) as session:
        session.add(AuditEvent(created_at=now(), actor="command line", act="test", details={}))
    for role in (OWNER, APPLICATION):
        open_engine(migrated_cluster.url(DATABASE, role)).dispose()
    migrated_cluster.drop(DATABASE)


def test_without_postgresql_there_are_no_rights(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    assert main() == 0
