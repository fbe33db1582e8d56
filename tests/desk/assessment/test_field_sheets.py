"""The workbook for assessors: what it holds, and that it comes back as it was filled in."""

import io

import openpyxl
import pytest

from accounts.actors import Forbidden
from analysis.errors import BadInput
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import Judgement, assess, judgements_of
from desk.assessment.field_sheets import RequestedSheet, hand_out, read_judgements
from desk.assessment.fieldwork import Capacity, Judging
from locales import LANGUAGES, Language
from locales.refusals import parts
from models import reading, writing
from tests.desk.conftest import ROLES, House
from tests.kept import kept_for_all
from tests.refusing import in_english, refusing

SCHEME = load_scheme("ombudsman-2022")
OF_A_UNIT = 14 * 2 + (6 + 2) * 4 + 3 + (3 + 1) * 2 + 3  # the 2, 1 and 3 since 2025


@kept_for_all
def assigned(house: House) -> None:
    """The analyst assesses both units."""
    for unit in (house.clinic, house.registry):
        house.assign(unit)


def sheet_of(house: House, language: Language = "id", capacity: Capacity = "official") -> bytes:
    actor = house.analyst if capacity == "official" else house.coordinator
    with reading(house.engine) as session:
        return hand_out(session, actor, RequestedSheet(2025, house.district, language, capacity))


def read(
    house: House, content: bytes, capacity: Capacity = "official", year: int = 2025
) -> list[Judgement]:
    actor = house.analyst if capacity == "official" else house.coordinator
    with reading(house.engine) as session:
        return read_judgements(session, actor, content, "a.xlsx", Judging(SCHEME, year, capacity))


def fill_in(content: bytes, cells: dict[tuple[str, str, str], tuple[object, str, str]]) -> bytes:
    """Fills in judgement, note and link by unit, subject and item, as a person would."""
    book, file = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        place = tuple(str(row[at].value or "") for at in (0, 3, 5))
        if place in cells:
            for at, value in zip((7, 8, 9), cells[place], strict=True):
                row[at].value = value
    book.save(file)
    return file.getvalue()


CLINIC = "puskesmas-langgur"
FILLED: dict[tuple[str, str, str], tuple[object, str, str]] = {
    (CLINIC, "layanan-2", "fee"): (3, "Papan tarif", "https://x.go.id/tarif"),
    (CLINIC, "4", "knows_recommendations"): (0, "", ""),
    ("dukcapil-malra", "", "service_area"): (4, "", ""),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_holds_every_item_of_every_subject(house: House, language: Language) -> None:
    content = sheet_of(house, language)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 2 * OF_A_UNIT
    assert len({row[:1] + row[3:4] + row[5:6] for row in rows}) == len(rows)
    assert all(row[7] is None and all(row[10:15]) for row in rows)
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"0,1,2,3,4"'
    assert rule.sqref == openpyxl.worksheet.cell_range.MultiCellRange(f"H2:H{len(rows) + 1}")
    assert read(house, content) == []


def test_what_was_filled_in_comes_back_and_stands_in_the_next_sheet(house: House) -> None:
    judgements = read(house, fill_in(sheet_of(house), FILLED))
    assert {(one.unit_id, one.subject, one.item, one.rung) for one in judgements} == {
        (house.clinic, "layanan-2", "fee", 3),
        (house.clinic, "4", "knows_recommendations", 0),
        (house.registry, "", "service_area", 4),
    }
    with writing(house.engine) as session:
        assess(session, house.analyst, Judging(SCHEME, 2025), judgements)
        own = judgements_of(session, house.analyst, house.clinic, 2025)
    assert own["fee", "layanan-2"].note == "Papan tarif"
    assert own["fee", "layanan-2"].link == "https://x.go.id/tarif"
    assert sorted(read(house, sheet_of(house, "en")), key=str) == sorted(judgements, key=str)


def test_every_wrong_cell_is_named_with_its_column(house: House) -> None:
    wrong = FILLED | {
        (CLINIC, "layanan-1", "fee"): (5, "", ""),
        (CLINIC, "layanan-1", "product"): (None, "belum dinilai", ""),
        (CLINIC, "layanan-1", "procedure"): (2.5, "", "tarif.pdf"),
    }
    with pytest.raises(BadInput) as refused:
        read(house, fill_in(sheet_of(house), wrong))
    found = [parts("en", problem)[:2] for problem in refused.value.problems]
    assert sorted((place.split(", ")[1], what) for place, what in found) == [
        ("column Nilai", '""'),
        ("column Nilai", '"2.5"'),
        ("column Nilai", '"5"'),
        ("column Tautan bukti", '"tarif.pdf"'),
    ]


def test_a_subject_that_the_unit_has_not_is_named(house: House) -> None:
    content = b"unit;item;subject;judgement\npuskesmas-langgur;fee;layanan-9;3\n"
    with reading(house.engine) as session, pytest.raises(BadInput) as refused:
        read_judgements(session, house.analyst, content, "a.csv", Judging(SCHEME, 2025))
    assert in_english(refused.value) == (
        'a.csv: row 2, column subject: found "layanan-9", expected one of layanan-1, layanan-2'
    )


def test_a_column_under_two_names_is_refused(house: House) -> None:
    content = b"unit;item;judgement;Nilai\npuskesmas-langgur;fee;1;3\n"
    with reading(house.engine) as session, refusing("each column once"):
        read_judgements(session, house.analyst, content, "a.csv", Judging(SCHEME, 2025))


def test_an_institution_fills_in_its_own_units_only(house: House) -> None:
    content = fill_in(sheet_of(house, capacity="self"), FILLED)
    assert len(read(house, content, "self")) == 3
    other = house.other_coordinator
    with reading(house.engine) as session:
        with refusing("the code of a unit"):
            read_judgements(session, other, content, "a.xlsx", Judging(SCHEME, 2025, "self"))
        with pytest.raises(Forbidden):
            hand_out(session, other, RequestedSheet(2025, house.district, "id", "self"))


def test_only_assessors_get_the_official_sheet(house: House) -> None:
    for role in set(ROLES) - {"analyst", "second_analyst"}:
        with reading(house.engine) as session:
            with pytest.raises(Forbidden):
                hand_out(session, house.actors[role], RequestedSheet(2025, house.district, "id"))
            with pytest.raises(Forbidden):
                read_judgements(session, house.actors[role], b"", "a.csv", Judging(SCHEME, 2025))
