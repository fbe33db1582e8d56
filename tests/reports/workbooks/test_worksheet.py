"""The worksheet: what LibreOffice finds in it, what it shows of people, and how it prints."""

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from analysis.disclosure import HeldSource
from analysis.errors import BadInput
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.soundness.disclosed_rows import HeldAnswers, disclose_rows
from analysis.soundness.matrix import Answers, tally_of
from locales import LANGUAGES, Language, texts
from locales.refusals import parts
from reports.workbooks.sheets import Head
from reports.workbooks.worksheet import WorksheetHead, worksheet_xlsx
from tests.analysis.rows import ELEMENTS, adding_to, columns, same
from tests.analysis.soundness.test_matrix import matrix
from tests.refusing import refusing
from tests.reports.office import Office, beside, without_values

SKM = load_scheme("skm-2017")
HEAD = Head("Kabupaten Contoh", "Triwulan IV 2026", 7, 12, "suara-layanan 9.9")
SUMS = (105, 101, 100, 116, 102, 105, 106, 105, 115)
HARMFUL = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://a.id")', "{=1+1}"]
NINE, SIXTEEN = "skm-2017", "skm-2026"


@dataclass(frozen=True)
class Case:
    """Answers to an instrument, and what the program itself finds in them."""

    answers: Answers
    instrument: str = NINE
    language: Language = "id"

    @property
    def result(self) -> Satisfaction:
        return satisfaction(tally_of(self.answers, load_instrument(self.instrument)), SKM)[0]

    @property
    def xlsx(self) -> bytes:
        return a_worksheet(self.answers, self.instrument, self.language)


def a_worksheet(
    answers: Answers,
    instrument: str = NINE,
    language: Language = "id",
    unit: str = "Puskesmas Langgur",
    averaged: Fraction | None = None,
) -> bytes:
    asked = load_instrument(instrument)
    held = HeldAnswers(answers, np.full(len(answers), "visit"), {"visit": HeldSource(len(answers))})
    rows = disclose_rows(held, asked, SKM)
    return worksheet_xlsx(rows, asked, SKM, WorksheetHead(unit, HEAD, averaged), language)


def scattered(seed: int, n: int, instrument: str = NINE) -> Answers:
    """Answers by chance, some missing, five or more to each item."""
    chance = np.random.default_rng(seed)
    answers = chance.integers(1, 5, (n, len(load_instrument(instrument).items))).astype(float)
    for column in answers.T:
        column[chance.permutation(n)[: chance.integers(0, n - 4)]] = np.nan
    return answers


def worked() -> Answers:
    given = {key: adding_to(total, 29) for key, total in zip(ELEMENTS, SUMS, strict=True)}
    return matrix(columns(given))


def unanswered() -> Answers:
    answers = matrix(same(*[3] * 8))
    answers[:, 4] = np.nan
    return answers


CASES = {
    "worked": Case(worked()),
    "half": Case(matrix(columns(dict.fromkeys(ELEMENTS, adding_to(21, 8))))),
    "perfect": Case(matrix(same(*[4] * 5)), language="en"),
    "poor": Case(matrix(same(*[1] * 5))),
    "unanswered": Case(unanswered()),
    "unanswered in English": Case(unanswered(), language="en"),
    "scattered": Case(scattered(1, 40)),
    "sixteen": Case(scattered(2, 40, SIXTEEN), SIXTEEN),
    "sixteen in English": Case(scattered(3, 11, SIXTEEN), SIXTEEN, "en"),
}


@pytest.fixture(scope="module")
def recalculated(office: Office) -> dict[str, Workbook]:
    return office.recalculated({name: case.xlsx for name, case in CASES.items()})


def found(workbook: Workbook, language: Language) -> list[object]:
    """Index and grade as they stand in the sheet."""
    said = texts(language)
    index = said["worksheet.index"].format(short="IKM", factor=25)
    labels = (index, said["worksheet.unit_grade"])
    return [cell for label in labels for cell in beside(workbook, said["worksheet.sheet"], label)]


def expected(result: Satisfaction, language: Language) -> list[object]:
    """What the program shows."""
    if result.shown is None or result.band is None:
        return [texts(language)["worksheet.no_index"]]
    return [float(result.shown), result.band.grade]


@pytest.mark.parametrize("name", CASES)
def test_libreoffice_finds_the_index_that_the_program_shows(
    recalculated: dict[str, Workbook], name: str
) -> None:
    case = CASES[name]
    assert found(recalculated[name], case.language) == expected(case.result, case.language)


def test_the_worked_values_stand_in_the_sheet(recalculated: dict[str, Workbook]) -> None:
    sheet = recalculated["worked"]
    assert found(sheet, "id") == [91.48, "A"]
    assert beside(sheet, "Pengolahan", "Jumlah nilai") == list(SUMS)
    assert beside(sheet, "Pengolahan", "Jumlah yang menjawab") == [29] * 9
    assert found(recalculated["half"], "id") == [65.63, "C"]


