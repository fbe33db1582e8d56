"""What is said of an error: its fault by name, and nothing that is stored."""

import sqlite3
import traceback
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DBAPIError

from models import Unit, User, open_engine, writing, writing_at_once
from models.faults import LOCKED, SILENT, fault_of, log_faults, told
from models.named import shown
from tests.world import a_district

STORED = "rahasia.warga"


def expect_silence(error: DBAPIError) -> None:
    """Neither the error, nor what caused it, nor a line for an operator quotes it."""
    assert STORED not in "".join(traceback.format_exception(error))
    assert STORED not in told(error)
    assert fault_of(error) is None


def test_what_is_stored_twice_is_not_quoted(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(User(username=STORED, name=STORED, password_hash="x", active=True))
    with pytest.raises(DBAPIError, match="username") as refused, writing(engine) as session:
        session.add(User(username=STORED, name=STORED, password_hash="x", active=True))
    expect_silence(refused.value)


def test_the_rest_of_a_refused_row_is_not_quoted(engine: Engine) -> None:
    with writing(engine) as session:
        district = a_district(session)
    twice = insert(Unit).values(
        institution_id=district.district.id, code=district.clinic.code, name=STORED
    )
    with pytest.raises(DBAPIError) as refused, writing(engine) as session:
        session.execute(twice)
    expect_silence(refused.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statement", ["SELECT CAST(:it AS integer)", "SELECT CAST(:it AS date)"])
def test_what_is_of_the_wrong_kind_is_not_quoted(engine: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError) as refused, engine.connect() as connection:
        connection.execute(text(statement), {"it": STORED})
    expect_silence(refused.value)


@pytest.mark.database
def test_a_fault_is_one_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'own.sqlite3'}")  # whose faults nobody else logs
    monkeypatch.setattr("models.engine.WAIT_FOR_A_LOCK", 0.01)
    with writing_at_once(engine):  # which leaves this wait behind
        pass
    log_faults(engine)
    other = sqlite3.connect(str(engine.url.database))
    other.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        with pytest.raises(DBAPIError) as refused, writing(engine) as session:
            session.execute(text("SELECT 1"))
        assert fault_of(refused.value) == LOCKED
    other.close()
    engine.dispose()
    assert caplog.messages == [f"the database cannot be used: {LOCKED}"]


def test_a_server_that_is_not_there_is_named() -> None:
    engine = open_engine("postgresql+psycopg://u:geheim@127.0.0.1:1/x")
    with pytest.raises(DBAPIError) as refused, engine.connect():
        pass
    assert fault_of(refused.value) == SILENT
    assert told(refused.value).startswith(SILENT)
    assert "geheim" not in told(refused.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:geheim@h/x", "postgresql://u@h/x?password=geheim&sslpassword=geheim"],
)
def test_an_address_is_shown_without_its_passwords(url: str) -> None:
    assert "geheim" not in shown(url)
    assert shown(url).startswith("postgresql://u")
