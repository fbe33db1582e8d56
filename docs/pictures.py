"""Takes the README's pictures anew: .venv/bin/python -m docs.pictures"""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from tests.conftest import App, running_app, running_browser
from tests.journeys.people import log_in, read_for_a_while

FOLDER = Path(__file__).parent / "images"
LIGHT_FORM = "/s/contoh"
TIME_TO_DRAW = 4_000
# File, who looks, where, and the size of the window.
PICTURES = (
    ("rate", None, "/nilai?unit=contoh", (360, 760)),
    ("light-form", None, LIGHT_FORM, (360, 740)),
    ("privacy", None, "/privasi?unit=contoh", (360, 740)),
    ("unit", "petugas.contoh", "/unit", (1280, 960)),
    ("scores", "analis.contoh", "/indeks", (1280, 960)),
    ("results", None, "/hasil", (360, 760)),
)


def take(
    browser: Browser, app: App, name: str, who: str | None, path: str, size: tuple[int, int]
) -> None:
    """One picture, in a browser that has seen nothing before."""
    width, height = size
    with browser.new_context(
        viewport={"width": width, "height": height}, locale="id-ID"
    ) as context:
        page = context.new_page()
        if who:
            log_in(page, app, who)
        page.goto(app.url + path)
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(TIME_TO_DRAW)
        page.screenshot(path=FOLDER / f"{name}.png")


def take_thanks(browser: Browser, app: App) -> None:
    """What a citizen sees after sending the light form."""
    with browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False
    ) as context:
        page = context.new_page()
        page.goto(app.url + LIGHT_FORM)
        page.locator("input[name=a-time]").nth(2).check()
        read_for_a_while(page)
        page.get_by_label("Saya sendiri").check()
        page.get_by_role("button", name="Kirim penilaian").click()
        page.get_by_role("button", name="Kirim tanpa jawaban itu").click()
        page.get_by_role("heading", name="Terima kasih!").wait_for()
        page.screenshot(path=FOLDER / "light-thanks.png")


if __name__ == "__main__":
    with (
        TemporaryDirectory() as folder,
        running_app(Path(folder)) as app,
        running_browser() as browser,
    ):
        for picture in PICTURES:
            take(browser, app, *picture)
        take_thanks(browser, app)
