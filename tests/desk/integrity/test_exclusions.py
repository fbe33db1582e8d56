"""Exclusions: reasoned, logged, once."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from analysis.errors import BadInput
from desk.integrity.exclusions import exclude
from models import Exclusion, reading, writing
from tests.desk.conftest import House
from tests.refusing import refusing

REASON = "terkirim dua kali"


def try_to(house: House, responses: Sequence[UUID], reason: str = REASON) -> None:
    with writing(house.engine) as session:
        exclude(session, house.analyst, responses, reason)


@pytest.mark.parametrize("reason", ["", "salah", " " * 20, "a        b"])
def test_a_reason_is_needed(house: House, reason: str) -> None:
    key = house.rate()
    if len(reason.strip()) < 10:
        with refusing("reason"):
            try_to(house, key, reason)


def test_a_response_is_excluded_once(house: House) -> None:
    first, second = house.rate(number=2)
    try_to(house, [first])
    for keys in ([second, first], [second, second], [second, uuid4()], []):
        with pytest.raises(BadInput):
            try_to(house, keys)
    with reading(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(Exclusion)) == 1
    assert house.acts() == ["exclude"]
    assert house.last_act().details == {"responses": [str(first)], "reason": REASON}
