"""The first visit over a slow network: .venv/bin/python -m bench.first_visit URL

URL: of a running service with the example data. Visits the light form and the Streamlit form with
an empty cache, and prints the bytes and requests of each, and when it can be used.
"""

import argparse
import os
import shutil
import time
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

BITS_A_SECOND = 400_000
LATENCY = 0.4  # seconds
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
LONGEST = 180_000  # milliseconds
# Name, address, and what can be used once the form can.
FORMS = (
    ("light form", "/s/contoh", "input[type=radio][name^=a-] >> nth=0"),
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.first_visit", description=__doc__)
    parser.add_argument("url", help="such as http://127.0.0.1:8501")
    url = parser.parse_args().url.rstrip("/")
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    switches = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        switches.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=switches)
        print("| | bytes | requests | usable after |\n|---|---|---|---|")
        for name, path, usable in FORMS:
            one = visit(browser, url + path, usable)
            print(f"| {name} | {one.received:,} | {one.requests} | {one.seconds:.1f} s |")
        browser.close()


if __name__ == "__main__":
    main()
