"""A citizen rates a visit on a phone and looks the receipt up."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.conftest import App
from tests.journeys.people import PATIENCE, on_one_page, open_screen, until_seen

READING = 20_000  # milliseconds, by the page's own clock: nobody answers at once
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
        page.get_by_text("Saya sendiri").click()
        until_seen(page, seen)
        page.get_by_role("button", name="Kirim penilaian").click()
        expect(page.get_by_text("Terima kasih!")).to_be_visible(timeout=PATIENCE)
        shown = page.get_by_role("heading", name=CODE)
        expect(shown).to_be_visible(timeout=PATIENCE)
        receipt = shown.inner_text().lower()
        page.reload()
        expect(shown).to_be_visible(timeout=PATIENCE)
        link = page.get_by_role("link", name="Cek kode resi ini")
        assert str(link.get_attribute("href")).startswith(f"/r/{receipt.upper()}?")
        open_screen(page, app, f"/resi?kode={receipt}", "Cek kode resi")
        expect(page.get_by_text("Diterima", exact=True)).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("Hasilnya belum terbit.")).to_be_visible()


def test_unknown_unit_is_told_and_offered_the_search(app: App, browser: Browser) -> None:
    with browser.new_context(locale="id-ID") as context:
        page = context.new_page()
        page.goto(f"{app.url}/nilai?unit=tidak-ada")
        expect(page.get_by_text("Kantor “tidak-ada” tidak ada.")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("Kantor mana yang melayani Anda?")).to_be_visible()


def test_a_receipt_leads_from_the_thanks_to_what_the_office_did(app: App, page: Page) -> None:
    page.clock.install()
    page.goto(f"{app.url}/s?q=capil")
    page.get_by_role("link", name="Disdukcapil Contoh").click()
    on_one_page(page)
    page.locator("input[name=a-time]").first.check()
    page.locator("input[name=w]").first.check()
    page.clock.fast_forward(READING)
    page.get_by_role("button", name="Kirim penilaian").click()
    page.get_by_role("button", name="Kirim tanpa jawaban itu").click()
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    code = CODE.search(page.inner_text("main"))
    assert code
    with page.expect_download() as saved:
        page.get_by_role("link", name="Simpan kode resi").click()
    assert saved.value.suggested_filename == f"resi-{code[0]}.txt"
    assert code[0] in saved.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="Cek kode resi", exact=True).click()
    page.get_by_label("Kode resi").fill("7K3M")
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_role("alert")).to_contain_text("Kode ini tidak ada.")
    expect(page.get_by_label("Kode resi")).to_have_value("7K3M")
    expect(page.get_by_label("Kode resi")).to_be_focused()
    page.get_by_label("Kode resi").fill(code[0].lower())
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_role("heading", name="Diterima")).to_be_visible()
    page.get_by_role("link", name="Hasil dan perbaikan kantor ini").click()
    expect(page.get_by_text("Nilai sebenarnya kira-kira antara")).to_be_visible()
    expect(page.get_by_text("Papan syarat layanan dipasang")).to_be_visible()


def test_the_menu_closes_over_the_page_that_was_chosen(app: App, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID") as context:
        page = context.new_page()
        open_screen(page, app, "/nilai", "Nilai pelayanan")
        page.get_by_role("button", name="Buka menu").click()
        page.get_by_role("link", name="Cek kode resi").click()
        expect(page.get_by_role("button", name="Buka menu")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Periksa").click(timeout=PATIENCE)
