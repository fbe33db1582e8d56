"""A coordinator takes away a paper, and the worksheets of all units, as a browser does."""

import re
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.conftest import App
from tests.journeys.people import PATIENCE, log_in, open_screen


def test_a_paper_and_many_at_once(app: App, page: Page) -> None:
    log_in(page, app, "koordinator.contoh")
    open_screen(page, app, "/dokumen", "Dokumen")
    page.get_by_role("button", name="Buat", exact=True).first.click()
    take = page.get_by_role("link", name="Unduh", exact=True)
    expect(take).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as taken:
        take.click()
    assert taken.value.suggested_filename.startswith("laporan-")
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF-")

    page.get_by_text("Seluruh instansi").click()
    page.get_by_text("Lembar pengolahan", exact=True).click()
    page.get_by_role("button", name="Mulai").click()
    many = page.get_by_role("link", name=re.compile("Unduh lembar-pengolahan"))
    expect(many).to_be_visible(timeout=2 * PATIENCE)
    with page.expect_download() as taken:
        many.click()
    with ZipFile(taken.value.path()) as package:
        names = package.namelist()
    assert len(names) > 1
    assert all(name.startswith("lembar-pengolahan-") for name in names)
