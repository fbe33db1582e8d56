"""Paper is keyed, the period closed, the result prepared, approved, and seen by everyone."""

from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.conftest import App
from tests.journeys.office import approve, key_pile, prepare, type_date
from tests.journeys.people import PATIENCE, choose, log_in, open_screen

YEAR = 2019
SHEETS = 5
UNIT = "Disdukcapil Contoh"


def test_from_paper_to_everyone(app: App, page: Page) -> None:
    period = f"Kertas {uuid4().hex[:6]}"  # begun again, it meets what it left behind
    log_in(page, app, "koordinator.contoh")
    _open_period(page, app, period)
    log_in(page, app, "petugas.contoh")
    _key(page, app, period)
    log_in(page, app, "koordinator.contoh")
    _close_period(page, app, period)
    log_in(page, app, "petugas.contoh")
    prepare(page, app, period)
    log_in(page, app, "koordinator2.contoh")
    approve(page, app, f"{UNIT} · {period}")
    page.context.clear_cookies()
    _see(page, app)


def _open_period(page: Page, app: App, period: str) -> None:
    open_screen(page, app, "/periode", "Periode survei")
    choose(page, "Instansi", "Kabupaten Contoh")
    page.get_by_role("textbox", name="Nama periode").fill(period)
    page.get_by_role("textbox", name="Kode").fill(period.replace(" ", "-").lower())
    type_date(page, "Hari pertama", f"01/01/{YEAR}")
    type_date(page, "Hari terakhir", f"31/12/{YEAR}")
    page.get_by_text("Rata-rata indeks layanan", exact=True).click()
    page.get_by_role("button", name="Buka periode", exact=True).click()
    expect(page.get_by_role("button", name=f"Tutup {period}")).to_be_visible(timeout=PATIENCE)


def _key(page: Page, app: App, period: str) -> None:
    open_screen(page, app, "/kertas", "Kuesioner kertas")
    choose(page, "Periode survei", period)
    key_pile(page, SHEETS)


def _close_period(page: Page, app: App, period: str) -> None:
    open_screen(page, app, "/periode", "Periode survei")
    choose(page, "Instansi", "Kabupaten Contoh")
    page.get_by_role("button", name=f"Tutup {period}").click(timeout=PATIENCE)
    page.get_by_role("button", name="Tutup untuk seterusnya").click(timeout=PATIENCE)
    expect(page.get_by_role("button", name=f"Tutup {period}")).to_have_count(0, timeout=PATIENCE)


def _see(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_screen(page, app, "/ikm", "Hasil survei")
    choose(page, "Tahun", str(YEAR))
    expect(page.get_by_text("72,22 dari 100")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("5 isian diterima, 5 dihitung")).to_be_visible()
    expect(page.get_by_text("rata-rata indeks layanan. Aturan ini")).to_be_visible()
    link = page.get_by_test_id("stCode").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh dokumen (JSON)").click()
    assert '"headline":"averaged"' in download.value.path().read_text(encoding="utf-8")
    page.goto(link.strip())
    expect(page.get_by_text("72,22 dari 100")).to_be_visible(timeout=PATIENCE)
