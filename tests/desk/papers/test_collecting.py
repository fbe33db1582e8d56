"""How the answers came: what the office tells, what the batches tell, what was really asked."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from PIL import Image

from accounts.actors import Actor, Forbidden
from desk.comments import reading as room
from desk.comments.labels import Labelled
from desk.evidence import check_photo
from desk.office.keying import SECOND
from desk.papers.collecting import (
    MOST_PHOTOS,
    NewNote,
    NewPhoto,
    SurveyOf,
    add_photo,
    collecting_of,
    leave_out_photo,
    note_collecting,
    photos_of,
)
from desk.papers.contents import institution_contents, unit_contents
from models import Period, reading, writing
from reports.contents import NOT_ASKED
from reports.disclosed import DisclosedContents
from reports.papers.report import report_docx
from tests.desk.conftest import ELEMENTS, House
from tests.desk.office.test_keying import begin, doubled, key, store
from tests.desk.unit.test_results import close, load, rows
from tests.refusing import refusing
from tests.reports.survey import a_photo


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))


def contents(house: House) -> DisclosedContents:
    with reading(house.engine) as session:
        return unit_contents(session, house.official, house.clinic, house.period, "id")


def words(told: DisclosedContents) -> str:
    """What the report says, on one line."""
    file = docx.Document(BytesIO(report_docx(told)))
    cells = [one.text for table in file.tables for row in table.rows for one in row.cells]
    return " ".join(" ".join([*(one.text for one in file.paragraphs), *cells]).split())


def note(house: House, actor: Actor | None = None, unit: bool = True, **said: Any) -> None:
    with writing(house.engine) as session:
        period = session.get_one(Period, house.period)
        told = {"team": "Ani", "place": "Loket", "way": "QR"}
        days = {"first_day": period.starts, "last_day": period.ends}
        whose = SurveyOf(house.clinic if unit else None, house.period)
        note_collecting(
            session, actor or house.official, whose, NewNote(**{**told, **days, **said})
        )


def photo(house: House, content: bytes, caption: str = "Loket", actor: Actor | None = None) -> None:
    with writing(house.engine) as session:
        whose = SurveyOf(house.clinic, house.period)
        new = NewPhoto(check_photo("loket.jpg", content), caption)
        add_photo(session, actor or house.official, whose, new)


def located() -> bytes:
    """A photograph that says where it was taken."""
    picture, file, exif = Image.new("RGB", (60, 40)), BytesIO(), Image.Exif()
    exif.get_ifd(0x8825)[1] = "S"
    exif[0x010F] = "Kamera Ani"
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_what_the_office_tells_stands_in_the_report(house: House) -> None:
    house.rate(3, 6)
    close(house)
    assert "Tim pelaksana belum diisi." in words(contents(house))
    note(house, team="Ketua:\vAni\u200b", place="Loket ✅")
    note(house, team="Ketua: Budi")
    photo(house, located())
    told = contents(house)
    assert (told.collected.team, told.collected.place) == ("Ketua: Budi", "Loket")
    (picture,) = told.collected.pictures
    with Image.open(BytesIO(picture.jpeg)) as opened:
        assert not opened.getexif()
    said = words(told)
    assert "Tim pelaksana: Ketua: Budi" in said
    assert "Dokumentasi 1. Loket" in said
    assert house.acts()[-3:] == ["note_collecting", "note_collecting", "add_photo"]
    assert "Budi" not in str(house.last_act().details)


def test_what_was_typed_is_kept_readable(house: House) -> None:
    note(house, team="Ketua:\vAni\u200b \uf0b7 Budi\x07")
    with reading(house.engine) as session:
        found = collecting_of(session, house.official, SurveyOf(house.clinic, house.period))
    assert found is not None
    assert found.team == "Ketua:\nAni • Budi\ufffd"


def test_a_photograph_goes_out_of_the_report_and_stays_kept(house: House) -> None:
    photo(house, a_photo())
    whose = SurveyOf(house.clinic, house.period)
    with writing(house.engine) as session:
        (one,) = photos_of(session, house.official, whose)
        leave_out_photo(session, house.official, whose, one.digest)
        assert photos_of(session, house.official, whose) == []
    with refusing("no longer in the report"), writing(house.engine) as session:
        leave_out_photo(session, house.official, whose, one.digest)


def test_what_is_refused(house: House) -> None:
    with refusing("at most 2,000"):
        note(house, team="x" * 2001)
    with refusing("within the survey period"):
        note(house, first_day=date(2001, 1, 1))
    with refusing("damaged or breaks off"):
        photo(house, b"\xff\xd8\xff no photo")
    with refusing("no photograph"):
        photo(house, b"%PDF-1.7")
    with refusing("caption"):
        photo(house, a_photo(), " \u200b ")
    for at in range(MOST_PHOTOS):
        photo(house, a_photo(f"#{40 * at:02x}0000"))
    with refusing("take one out first"):
        photo(house, a_photo("#ffffff"))


def test_only_the_office_tells(house: House) -> None:
    for actor in (house.analyst, house.other_official, house.other_coordinator, house.nobody):
        with pytest.raises(Forbidden):
            note(house, actor)
        with pytest.raises(Forbidden):
            photo(house, a_photo(), actor=actor)
    with pytest.raises(Forbidden):
        note(house, house.official, unit=False)
    note(house, house.coordinator, unit=False)
    with reading(house.engine) as session, pytest.raises(Forbidden):
        collecting_of(session, house.other_official, SurveyOf(house.clinic, house.period))


def test_what_a_file_does_not_hold_was_not_asked(house: House) -> None:
    load(house, rows(9))
    close(house)
    told = contents(house)
    assert told.asked == frozenset(ELEMENTS)
    assert [one.groups for one in told.respondents] == [(((NOT_ASKED,), 9),)] * 4
    said = words(told)
    assert "Tidak dijawab" not in said
    assert "Jenis kelamin: tidak ditanyakan" in said
    experience = told.instrument.experience.text["id"]
    assert experience not in said
    assert "berkas impor 9 100,0%" in said
    assert "data.csv berkas impor 9" in said
    assert "1 akun koordinator survei" in said
    assert "coordinator" not in said


def test_a_column_that_nobody_filled_in_was_asked(house: House) -> None:
    heading, *answers = rows(9).decode().splitlines()
    load(house, "\n".join([f"{heading},sex", *(f"{row}," for row in answers)]).encode())
    close(house)
    told = contents(house)
    assert told.asked == frozenset({*ELEMENTS, "sex"})
    (sex, *others) = [one.groups for one in told.respondents]
    assert sex == ((("",), 9),)
    assert set(others) == {(((NOT_ASKED,), 9),)}


def test_of_a_questionnaire_everything_was_asked(house: House) -> None:
    load(house, rows(9))
    house.rate(3, 6)
    close(house)
    told = contents(house)
    assert told.asked is None
    assert told.instrument.experience.text["id"] in words(told)
    assert told.collected.channels == ((("open_link",), 6), (("import",), 9))


def test_a_keyed_pile_says_how_it_was_keyed(house: House) -> None:
    keying = begin(house)
    for serial in range(1, 13):
        key(house, keying, serial)
    for serial in doubled(house, keying):
        key(house, keying, serial, round=SECOND)
    store(house, keying)
    close(house)
    (batch,) = contents(house).collected.batches
    assert (batch.name, batch.keyed, batch.rows, batch.accounts) == ("K1", True, 12, 1)
    assert (batch.compared, batch.differing) == (2 * (len(ELEMENTS) + 3), 0)


def test_an_institution_tells_of_its_own_survey(house: House) -> None:
    house.rate(3, 6)
    close(house)
    note(house, house.coordinator, unit=False, team="Bagian Organisasi")
    with reading(house.engine) as session:
        told = institution_contents(session, house.coordinator, house.district, house.period, "id")
    assert told.collected.team == "Bagian Organisasi"
    assert contents(house).collected.team == ""


def test_suggestions_are_counted_as_the_unit_may_read_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for at in range(7):
        ids += house.rate(3, 1, comment=f"Antre lama {at}", readers="unit")
    ids += house.rate(3, 1, comment="Diminta uang", readers="unit")
    secret = ids[-1]
    house.rate(3, 5, comment="Untuk Ombudsman saja")

    def labels(session: object, responses: Collection[Any]) -> dict[Any, Labelled]:
        kinds = dict.fromkeys(responses, "undue_delay") | {secret: "request_for_payment"}
        return {one: Labelled(kind, elements=("time",)) for one, kind in kinds.items()}

    monkeypatch.setattr(room, "stored_labels", labels)
    close(house)
    told = contents(house).suggestions
    assert told is not None
    assert (told.comments, told.kinds, told.elements) == (7, (("undue_delay", 7),), (("time", 7),))
    assert told.serious == ()


def test_three_citizens_beside_a_file_were_asked_and_are_said_to_stand_apart(house: House) -> None:
    house.rate(3, 30, batch=house.a_batch(30))
    house.rate(4, 3)
    close(house)
    told = contents(house)
    assert told.collected.channels == ((("import",), 30),)
    said = words(told)
    assert "saluran, data diri, dan selang kepercayaan dihitung tanpa isian dari sumber" in said
    assert said.count("berkas yang diimpor tidak memuat kolom ini") == 0


def test_a_file_came_on_the_day_that_it_was_in_its_place(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = datetime(2026, 3, 1, 20, tzinfo=UTC)  # 5 in the morning in Maluku
    monkeypatch.setattr("tests.desk.conftest.now", lambda: evening)
    house.rate(3, 6, batch=house.a_batch(6))
    close(house)
    (batch,) = contents(house).collected.batches
    assert batch.on == date(2026, 3, 2)
