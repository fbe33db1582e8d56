"""The recapitulation of an institution: live figures, nothing of small groups, a chart."""

from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from analysis.index.disclosed import DisclosedIndex, disclose
from locales import LANGUAGES, Language, texts
from reports.workbooks.recapitulation import RecapitulationLine, recapitulation_xlsx
from reports.workbooks.sheets import Head
from tests.analysis.rows import ELEMENTS, SKM, Row, adding_to, columns, index_of, same
from tests.refusing import refusing
from tests.reports.office import Office

HEAD = Head("Kabupaten Contoh", "Semester II 2026", 4, 9, "suara-layanan 9.9")
HARMFUL = '=HYPERLINK("http://a.id")'
INSTITUTION = {"id": "Instansi: rata-rata", "en": "Institution: simple"}


def shown(rows: list[Row]) -> DisclosedIndex:
    return disclose(index_of(rows))


def with_time(answers: list[int | None], rows: list[Row]) -> DisclosedIndex:
    """The rows, with other answers about the time."""
    return shown([{**row, "time": one} for row, one in zip(rows, answers, strict=True)])


HALF = RecapitulationLine(
    HARMFUL, shown(columns(dict.fromkeys(ELEMENTS, adding_to(21, 8)))), visits=1000
)
GOOD = RecapitulationLine("Puskesmas Langgur", shown(same(4, 3, 3, 3, 4)), visits=50)
POOR = RecapitulationLine("Puskesmas Watdek", shown(same(1, 2, 1, 2, 3)))
SMALL = RecapitulationLine("Kantor Kecil", shown(same(4, 4, 4, 4)))
NOBODY = RecapitulationLine("Kantor Baru", shown([]))
UNANSWERED = RecapitulationLine("Kantor Cepat", with_time([None] * 6, same(*[3] * 6)))
FEW = RecapitulationLine("Kantor Ragu", with_time([4, 4, 1, None, None, None], same(*[3] * 6)))
LINES = [SMALL, POOR, NOBODY, HALF, UNANSWERED, GOOD]


@pytest.fixture(scope="module")
def recalculated(office: Office) -> dict[str, Workbook]:
    files = {"few": recapitulation_xlsx([*LINES, FEW], SKM, HEAD, "id")}
    files["none"] = recapitulation_xlsx([NOBODY], SKM, HEAD, "id")
    for language in LANGUAGES:
        files[language] = recapitulation_xlsx(LINES, SKM, HEAD, language)
    return office.recalculated(files)


def row_of(workbook: Workbook, name: str) -> tuple[object, ...]:
    """The row of a unit, or the one that begins with the name."""
    for row in workbook.worksheets[0].iter_rows(values_only=True):
        if name in (row[1], str(row[0])[: len(name)]):
            return tuple(row)
    raise LookupError(name)


def after_means(row: tuple[object, ...]) -> tuple[object, ...]:
    """Index before rounding, index, grade, visits, minimum sample."""
    return row[12:17]


@pytest.mark.parametrize("language", LANGUAGES)
def test_units_and_institution_are_found_anew(
    recalculated: dict[str, Workbook], language: Language
) -> None:
    sheet = recalculated[language]
    indices = [line.result.index for line in (HALF, GOOD, POOR)]
    mean = sum((index for index in indices if index), Fraction(0)) / 3
    assert after_means(row_of(sheet, HARMFUL)) == (65.625, 65.63, "C", 1000, 278)
    assert after_means(row_of(sheet, GOOD.name))[1:] == (85, "B", 50, 44)
    assert after_means(row_of(sheet, POOR.name))[1:] == (45, "D", None, None)
    institution = row_of(sheet, INSTITUTION[language])
    assert institution[2] == 8 + 5 + 5 + 6
    assert institution[13:15] == (float(SKM.round(mean)), "C")


def test_units_without_an_index_say_why(recalculated: dict[str, Workbook]) -> None:
    sheet = recalculated["id"]
    assert row_of(sheet, NOBODY.name)[13] == "belum ada data"
    assert row_of(sheet, UNANSWERED.name)[13] == "belum ada data"
    assert (
        row_of(sheet, SMALL.name)[2:] == (None,) * 11 + ("kurang dari 5 responden",) + (None,) * 3
    )
    assert row_of(recalculated["none"], INSTITUTION["id"])[13] == "belum ada data"


