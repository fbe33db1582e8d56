"""A citizen rates on a line that is slow, loses answers and breaks off."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Route, expect

from tests.conftest import App
from tests.journeys.people import until
from tests.journeys.test_light_door import responses
from tests.journeys.test_offline import RECEIPT, fill

UNIT = "dinsos-contoh"
# Where the worker is ready it sends again at once, and the receipt is there already.
KEPT_OR_STORED = re.compile("Tersimpan di HP ini|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
SECONDS_TO_NEXT_TRY = 31
# About what is left of GPRS in a valley.
SLOW = {"offline": False, "latency": 800, "downloadThroughput": 5_000, "uploadThroughput": 2_500}


@pytest.fixture
def slow_phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that has never been here."""
    with browser.new_context(viewport={"width": 360, "height": 640}, locale="id-ID") as context:
        yield context


def visit(phone: BrowserContext, app: App) -> tuple[Page, CDPSession]:
    """The form, opened over the slow line and kept for later; and the line."""
    page = phone.new_page()
    page.clock.install()
    line = phone.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", SLOW)
    page.goto(f"{app.url}/s/{UNIT}", wait_until="commit")
    # It can be answered while its scripts are still on their way.
    expect(page.locator("legend").first).to_contain_text("1 dari 9", timeout=20_000)
    until(page, "window.sendSealed")
    return page, line


def test_a_form_whose_answer_was_lost_is_stored_once_and_thanked(
    app: App, slow_phone: BrowserContext
) -> None:
    before = responses(app)
    page, _ = visit(slow_phone, app)
    lost: list[int] = []

    def lose_first(route: Route) -> None:
        answer = route.fetch()
        lost.append(answer.status)
        if len(lost) == 1:
            route.abort("connectionreset")  # stored, but nobody is told
        else:
            route.fulfill(response=answer)

    page.route("**/sealed*", lose_first)
    fill(page)
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_text(KEPT_OR_STORED).first).to_be_visible(timeout=20_000)
    page.clock.fast_forward(SECONDS_TO_NEXT_TRY * 1_000)
    expect(page.get_by_text(RECEIPT).first).to_be_visible(timeout=30_000)
    assert lost[0] == 200
    assert responses(app) - before == 1


def test_a_line_that_breaks_off_while_it_sends_loses_nothing(
    app: App, slow_phone: BrowserContext
) -> None:
    before = responses(app)
    page, line = visit(slow_phone, app)
    fill(page)
    line.detach()
    slow_phone.set_offline(True)
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.locator("#told")).to_contain_text("Tersimpan di HP ini", timeout=20_000)
    assert responses(app) == before
    slow_phone.set_offline(False)
    expect(page.get_by_text(RECEIPT).first).to_be_visible(timeout=30_000)
    assert responses(app) - before == 1
