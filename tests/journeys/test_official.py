"""A coordinator opens a period and imports a file; the unit's official sees the index."""

import re

from playwright.sync_api import Page, expect

from models import now
from tests.conftest import App
from tests.journeys.office import import_sekadau, type_date
from tests.journeys.people import PATIENCE, choose, log_in, open_screen

YEAR = now().year + 1
PERIOD = f"Survei uji {YEAR}"


def test_import_and_dashboard(app: App, page: Page) -> None:
    log_in(page, app, "koordinator.contoh")
    _open_period(page, app)
    _import(page, app)
    log_in(page, app, "petugas.contoh")
    open_screen(page, app, "/unit", "Kepuasan unit")
    choose(page, "Periode survei", PERIOD)
    picture = page.get_by_role("img", name=re.compile("^Indeks 78,74 dari 100"))
    expect(picture).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("B · Baik")).to_be_visible()
    expect(page.get_by_text("49 responden dihitung.")).to_be_visible()
    page.goto(f"{app.url}/impor")
    expect(page.get_by_text("Anda tidak berhak", exact=False).first).to_be_visible(timeout=PATIENCE)


def test_what_stands_below_the_own_score_and_no_other(app: App, page: Page) -> None:
    """Down to the answers of the own unit; the address of another's score leads nowhere."""
    log_in(page, app, "petugas.contoh")
    own = f"/telusur?tahun={now().year}&skema=perception-2022"
    open_screen(
        page, app, f"{own}&instansi=kota-contoh&unit=disdukcapil-kota-contoh", "Rincian nilai"
    )
    expect(page.get_by_text("bukan milik Anda")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Disdukcapil Contoh")).to_be_visible(timeout=PATIENCE)
    formula = page.get_by_text(re.compile(r"\(32,37 × .*\) / 78,46 = \d+,\d\d"))
    expect(formula).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Kepuasan masyarakat (IKM): ").click()
    expect(page.get_by_text(re.compile(r"^\(1×\d+ \+ 2×\d+")).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Kota Contoh")).to_have_count(0)
    for path in ("/indeks", "/banding"):
        page.goto(f"{app.url}{path}?tahun={now().year}")
        expect(page.get_by_text("Anda tidak berhak").first).to_be_visible(timeout=PATIENCE)


def _open_period(page: Page, app: App) -> None:
    open_screen(page, app, "/periode", "Periode survei")
    choose(page, "Instansi", "Kabupaten Contoh")
    page.get_by_role("textbox", name="Nama periode").fill(PERIOD)
    page.get_by_role("textbox", name="Kode").fill(f"uji-{YEAR}")
    type_date(page, "Hari pertama", f"01/01/{YEAR}")
    type_date(page, "Hari terakhir", f"31/12/{YEAR}")
    page.get_by_role("button", name="Buka periode", exact=True).click()
    expect(page.get_by_role("button", name=f"Tutup {PERIOD}")).to_be_visible(timeout=PATIENCE)


def _import(page: Page, app: App) -> None:
    open_screen(page, app, "/impor", "Impor data")
    choose(page, "Instansi", "Kabupaten Contoh")
    choose(page, "Unit", "Disdukcapil Contoh")
    choose(page, "Periode", PERIOD)
    import_sekadau(page)


def test_experiences_after_closing_in_both_languages(app: App, page: Page) -> None:
    log_in(page, app, "petugas.contoh")
    open_screen(page, app, "/unit", "Kepuasan unit")
    expect(page.get_by_text("Bagian ini ditampilkan setelah periode ditutup.")).to_be_visible(
        timeout=PATIENCE
    )
    choose(page, "Periode survei", "ditutup")
    expect(page.get_by_text("kurang dari 5").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("img", name=re.compile(r"Indeks \d\d,\d\d"))).to_be_visible()
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", name="Unit satisfaction", level=1)).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.get_by_role("img", name=re.compile(r"Index \d\d\.\d\d"))).to_be_visible()
    expect(page.get_by_text("fewer than 5").first).to_be_visible(timeout=PATIENCE)
