"""Import of files: all of it or nothing, each result with and without it."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analysis.command.answers import Order
from analysis.errors import BadInput
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from models import Period, Service, Unit, reading, writing
from survey.arriving import store_in_slices
from survey.counts import Selection, count_answers
from survey.files import asked_of, look_at, store_file
from survey.reading.understood import Understood, read_file
from tests.refusing import in_english, refusing
from tests.survey.conftest import Place

SEKADAU = Path(__file__).parent.parent / "data" / "sekadau-2019.csv"
HEADING = "U1,U2,U3,U4,U5,U6,U7,U8,U9"
ITEMS = ("requirements", "procedure", "time", "cost", "product", "competence", "conduct")


def _preview(
    place: Place, content: str | bytes, order: Order = "list", name: str = "file.csv"
) -> Understood:
    data = content.encode() if isinstance(content, str) else content
    with reading(place.engine) as session:
        unit, period = session.get_one(Unit, place.unit), session.get_one(Period, place.period)
        return read_file(data, name, asked_of(session, unit, period, order=order))


def _store(
    place: Place, preview: Understood, unit: int | None = None, again: str | None = None
) -> int:
    with reading(place.engine) as session:
        where = session.get_one(Unit, unit or place.unit), session.get_one(Period, place.period)
        found = look_at(session, *where, replace(preview, again=again))
    return store_in_slices(
        place.engine, lambda session: store_file(session, "Ani", found, lambda *_: None)
    ).id


def _index(place: Place, without: list[str]) -> Satisfaction:
    instrument = load_instrument("skm-2017")
    with reading(place.engine) as session:
        tally = count_answers(
            session, instrument, ["unit_id"], Selection([place.period], [place.unit], without)
        )
    return satisfaction(tally, load_scheme("skm-2017"))[0]


def _refused(place: Place, content: str | bytes, name: str = "file.csv") -> list[str]:
    """The problems for which a file is refused, here or on storing; nothing is stored."""
    before = place.stored()
    with pytest.raises(BadInput) as refused:
        _store(place, _preview(place, content, name=name))
    assert place.stored() == before
    return in_english(refused.value).splitlines()


def test_the_published_table_of_sekadau(place: Place) -> None:
    preview = _preview(place, SEKADAU.read_bytes(), name="sekadau-2019.csv")
    batch = _store(place, preview)
    index = _index(place, without=[])
    assert (index.n, index.shown, index.band and index.band.grade) == (49, "78.74", "B")
    assert float(index.index or 0) == pytest.approx(78.741496598639, abs=1e-9)
    assert preview.index.shown == index.shown
    (row,) = place.rows("batches")
    assert (row["id"], row["rows"], row["actor"]) == (batch, 49, "Ani")
    assert row["file_name"] == "sekadau-2019.csv"
    responses = place.rows("responses")
    assert {(one["channel"], one["provenance"], one["batch_id"]) for one in responses} == {
        ("import", "import", batch)
    }
    assert place.stored()["receipts"] == 0


def test_every_result_with_and_without_a_batch(place: Place) -> None:
    place.send()
    batch = _store(place, _preview(place, SEKADAU.read_bytes()))
    assert _index(place, without=[]).n == 50
    own = _index(place, without=[str(batch)])
    assert (own.n, own.shown) == (1, "75.00")


@pytest.mark.parametrize(("order", "last"), [("list", "facilities"), ("form", "complaints")])
def test_the_order_of_numbers_is_declared(place: Place, order: Order, last: str) -> None:
    preview = _preview(place, f"{HEADING}\n1,1,1,1,1,1,1,1,4\n", order)
    assert preview.columns["U9"] == last
    _store(place, preview)
    answers = place.rows("answers_skm_2017")[0]
    assert {item for item, value in answers.items() if value == 4} == {last}


ROW = [2, None, 3, 4, 4, 3, 3, 3, 1]
INDONESIAN = (
    "Persyaratan;Sistem, mekanisme, dan prosedur;Waktu penyelesaian;Biaya/tarif;"
    "Produk spesifikasi jenis pelayanan;Kompetensi pelaksana;Perilaku pelaksana;"
    "Penanganan pengaduan, saran, dan masukan;Sarana dan prasarana"
)


def _workbook(*rows: Any) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (f"{HEADING}\n2,,3,4,4,3,3,3,1\n", "a.csv"),
        (f"{HEADING.replace(',', ';')}\n2,0;;3,0;4;4;3;3;3;1\n", "a.csv"),
        (f"{INDONESIAN}\n2;;3;4;4;3;3;3;1\n", "a.csv"),
        (f"{INDONESIAN.upper()}\r\n2;;3;4;4;3;3;3;1\r\n\r\n", "A.CSV"),
        (f"\ufeff{HEADING.lower()}\n2,,3,4,4,3,3,3,1\n", "a.csv"),
        (f"Nama,{HEADING}\nBudi,2,,3,4,4,3,3,3,1\n", "a.csv"),
        (f"{HEADING};\n2,,3,4,4,3,3,3,1\n", "a.csv"),
        (_workbook(HEADING.split(","), ROW), "a.xlsx"),
        (_workbook(INDONESIAN.split(";"), [str(value or "") for value in ROW]), "a.xlsx"),
    ],
)
def test_the_forms_in_which_files_come(place: Place, content: str | bytes, name: str) -> None:
    _store(place, _preview(place, content, name=name))
    (answers,) = place.rows("answers_skm_2017")
    stored = [answers[item] for item in (*ITEMS, "complaints", "facilities")]
    assert stored == ROW


def test_comments_come_with_a_file_redacted_and_for_the_ombudsman_unless_said(
    place: Place,
) -> None:
    content = (
        f"{HEADING};Komentar;Pembaca\n".replace(",", ";")
        + "2;;3;4;4;3;3;3;1;Pak Budi ramah;unit\n"
        + "2;;3;4;4;3;3;3;1;Antre lama;\n"
        + "2;;3;4;4;3;3;3;1;;unit\n"
    )
    _store(place, _preview(place, content, name="a.csv"))
    found = {(row["text"], row["readers"]) for row in place.rows("comments")}
    assert found == {("Pak [NAMA] ramah", "unit"), ("Antre lama", "ombudsman")}


BAD: list[tuple[str | bytes, str, list[str]]] = [
    ("", "a.csv", ["empty"]),
    (f"{HEADING},comment\n1,1,1,1,1,1,1,1,1,{'a' * 2001}\n", "a.csv", ["row 2", "2,001", "2,000"]),
    (f"{HEADING},readers\n1,1,1,1,1,1,1,1,1,all\n", "a.csv", ["row 2", '"all"', "ombudsman"]),
    (HEADING, "a.csv", ["row"]),
    (f"{HEADING}\n1,1,1,1,1,1,1,1\n", "a.csv", ["row 2", "8 cells", "9"]),
    (f"{HEADING}\n,,,,,,,,\n1,1,1,1,1,1,1,1,5\n", "a.csv", ["row 3", "U9", '"5"', "1, 2, 3, 4"]),
    (f"{HEADING}\n1,1,1,1,1,1,1,1,2.5\n", "a.csv", ["row 2", "U9", '"2.5"']),
    (f"{HEADING}\n1,1,1,1,1,1,1,1,999\n", "a.csv", ["row 2", "U9", '"999"']),
    (f"{HEADING}\n1,1,1,1,1,1,1,1,lumayan\n", "a.csv", ["row 2", "U9", '"lumayan"']),
    (f"Nama,{HEADING}\nBudi,,,,,,,,,\n", "a.csv", ["row 2", "no answer"]),
    (f"{HEADING},u1\n1,1,1,1,1,1,1,1,1,1\n", "a.csv", ["heading", "u1", "twice"]),
    (f"{HEADING},Persyaratan\n1,1,1,1,1,1,1,1,1,1\n", "a.csv", ["heading", "Persyaratan"]),
    ("U1,U2\n1,1\n", "a.csv", ["a.csv: row 1, heading", "time"]),
    (f"{HEADING}\n1,1,1,1,1,1,1,1,1\0\n", "a.csv", ["binary"]),
    (f'{HEADING}\n"1,1,1,1,1,1,1,1,1\n', "a.csv", ["line 2"]),
    (b"\xff\xfe\x00", "a.csv", ["a.csv"]),
    (b"PK\x03\x04 broken", "a.xlsx", ["a.xlsx", "workbook"]),
    (f"{HEADING}\n1,1,1,1,1,1,1,1,1\n", "a.pdf", ["a.pdf"]),
    (_workbook(HEADING.split(","), [1, 1, 1, 1, 1, 1, 1, 1, 2.5]), "a.xlsx", ["row 2", '"2.5"']),
    (
        f"{HEADING},layanan\n1,1,1,1,1,1,1,1,1,Poli umum\n1,1,1,1,1,1,1,1,1,Poli gigi\n",
        "a.csv",
        ["row 3", "Poli gigi", "Puskesmas Langgur"],
    ),
]


def test_a_bad_file_is_named_and_nothing_is_stored(place: Place, subtests: pytest.Subtests) -> None:
    for content, name, expected in BAD:
        with subtests.test(content=str(content)[-40:]):
            (problem,) = _refused(place, content, name=name)
            assert [word for word in expected if word not in problem] == []


def test_every_bad_row_is_named_or_counted(place: Place) -> None:
    rows = "".join(f"1,1,1,1,1,1,1,1,{number}\n" for number in range(5, 35))
    with pytest.raises(BadInput) as refused:
        _preview(place, f"{HEADING}\n{rows}")
    assert (len(refused.value.problems), refused.value.more) == (20, 10)


def test_a_service_is_known_by_its_code_or_name(place: Place) -> None:
    written = ["layanan-1", "LAYANAN-2", "poli UMUM", " Imunisasi ", ""]
    rows = "".join(f"1,1,1,1,1,1,1,1,{at % 4 + 1},{one}\n" for at, one in enumerate(written))
    _store(place, _preview(place, f"{HEADING},Layanan\n{rows}"))
    first, second = place.services
    services = [one["service_id"] for one in place.rows("responses")]
    assert sorted(services, key=str) == sorted([first, second, first, second, None], key=str)


def test_a_code_comes_before_another_services_name(place: Place) -> None:
    with writing(place.engine) as session:
        session.add(Service(unit_id=place.unit, code="layanan-3", name="Layanan-1"))
    _store(place, _preview(place, f"{HEADING},layanan\n1,1,1,1,1,1,1,1,1,layanan-1\n"))
    assert place.rows("responses")[0]["service_id"] == place.services[0]


def test_each_row_keeps_its_own_service(place: Place) -> None:
    rows = "".join(f"{1 + at % 2},1,1,1,1,1,1,1,1,layanan-{1 + at % 2}\n" for at in range(3000))
    _store(place, _preview(place, f"{HEADING},layanan\n{rows}"))
    service = {one["id"]: one["service_id"] for one in place.rows("responses")}
    pairs = {
        (one["requirements"], service[one["response_id"]]) for one in place.rows("answers_skm_2017")
    }
    assert pairs == {(1, place.services[0]), (2, place.services[1])}


def test_the_same_file_is_stored_once(place: Place) -> None:
    content = f"{HEADING}\n1,1,1,1,1,1,1,1,1\n"
    _store(place, _preview(place, content))
    (problem,) = _refused(place, content, name="other-name.csv")
    assert "imported before" in problem
    with pytest.raises(BadInput) as refused:
        _store(place, _preview(place, content), place.other_unit, again="lupa")
    assert refused.value.problems[0].code == "import_same"
    reason = "Kebetulan hanya satu orang di kedua unit"
    _store(place, _preview(place, content), place.other_unit, again=reason)
    assert [row["again"] for row in place.rows("batches")] == [None, reason]


def test_nothing_is_imported_into_a_closed_period(place: Place) -> None:
    place.close()
    (problem,) = _refused(place, f"{HEADING}\n1,1,1,1,1,1,1,1,1\n")
    assert "closed" in problem


def test_nothing_is_imported_into_another_institutions_period(place: Place) -> None:
    preview = _preview(place, f"{HEADING}\n1,1,1,1,1,1,1,1,1\n")
    with writing(place.engine) as session:
        own = session.get_one(Unit, place.unit)
        stranger = Unit(institution_id=own.institution.province_id, code="lain", name="Lain")
        session.add(stranger)
    with refusing("another institution"):
        _store(place, preview, stranger.id)


def test_two_people_check_files_at_the_same_time(place: Place) -> None:
    row = "\n1,2,3,4,1,2,3,4,1"
    contents = [HEADING + row * number for number in (5, 6, 7, 8) * 4]
    with ThreadPoolExecutor(4) as people:
        previews = people.map(lambda content: _preview(place, content), contents)
    assert [len(preview.answers) for preview in previews] == [5, 6, 7, 8] * 4


def test_ten_thousand_rows_are_one_batch(place: Place) -> None:
    rows = "".join(f"{1 + at % 4},2,3,4,1,2,3,4,{1 + at // 3000}\n" for at in range(10_000))
    _store(place, _preview(place, f"{HEADING}\n{rows}"))
    assert _index(place, without=[]).n == 10_000


def test_a_table_that_grows_is_noticed_and_chance_is_not(place: Place) -> None:
    january = [f"{at % 4 + 1},{at % 3 + 1},2,3,4,1,2,{at % 2 + 3},4" for at in range(12)]
    february = [f"{at % 3 + 1},4,{at % 4 + 1},1,1,2,3,4,{at % 2 + 1}" for at in range(9)]
    alike = [f"{answer}," * 8 + str(answer) for answer in (3, 3, 3, 4, 4, 3)]
    write = "\n".join
    _store(place, _preview(place, write([HEADING, *january, *alike])))
    _store(place, _preview(place, write([HEADING, *february, *alike])))
    both = _preview(place, write([HEADING, *january, *february, *alike]))
    with pytest.raises(BadInput) as refused:
        _store(place, both)
    (problem,) = refused.value.problems
    assert problem.code == "import_same"
    assert (problem.values["rows"], problem.values["whole"]) == (18, 27)
    assert len(str(problem.values["batches"]).split(",")) == 2
    part = _preview(place, write([HEADING, *january[2:9]]))
    with pytest.raises(BadInput):
        _store(place, part)
    _store(place, both, again="Data contoh memang dimuat dua kali")
    assert len(place.rows("responses")) == 18 + 15 + 27
