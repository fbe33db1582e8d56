"""The first visit over a slow network, both forms; ``pytest -s`` prints what was measured."""

import time
from dataclasses import dataclass

from playwright.sync_api import Browser

from tests.conftest import App

BITS_A_SECOND = 400_000
LATENCY = 0.4  # seconds
LONGEST = 180_000  # milliseconds
# Name, address, and what can be used once the form can.
FORMS = (
    ("light form", "/s/contoh", "input[type=radio][name^=a-] >> nth=-1"),
    ("Streamlit form", "/nilai?unit=contoh", "[role=radiogroup] >> nth=8"),
)


@dataclass(frozen=True)
class Visit:
    """Bytes received, with headers; requests; seconds until the form can be used.

    Messages over Streamlit's socket count by their length before compression, and as none of
    the requests.
    """

    received: int
    requests: int
    seconds: float


def visit(browser: Browser, address: str, usable: str) -> Visit:
    """A visit with an empty cache at 400 kbit/s and 400 ms, as a cheap phone would have it."""
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID") as context:
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY * 1_000,
                "downloadThroughput": BITS_A_SECOND / 8,
                "uploadThroughput": BITS_A_SECOND / 8,
            },
        )
        loaded: list[int] = []
        messages: list[int] = []
        network.on("Network.loadingFinished", lambda one: loaded.append(one["encodedDataLength"]))
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: messages.append(len(data))),
        )
        begun = time.perf_counter()
        page.goto(address, wait_until="commit", timeout=LONGEST)
        # Clickable: visible, at rest, and nothing lies over it.
        page.locator(usable).click(trial=True, timeout=LONGEST)
        seconds = time.perf_counter() - begun
        page.wait_for_load_state("load", timeout=LONGEST)
        # What stands in the address itself, such as the icon, is no request.
        sizes = [size for size in loaded if size]
        return Visit(sum(sizes) + sum(messages), len(sizes), seconds)


def test_the_light_form_is_small_where_streamlit_loads_a_program(
    app: App, browser: Browser
) -> None:
    seen = {name: visit(browser, app.url + path, usable) for name, path, usable in FORMS}
    print("\n| | bytes | requests | usable after |\n|---|---|---|---|")
    for name, one in seen.items():
        print(f"| {name} | {one.received:,} | {one.requests} | {one.seconds:.1f} s |")
    light, streamlit = seen.values()
    assert light.requests <= 2  # the page and its scripts
    assert light.received <= 10_000  # with the headers
    assert streamlit.received > 100 * light.received
