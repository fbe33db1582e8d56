"""What officials are told, and the log is not, where the database cannot be used."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from locales import say
from models import SQLAlchemyError, open_engine, reading
from serving import worth_a_traceback


def _look_into_a_file_that_is_no_database(file: str) -> None:
    from sqlalchemy import text

    from models import SQLAlchemyError, open_engine, reading
    from screens import watching

    try:
        with reading(open_engine(f"sqlite:///{file}")) as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        watching.show_error(error)


@pytest.fixture
def no_database(tmp_path: Path) -> Path:
    file = tmp_path / "no.sqlite3"
    file.write_bytes(b"what somebody has put in its place" * 100)
    return file


@pytest.mark.database
def test_officials_are_told_what_is_true(no_database: Path) -> None:
    script = AppTest.from_function(_look_into_a_file_that_is_no_database, args=(str(no_database),))
    script.run(timeout=60)
    assert [one.value for one in script.error] == [say("id", "shell.unreachable")]


@pytest.mark.database
def test_the_log_gets_no_traceback_of_it(no_database: Path) -> None:
    engine = open_engine(f"sqlite:///{no_database}")
    with pytest.raises(SQLAlchemyError) as refused, reading(engine) as session:
        session.execute(text("SELECT 1"))
    assert not worth_a_traceback(_record(refused.value))
    assert worth_a_traceback(_record(ValueError("what nobody has foreseen")))


def _record(error: Exception) -> logging.LogRecord:
    about = (type(error), error, error.__traceback__)
    return logging.LogRecord("x", logging.ERROR, __file__, 1, "Uncaught", (), about)
