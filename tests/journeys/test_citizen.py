"""A citizen rates a visit on a phone and looks the receipt up."""

import re

from playwright.sync_api import Browser, expect

from tests.conftest import App
from tests.journeys.people import PATIENCE, open_screen, until_seen

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


def test_rates_a_visit_and_finds_the_receipt(app: App, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID") as context:
        page = context.new_page()
        open_screen(page, app, "/nilai?unit=contoh", "Disdukcapil Contoh")
        questions = page.get_by_role("radiogroup", name=re.compile(r"^\d dari 9"))
        expect(questions).to_have_count(9, timeout=PATIENCE)
        seen = page.evaluate("performance.now()")
        expect(
            page.get_by_role("radio", checked=True, name=re.compile("^(Sangat|Tidak)"))
        ).to_have_count(0)
        for at in range(9):
            questions.nth(at).locator("label").nth(2).click()
        until_seen(page, seen)
        page.get_by_role("button", name="Kirim penilaian").click()
        expect(page.get_by_text("Terima kasih!")).to_be_visible(timeout=PATIENCE)
        shown = page.get_by_role("heading", name=CODE)
        expect(shown).to_be_visible(timeout=PATIENCE)
        receipt = shown.inner_text().lower()
        open_screen(page, app, f"/resi?kode={receipt}", "Cek resi")
        expect(page.get_by_text("Diterima", exact=True)).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("Hasilnya belum terbit.")).to_be_visible()


def test_unknown_unit_is_told_and_offered_the_search(app: App, browser: Browser) -> None:
    with browser.new_context(locale="id-ID") as context:
        page = context.new_page()
        page.goto(f"{app.url}/nilai?unit=tidak-ada")
        expect(page.get_by_text("Kantor “tidak-ada” tidak ada.")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("Kantor mana yang melayani Anda?")).to_be_visible()


def test_the_menu_closes_over_the_page_that_was_chosen(app: App, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID") as context:
        page = context.new_page()
        open_screen(page, app, "/nilai", "Nilai pelayanan")
        page.get_by_role("button", name="Buka menu").click()
        page.get_by_role("link", name="Cek resi").click()
        expect(page.get_by_role("button", name="Buka menu")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Periksa").click(timeout=PATIENCE)
