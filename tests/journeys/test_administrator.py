"""An administrator makes an account, which then can log in, and sees no answers."""

from playwright.sync_api import Browser, Page, expect

from tests.conftest import App
from tests.journeys.office import PASSWORD
from tests.journeys.people import PATIENCE, change_password, log_in, open_screen


def test_makes_an_account_that_can_log_in(app: App, page: Page, browser: Browser) -> None:
    log_in(page, app, "admin.contoh")
    open_screen(page, app, "/pengguna", "Akun")
    page.get_by_text("Buat akun", exact=True).first.click()
    page.get_by_role("textbox", name="Nama lengkap").fill("Budi Uji (data contoh)")
    page.get_by_role("textbox", name="Nama akun", exact=True).fill("budi.uji")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_text("Hanya tampil sekali ini")).to_be_visible(timeout=PATIENCE)
    shown = page.get_by_test_id("stCode").get_by_text(PASSWORD)
    expect(shown).to_be_visible(timeout=PATIENCE)
    password = PASSWORD.search(shown.inner_text())
    assert password
    with browser.new_context(locale="id-ID") as context:
        newcomer = context.new_page()
        newcomer.goto(f"{app.url}/masuk")
        newcomer.get_by_label("Nama akun").fill("budi.uji")
        newcomer.get_by_label("Kata sandi", exact=True).fill(password[0])
        newcomer.get_by_role("button", name="Masuk").click()
        expect(newcomer.get_by_text("Akun ini dibuat oleh Admin Contoh")).to_be_visible()
        newcomer.goto(f"{app.url}/beranda")
        expect(newcomer.get_by_role("heading", name="Halaman ini untuk petugas")).to_be_visible(
            timeout=PATIENCE
        )
        newcomer.goto(f"{app.url}/masuk")
        change_password(newcomer, password[0])
        expect(newcomer.get_by_text("Budi Uji (data contoh)")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{app.url}/unit")
    expect(page.get_by_text("Anda tidak berhak", exact=False).first).to_be_visible(timeout=PATIENCE)