@pytest.mark.parametrize("name", CASES)
def test_the_values_in_the_file_are_those_found_anew(
    recalculated: dict[str, Workbook], name: str
) -> None:
    kept = load_workbook(BytesIO(CASES[name].xlsx), data_only=True)
    formulas = load_workbook(BytesIO(CASES[name].xlsx))
    compared = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    before = kept[sheet.title][cell.coordinate].value
                    after = recalculated[name][sheet.title][cell.coordinate].value
                    assert before == after or before == pytest.approx(after, rel=1e-12)
                    compared += 1
    assert compared > 30


def test_a_file_without_values_has_none() -> None:
    stripped = load_workbook(BytesIO(without_values(CASES["worked"].xlsx)), data_only=True)
    assert found(stripped, "id") == []


@st.composite
def halves(draw: st.DrawFn) -> Answers:
    """Answers whose index lies exactly between two figures, which few floats do.

    With n answers to eight elements and 8 to the ninth, the sum of the means is M. A half is
    where 5000 M / 9 is odd: for n = 625 where 9 divides 8 S + 625 s, s odd.
    """
    n = draw(st.sampled_from([125, 625]))
    s = draw(st.sampled_from(range(9, 32, 2)))
    sums = [draw(st.integers(n, 4 * n - 9)) for _ in range(8)]
    sums[0] += next(more for more in range(9) if (8 * (sum(sums) + more) + n * s) % 9 == 0)
    table = np.full((n, 9), np.nan)
    for at, total in enumerate(sums):
        table[:, at] = adding_to(total, n)
    table[:8, 8] = adding_to(s, 8)
    return table


@st.composite
def anything(draw: st.DrawFn) -> Answers:
    return scattered(draw(st.integers(0, 2**32)), draw(st.integers(5, 60)))


