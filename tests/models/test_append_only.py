"""The database itself refuses to change or remove what was recorded, and to add to it late."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from models import every_table
from tests.models.conftest import House

APPEND_ONLY = [
    "instruments",
    "schemes",
    "periods",
    "responses",
    "answers_skm_2017",
    "answers_skm_2026",
    "experiences",
    "comments",
    "exclusions",
    "receipts",
    "batches",
    "assessments",
    "self_assessments",
    "reconciliations",
    "interviews",
    "publications",
    "published_counts",
    "audit_events",
    "kiosks",
    "evidence",
    "follow_ups",
    "follow_up_steps",
    "consultations",
    "announcements",
    "media",
    "withdrawals",
    "seals",
    "objections",
    "mendings",
    "objection_releases",
    "declarations",
    "sent_bundles",
    "trusted_keys",
    "trusted_key_decisions",
    "trusted_key_ends",
    "received_bundles",
    "received_periods",
    "secondary_figures",
    "secondary_withdrawals",
    "ombudsman_products",
    "product_statuses",
    "rounds",
    "proposals",
    "sampled_units",
    "sampled_subjects",
    "sampled_assessors",
    "waivers",
    "waiver_confirmations",
    "sign_offs",
    "findings",
    "finding_steps",
    "triage_versions",
    "triage_choices",
    "comment_labels",
    "comment_reviews",
    "former_names",
    "unit_changes",
    "successions",
    "late_receipts",
    "late_responses",
    "late_countings",
    "late_counted",
    "interviewers",
    "recordings",
    "sign_films",
    "credential_changes",
    "instance_keys",
    "count_changes",
    "thinned_units",
]
MAY_CHANGE = {
    "comments": {"text", "readers"},  # once, to lose personal data: see test_migrations
    "responses": {"local_date", "quarter_hour", "client_group"},
    "periods": {"closed_at"},
    "kiosks": {"closed_at"},
    "interviewers": {"closed_at"},
    "announcements": {"approved_by", "approved_at"},
    "withdrawals": {"confirmed", "decided_by", "decided_at"},
    "count_changes": {"changes"},  # it grows: see tests/survey/test_final_counts
    "objections": {"accepted", "answer", "decided_by", "decided_at"},
}
MONTH = {
    "sqlite": "date(local_date, 'start of month')",
    "postgresql": "date_trunc('month', local_date)",
}


@contextmanager
def an_official(house: House) -> Iterator[Connection]:
    """SQL access as an official has it: on SQLite without our settings of the connection."""
    if house.engine.dialect.name == "sqlite":
        bare = sa.create_engine(house.engine.url)
        with bare.connect() as connection:
            yield connection
        bare.dispose()
    else:
        with house.engine.connect() as connection:
            yield connection


def refused(connection: Connection, statement: str, why: str, **values: Any) -> None:
    """The statement is refused for this reason, and the connection goes on."""
    with pytest.raises(DBAPIError, match=why), connection.begin_nested():
        connection.execute(text(statement), values)


def test_no_update(house: House, subtests: pytest.Subtests) -> None:
    for table in APPEND_ONLY:
        with subtests.test(table), an_official(house) as official:
            for column in [one.name for one in every_table().tables[table].columns]:
                if column not in MAY_CHANGE.get(table, ()):
                    refused(official, f'UPDATE {table} SET "{column}" = "{column}"', "append-only")


def test_no_removal(house: House, subtests: pytest.Subtests) -> None:
    for table in APPEND_ONLY:
        with subtests.test(table):
            removals = {
                "sqlite": ["DELETE FROM {0}", "REPLACE INTO {0} SELECT * FROM {0}"],
                "postgresql": ["DELETE FROM {0}", "TRUNCATE {0} CASCADE", "TRUNCATE units CASCADE"],
            }
            with an_official(house) as official:
                for removal in removals[house.engine.dialect.name]:
                    refused(official, removal.format(table), "append-only")
                assert official.scalar(text(f"SELECT count(*) FROM {table}"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_replacing_by_any_key(house: House, subtests: pytest.Subtests) -> None:
    """REPLACE removes what equals the new row in any key, and fires no trigger for it."""
    for table in APPEND_ONLY:
        with subtests.test(table):
            inspector = sa.inspect(house.engine)
            primary = inspector.get_pk_constraint(table)["constrained_columns"]
            keys = [
                primary,
                *(one["column_names"] for one in inspector.get_unique_constraints(table)),
            ]
            with an_official(house) as official:
                row = dict(
                    official.execute(text(f"SELECT * FROM {table}")).mappings().first() or {}
                )
                for key in keys:
                    others = {column for other in keys for column in other} - set(key)
                    new = row | {
                        name: 999 if isinstance(row[name], int) else "new" for name in others
                    }
                    columns, values = ", ".join(f'"{name}"' for name in new), _values(new)
                    refused(
                        official,
                        f"REPLACE INTO {table} ({columns}) VALUES ({values})",
                        "append",
                        **new,
                    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_other_row_number(house: House, subtests: pytest.Subtests) -> None:
    """A row number beside the key would be one more key to REPLACE by, or to update."""
    for table in APPEND_ONLY:
        with subtests.test(table), an_official(house) as official:
            created = "SELECT sql FROM sqlite_master WHERE name = :table"
            if "WITHOUT ROWID" not in official.scalar(text(created), {"table": table}):
                assert official.scalar(text(f"SELECT count(*) FROM {table} WHERE rowid = id"))
                refused(official, f"UPDATE {table} SET rowid = 999", "append-only")


def _values(row: dict[str, Any]) -> str:
    return ", ".join(f":{name}" for name in row)


def test_an_upsert_changes_nothing(house: House) -> None:
    with an_official(house) as official:
        upsert = "INSERT INTO comments SELECT * FROM comments WHERE TRUE ON CONFLICT (response_id)"
        refused(official, f"{upsert} DO UPDATE SET text = 'lain'", "append-only")


def test_a_response_may_only_forget_and_only_after_its_period_closed(house: House) -> None:
    forget, month = _forget(house), MONTH[house.engine.dialect.name]
    attempts = [
        "UPDATE responses SET local_date = local_date",
        "UPDATE responses SET quarter_hour = NULL",
        "UPDATE responses SET local_date = NULL, quarter_hour = NULL, client_group = NULL",
        f"{forget}, sex = 'male'",
        f"UPDATE responses SET local_date = {month}, quarter_hour = 3",
        f"UPDATE responses SET local_date = {month}, quarter_hour = NULL, client_group = 'a'",
    ]
    with an_official(house) as official:
        for attempt in [*attempts, forget]:
            refused(official, attempt, "append-only")
        _close(official)
        for attempt in attempts:
            refused(official, attempt, "append-only")
        official.execute(text(forget))
        day, quarter = official.execute(
            text("SELECT local_date, quarter_hour FROM responses")
        ).one()
        assert str(day).endswith("-01")
        assert quarter is None


def test_a_period_changes_only_by_closing_and_only_once(house: House) -> None:
    attempts = ["closed_at = NULL", "closed_at = '2030-01-01 00:00:00'", "ends = '2031-01-01'"]
    with an_official(house) as official:
        refused(official, "UPDATE periods SET closed_at = opened_at, name = 'x'", "append-only")
        _close(official)
        for attempt in attempts:
            refused(official, f"UPDATE periods SET {attempt}", "append-only")


def test_a_kiosk_is_withdrawn_only_once(house: House) -> None:
    with an_official(house) as official:
        official.execute(text("UPDATE kiosks SET closed_at = created_at"))
        for attempt in ("NULL", "'2030-01-01 00:00:00'"):
            refused(official, f"UPDATE kiosks SET closed_at = {attempt}", "append-only")


def test_nothing_is_added_once_the_period_is_closed(house: House) -> None:
    """Neither responses, nor experiences to responses that had none."""
    tables = ["responses", "receipts", "batches", "experiences", "comments", "answers_skm_2017"]
    with an_official(house) as official:
        rows = {
            table: dict(official.execute(text(f"SELECT * FROM {table}")).mappings().one())
            for table in tables
        }
        _close(official)
        for table, row in rows.items():
            key = next(iter(row))
            new = row | {key: house.response.hex[::-1] if table == "responses" else row[key]}
            columns = ", ".join(f'"{name}"' for name in new)
            insert = f"INSERT INTO {table} ({columns}) VALUES ({_values(new)})"
            refused(official, insert, "not open|append-only", **new)


def test_a_temporary_table_deceives_nobody(house: House) -> None:
    """Whoever may make one could hide the real periods behind it."""
    forged = "CREATE TEMPORARY TABLE periods AS SELECT id, opened_at AS closed_at FROM periods"
    with an_official(house) as official:
        official.execute(text(forged))
        refused(official, _forget(house), "append-only")


def _forget(house: House) -> str:
    month = MONTH[house.engine.dialect.name]
    return f"UPDATE responses SET local_date = {month}, quarter_hour = NULL, client_group = NULL"


def _close(connection: Connection) -> None:
    connection.execute(text("UPDATE periods SET closed_at = opened_at"))


@pytest.mark.parametrize(
    ("table", "decision"),
    [
        ("withdrawals", "confirmed = {}, decided_by = {}, decided_at = proposed_at"),
        ("announcements", "approved_by = {1}, approved_at = prepared_at"),
        (
            "objections",
            "accepted = {}, answer = 'tidak terbukti', decided_by = {}, decided_at = raised_at",
        ),
    ],
)
def test_somebody_else_decides_and_only_once(house: House, table: str, decision: str) -> None:
    with an_official(house) as official:
        refused(official, f"UPDATE {table} SET {decision.format(True, house.user)}", "two_people")
        for user in (house.colleague, house.user):
            statement = f"UPDATE {table} SET {decision.format(True, user)}"
            if user == house.colleague:
                official.execute(text(statement))
            else:
                refused(official, statement, "append-only")