def test_best_first_and_those_without_an_index_last(recalculated: dict[str, Workbook]) -> None:
    rows = recalculated["id"].worksheets[0].iter_rows(values_only=True)
    names = [row[1] for row in rows if isinstance(row[0], int)]
    assert names[:3] == [GOOD.name, HARMFUL, POOR.name]
    assert set(names[3:]) == {SMALL.name, NOBODY.name, UNANSWERED.name}


def test_grades_are_counted(recalculated: dict[str, Workbook]) -> None:
    rows = recalculated["id"].worksheets[0].iter_rows(values_only=True)
    counts = {row[2]: row[8] for row in rows if row[2] in tuple("ABCD")}
    assert counts == {"A": 0, "B": 1, "C": 1, "D": 1}


def test_a_small_unit_is_in_no_figure() -> None:
    """The same file, whatever its few people answered."""
    other = replace(SMALL, result=shown(same(1, 1)))
    sheets = [
        content_of(recapitulation_xlsx([line, *LINES[1:]], SKM, HEAD, "id"))
        for line in (SMALL, other)
    ]
    assert sheets[0] == sheets[1]


def test_the_mean_of_few_answers_cannot_be_had(recalculated: dict[str, Workbook]) -> None:
    shown = recapitulation_xlsx([*LINES, FEW], SKM, HEAD, "id")
    row = row_of(load_workbook(BytesIO(shown), data_only=True), FEW.name)
    assert row[3:12].count(None) >= 2
    assert row[5] is None
    assert row[12] is None
    assert row[13] == float(FEW.result.shown or "")
    found = row_of(recalculated["few"], INSTITUTION["id"])
    indices = [line.result.index or Fraction(0) for line in (HALF, GOOD, POOR, FEW)]
    assert found[13] == float(SKM.round(sum(indices, Fraction(0)) / 4))
    assert isinstance(row_of(load_workbook(BytesIO(shown)), INSTITUTION["id"])[13], float)


def test_the_chart_shows_the_units_that_have_an_index() -> None:
    with ZipFile(BytesIO(recapitulation_xlsx(LINES, SKM, HEAD, "id"))) as file:
        chart = file.read("xl/charts/chart1.xml").decode()
    assert "Rekapitulasi!$B$7:$B$9" in chart
    assert "Rekapitulasi!$N$7:$N$9" in chart
    with ZipFile(BytesIO(recapitulation_xlsx([NOBODY], SKM, HEAD, "id"))) as file:
        assert [name for name in file.namelist() if "chart" in name] == []


def test_without_units_there_is_no_recapitulation() -> None:
    with refusing("found no units, expected at least one unit"):
        recapitulation_xlsx([], SKM, HEAD, "id")


def test_the_institutions_mean_is_marked_as_assumed() -> None:
    for language in LANGUAGES:
        assert texts(language)["worksheet.standing_institution"].format(short="IKM") in str(
            content_of(recapitulation_xlsx(LINES, SKM, HEAD, language))
        )


def content_of(xlsx: bytes) -> list[tuple[object, ...]]:
    """Every row of every sheet, formulas and kept values."""
    return [
        row
        for kept in (False, True)
        for sheet in load_workbook(BytesIO(xlsx), data_only=kept).worksheets
        for row in sheet.iter_rows(values_only=True)
    ]


def test_an_averaged_headline_is_a_number_that_no_formula_contradicts(office: Office) -> None:
    """Its element means are pooled: recomputed from them, another index would appear."""
    averaged = replace(GOOD, result=replace(GOOD.result, index=Fraction(8112, 100)), averaged=True)
    made = recapitulation_xlsx([averaged, replace(HALF, averaged=True)], SKM, HEAD, "id")
    book = office.recalculated({"averaged": made})["averaged"]
    assert after_means(row_of(book, GOOD.name))[:3] == (None, 81.12, "B")
    assert row_of(book, INSTITUTION["id"])[13:15] == (73.37, "C")
    notes = [cell for row in book["Catatan"].iter_rows(values_only=True) for cell in row]
    assert any("rata-rata IKM layanan" in str(note) for note in notes)