@settings(
    max_examples=2,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(st.lists(halves(), min_size=5, max_size=5), st.lists(anything(), min_size=5, max_size=5))
def test_halves_are_rounded_up_in_libreoffice_too(
    office: Office, halves: list[Answers], others: list[Answers]
) -> None:
    cases = {str(at): Case(answers) for at, answers in enumerate([*halves, *others])}
    for case in list(cases.values())[: len(halves)]:
        assert case.result.index is not None
        assert (case.result.index * 200).denominator == 1
        assert (case.result.index * 200).numerator % 2 == 1
    workbooks = office.recalculated({name: case.xlsx for name, case in cases.items()})
    for name, case in cases.items():
        assert found(workbooks[name], "id") == expected(case.result, "id")
        assert strictly_rounded(case.xlsx, workbooks[name]) == case.result.shown


def strictly_rounded(xlsx: bytes, recalculated: Workbook) -> str:
    """The index as a reader finds it whose rounding forgives no binary error."""
    formulas = load_workbook(BytesIO(xlsx))["Pengolahan"]
    [rounding] = [
        re.search(r"ROUND\(25\*(\w+)\+([\dE-]+),2\)", str(cell))
        for row in formulas.iter_rows(values_only=True)
        for cell in row
        if "ROUND" in str(cell)
    ]
    assert rounding
    binary = 25 * recalculated["Pengolahan"][rounding[1]].value + float(rounding[2])
    return str(Decimal(binary).quantize(Decimal("0.01"), ROUND_HALF_UP))


def answers_in(xlsx: bytes, items: int) -> list[tuple[float | None, ...]]:
    """The rows of the respondents, without their numbers."""
    return [row[1 : items + 1] for row in answers_in_book(load_workbook(BytesIO(xlsx)))]


def answers_in_book(book: Workbook, sheet: str = "Pengolahan") -> list[tuple[float | None, ...]]:
    return [row for row in book[sheet].iter_rows(values_only=True) if isinstance(row[0], int)]


def test_the_rows_are_the_answers_in_another_order_each_time() -> None:
    answers = scattered(5, 200)
    once, again = (answers_in(a_worksheet(answers), 9) for _ in range(2))
    items = [item.key for item in load_instrument(NINE).items]
    ordered = answers[:, [items.index(node.key) for node in SKM.children]]
    rows = [tuple(None if np.isnan(one) else one for one in row) for row in ordered.tolist()]
    rows = [row for row in rows if any(row)]
    assert Counter(once) == Counter(again) == Counter(rows)
    assert once != again
    assert once != rows


def test_columns_stand_in_the_order_of_the_regulation() -> None:
    head = [
        str(cell).replace("\n", " ")
        for row in load_workbook(BytesIO(CASES["worked"].xlsx))["Pengolahan"].iter_rows(
            values_only=True, max_row=12
        )
        for cell in row
        if re.match(r"U\d", str(cell))
    ]
    names = [node.name["id"] for node in SKM.children]
    assert head == [f"U{at} {name}" for at, name in enumerate(names, start=1)]


def test_fewer_than_five_are_refused() -> None:
    with refusing("found fewer than 5 respondents, expected at least 5"):
        a_worksheet(np.vstack([matrix(same(3, 3, 3, 3)), np.full((3, 9), np.nan)]))


@pytest.mark.parametrize(("name", "language"), [(NINE, "id"), (SIXTEEN, "en")])
def test_where_rows_may_not_be_shown_it_says_why_and_gives_the_means(
    name: str, language: Language
) -> None:
    asked = load_instrument(name)
    answers = np.full((22, len(asked.items)), 3.0)
    answers[20:] = 1
    sources = {"1": HeldSource(20), "visit": HeldSource(2)}
    rows = disclose_rows(
        HeldAnswers(answers, np.repeat(["1", "visit"], [20, 2]), sources), asked, SKM
    )
    head = WorksheetHead("Puskesmas Langgur", HEAD, Fraction(75))
    book = load_workbook(BytesIO(worksheet_xlsx(rows, asked, SKM, head, language)), data_only=True)
    said = texts(language)
    sheet = said["worksheet.sheet"]
    assert answers_in_book(book, sheet) == []
    assert beside(book, sheet, said["worksheet.means"]) == [3] * 9
    assert beside(book, sheet, said["worksheet.answered"]) == [20] * 9
    assert found(book, language) == [70.45, "C"]
    told = " ".join(str(cell) for row in book[sheet].iter_rows(values_only=True) for cell in row)
    assert said["refused.rows_beside_few"].format(least="5") in told
    assert book.sheetnames == [sheet, said["worksheet.notes"]]


def test_a_refusal_is_told_in_indonesian() -> None:
    with pytest.raises(BadInput) as refused:
        a_worksheet(matrix(same(3)))
    [problem] = refused.value.problems
    assert parts("id", problem) == ("lembar pengolahan", "kurang dari 5 responden", "sedikitnya 5")


def test_names_are_texts_and_never_formulas(office: Office) -> None:
    files = {str(at): a_worksheet(worked(), unit=name) for at, name in enumerate(HARMFUL)}
    opened = office.recalculated(files)
    for at, name in enumerate(HARMFUL):
        line = opened[str(at)]["Pengolahan"]["A3"]
        assert (line.data_type, line.value) == ("s", f"Unit pelayanan: {name}")


def test_the_notes_tell_source_standing_counts_and_software() -> None:
    sheet = load_workbook(BytesIO(CASES["worked"].xlsx))["Catatan"]
    rows = [(row[0], str(row[1])) for row in sheet.iter_rows(values_only=True)]
    notes, told = dict(rows), " ".join(note for _, note in rows)
    assert notes["Isian dikeluarkan"] == "7"
    assert notes["Isian ditarik"] == "12"
    assert notes["Perangkat lunak"] == "suara-layanan 9.9"
    assert "29 responden" in notes["Responden"]
    assert "Bobot unsur: tertulis di sumber · PermenPANRB 14/2017" in told
    assert "dihitung bersama: diasumsikan · Suara Layanan" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_ways_to_count_stand_beside_and_are_found_anew(
    office: Office, language: Language
) -> None:
    file = a_worksheet(worked(), language=language, averaged=Fraction("82.22"))
    sheet = office.recalculated({"one": file})["one"]
    name = texts(language)["worksheet.reconciliation"]
    rows = [row[1:4] for row in sheet[name].iter_rows(values_only=True) if row[3] is not None]
    assert rows[1:] == [
        (91.48, "A", 0),
        (90.56, "A", -0.92),
        (91.38, "A", -0.1),
        (82.22, "B", -9.26),
    ]
    assert sheet.sheetnames.index(name) > 0


def test_it_prints_on_a4_with_its_heading_on_every_page(office: Office) -> None:
    pdf = office.convert({"long": a_worksheet(scattered(6, 150))}, "pdf")["long"]
    pages = printed("pdftotext", "-layout", str(pdf), "-").split("\f")
    rows = [page for page in pages if re.search(r"^ *\d+( +[1-4])+ *$", page, re.MULTILINE)]
    sizes = re.findall(r"size:\s+([\d.]+) x ([\d.]+)", printed("pdfinfo", "-l", "99", str(pdf)))
    assert len(rows) > 3
    assert all("Nilai unsur pelayanan" in page for page in rows)
    assert {(round(float(wide)), round(float(high))) for wide, high in sizes} == {
        (842, 595),
        (595, 842),
    }


def printed(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
