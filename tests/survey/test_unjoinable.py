"""What an administrator of the database sees: nothing joins a receipt or token to a response.

The attacks know who came in which order, and read columns, row orders, PostgreSQL's own
columns, and SQLite's file byte by byte.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from models import Period, Unit, now, reading, writing
from survey.order import forget_order
from survey.receipts import code_hash
from survey.submission import submit_all
from survey.tokens import issue_tokens, token_hash
from tests.survey.conftest import SECRET, Place, a_submission

PEOPLE = 20
PLACE = {"institution_id", "unit_id", "period_id"}
APART = ("receipts", "visit_tokens")  # of late ones: tests/survey/test_late.py
ANSWERED = ("responses", "answers_skm_2017", "experiences", "comments")
KEYS = {
    "receipts": "code_hash",
    "late_receipts": "code_hash",
    "visit_tokens": "token_hash",
    "responses": "id",
}


class Crowd:
    """People who came one after the other, or all at once, each with a token and a comment."""

    def __init__(self, place: Place, at_once: int) -> None:
        with writing(place.engine) as session:
            unit, period = session.get_one(Unit, place.unit), session.get_one(Period, place.period)
            tokens = issue_tokens(session, SECRET, unit, period, PEOPLE)
        forms = [
            a_submission(token=token, comment=f"Orang {at:02}", experience=["none"])
            for at, token in enumerate(tokens)
        ]
        taken: list[Any] = []
        for start in range(0, PEOPLE, at_once):
            with writing(place.engine) as session:
                taken += submit_all(session, SECRET, forms[start : start + at_once], now())
        with reading(place.engine) as session:
            comments = session.execute(sa.text("SELECT text, response_id FROM comments"))
            said = {comment: _hexadecimal(response) for comment, response in comments}
        self.by_arrival = {
            "receipts": [code_hash(SECRET, one.code) for one in taken],
            "visit_tokens": [token_hash(SECRET, token) for token in tokens],
            "responses": [said[form.comment] for form in forms],
        }


def _hexadecimal(key: object) -> str:
    return str(key).replace("-", "")


def test_no_column_and_no_value_is_shared_but_unit_and_period(place: Place) -> None:
    Crowd(place, at_once=1)
    columns = {
        name: {column["name"]: column["type"] for column in inspected(place).get_columns(name)}
        for name in (*APART, *ANSWERED)
    }
    answered = {name for table in ANSWERED for name in columns[table]}
    kept = {
        _hexadecimal(value)
        for table in ANSWERED
        for row in place.rows(table)
        for column, value in row.items()
        if column not in PLACE
    }
    for table in APART:
        assert columns[table].keys() & answered == PLACE
        assert not any(isinstance(kind, sa.Date | sa.DateTime) for kind in columns[table].values())
        keys = {row[KEYS[table]] for row in place.rows(table)}
        assert len(keys) == PEOPLE
        assert keys & kept == set()
        assert {value for key in keys for value in kept if len(value) > 8 and value in key} == set()


def inspected(place: Place) -> sa.Inspector:
    return sa.inspect(place.engine)


def lying(place: Place, table: str) -> list[str]:
    """The keys of a table's rows in the order in which the database keeps them."""
    order = "" if place.engine.dialect.name == "sqlite" else "ORDER BY ctid"
    with reading(place.engine) as session:
        keys = session.scalars(sa.text(f"SELECT {KEYS[table]} FROM {table} {order}"))
        return [_hexadecimal(key) for key in keys]


@pytest.mark.parametrize("table", ["receipts", "responses"])
def test_who_came_together_lies_in_the_order_of_random_keys(place: Place, table: str) -> None:
    crowd = Crowd(place, at_once=PEOPLE)
    assert crowd.by_arrival[table] != sorted(crowd.by_arrival[table])
    assert lying(place, table) == sorted(crowd.by_arrival[table])


@pytest.mark.parametrize("table", APART)
def test_after_forgetting_rows_lie_in_the_order_of_random_keys(place: Place, table: str) -> None:
    crowd = Crowd(place, at_once=1)
    before = place.rows(table)
    forget_order(place.engine)
    assert lying(place, table) == sorted(crowd.by_arrival[table])
    assert sorted(map(str, place.rows(table))) == sorted(map(str, before))
    with reading(place.engine) as session, pytest.raises(DBAPIError, match="append-only"):
        session.execute(sa.text(f"UPDATE {table} SET unit_id = unit_id"))


def test_sqlite_has_no_row_numbers(sqlite_place: Place) -> None:
    for table in (*APART, *ANSWERED):
        with reading(sqlite_place.engine) as session, pytest.raises(DBAPIError, match="rowid"):
            session.execute(sa.text(f"SELECT rowid FROM {table}"))


def test_the_sqlite_file_tells_no_order_once_it_is_forgotten(sqlite_place: Place) -> None:
    came = Crowd(sqlite_place, at_once=1).by_arrival
    people = [f"Orang {at:02}" for at in range(PEOPLE)]
    # So could a receipt be joined before: newer rows lie nearer to their page's beginning.
    assert in_file(sqlite_place, came["receipts"]) == came["receipts"][::-1]
    assert in_file(sqlite_place, people) == people[::-1]
    forget_order(sqlite_place.engine)
    for table in APART:
        assert in_file(sqlite_place, came[table]) == sorted(came[table], reverse=True)
    response = dict(zip(people, came["responses"], strict=True))
    assert in_file(sqlite_place, people) == sorted(people, key=response.__getitem__, reverse=True)


def in_file(place: Place, marks: list[str]) -> list[str]:
    """The marks, each of which stands once in the database's one file, as they lie there."""
    with closing(sqlite3.connect(str(place.engine.url.database))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = Path(str(place.engine.url.database)).read_bytes()
    assert {content.count(mark.encode()) for mark in marks} == {1}
    return sorted(marks, key=lambda mark: content.index(mark.encode()))


def test_postgresql_tells_no_transaction_once_it_is_forgotten(postgresql_place: Place) -> None:
    crowd = Crowd(postgresql_place, at_once=1)
    wrote = {table: transactions(postgresql_place, table) for table in (*APART, "responses")}
    for table in APART:  # so could receipts and tokens be joined before
        assert [wrote[table][key] for key in crowd.by_arrival[table]] == [
            wrote["responses"][key] for key in crowd.by_arrival["responses"]
        ]
    forget_order(postgresql_place.engine)
    for table in APART:
        assert len(set(transactions(postgresql_place, table).values())) == 1


def transactions(place: Place, table: str) -> dict[str, str]:
    """The transaction that wrote each row, by key."""
    with reading(place.engine) as session:
        rows = session.execute(sa.text(f"SELECT {KEYS[table]}, xmin::text FROM {table}"))
        return {_hexadecimal(key): number for key, number in rows}
