"""The first visit of a cheap phone: the light form is small."""

from playwright.sync_api import Browser

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
        page.locator("input[type=radio][name^=a-] >> nth=-1").click(trial=True)
    assert 0 < len(sizes) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_BYTES
