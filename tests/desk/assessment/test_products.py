"""The register of the Ombudsman's products: who keeps it, who sees what, and what it decides."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.actors import Forbidden
from analysis.index.opinion import Compliance
from desk.assessment.products import (
    NewProduct,
    StatusChange,
    change_status,
    compliance_of,
    places_with_open,
    products_of,
    register_product,
)
from models import reading, writing
from tests.desk.conftest import ROLES, House, another_district
from tests.refusing import refusing

ISSUED, DUE, DONE = date(2024, 3, 4), date(2024, 4, 4), date(2024, 3, 20)
NOTE = "Bukti tindak lanjut diterima lengkap"


def a_product(
    house: House,
    number: str = "TK-1/2024",
    unit: int | None = None,
    institution: int | None = None,
    kind: str = "corrective_action",
    issued: date = ISSUED,
    due: date | None = DUE,
    actor: str = "analyst",
) -> int:
    """Registers a product; gives its id."""
    new = NewProduct(institution or house.district, unit, kind, number, issued, due)
    with writing(house.engine) as session:
        return register_product(session, house.actors[actor], new).id


def became(
    house: House,
    product: int,
    status: str,
    on: date = DONE,
    note: str = NOTE,
    actor: str = "analyst",
) -> None:
    with writing(house.engine) as session:
        change_status(session, house.actors[actor], product, StatusChange(status, on, note))


def compliance(house: House, year: int = 2024) -> dict[str, Compliance]:
    with reading(house.engine) as session:
        return dict(compliance_of(session, year))


@pytest.mark.parametrize("again", ["tk-1/2024", "TK\u20111/2024", "ＴＫ-1/2024", " TK 1 / 2024 "])
def test_a_number_is_taken_however_it_is_typed(house: House, again: str) -> None:
    a_product(house, "TK-1/2024")
    with refusing("TK|ＴＫ|tk"):
        a_product(house, again)
    a_product(house, again, kind="improvement")
    a_product(house, "TK-12/024")


def test_a_product_is_open_until_it_is_followed_up(house: House) -> None:
    product = a_product(house)
    assert compliance(house) == {"malra": Compliance(1, 0)}
    for status, followed_up in (
        ("in_progress", 0),
        ("not_carried_out", 0),
        ("followed_up", 1),
        ("open", 0),
    ):
        became(house, product, status)
        assert compliance(house) == {"malra": Compliance(1, followed_up)}
    with reading(house.engine) as session:
        (one,) = products_of(session, house.analyst)
        steps = [(step.turn, step.status, step.note) for step in one.product.statuses]
    assert steps == [
        (1, "in_progress", NOTE),
        (2, "not_carried_out", NOTE),
        (3, "followed_up", NOTE),
        (4, "open", NOTE),
    ]
    assert house.acts() == ["register_product", *["change_product_status"] * 4]
    assert house.last_act().details == {"number": "TK-1/2024", "status": "open"}


def test_a_year_knows_what_was_issued_by_its_end(house: House) -> None:
    a_product(house, issued=date(2024, 12, 31), due=None)
    assert compliance(house, 2023) == {}
    assert compliance(house, 2024) == compliance(house, 2025) == {"malra": Compliance(1, 0)}


def test_of_whom_something_is_open(house: House) -> None:
    done = a_product(house, "a")
    became(house, done, "followed_up")
    a_product(house, "b", unit=house.clinic)
    with reading(house.engine) as session:
        assert places_with_open(session, 2024) == {("malra", "puskesmas-langgur")}
    a_product(house, "c")
    with reading(house.engine) as session:
        assert ("malra", None) in places_with_open(session, 2024)


def test_who_sees_which(house: House) -> None:
    with writing(house.engine) as session:
        other = another_district(session, "lain").institution_id
    a_product(house, "a")
    a_product(house, "b", unit=house.clinic)
    a_product(house, "c", unit=house.registry)
    a_product(house, "d", institution=other)
    seen = {
        "analyst": "abcd",
        "second_analyst": "abcd",
        "coordinator": "abc",
        "official": "b",
        "other_official": "c",
    }
    with reading(house.engine) as session:
        for role in ROLES:
            found = sorted(one.product.number for one in products_of(session, house.actors[role]))
            assert "".join(found) == seen.get(role, "")


def test_only_analysts_keep_it(house: House) -> None:
    product = a_product(house)
    for role in set(ROLES) - {"analyst", "second_analyst"}:
        with pytest.raises(Forbidden):
            a_product(house, "b", actor=role)
        with pytest.raises(Forbidden):
            became(house, product, "followed_up", actor=role)
    assert house.acts() == ["register_product"]


def test_nobody_keeps_it_of_their_own_institution(house: House) -> None:
    product = a_product(house)
    insider = replace(house.second_analyst, units=frozenset({house.registry}))
    inside = replace(house, actors={**house.actors, "insider": insider})
    with refusing("a role in"):
        a_product(inside, "b", actor="insider")
    with refusing("a role in"):
        became(inside, product, "followed_up", actor="insider")
    assert house.acts() == ["register_product"]


def test_what_comes_late_is_told(house: House) -> None:
    product = a_product(house)
    with reading(house.engine) as session:
        (one,) = products_of(session, house.analyst)
        assert not one.overdue(DUE)
        assert one.overdue(DUE + timedelta(days=1))
    became(house, product, "followed_up")
    with reading(house.engine) as session:
        (one,) = products_of(session, house.analyst)
        assert not one.overdue(DUE + timedelta(days=1))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "advice"}, "one of corrective_action"),
        ({"number": "  "}, "1 to 60 characters"),
        ({"number": "x" * 61}, "1 to 60 characters"),
        ({"issued": date(2999, 1, 1), "due": None}, "at the latest"),
        ({"due": date(2024, 3, 3)}, "at the earliest"),
        ({"number": " TK-0/2024 "}, "not on record"),
    ],
)
def test_what_is_no_product_is_refused(house: House, wrong: dict[str, object], told: str) -> None:
    a_product(house, "TK-0/2024")
    with refusing(told):
        a_product(house, **wrong)  # type: ignore[arg-type]
    assert len(house.acts()) == 1


def test_a_unit_of_another_institution_is_refused(house: House) -> None:
    with writing(house.engine) as session:
        other = another_district(session, "lain")
    with refusing("a unit of Kabupaten Maluku Tenggara"):
        a_product(house, unit=other.id)


@pytest.mark.parametrize(
    ("status", "on", "note", "told"),
    [
        ("finished", DONE, NOTE, "one of open"),
        ("open", DONE, NOTE, "another status"),
        ("followed_up", date(2024, 3, 3), NOTE, "status"),
        ("followed_up", date(2999, 1, 1), NOTE, "status"),
        ("followed_up", DONE, "selesai", "10 to 2,000 characters"),
    ],
)
def test_what_is_no_status_is_refused(
    house: House, status: str, on: date, note: str, told: str
) -> None:
    product = a_product(house)
    with refusing(told):
        became(house, product, status, on, note)
    assert compliance(house) == {"malra": Compliance(1, 0)}


def test_days_do_not_run_backwards(house: House) -> None:
    product = a_product(house)
    became(house, product, "in_progress", DONE)
    with refusing("day of the status"):
        became(house, product, "followed_up", DONE - timedelta(days=1))
    became(house, product, "followed_up", DONE)
