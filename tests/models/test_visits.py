"""Visits of a closed period: nothing is changed, a correction is added, the newest counts."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import (
    Role,
    ServiceVisitCorrection,
    ServiceVisits,
    VisitCorrection,
    Visits,
    current_service_visits,
    current_visits,
    now,
    open_engine,
    reading,
    writing,
)
from models.rights import APPLICATION
from tests.models.conftest import House

WHY = "kunjungan pekan terakhir belum terhitung"


@pytest.fixture
def closed(house: House) -> House:
    """A unit with 500 visits, 300 of them for one service; the period is closed since."""
    with writing(house.engine) as session:
        session.add(Role(user_id=house.user, role="official", unit_id=house.unit))
        session.add(Visits(**place(house), number=500))
        session.add(ServiceVisits(**place(house), service_id=house.service, number=300))
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE periods SET closed_at = opened_at"))
    return house


def place(house: House) -> Mapping[str, int]:
    return {
        "unit_id": house.unit,
        "period_id": house.period,
        "institution_id": house.institution,
    }


def correct(house: House, number: int, service: int | None = None, by: int | None = None) -> None:
    with writing(house.engine) as session:
        one = VisitCorrection(
            **place(house),
            number=number,
            reason=WHY,
            user_id=by or house.user,
            created_at=now(),
        )
        if service:
            one.parts = [
                ServiceVisitCorrection(service_id=house.service, unit_id=house.unit, number=service)
            ]
        session.add(one)


def counting(house: House) -> tuple[list[int], list[int]]:
    with reading(house.engine) as session:
        return (
            list(session.scalars(select(current_visits.c.number))),
            list(session.scalars(select(current_service_visits.c.number))),
        )


def test_the_newest_correction_counts(closed: House) -> None:
    assert counting(closed) == ([500], [300])
    correct(closed, 520, 310)
    assert counting(closed) == ([520], [310])
    correct(closed, 530)
    assert counting(closed) == ([530], [])
    with reading(closed.engine) as session:
        assert session.scalar(select(Visits.number)) == 500
        assert session.scalars(select(VisitCorrection.number)).all() == [520, 530]


def refuse(connection: Connection, statement: str, why: str) -> None:
    with pytest.raises(DBAPIError, match=why), connection.begin_nested():
        connection.execute(text(statement))


@pytest.mark.parametrize("table", ["visits", "service_visits"])
def test_nothing_of_a_closed_period_is_changed(closed: House, table: str) -> None:
    others = {"visits": closed.other_unit, "service_visits": closed.other_service}
    columns = {"visits": "unit_id, period_id", "service_visits": "unit_id, service_id, period_id"}
    keys = {
        "visits": f"{closed.other_unit}, {closed.period}",
        "service_visits": f"{closed.other_unit}, {others[table]}, {closed.period}",
    }
    with closed.engine.connect() as connection:
        for statement in (
            f"UPDATE {table} SET number = 1",
            f"DELETE FROM {table}",
            f"INSERT INTO {table} ({columns[table]}, institution_id, number)"
            f" VALUES ({keys[table]}, {closed.institution}, 7)",
        ):
            refuse(connection, statement, "period is closed")
        refuse(connection, f"UPDATE {table} SET period_id = period_id", "append-only|is closed")


def test_a_correction_is_append_only(closed: House) -> None:
    correct(closed, 520, 310)
    with closed.engine.connect() as connection:
        for table in ("visit_corrections", "service_visit_corrections"):
            refuse(connection, f"UPDATE {table} SET number = 1", "append-only")
            refuse(connection, f"DELETE FROM {table}", "append-only")
            if closed.engine.dialect.name == "sqlite":
                replacing = f"REPLACE INTO {table} SELECT * FROM {table}"
                refuse(connection, replacing, "append-only")


def test_a_part_is_added_to_the_newest_only(closed: House) -> None:
    correct(closed, 520)
    correct(closed, 530)
    added = f"VALUES (1, {closed.service}, {closed.unit}, 9)"
    with closed.engine.connect() as connection:
        refuse(connection, f"INSERT INTO service_visit_corrections {added}", "append-only")


def test_only_the_units_staff_corrects(closed: House) -> None:
    with pytest.raises(IntegrityError, match="not by the staff"):
        correct(closed, 520, by=closed.colleague)


def test_a_running_period_needs_no_correction(house: House) -> None:
    with writing(house.engine) as session:
        session.add(Role(user_id=house.user, role="official", unit_id=house.unit))
    with pytest.raises(IntegrityError, match="the period is open"):
        correct(house, 520)


def test_its_time_is_the_databases(closed: House) -> None:
    dated = (
        "INSERT INTO visit_corrections (id, unit_id, period_id, institution_id, number, reason,"
        f" user_id, created_at) VALUES (77, {closed.unit}, {closed.period},"
        f" {closed.institution}, 9, '{WHY}', {closed.user}, '2020-01-01 00:00:00')"
    )
    with closed.engine.connect() as connection:
        if closed.engine.dialect.name == "sqlite":
            refuse(connection, dated, "not the time that it is")
            return
        connection.execute(text(dated))
        row = connection.execute(text("SELECT id, created_at FROM visit_corrections")).one()
    assert row.id == 1
    assert abs((now() - row.created_at).total_seconds()) < 60


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_application_has_no_right_to_change_one(closed: House) -> None:
    correct(closed, 520, 310)
    url = closed.engine.url.set(username=APPLICATION).render_as_string(False)
    application = open_engine(url)
    with application.connect() as connection:
        for table in ("visit_corrections", "service_visit_corrections"):
            refuse(connection, f"UPDATE {table} SET number = 1", "permission denied")
            refuse(connection, f"DELETE FROM {table}", "permission denied")
        refuse(connection, "UPDATE visits SET period_id = period_id", "permission denied")
        refuse(connection, "UPDATE visits SET number = 1", "period is closed")
        refuse(connection, "UPDATE units SET opened_on = NULL", "permission denied")
    application.dispose()
