"""The light form on a phone: sealed, kept without network, counted once, never lost silently."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import App
from tests.journeys.test_citizen import CODE
from tests.journeys.test_light_door import FORM, responses

CONTROLLED = "navigator.serviceWorker.ready.then(() => true)"
QUEUE = """queued().then(forms => forms.map(({sealed, ...rest}) => ({
    ...rest, sealed: sealed && new TextDecoder('latin1').decode(sealed)})))"""
RECEIPT = re.compile(CODE.pattern)


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that has never been here."""
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID") as context:
        yield context


def visit(phone: BrowserContext, app: App, query: str = "") -> Page:
    """The form, opened and kept for later."""
    page = phone.new_page()
    page.goto(app.url + FORM + query)
    page.evaluate(CONTROLLED)
    return page


def fill(page: Page, comment: str = "") -> None:
    page.get_by_role("group", name=re.compile("^1 dari 9")).get_by_role("radio").nth(2).check()
    page.get_by_label("Komentar atau saran").fill(comment)


def send(page: Page) -> None:
    page.get_by_role("button", name="Kirim penilaian").click()


def told(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def test_two_forms_filled_without_network_are_kept_sealed_then_counted(
    app: App, phone: BrowserContext
) -> None:
    before, page = responses(app), visit(phone, app)
    phone.set_offline(True)
    page.reload()
    for comment in ("Rahasia pertama", "Rahasia kedua"):
        fill(page, comment)
        send(page)
        expect(page.get_by_role("status")).to_contain_text("Tersimpan di perangkat ini")
        page.get_by_role("button", name="Isi formulir berikutnya").click()
        expect(page.locator("input[type=radio][name^=a-]:checked")).to_have_count(0)
        expect(page.get_by_label("Komentar atau saran")).to_have_value("")
    kept = page.evaluate(QUEUE)
    assert len({one["key"] for one in kept}) == 2
    assert not re.search("Rahasia|a-|c=", "".join(one["sealed"] for one in kept))
    assert responses(app) == before
    page.close()
    page = phone.new_page()  # it survives closing the page
    page.goto(app.url + FORM)
    expect(page.get_by_role("listitem").filter(has_text="menunggu jaringan")).to_have_count(2)
    phone.set_offline(False)
    counted = page.get_by_role("listitem").filter(has_text=RECEIPT)
    expect(counted).to_have_count(2)
    codes = {CODE.search(text)[0] for text in counted.all_inner_texts()}
    assert len(codes) == 2
    assert RECEIPT.search(told(page))
    assert responses(app) == before + 2
    page.get_by_role("button", name="Hapus daftar").click()
    expect(page.get_by_text("Dikirim dan menunggu")).to_be_hidden()
    assert page.evaluate(QUEUE) == []
