"""What is a respondent and what is not: totals by whatever name, and people by whatever name."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from analysis.command.answers import Order
from analysis.errors import BadInput
from locales.refusals import sentences
from tests.survey.reading.conftest import read

pytestmark = pytest.mark.long

ITEMS = [f"U{number}" for number in range(1, 10)]
DATA = Path(__file__).parents[2] / "data" / "intake"
WORDS = {1: "Tidak baik", 2: "Kurang baik", 3: "Baik", 4: "Sangat baik"}
ANSWERS = [[4, 3, 2, 1, 4, 3, 2, 1, 4], [3, 3, 3, 3, 3, 3, 3, 3, 3], [1, 2, 3, 4, 1, 2, 3, 4, 1]]
# Every element's answers add up to 8 of 12.
INDEX = "66.67"


def _table(*rows: Sequence[object]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


@pytest.mark.parametrize("first", ["No", "Timestamp", "Umur", "Jenis kelamin", "Nama"])
@pytest.mark.parametrize(
    "name", ["Modus", "Median", "Maksimum", "Nilai terendah", "Max", "Rata-rata", "NRR per unsur"]
)
def test_a_row_of_whole_numbers_that_calls_itself_a_total_is_no_respondent(
    first: str, name: str
) -> None:
    rows = [["", *row] for row in ANSWERS]
    found = read(_table([first, *ITEMS], *rows, [name, *[4] * 9]))
    assert (found.index.n, found.index.shown) == (3, INDEX)
    assert [(one.row, one.why) for one in found.left_out] == [(5, "total")]


@pytest.mark.parametrize("name", ["IKM", "Jml", "Predikat", "Prioritas perbaikan"])
@pytest.mark.parametrize("numbered", [str, lambda at: f"{at:02}/03/2026 10:15"])
def test_a_row_with_a_word_in_the_place_of_its_number_is_no_respondent(
    name: str, numbered: Callable[[int], str]
) -> None:
    head = "No" if numbered is str else "Timestamp"
    rows = [[numbered(at), *row] for at, row in enumerate(ANSWERS, start=1)]
    found = read(_table([head, *ITEMS], *rows, [name, *[2] * 9]))
    assert (found.index.n, found.index.shown) == (3, INDEX)
    assert [one.row for one in found.left_out] == [5]


@pytest.mark.parametrize("letters", ["a ", "lahir ", "[ ", "( ", "@a", "a="])
def test_a_cell_as_long_as_a_book_is_no_answer_and_no_heading(letters: str) -> None:
    """What looks for a number beside words would take hours for it."""
    book = letters * 20_000
    with pytest.raises(BadInput) as refused:
        read(_table([*ITEMS], [book, *ANSWERS[0][1:]], *ANSWERS))
    assert {(one.code, one.place.row) for one in refused.value.problems} == {("answer_unread", 2)}
    assert read(_table([*ITEMS, book], *([*row, "x"] for row in ANSWERS))).index.n == 3


def test_a_day_in_words_is_one_between_others() -> None:
    days = ["01/03/2026", "kemarin", "03/03/2026"]
    rows = [[day, *row] for day, row in zip(days, ANSWERS, strict=True)]
    assert read(_table(["Tanggal", *ITEMS], *rows)).index.n == 3


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Nama", "Max Pattiasina"),
        ("Nama", "Total Wijaya"),
        ("Layanan", "Index Card"),
        ("Layanan", "IKM"),
        ("Harapan Anda?", "Kinerja baik"),
        ("Harapan Anda?", "Mutu pelayanan sangat baik"),
        ("Alasan", "Jumlah kursi kurang"),
    ],
)
@pytest.mark.parametrize("spoken", [str, lambda answer: WORDS[answer]])
@pytest.mark.parametrize("before", [True, False])
def test_who_only_speaks_like_a_total_is_a_respondent(
    heading: str, text: str, spoken: Callable[[int], str], before: bool
) -> None:
    rows = [
        [at, *([text] if before else []), *map(spoken, row), *([] if before else [text])]
        for at, row in enumerate(ANSWERS, start=1)
    ]
    head = ["No", *([heading] if before else []), *ITEMS, *([] if before else [heading])]
    found = read(_table(head, *rows))
    assert (found.index.n, found.index.shown, list(found.left_out)) == (3, INDEX, [])


def test_a_key_of_grades_below_the_table_is_no_respondent() -> None:
    rows = [[at, *row] for at, row in enumerate(ANSWERS, start=1)]
    blank = [""] * 7
    key = [["", "A", WORDS[4], *blank], ["Ket", "4", WORDS[4], *blank], ["", "D", WORDS[1], *blank]]
    found = read(_table(["No", *ITEMS], *rows, [], *key))
    assert (found.index.n, found.index.shown) == (3, INDEX)
    assert [(one.row, one.why) for one in found.left_out] == [(row, "note") for row in (6, 7, 8)]


def test_a_second_table_whose_columns_stand_in_another_order_is_not_read_as_the_first() -> None:
    rows = [[at, *row] for at, row in enumerate(ANSWERS, start=1)]
    turned = ["No", *ITEMS[:7], "U9", "U8"]
    with pytest.raises(BadInput) as refused:
        read(_table(["No", *ITEMS], *rows, turned, *rows))
    assert {one.place.row for one in refused.value.problems} == {5}


def test_a_formula_written_out_in_another_cell_is_not_blank() -> None:
    book = openpyxl.Workbook()
    for row in (ITEMS, *ANSWERS):
        book.active.append(row)
    book.active["A2"] = "=1+3"
    written = BytesIO()
    book.save(written)
    shared = BytesIO()
    with zipfile.ZipFile(written) as workbook, zipfile.ZipFile(shared, "w") as changed:
        for name in workbook.namelist():
            part = workbook.read(name)
            changed.writestr(name, part.replace(b"<f>1+3</f>", b'<f t="shared" si="0"/>'))
    with pytest.raises(BadInput) as refused:
        read(shared.getvalue(), "a.xlsx")
    (problem,) = refused.value.problems
    assert (problem.place.row, problem.place.column) == (2, "U1")


@pytest.mark.parametrize(
    ("order", "said"),
    [("list", "Sarana dan prasarana (U9)"), ("form", "Sarana dan prasarana (U8)")],
)
def test_an_element_is_named_in_the_language_with_its_number(order: Order, said: str) -> None:
    gone = "U9" if order == "list" else "U8"
    head = [item for item in ITEMS if item != gone]
    with pytest.raises(BadInput) as refused:
        read(_table(head, [3] * 8), order=order)
    (sentence,) = sentences("id", refused.value)
    assert f"Sarana dan prasarana ({gone})" in sentence
    assert "facilities" not in sentence


@pytest.mark.parametrize("answer", [3, "Baik", "c"])
def test_an_answer_merged_over_several_rows_is_not_given_to_one_of_them(answer: object) -> None:
    book = openpyxl.Workbook()
    for row in (["No", *ITEMS], *([at, *row] for at, row in enumerate(ANSWERS, start=1))):
        book.active.append(row)
    book.active["B2"] = answer
    book.active.merge_cells("B2:B3")
    written = BytesIO()
    book.save(written)
    with pytest.raises(BadInput) as refused:
        read(written.getvalue(), "a.xlsx")
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.row, problem.place.column) == ("answer_merged", 3, "U1")


def test_an_answer_merged_in_ods_is_not_given_to_one_row_of_them() -> None:
    cell = (
        '<table:table-cell office:value-type="float" office:value="3"{}>'
        "<text:p>3</text:p></table:table-cell>"
    )
    spanned = ' table:number-columns-spanned="1" table:number-rows-spanned="2"'
    heading = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{item}</text:p></table:table-cell>'
        for item in ITEMS
    )
    rows = [
        heading,
        cell.format(spanned) + cell.format("") * 8,
        "<table:covered-table-cell/>" + cell.format("") * 8,
    ]
    with pytest.raises(BadInput) as refused:
        read(_ods(rows), "a.ods")
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.row, problem.place.column) == ("answer_merged", 3, "U1")


def test_merged_cells_without_anything_in_them_are_no_answers() -> None:
    book = openpyxl.Workbook()
    for row in (ITEMS, *ANSWERS):
        book.active.append(row)
    book.active.merge_cells("A7:B30")
    written = BytesIO()
    book.save(written)
    assert read(written.getvalue(), "a.xlsx").index.n == 3


def _ods(rows: Sequence[str]) -> bytes:
    names = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in [("office", "office"), ("table", "table"), ("text", "text")]
    )
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Data">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    told = (
        f'<manifest:manifest xmlns:manifest="{manifest}">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as workbook:
        workbook.writestr("mimetype", kind)
        workbook.writestr("content.xml", content)
        workbook.writestr("META-INF/manifest.xml", told)
    return written.getvalue()


def test_an_answer_that_cannot_be_read_makes_no_row_the_mean_of_those_above() -> None:
    with pytest.raises(BadInput) as refused:
        read(_table(ITEMS, *[[4] * 9] * 6, [4, 4, "X", 4, 4, 4, 4, 4, 4]))
    (problem,) = refused.value.problems
    assert (problem.place.row, problem.place.column) == (8, "U3")


def test_rows_that_are_filtered_away_are_read_and_told() -> None:
    book = openpyxl.Workbook()
    for row in (ITEMS, *ANSWERS):
        book.active.append(row)
    for row in (3, 9):  # one of the respondents, one below them
        book.active.row_dimensions[row].hidden = True
    written = BytesIO()
    book.save(written)
    found = read(written.getvalue(), "a.xlsx")
    assert found.index.n == 3
    assert [
        (one.code, dict(one.values)) for one in found.warnings if one.code == "hidden_rows"
    ] == [("hidden_rows", {"number": 1})]


@pytest.mark.parametrize("hidden", ["filter", "collapse", ""])
def test_rows_of_ods_that_are_filtered_away_are_told(hidden: str) -> None:
    content = (DATA / "numbers-with-words.ods").read_bytes()
    shown = read(content, "a.ods")
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as book, zipfile.ZipFile(changed, "w") as written:
        for name in book.namelist():
            part = book.read(name)
            if name == "content.xml" and hidden:
                opened = f'<table:table-row table:visibility="{hidden}"'.encode()
                part = part.replace(b"<table:table-row", opened)
            written.writestr(name, part)
    found = read(changed.getvalue(), "a.ods")
    assert found.index == shown.index
    told = [one.values["number"] for one in found.warnings if one.code == "hidden_rows"]
    assert told == ([found.index.n] if hidden else [])
