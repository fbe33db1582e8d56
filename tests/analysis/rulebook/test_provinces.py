"""The provinces: all 38, each on a tile of its own, found by code or by name."""

import re

import pytest

from analysis.rulebook.provinces import FILE, load_provinces, parse_provinces
from tests.refusing import refusing

TEXT = FILE.read_text(encoding="utf-8")


def test_all_provinces_have_a_tile() -> None:
    provinces = load_provinces().provinces
    assert len(provinces) == 38
    assert len({(one.column, one.row) for one in provinces}) == 38


@pytest.mark.parametrize(
    ("code", "name", "found"),
    [
        ("81", "", "Maluku"),
        ("provinsi-94", "", "Papua Tengah"),
        ("x", "Provinsi Maluku", "Maluku"),
        ("x", "PEMERINTAH PROVINSI DAERAH ISTIMEWA YOGYAKARTA", "DI Yogyakarta"),
        ("x", "Provinsi Papua Barat (data contoh)", "Papua Barat"),
        ("provinsi-maluku", "", "Maluku"),
        ("x", "Kabupaten Maluku Tenggara", None),
        ("provinsi-contoh", "Provinsi Contoh (data contoh)", None),
    ],
)
def test_a_government_is_found_by_its_code_or_name(code: str, name: str, found: str | None) -> None:
    one = load_provinces().find(code, name)
    assert (one and one.name) == found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code: "12"', 'code: "11"', "found 11"),
        ("letters: SU", "letters: AC", "found AC"),
        ("name: Sumatera Utara", "name: aceh", "found aceh"),
        ("column: 1, row: 1", "column: 0, row: 0", "found 0, 0"),
        ('code: "12"', 'code: "123"', "123"),
        ("column: 1, row: 1", "column: -1, row: 1", "-1"),
    ],
)
def test_what_stands_twice_is_refused(old: str, new: str, told: str) -> None:
    with refusing(re.escape(told)):
        parse_provinces(TEXT.replace(old, new, 1), "provinces.yaml")
