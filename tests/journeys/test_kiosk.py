"""A kiosk in a waiting room, from its registration to its withdrawal; also without scripts."""

import re
from contextlib import suppress

from playwright.sync_api import Browser, Error, Page, expect

from tests.conftest import App
from tests.journeys.people import PATIENCE, log_in, open_screen, read_for_a_while
from tests.journeys.test_citizen import CODE
from tests.journeys.test_light_door import ask, plain_page, responses

__all__ = ["plain_page"]
LINK = re.compile(r"/k/[0-9A-Z-]{14}")


def register(page: Page, app: App) -> str:
    """What an official does; gives the kiosk's address."""
    log_in(page, app, "petugas.contoh")
    open_screen(page, app, "/pintu", "Saluran survei")
    page.get_by_label("Nama anjungan baru").fill("Ruang tunggu")
    page.get_by_role("button", name="Daftarkan anjungan").click()
    shown = page.get_by_test_id("stCode")
    expect(shown).to_contain_text(LINK, timeout=PATIENCE)
    link = LINK.search(shown.inner_text())
    assert link
    return link[0]


def withdraw(page: Page) -> None:
    page.get_by_role("button", name="Tarik").click()
    page.get_by_role("button", name="Tarik untuk seterusnya").click()
    expect(page.get_by_text("Belum ada anjungan.")).to_be_visible(timeout=PATIENCE)


def test_a_kiosk_serves_one_citizen_after_another(
    app: App, page: Page, plain_page: Page, browser: Browser
) -> None:
    kiosk, screen, before = register(page, app), plain_page, responses(app)
    screen.goto(f"{app.url}{kiosk}")
    expect(screen.locator("body.kiosk")).to_have_attribute("data-kiosk", kiosk)
    expect(screen.get_by_label("Kode kunjungan")).to_have_count(0)
    screen.get_by_label("Saya sendiri").check()
    screen.get_by_role("button", name="English").click()
    screen.get_by_label("Comment or suggestion").fill("Long queue")
    read_for_a_while(screen)
    screen.get_by_role("button", name="Send rating").click()
    screen.get_by_role("button", name="Send without those answers").click()
    expect(screen.get_by_role("heading", name="Thank you!")).to_be_visible()
    expect(screen.get_by_text(CODE)).to_be_visible()
    refresh = screen.locator("meta[http-equiv=refresh]")
    expect(refresh).to_have_attribute("content", f"90; url={kiosk}")
    assert responses(app) == before + 1

    screen.get_by_role("link", name="Done", exact=True).click()
    expect(screen.get_by_label("Komentar atau saran")).to_have_value("")  # in Indonesian again
    for _ in range(3):
        with suppress(Error):  # a page that was sent: the browser has nothing to show
            screen.go_back()
        left = screen.locator("textarea").filter(has_text="Long queue")
        expect(left).to_have_count(0)

    assert ask(app, kiosk)[0].getheader("Cache-Control") == "no-store"
    withdraw(page)
    answer, told = ask(app, kiosk)
    assert (answer.status, answer.getheader("Cache-Control")) == (404, "no-store")
    assert "Anjungan (tablet) ini tidak terdaftar" in told.decode()
    assert ask(app, kiosk, b"a-time=3")[0].status == 404
    assert responses(app) == before + 1
