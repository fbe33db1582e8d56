"""The database itself refuses rows that cannot be true."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from analysis.rulebook.instrument import load_instrument
from models import AuditEvent, Publication, Response, Role, Seal, User, every_table, now, writing
from models.base import Base
from models.responses import FORMS
from tests.models.conftest import House

NO_FORM = dict.fromkeys(FORMS, False)
OTHER_ID = "1" * 32

Row = dict[str, Any]
# By table: a row that the database takes, made from the house.
GOOD: dict[str, Callable[[House], Row]] = {
    "responses": lambda house: {
        "id": OTHER_ID,
        "institution_id": house.institution,
        "unit_id": house.unit,
        "period_id": house.period,
        "service_id": house.service,
        "batch_id": None,
        "channel": "open_link",
        "provenance": "self",
        "language": "id",
        "local_date": "2026-11-21",
        "quarter_hour": 95,
    },
    "answers_skm_2017": lambda house: {"response_id": OTHER_ID, "time": 4},
    "experiences": lambda house: {
        "response_id": OTHER_ID,
        "answer": "some",
        **NO_FORM,
        "partiality": True,
    },
    "comments": lambda house: {"response_id": OTHER_ID, "text": "Baik"},
    "exclusions": lambda house: {
        "response_id": OTHER_ID,
        "reason": "terkirim dua kali",
        "user_id": house.colleague,
        "created_at": now().isoformat(" "),
    },
    "assessments": lambda house: {
        "unit_id": house.unit,
        "year": 2026,
        "area": "standards",
        "item": "product",
        "assessor_id": house.user,
        "judgement": 4,
        "note": "",
        "created_at": "2026-11-21 08:00:00+00:00",
    },
    "reconciliations": lambda house: {
        "unit_id": house.unit,
        "year": 2026,
        "item": "product",
        "subject": "",
        "judgement": 4,
        "reason": "dilihat bersama",
        "user_id": house.user,
        "created_at": "2026-11-21 08:00:00+00:00",
    },
    "visits": lambda house: {
        "institution_id": house.institution,
        "unit_id": house.unit,
        "period_id": house.period,
        "number": 10,
    },
    "roles": lambda house: {
        "user_id": house.user,
        "role": "official",
        "unit_id": house.unit,
        "institution_id": None,
    },
    "institutions": lambda house: {
        "code": "kota",
        "name": "Kota",
        "kind": "city",
        "timezone": "Asia/Jakarta",
        "province_id": house.province,
        "demonstration": False,
    },
}

BAD: list[tuple[str, Row, str]] = [
    ("responses", {"service_id": "other_service"}, "fk_responses_unit_id_service_id"),
    ("responses", {"unit_id": "other_unit"}, "fk_responses_unit_id_service_id"),
    ("responses", {"institution_id": "province"}, "fk_responses_institution_id"),
    ("responses", {"channel": "import"}, "ck_responses_batch"),
    ("responses", {"batch_id": "batch"}, "ck_responses_batch"),
    (
        "responses",
        {
            "batch_id": "batch",
            "channel": "import",
            "unit_id": "other_unit",
            "service_id": "other_service",
        },
        "fk_responses_unit_id_period_id_batch_id",
    ),
    ("responses", {"provenance": "neighbour"}, "ck_responses_provenance"),
    *(
        ("responses", {"language": wrong}, "ck_responses_language")
        for wrong in ("", "i", "ID", "i d", "id-ID", "idns", "12")
    ),
    ("responses", {"quarter_hour": 96}, "ck_responses_quarter_hour"),
    ("responses", {"local_date": "soon"}, "ck_responses_local_date"),
    ("responses", {"completion_time": "5 s"}, "ck_responses_completion_time"),
    *(
        ("answers_skm_2017", {"time": wrong}, "ck_answers_skm_2017_time")
        for wrong in (5, 0, -1, 999, "x", "")
    ),
    ("experiences", {"answer": "none"}, "ck_experiences_some_form"),
    ("experiences", {"answer": "declined"}, "ck_experiences_some_form"),
    ("experiences", NO_FORM, "ck_experiences_some_form"),
    ("experiences", {"answer": "perhaps", **NO_FORM}, "ck_experiences_answer"),
    ("comments", {"text": ""}, "ck_comments_length"),
    ("comments", {"text": "a" * 6001}, "ck_comments_length"),
    ("exclusions", {"reason": "salah"}, "ck_exclusions_reason"),
    ("exclusions", {"reason": " " * 12}, "ck_exclusions_reason"),
    ("assessments", {"judgement": 5}, "ck_assessments_judgement"),
    ("assessments", {"judgement": -1}, "ck_assessments_judgement"),
    ("assessments", {"area": "weather"}, "ck_assessments_area"),
    ("assessments", {"note": "a" * 2001}, "ck_assessments_note"),
    ("assessments", {"link": "javascript:alert(1)"}, "ck_assessments_link"),
    ("assessments", {"evidence_hash": "f" * 64}, "fk_assessments_evidence_hash"),
    ("reconciliations", {"judgement": 5}, "ck_reconciliations_judgement"),
    ("reconciliations", {"reason": " sama     "}, "ck_reconciliations_reason"),
    ("visits", {"number": 0}, "ck_visits_number"),
    ("visits", {"number": "many"}, "ck_visits_number"),
    ("roles", {"role": "analyst"}, "ck_roles_scope"),
    ("roles", {"role": "coordinator"}, "ck_roles_scope"),
    ("roles", {"institution_id": "institution"}, "ck_roles_scope"),
    ("roles", {"unit_id": None}, "ck_roles_scope"),
    ("roles", {"role": "king", "unit_id": None}, "ck_roles_role"),
    ("institutions", {"province_id": None}, "ck_institutions_province"),
    ("institutions", {"kind": "agency"}, "ck_institutions_province"),
    ("institutions", {"timezone": "Europe/Paris"}, "ck_institutions_timezone"),
]
# PostgreSQL's whole-number columns have no place for these: it rounds or refuses them.
BAD_ON_SQLITE: list[tuple[str, Row, str]] = [
    ("responses", {"quarter_hour": 2.5}, "ck_responses_quarter_hour"),
    ("answers_skm_2017", {"time": 2.5}, "ck_answers_skm_2017_time"),
    ("answers_skm_2017", {"time": b"4"}, "ck_answers_skm_2017_time"),
    ("experiences", {"partiality": 2}, "ck_experiences_forms"),
    ("assessments", {"judgement": 2.5}, "ck_assessments_judgement"),
    ("visits", {"number": 2.5}, "ck_visits_number"),
]


def _put(house: House, table: str, changes: Row) -> None:
    """Writes a good row with these changes, and below it the response that it belongs to."""
    named = {
        key: getattr(house, value) if isinstance(value, str) and hasattr(house, value) else value
        for key, value in changes.items()
    }
    rows = [(table, GOOD[table](house) | named)]
    if "response_id" in rows[0][1]:
        rows.insert(0, ("responses", GOOD["responses"](house)))
    with house.engine.connect() as connection:  # and rolls it back
        for name, row in rows:
            columns = ", ".join(f'"{column}"' for column in row)
            values = ", ".join(f":{column}" for column in row)
            connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), row)


def test_a_good_row_is_taken(house: House, subtests: pytest.Subtests) -> None:
    for table in GOOD:
        with subtests.test(table):
            _put(house, table, {})


def test_a_bad_row_is_refused(house: House, subtests: pytest.Subtests) -> None:
    sqlite = house.engine.dialect.name == "sqlite"
    for table, changes, constraint in BAD + (BAD_ON_SQLITE if sqlite else []):
        with subtests.test(constraint, **changes):
            with pytest.raises(DBAPIError) as refused:
                _put(house, table, changes)
            # SQLite names no foreign key; PostgreSQL refuses a wrong type before any check.
            words = (
                constraint,
                "FOREIGN KEY constraint failed",
                "InvalidTextRepresentation",
                "InvalidDatetimeFormat",
                "smallint",
            )
            assert any(word in str(refused.value) for word in words), refused.value


@pytest.mark.parametrize("name", ["skm-2017", "skm-2026"])
def test_every_item_takes_its_values_only(house: House, name: str) -> None:
    table = f"answers_{name.replace('-', '_')}"
    for item, allowed in load_instrument(name).allowed.items():
        with pytest.raises(IntegrityError, match=f"ck_{table}_{item}"):
            _put_answer(house, table, item, max(allowed) + 1)


def _put_answer(house: House, table: str, item: str, value: int) -> None:
    response = GOOD["responses"](house) | {"id": UUID(OTHER_ID), "local_date": None}
    with house.engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(Response), [response])
        answer = {"response_id": response["id"], item: value}
        connection.execute(insert(every_table().tables[table]), [answer])


def _add(house: House, *rows: Base) -> None:
    with writing(house.engine) as session:
        session.add_all(rows)


@pytest.mark.parametrize(
    "role",
    [
        {"role": "official", "unit_id": "unit"},
        {"role": "coordinator", "institution_id": "institution"},
        {"role": "analyst"},
        {"role": "administrator"},
    ],
)
def test_no_role_twice(house: House, role: dict[str, str]) -> None:
    """NULLs equal nothing in a UNIQUE constraint."""
    given = {key: getattr(house, word, word) for key, word in role.items()}
    _add(house, Role(user_id=house.user, **given))
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        _add(house, Role(user_id=house.user, **given))


def test_one_person_may_have_several_roles(house: House) -> None:
    _add(
        house,
        Role(user_id=house.user, role="official", unit_id=house.unit),
        Role(user_id=house.user, role="official", unit_id=house.other_unit),
        Role(user_id=house.user, role="coordinator", institution_id=house.institution),
        Role(user_id=house.user, role="coordinator", institution_id=house.province),
        Role(user_id=house.user, role="analyst"),
        Role(user_id=house.user, role="administrator"),
    )


def test_user_names_are_in_lower_case(house: House) -> None:
    with pytest.raises(IntegrityError, match="ck_users_username"):
        _add(house, User(username="Budi", name="Budi", password_hash="x", active=True))


def test_a_point_in_time_needs_its_zone(house: House) -> None:
    naive = now().replace(tzinfo=None)
    with pytest.raises(StatementError, match="needs its zone"):
        _add(house, AuditEvent(created_at=naive, actor="", act="", details={}))


def test_nobody_seals_a_publication_of_their_own(house: House) -> None:
    """Nor in another's name, nor twice in the same place of the chain."""
    with writing(house.engine) as session:
        first = session.scalars(select(Publication)).one()
        other = Publication(
            scheme_hash=first.scheme_hash,
            year=2026,
            document="{}",
            document_hash="e" * 64,
            user_id=house.user,
            created_at=now(),
        )
        session.add(other)
    good = {
        "publication_id": other.id,
        "prepared_by": house.user,
        "approved_by": house.colleague,
        "approved_at": now(),
        "hash": "2" * 64,
        "previous_hash": "1" * 64,
        "public_key": "",
        "signature": "",
    }
    own, forged = {"approved_by": house.user}, {"prepared_by": house.colleague}
    for bad in (own, own | forged, {"previous_hash": "0" * 64}, {"hash": "1" * 64}):
        with pytest.raises(DBAPIError):
            _add(house, Seal(**good | bad))
    _add(house, Seal(**good))
