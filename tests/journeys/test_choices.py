"""What an official chose follows through menu, reload, shared link and the browser's way back."""

import re

from playwright.sync_api import Page, expect

from tests.conftest import App
from tests.journeys.people import PATIENCE, choose, log_in, open_screen


def shows(page: Page, label: str, chosen: str) -> None:
    """Waits until the select box shows what was chosen."""
    box = page.get_by_role("combobox", name=label).first
    expect(box).to_have_value(re.compile(re.escape(chosen)), timeout=PATIENCE)


def open_by_menu(page: Page, name: str, title: str = "") -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    heading = page.get_by_role("heading", name=title or name, level=1)
    expect(heading).to_be_visible(timeout=PATIENCE)


def open_by_tab(page: Page, name: str, title: str) -> None:
    """Opens another page of the same subject, which is then marked as the one that is open."""
    tabs = page.get_by_role("navigation", name="Halaman").last
    tabs.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=PATIENCE)
    expect(tabs.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")


def test_unit_and_period_stay_chosen(app: App, page: Page) -> None:
    refused: list[str] = []
    page.on("response", lambda one: refused.append(one.url) if one.status >= 400 else None)
    log_in(page, app, "koordinator.contoh")
    open_screen(page, app, "/unit", "Kepuasan unit")
    choose(page, "Unit", "Puskesmas Contoh A")
    page.wait_for_url(re.compile(r"unit=puskesmas-a-contoh&period=[\w-]+"), timeout=PATIENCE)
    running = page.url
    choose(page, "Periode survei", "ditutup")
    page.wait_for_url(lambda url: url != running, timeout=PATIENCE)
    shared = page.url
    (period,) = re.findall(r"period=([\w-]+)", shared)
    page.reload()
    shows(page, "Unit", "Puskesmas Contoh A")
    shows(page, "Periode survei", "ditutup")

    open_by_menu(page, "Tindak lanjut")
    shows(page, "Unit", "Puskesmas Contoh A")
    shows(page, "Periode survei", "ditutup")
    page.wait_for_url(f"**/tindak-lanjut?unit=puskesmas-a-contoh&period={period}", timeout=PATIENCE)

    open_by_menu(page, "Saluran survei", "Poster dan kode QR")
    open_by_tab(page, "Tautan dan anjungan", "Saluran survei")
    shows(page, "Unit", "Puskesmas Contoh A")
    entry = page.get_by_test_id("stSidebarNav").get_by_role("link", name="Saluran survei")
    expect(entry).to_have_attribute("aria-current", "page")

    page.goto(shared + "&lang=en")
    shows(page, "Unit", "Puskesmas Contoh A")
    shows(page, "Survey period", "closed")
    assert page.url == shared + "&lang=en"

    choose(page, "Unit", "Dinas Kesehatan Contoh")
    page.wait_for_url(re.compile("unit=dinkes-contoh&"), timeout=PATIENCE)
    page.go_back()
    shows(page, "Unit", "Puskesmas Contoh A")
    page.goto(f"{app.url}/unit?unit=bukan-kantor&period=tidak-ada&lang=id")
    page.wait_for_url(re.compile(r"/unit\?unit=(?!bukan-kantor)[\w-]+&period=(?!tidak-ada)[\w-]+"))
    expect(page.get_by_role("img", name="Indeks")).to_be_visible(timeout=PATIENCE)
    assert refused == []
