"""When something was excluded or closed the database says, by its own clock."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models import now
from tests.models.conftest import House

LONG_AGO = "2020-01-01 00:00:00+00:00"
EXCLUDED = (
    "INSERT INTO exclusions (response_id, reason, user_id, created_at)"
    " VALUES (:response, 'terkirim dua kali', :user, :time)"
)
ANOTHER_RESPONSE = (
    "INSERT INTO responses (id, institution_id, unit_id, period_id, channel, provenance)"
    " SELECT :id, institution_id, unit_id, period_id, channel, provenance FROM responses"
)
KEY = "0000000000000000000000000000000a"


@pytest.fixture
def another(house: House) -> House:
    """A second response, which nobody has excluded."""
    with house.engine.begin() as connection:
        connection.execute(text(ANOTHER_RESPONSE), {"id": KEY})
    return house


def exclude(connection: Connection, user: int) -> None:
    connection.execute(text(EXCLUDED), {"response": KEY, "user": user, "time": LONG_AGO})


def is_now(connection: Connection, query: str) -> bool:
    found = connection.scalar(text(query))
    return found is not None and abs((now() - found).total_seconds()) < 60


def test_an_exclusion_is_of_the_time_it_is(another: House) -> None:
    with another.engine.begin() as connection:
        if another.engine.dialect.name == "sqlite":
            with pytest.raises(DBAPIError, match="not the time that it is"):
                exclude(connection, another.colleague)
            return
        exclude(connection, another.colleague)
        assert is_now(connection, f"SELECT created_at FROM exclusions WHERE response_id = '{KEY}'")


def test_nobody_else_than_an_analyst_excludes(another: House) -> None:
    with (
        another.engine.begin() as connection,
        pytest.raises(DBAPIError, match="not by an analyst"),
    ):
        exclude(connection, another.user)


def test_invented_data_may_be_of_another_time(another: House) -> None:
    with another.engine.begin() as connection:
        if another.engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER institutions_no_update"))
        else:
            connection.execute(text("ALTER TABLE institutions DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE institutions SET demonstration = TRUE"))
        exclude(connection, another.colleague)
        connection.execute(text(f"UPDATE periods SET closed_at = '{LONG_AGO}'"))


def test_a_period_closes_at_the_time_it_is(house: House) -> None:
    closing = text(f"UPDATE periods SET closed_at = '{LONG_AGO}'")
    with house.engine.begin() as connection:
        if house.engine.dialect.name == "sqlite":
            with pytest.raises(DBAPIError, match="not the time that it is"):
                connection.execute(closing)
            return
        connection.execute(closing)
        assert is_now(connection, "SELECT closed_at FROM periods")
