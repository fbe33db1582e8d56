"""The first visit of a cheap phone: the light form is small, and asks at once."""

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import App

MOST_REQUESTS = 2  # the page and its scripts
MOST_BYTES = 10_000  # with the headers


def test_the_light_form_is_small(app: App, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID") as context:
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        loaded: list[int] = []
        network.on("Network.loadingFinished", lambda one: loaded.append(one["encodedDataLength"]))
        page.goto(f"{app.url}/s/contoh", wait_until="load")
        # What stands in the address itself, such as the icon, is no request.
        sizes = [size for size in loaded if size]
        page.locator("input[type=radio][name^=a-] >> nth=0").click(trial=True)
    assert 0 < len(sizes) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_BYTES


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_first_screen_asks_the_first_question(
    app: App, browser: Browser, language: str
) -> None:
    with browser.new_context(viewport={"width": 360, "height": 640}) as context:
        page = context.new_page()
        page.goto(f"{app.url}/s/contoh?lang={language}")
        first = page.locator("fieldset:visible")
        expect(first).to_have_count(1)
        expect(first.locator("legend")).to_be_in_viewport(ratio=1)
        for answer in first.locator("label").all()[:2]:
            expect(answer).to_be_in_viewport(ratio=1)
