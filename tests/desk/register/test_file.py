"""The register's file: read, compared, stored whole or not at all, and loaded again."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select

from accounts.actors import Forbidden
from analysis.errors import BadInput
from desk.office.periods import close_period
from desk.register.file import file_words, read_register
from desk.register.load import load_register
from desk.register.plan import RegisterPlan, plan_register
from desk.register.template import filled_in, template_csv, template_xlsx
from locales import LANGUAGES, Language
from locales.refusals import sentences
from models import Counter, Institution, Period, Service, Unit, reading, writing
from tests.desk.conftest import House

HEAD = "jenis;kode;nama;induk;bentuk;zona waktu;berlaku sejak"
NEW = (
    "instansi;prov-baru;Provinsi Baru;;provinsi;WITA;",
    "loket;loket-1;Loket 1;dinas-baru;;;",
    "layanan;;KTP elektronik;dinas-baru;;;",
    "unit;dinas-baru;Dinas Baru;kab-baru;;;",
    "instansi;kab-baru;Kabupaten Baru;prov-baru;kabupaten;;",
)


def a_file(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def load(house: House, *rows: str, actor: str = "administrator") -> RegisterPlan:
    file = read_register(a_file(*rows), "daftar.csv")
    with writing(house.engine) as session:
        return load_register(session, house.actors[actor], file)


def problems(house: House, *rows: str, actor: str = "administrator") -> list[tuple[int, str, str]]:
    """Row, column and code of what is wrong; nothing of the file is stored."""
    before = places(house)
    with pytest.raises(BadInput) as refused:
        load(house, *rows, actor=actor)
    for language in LANGUAGES:
        assert all(sentences(language, refused.value))
    assert places(house) == before
    return [(one.place.row, str(one.place.column), one.code) for one in refused.value.problems]


def places(house: House) -> list[tuple[str, ...]]:
    with reading(house.engine) as session:
        return sorted(
            (str(model.__tablename__), *one)
            for model in (Institution, Unit, Service, Counter)
            for one in session.execute(select(model.code, model.name)).all()
        )


def told(plan: RegisterPlan) -> dict[str, tuple[int, int, int]]:
    return {level: (new, changed, same) for level, new, changed, same in plan.numbers()}


def test_a_file_sets_up_everything_in_any_order_of_rows(house: House) -> None:
    plan = load(house, *NEW)
    assert told(plan) == {
        "institution": (2, 0, 0),
        "unit": (1, 0, 0),
        "service": (1, 0, 0),
        "counter": (1, 0, 0),
    }
    with reading(house.engine) as session:
        unit = session.scalars(select(Unit).where(Unit.code == "dinas-baru")).one()
        district = unit.institution
        assert (district.code, district.kind, district.timezone) == (
            "kab-baru",
            "district",
            "Asia/Makassar",  # its province's
        )
        assert district.province is not None
        assert district.province.code == "prov-baru"
        assert [one.code for one in unit.services] == ["ktp-elektronik"]
        assert [one.code for one in unit.counters] == ["loket-1"]
        assert not district.demonstration
    assert house.acts()[-3:] == ["load_register", "add_places", "add_places"]


def test_the_same_file_again_changes_nothing(house: House) -> None:
    load(house, *NEW)
    before, acts = places(house), house.acts()
    plan = load(house, *NEW)
    assert told(plan) == {
        "institution": (0, 0, 2),
        "unit": (0, 0, 1),
        "service": (0, 0, 1),
        "counter": (0, 0, 1),
    }
    assert (places(house), house.acts()) == (before, acts)


def test_a_corrected_file_changes_names_and_adds_what_is_new(house: House) -> None:
    load(house, *NEW)
    corrected = [row.replace("Dinas Baru", "Dinas Dukcapil") for row in NEW]
    plan = load(house, *corrected, "layanan;akta;Akta kelahiran;dinas-baru;;;")
    assert told(plan) == {
        "institution": (0, 0, 2),
        "unit": (0, 1, 0),
        "service": (1, 0, 1),
        "counter": (0, 0, 1),
    }
    assert ("units", "dinas-baru", "Dinas Dukcapil") in places(house)
    assert "rename_place" in house.acts()


def test_parents_may_be_named_and_codes_left_out(house: House) -> None:
    load(
        house,
        "unit;;Dinas Sosial;Kabupaten Maluku Tenggara;;;",
        "unit;;Dinas Sosial;maluku;;;",
        "layanan;;Imunisasi dewasa;Puskesmas Langgur;;;",
    )
    assert ("units", "dinas-sosial", "Dinas Sosial") in places(house)
    assert ("units", "dinas-sosial-2", "Dinas Sosial") in places(house)
    assert ("services", "imunisasi-dewasa", "Imunisasi dewasa") in places(house)
    ambiguous = "layanan;;Bantuan sosial;Dinas Sosial;;;"
    assert problems(house, ambiguous) == [(2, "induk", "register_row_parent")]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("kantor;a;Nama;malra;;;", "jenis", "register_cell_word"),
        (";a;Nama;malra;;;", "jenis", "register_cell_word"),
        ("unit;Huruf Besar;Nama;malra;;;", "kode", "register_code"),
        ("unit;-a;Nama;malra;;;", "kode", "register_code"),
        (f"unit;{'a' * 61};Nama;malra;;;", "kode", "register_code"),
        ("unit;a;;malra;;;", "nama", "register_name"),
        ("unit;a;\u3164;malra;;;", "nama", "register_name"),  # a letter that nobody sees
        (f"unit;a;{'n' * 201};malra;;;", "nama", "register_name"),
        ("unit;a;Nama;tidak-ada;;;", "induk", "register_row_parent"),
        ("unit;a;Nama;;;;", "induk", "register_row_parent"),
        ("layanan;a;Nama;malra;;;", "induk", "register_row_parent"),
        ("unit;a;Nama;puskesmas-langgur;;;", "induk", "register_row_parent"),
        ("instansi;a;Nama;;kabupaten;WIT;", "induk", "register_row_province"),
        ("instansi;a;Nama;malra;kabupaten;WIT;", "induk", "register_row_province"),
        ("instansi;a;Nama;maluku;lembaga;WIT;", "induk", "register_row_province"),
        ("instansi;a;Nama;maluku;desa;WIT;", "bentuk", "register_cell_word"),
        ("instansi;a;Nama;maluku;;WIT;", "bentuk", "register_row_no_kind"),
        ("instansi;a;Nama;maluku;kota;GMT;", "zona waktu", "register_cell_word"),
        ("unit;a;Nama;malra;;;kemarin", "berlaku sejak", "register_cell_day"),
        ("unit;a;Dukcapil;malra;;;", "nama", "register_row_same_name"),
        ("unit;puskesmas-langgur;Puskesmas Langgur;maluku;;;", "induk", "register_row_moved"),
        (
            f"unit;puskesmas-langgur;Lain;malra;;;{date.today() + timedelta(9)}",  # noqa: DTZ011
            "berlaku sejak",
            "register_since_late",
        ),
    ],
)
def test_a_bad_row_is_named_with_its_column(house: House, row: str, column: str, code: str) -> None:
    assert problems(house, NEW[0], row) == [(3, column, code)]


def test_every_bad_row_is_named_at_once(house: House) -> None:
    rows = ["unit;a;A;tidak-ada;;;", "unit;b;B;malra;;;besok", "kantor;c;C;malra;;;"]
    assert [row for row, *_ in problems(house, *NEW, *rows)] == [7, 8, 9]


def test_a_code_twice_names_the_other_row(house: House) -> None:
    assert problems(house, "unit;a;A;malra;;;", "unit;a;B;malra;;;") == [
        (3, "kode", "register_row_twice")
    ]


def test_two_new_places_of_one_name_are_refused(house: House) -> None:
    rows = "layanan;x;Izin;dukcapil-malra;;;", "layanan;y;izin;dukcapil-malra;;;"
    same = "nama", "register_row_same_name"
    assert problems(house, *rows) == [(2, *same), (3, *same)]


def test_names_may_be_exchanged_in_one_file(house: House) -> None:
    load(
        house,
        "unit;puskesmas-langgur;Dukcapil;malra;;;",
        "unit;dukcapil-malra;Puskesmas Langgur;malra;;;",
    )
    assert ("units", "dukcapil-malra", "Puskesmas Langgur") in places(house)


def test_a_name_does_not_reach_back_into_a_closed_period(house: House) -> None:
    house.rate(number=5)
    with writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)
        last = session.get_one(Period, house.period)
        assert last.closed_at is not None
    row = f"unit;puskesmas-langgur;Nama Baru;malra;;;{last.starts}"
    assert problems(house, row) == [(2, "berlaku sejak", "register_since_early")]


def test_a_coordinator_loads_what_is_below_the_own_institution_only(house: House) -> None:
    own = (
        "instansi;malra;Kabupaten Maluku Tenggara;maluku;kabupaten;WIT;",
        "unit;baru;Unit Baru;malra;;;",
        "layanan;;Izin;baru;;;",
    )
    assert told(load(house, *own, actor="coordinator"))["unit"] == (1, 0, 0)
    foreign = (
        "instansi;malra;Kabupaten Lain;maluku;kabupaten;WIT;",
        "instansi;lain;Instansi Lain;;lembaga;;",
        "unit;unit-provinsi;Unit Provinsi;maluku;;;",
    )
    found = problems(house, *foreign, actor="coordinator")
    assert [code for *_, code in found] == ["register_row_foreign"] * 3


@pytest.mark.parametrize("role", ["official", "analyst", "nobody"])
def test_nobody_else_loads_or_even_looks(house: House, role: str) -> None:
    file = read_register(a_file(*NEW), "daftar.csv")
    with writing(house.engine) as session, pytest.raises(Forbidden):
        load_register(session, house.actors[role], file)
    with reading(house.engine) as session, pytest.raises(Forbidden):
        plan_register(session, house.actors[role], file)


@pytest.mark.parametrize("content", [b"", b"kode;nama\na;b\n", a_file()])
def test_a_file_that_is_no_register_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_register(content, "daftar.csv")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_is_read_as_it_is_handed_out(house: House, language: Language) -> None:
    """Filled in with what is there, it changes nothing; with its own examples, it is complete."""
    with reading(house.engine) as session:
        now = filled_in(session, house.administrator, language)
        workbook = template_xlsx(language, now)
        plan = plan_register(session, house.administrator, read_register(workbook, "a.xlsx"))
    assert (plan.new, plan.changed, len(plan.unchanged)) == ([], [], len(now))
    examples = template_xlsx(language, file_words().examples)
    with writing(house.engine) as session:
        loaded = load_register(session, house.administrator, read_register(examples, "b.xlsx"))
    assert len(loaded.new) == len(file_words().examples)


def test_the_templates_explain_themselves() -> None:
    book = openpyxl.load_workbook(BytesIO(template_xlsx("id")))
    first, second = book.worksheets
    headings = [cell.value for cell in next(first.iter_rows())]
    assert headings == template_csv("id").decode("utf-8-sig").strip().split(";") == HEAD.split(";")
    explained = [row[0] for row in second.iter_rows(values_only=True)]
    assert set(headings) <= set(explained)


def test_the_filled_in_template_of_a_coordinator_holds_the_own_institution(house: House) -> None:
    with reading(house.engine) as session:
        rows: Sequence[Sequence[str]] = filled_in(session, house.coordinator, "id")
        assert {row[1] for row in rows if row[0] == "instansi"} == {"malra"}
        own = select(func.count(Unit.id)).where(Unit.institution_id == house.district)
        assert sum(row[0] == "unit" for row in rows) == session.scalar(own)
