"""Where a score under the opinion is explained: others' figures, their sources, and compliance."""

import pytest

from tests.desk.assessment.test_products import a_product, became
from tests.desk.assessment.test_secondary import FIGURES, enter, fieldwork
from tests.desk.conftest import House, house
from tests.screens.seen import look, said

__all__ = ["house"]


def explained(house: House, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """What the analyst's page says in sentences, and in tables."""
    place = {"skema": "opini-2025", "tahun": "2025", "instansi": "malra"}
    app = look(monkeypatch, "explain", house.analyst, **place)
    return said(app), "\n".join(one.value.to_csv() for one in app.table).replace("\\", "")


def test_a_figure_stands_with_its_source_and_a_blank_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fieldwork(house)
    *entered, last = FIGURES
    for indicator in entered:
        enter(house, indicator, FIGURES[indicator], source=f"Terbitan {indicator}")
    text, tables = explained(house, monkeypatch)
    assert "Data sekunder" in text
    assert all(f"Terbitan {indicator} (2024)" in tables for indicator in entered)
    assert "tanpa data ini tidak ada nilai" in tables
    assert "Sementara: 0 dari 1 unit bernilai" in text
    enter(house, last, FIGURES[last], unit=house.clinic, source="Terbitan unit")
    text, tables = explained(house, monkeypatch)
    assert "Terbitan unit (2024)" in tables
    assert "tanpa data ini tidak ada nilai" not in tables
    assert "Baik" in text
    assert "Kualitas Tinggi" in text  # the institution's word for the same score


def test_compliance_stands_beside_the_quality(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fieldwork(house)
    assert "Tidak ada produk Ombudsman yang tercatat" in explained(house, monkeypatch)[0]
    product = a_product(house)
    text, _ = explained(house, monkeypatch)
    assert "Masih ada produk Ombudsman yang belum ditindaklanjuti" in text
    assert "0 dari 1 produk" in text
    became(house, product, "followed_up")
    text, _ = explained(house, monkeypatch)
    assert "Kepatuhan: **Tanpa Maladministrasi" in text
    assert "1 dari 1 produk" in text
