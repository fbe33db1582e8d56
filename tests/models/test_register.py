"""Places keep their codes and, where they have answers, themselves and their former names."""

from datetime import date

import pytest
from sqlalchemy import select, text

from models import FormerName, Unit, writing
from tests.models.conftest import House
from tests.models.test_append_only import an_official, refused

UNANSWERED = "INSERT INTO units (institution_id, code, name) VALUES ({0}, 'kosong', 'Kosong')"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM units WHERE id = :unit",
        "DELETE FROM institutions WHERE id = :institution",
    ],
)
def test_what_has_answers_is_not_deleted(house: House, statement: str) -> None:
    with an_official(house) as official:
        keys = {"unit": house.unit, "institution": house.institution}
        refused(official, statement, "what has answers stays", **keys)


def test_a_service_with_answers_is_not_deleted(house: House) -> None:
    with an_official(house) as official:
        official.execute(
            text(
                "INSERT INTO responses (id, institution_id, unit_id, period_id, service_id,"
                " channel, provenance) VALUES (:id, :institution, :unit, :period, :service,"
                " 'open_link', 'self')"
            ),
            {
                "id": "00000000000000000000000000000009",
                "institution": house.institution,
                "unit": house.unit,
                "period": house.period,
                "service": house.service,
            },
        )
        why = "what has answers stays"
        refused(official, "DELETE FROM services WHERE id = :id", why, id=house.service)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_has_answers_is_not_replaced(house: House) -> None:
    """REPLACE deletes, and fires no trigger for it."""
    with an_official(house) as official:
        statement = (
            "REPLACE INTO units (id, institution_id, code, name)"
            " VALUES (:id, :institution, 'lain', 'Lain')"
        )
        keys = {"id": house.unit, "institution": house.institution}
        refused(official, statement, "what has answers stays", **keys)


def test_what_has_none_is_deleted(house: House) -> None:
    with an_official(house) as official:
        official.execute(text(UNANSWERED.format(house.institution)))
        assert official.execute(text("DELETE FROM units WHERE code = 'kosong'")).rowcount == 1


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("institutions", ("id", "code", "demonstration")),
        ("units", ("id", "code", "institution_id")),
        ("services", ("id", "code", "unit_id")),
    ],
)
def test_codes_and_belonging_are_for_good(
    house: House, table: str, columns: tuple[str, ...], subtests: pytest.Subtests
) -> None:
    with an_official(house) as official:
        for column in columns:
            with subtests.test(column):
                refused(official, f"UPDATE {table} SET {column} = {column}", "append-only")


def test_a_name_with_answers_changes_where_the_former_is_kept(house: House) -> None:
    change = "UPDATE units SET name = :name WHERE id = :id"
    with an_official(house) as official:
        why = "the former name is not kept"
        refused(official, change, why, id=house.unit, name="Nama Baru")
    with writing(house.engine) as session:
        unit = session.get_one(Unit, house.unit)
        session.add(FormerName(unit_id=unit.id, name=unit.name, until=date(2026, 1, 1)))
        session.flush()
        unit.name = "Nama Baru"
    with an_official(house) as official:
        # The one kept is not the present one.
        refused(official, change, why, id=house.unit, name="Nama Ketiga")
        official.execute(text(UNANSWERED.format(house.institution)))
        key = official.scalar(select(Unit.id).where(Unit.code == "kosong"))
        official.execute(text(change), {"id": key, "name": "Nama Lain"})
