"""What a unit adds to its form for those who don't read, on record."""

import pytest

from accounts.actors import Forbidden
from analysis.rulebook.instrument import load_instrument
from desk.evidence import CheckedFile
from desk.office.aids import (
    LARGEST,
    RecordedQuestion,
    asked_of,
    check_sound,
    set_film,
    set_recording,
    unit_aids,
)
from models import Period, now, reading, writing
from survey.aids import Aids, aids_of, sound_of
from tests.desk.conftest import House
from tests.refusing import refusing

INSTRUMENT = load_instrument("skm-2017")
MP3 = b"ID3" + bytes(100)


def record(
    house: House, file: CheckedFile | None, item: str = "time", language: str = "id"
) -> None:
    question = RecordedQuestion(house.clinic, INSTRUMENT, item, language)
    with writing(house.engine) as session:
        set_recording(session, house.actors["official"], question, file)


def aids(house: House) -> Aids:
    with reading(house.engine) as session:
        return unit_aids(session, house.actors["official"], house.clinic, INSTRUMENT)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (MP3, "audio/mpeg"),
        (b"\xff\xfb\x90" + bytes(50), "audio/mpeg"),
        (bytes(4) + b"ftypM4A " + bytes(50), "audio/mp4"),
        (b"OggS" + bytes(50), "audio/ogg"),
    ],
)
def test_a_sound_is_known_by_its_first_bytes(content: bytes, kind: str) -> None:
    assert check_sound("suara.bin", content).media_type == kind


def test_the_latest_recording_counts_until_it_is_taken_away(house: House) -> None:
    record(house, check_sound("satu.mp3", MP3))
    record(house, check_sound("dua.mp3", MP3 + b"2"))
    record(house, check_sound("jawa.mp3", MP3), language="jv")
    assert aids(house).recordings == {("time", "id"): 2, ("time", "jv"): 3}
    with reading(house.engine) as session:
        found = sound_of(session, house.clinic, 2)
        assert found
        assert found[0].read_bytes() == MP3 + b"2"
        assert sound_of(session, house.registry, 2) is None
    record(house, None)
    assert set(aids(house).recordings) == {("time", "jv")}
    assert house.acts() == ["add_recording"] * 3 + ["remove_recording"]


def test_a_recording_is_of_its_instrument_alone(house: House) -> None:
    record(house, check_sound("satu.mp3", MP3))
    with reading(house.engine) as session:
        assert aids_of(session, house.clinic, "skm-2026").recordings == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.4", "another kind of file"),
        (b"", "another kind of file"),
        (b"ID3" + bytes(LARGEST), "1,000,003 bytes"),
    ],
)
def test_what_is_no_recording_is_refused(content: bytes, told: str) -> None:
    with refusing(told):
        check_sound("suara.mp3", content)


@pytest.mark.parametrize(("item", "language"), [("tiada", "id"), ("time", "xx")])
def test_a_question_that_is_not_asked_has_none(house: House, item: str, language: str) -> None:
    with refusing("This form has no question"):
        record(house, check_sound("satu.mp3", MP3), item, language)


def test_a_film_is_named_and_taken_away_on_record(house: House) -> None:
    address = "https://video.example/isyarat?v=1"
    for said in (f" {address} ", address, ""):
        with writing(house.engine) as session:
            set_film(session, house.actors["official"], house.clinic, said)
        assert aids(house).film == said.strip()
    assert house.acts() == ["set_film", "set_film"]


@pytest.mark.parametrize(
    "address",
    [
        "http://video.example/1",
        "javascript:alert(1)",
        "https://",
        "https://x y.example/",
        "https://[::1",
        "https://someone:secret@video.example/",
        "https://video.example/" + "x" * 300,
    ],
)
def test_only_an_https_address_is_a_film(house: House, address: str) -> None:
    with refusing("begins with https://"), writing(house.engine) as session:
        set_film(session, house.actors["official"], house.clinic, address)
    assert aids(house).film == ""


def test_others_units_are_not_ones_own(house: House) -> None:
    question = RecordedQuestion(house.registry, INSTRUMENT, "time", "id")
    with pytest.raises(Forbidden), writing(house.engine) as session:
        set_recording(session, house.actors["official"], question, None)
    with pytest.raises(Forbidden), writing(house.engine) as session:
        set_film(session, house.actors["official"], house.registry, "https://video.example/1")


def test_the_questions_are_those_asked_now_or_last(house: House) -> None:
    with writing(house.engine) as session:
        asked = asked_of(session, house.actors["official"], house.clinic)
        assert asked
        assert asked.id == INSTRUMENT.id
        for period in session.query(Period):
            period.closed_at = now()
        session.flush()
        asked = asked_of(session, house.actors["official"], house.clinic)
        assert asked
        assert asked.id == INSTRUMENT.id
