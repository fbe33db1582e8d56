"""Kiosks: known by their key until they are withdrawn."""

from models import Kiosk, Unit, now, reading, writing
from survey.kiosks import add_kiosk, find_kiosk
from tests.survey.conftest import SECRET, Place


def add(place: Place) -> str:
    with writing(place.engine) as session:
        return add_kiosk(session, SECRET, session.get_one(Unit, place.unit), "Loket 1", now())


def found(place: Place, key: str) -> str | None:
    with reading(place.engine) as session:
        kiosk = find_kiosk(session, SECRET, key)
        return kiosk.name if kiosk else None


def test_a_kiosk_is_known_by_its_key_however_it_is_typed(place: Place) -> None:
    key = add(place)
    assert found(place, key) == found(place, key.lower().replace("-", " ")) == "Loket 1"
    assert found(place, add(place)) == "Loket 1"


def test_other_keys_are_not_known(place: Place) -> None:
    add(place)
    assert [found(place, key) for key in ("0000-0000-0000", "", "?", "x" * 500)] == [None] * 4


def test_a_withdrawn_kiosk_is_not_known_any_more(place: Place) -> None:
    key = add(place)
    with writing(place.engine) as session:
        session.get_one(Kiosk, 1).closed_at = now()
    assert found(place, key) is None


def test_the_key_is_not_stored(place: Place) -> None:
    key = add(place)
    (row,) = place.rows("kiosks")
    assert key not in map(str, row.values())


def test_a_rating_on_a_kiosk_says_so(place: Place) -> None:
    place.send(channel="kiosk")
    assert place.rows("responses")[0]["channel"] == "kiosk"
