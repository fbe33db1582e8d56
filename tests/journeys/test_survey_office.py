"""Paper is keyed, the period closed, the result prepared, approved, and seen by everyone."""

import re
from contextlib import suppress
from uuid import uuid4

from playwright.sync_api import Page, TimeoutError, expect

from tests.conftest import App
from tests.journeys.people import PATIENCE, choose, log_in, open_screen, settle

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
    _prepare(page, app, period)
    log_in(page, app, "koordinator2.contoh")
    _approve(page, app, period)
    page.context.clear_cookies()
    _see(page, app)


def _open_period(page: Page, app: App, period: str) -> None:
    open_screen(page, app, "/periode", "Periode survei")
    choose(page, "Instansi", "Kabupaten Contoh")
    page.get_by_role("textbox", name="Nama periode").fill(period)
    page.get_by_role("textbox", name="Kode").fill(period.replace(" ", "-").lower())
    _type_date(page, "Hari pertama", f"01/01/{YEAR}")
    _type_date(page, "Hari terakhir", f"31/12/{YEAR}")
    page.get_by_text("Rata-rata indeks layanan", exact=True).click()
    page.get_by_role("button", name="Buka periode", exact=True).click()
    expect(page.get_by_role("button", name=f"Tutup {period}")).to_be_visible(timeout=PATIENCE)


def _type_date(page: Page, label: str, day: str) -> None:
    field = page.get_by_test_id("stDateInput").filter(has_text=label)
    field.get_by_role("spinbutton").first.click()
    page.keyboard.type(day.replace("/", ""))
    page.keyboard.press("Enter")


def _key(page: Page, app: App, period: str) -> None:
    """With the keyboard alone: Tab to the next line, Enter to the next sheet."""
    open_screen(page, app, "/kertas", "Kuesioner kertas")
    choose(page, "Periode survei", period)
    _begin(page)
    settle(page)
    page.get_by_role("textbox", name="Jawaban 9 pertanyaan").click()
    for serial in range(1, SHEETS + 1):
        _type_sheet(page, serial)
    expect(page.get_by_text(f"{SHEETS} dari {SHEETS} lembar sudah diketik")).to_be_visible()
    page.get_by_text("Kedua (sampel, 1 lembar)").click()
    heading = page.get_by_text(re.compile(r"^Lembar nomor \d$"))
    expect(page.get_by_text("0 dari 1 lembar sudah diketik")).to_be_visible(timeout=PATIENCE)
    serial = int(heading.inner_text()[-1])
    settle(page)
    page.get_by_role("textbox", name="Jawaban 9 pertanyaan").click()
    _type_sheet(page, serial)
    expect(page.get_by_text(re.compile(r"Salah ketik: 0 dari \d+"))).to_be_visible()
    page.get_by_role("button", name=f"Simpan {SHEETS} lembar sebagai satu kelompok data").click()
    expect(page.get_by_text(f"{SHEETS} lembar disimpan")).to_be_visible(timeout=PATIENCE)


def _begin(page: Page) -> None:
    """Begins the pile; again where Streamlit drew the form anew while it was being filled in."""
    first = page.get_by_text("Lembar nomor 1", exact=True)
    for _ in range(3):
        page.get_by_role("textbox", name="Nama tumpukan").fill("Loket 1", timeout=PATIENCE)
        settle(page)
        page.get_by_role("spinbutton", name="Banyaknya lembar").fill(str(SHEETS))
        page.get_by_role("button", name="Mulai", exact=True).click()
        settle(page)
        with suppress(TimeoutError):
            first.wait_for(timeout=PATIENCE / 3)
            return
    expect(first).to_be_visible()


def _type_sheet(page: Page, serial: int) -> None:
    answers = page.get_by_role("textbox", name="Jawaban 9 pertanyaan")
    expect(page.get_by_text(f"Lembar nomor {serial}", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(answers).to_be_focused()
    expect(answers).to_have_value("")
    page.keyboard.type("abcd33334")
    page.keyboard.press("Tab")
    page.keyboard.type("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Lembar {serial} disimpan: abcd33334")).to_be_visible(timeout=PATIENCE)


def _close_period(page: Page, app: App, period: str) -> None:
    open_screen(page, app, "/periode", "Periode survei")
    choose(page, "Instansi", "Kabupaten Contoh")
    page.get_by_role("button", name=f"Tutup {period}").click(timeout=PATIENCE)
    page.get_by_role("button", name="Tutup untuk seterusnya").click(timeout=PATIENCE)
    expect(page.get_by_role("button", name=f"Tutup {period}")).to_have_count(0, timeout=PATIENCE)


def _prepare(page: Page, app: App, period: str) -> None:
    open_screen(page, app, "/umumkan", "Umumkan hasil")
    choose(page, "Periode survei", period)
    page.get_by_role("button", name="Siapkan hasil unit").click()
    expect(page.get_by_text("menunggu persetujuan orang kedua")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Setujui dan umumkan")).to_have_count(0)


def _approve(page: Page, app: App, period: str) -> None:
    open_screen(page, app, "/umumkan", "Umumkan hasil")
    waiting = page.get_by_test_id("stVerticalBlock").filter(has_text=f"{UNIT} · {period}").last
    waiting.get_by_role("button", name="Setujui dan umumkan").click(timeout=PATIENCE)
    expect(page.get_by_text("Hasil sudah terbuka untuk umum.")).to_be_visible(timeout=PATIENCE)


def _see(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_screen(page, app, "/ikm", "Hasil survei")
    choose(page, "Tahun", str(YEAR))
    expect(page.get_by_text("72,22 dari 100")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("5 isian diterima, 5 dihitung")).to_be_visible()
    expect(page.get_by_text("rata-rata indeks layanan. Aturan ini")).to_be_visible()
    link = page.get_by_test_id("stCode").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Unduh dokumen (JSON)").click()
    assert '"headline":"averaged"' in download.value.path().read_text(encoding="utf-8")
    page.goto(link.strip())
    expect(page.get_by_text("72,22 dari 100")).to_be_visible(timeout=PATIENCE)
