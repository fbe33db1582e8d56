"""A district from an empty database to its announced index, as its office works.

Set up by file, surveyed by import, on paper and through the light door, closed, all its papers
made, prepared by one person, approved by another, and seen by everyone.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import App
from tests.journeys.office import (
    approve,
    confirm_owners,
    import_sekadau,
    key_pile,
    log_in_with,
    make_administrator,
    make_coordinator,
    open_period,
    prepare,
    rate,
)
from tests.journeys.people import PATIENCE, choose, open_screen, settle

DISTRICT, UNIT, SERVICE, PERIOD = "Kabupaten Uji", "Dinas Uji Satu", "Izin usaha", "Survei Uji"
REGISTER = f"""jenis;kode;nama;induk;bentuk;zona waktu;berlaku sejak
instansi;kab-uji;{DISTRICT};prov-uji;kabupaten;;
instansi;prov-uji;Provinsi Uji;;provinsi;WIB;
unit;dinas-satu;{UNIT};kab-uji;;;
unit;dinas-dua;Dinas Uji Dua;kab-uji;;;
layanan;;{SERVICE};dinas-satu;;;
layanan;;Legalisasi;dinas-dua;;;
"""
SHEETS, CITIZENS = 5, 5


@pytest.mark.database
def test_a_district_from_nothing_to_its_announced_index(empty: App, page: Page) -> None:
    make_administrator(page, empty)
    page.set_default_timeout(PATIENCE)
    _load_register(page, empty)
    people = {name: make_coordinator(page, empty, name, DISTRICT) for name in ("satu", "dua")}
    log_in_with(page, empty, "satu", people["satu"])
    open_period(page, empty, PERIOD)
    _import(page, empty)
    _key(page, empty)
    for _ in range(CITIZENS):
        page.goto(f"{empty.url}/s/dinas-satu")
        rate(page, SERVICE)
    _close(page, empty)
    _make_all_papers(page, empty)
    prepare(page, empty, PERIOD, "/umumkan?unit=dinas-satu")
    log_in_with(page, empty, "dua", people["dua"])
    _refused(page, empty)
    confirm_owners(empty)
    approve(page, empty, f"{UNIT} · {PERIOD}")
    page.context.clear_cookies()
    _see(page, empty)


def _load_register(page: Page, app: App) -> None:
    open_screen(page, app, "/daftar", "Unit dan layanan")
    page.get_by_text("Muat dari berkas").click()
    settle(page)
    content = {"name": "daftar.csv", "mimeType": "text/csv", "buffer": REGISTER.encode()}
    page.locator("input[type=file]").set_input_files(content)  # type: ignore[arg-type]
    page.get_by_role("button", name="Simpan semua").click()
    expect(page.get_by_text("Tersimpan: 6 baru, 0 berubah.")).to_be_visible(timeout=PATIENCE)


def _import(page: Page, app: App) -> None:
    open_screen(page, app, "/impor", "Impor data")
    choose(page, "Unit", UNIT)
    import_sekadau(page)


def _key(page: Page, app: App) -> None:
    open_screen(page, app, "/kertas", "Kuesioner kertas")
    choose(page, "Unit", UNIT)
    key_pile(page, SHEETS)


def _close(page: Page, app: App) -> None:
    open_screen(page, app, "/periode", "Periode survei")
    page.get_by_role("button", name=f"Tutup {PERIOD}").click()
    page.get_by_text("Ya, hentikan penilaian di 2 unit").click()
    settle(page)
    page.get_by_role("button", name="Tutup untuk seterusnya").click()
    expect(page.get_by_role("button", name=f"Tutup {PERIOD}")).to_have_count(0, timeout=PATIENCE)


def _make_all_papers(page: Page, app: App) -> None:
    """Each paper of the unit and of its institution, one after the other."""
    open_screen(page, app, "/dokumen", "Dokumen")
    choose(page, "Unit", UNIT)
    for scope in ("Satu unit", "Seluruh instansi"):
        page.get_by_test_id("stButtonGroup").get_by_text(scope, exact=True).click()
        settle(page)
        make = page.get_by_role("button", name="Buat", exact=True)
        papers = make.count()
        assert papers >= 5
        take = page.get_by_role("link", name="Unduh", exact=True)
        for at in range(papers):
            make.first.click()
            expect(take).to_have_count(at + 1, timeout=PATIENCE)
            settle(page)
        for at in range(papers):
            with page.expect_download() as taken:
                take.nth(at).click()
            assert Path(taken.value.path()).stat().st_size > 1_000


def _refused(page: Page, app: App) -> None:
    """One administrator made both accounts a moment ago."""
    open_screen(page, app, "/umumkan", "Umumkan hasil")
    page.get_by_role("button", name="Setujui dan umumkan").click(timeout=PATIENCE)
    expect(page.get_by_text("Perlu dua orang, tetapi akun Anda")).to_be_visible(timeout=PATIENCE)


def _see(page: Page, app: App) -> None:
    """49 of Sekadau, five sheets of "abcd33334", five citizens of threes; by hand 77.8719."""
    page.set_viewport_size({"width": 360, "height": 740})
    open_screen(page, app, "/ikm?unit=dinas-satu", "Hasil survei")
    expect(page.get_by_text("77,87 dari 100")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("59 isian diterima, 59 dihitung")).to_be_visible()
