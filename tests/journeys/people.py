"""How the journeys' people come in, and what they wait for."""

import re

from playwright.sync_api import Page, expect

from tests.conftest import App

# Streamlit answers over a socket; two test processes share two cores.
PATIENCE = 30_000


def password_of(app: App, username: str) -> str:
    """The random password that the app printed when it loaded the demonstration."""
    found = re.search(rf"{re.escape(username)}\s+(\S+)", app.output)
    assert found, app.output
    return found[1]


def log_in(page: Page, app: App, username: str) -> None:
    """Signs in on the plain log-in page."""
    page.context.clear_cookies()
    page.goto(f"{app.url}/masuk")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi", exact=True).fill(password_of(app, username))
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(re.compile(r"/(unit|pengguna)"))


def open_screen(page: Page, app: App, path: str, title: str) -> None:
    """Opens a screen and waits for its heading."""
    page.goto(app.url + path)
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=PATIENCE)


def choose(page: Page, label: str, option: str) -> None:
    """Chooses an option of a select box by part of its text."""
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=re.compile(re.escape(option))).first.click()


def take_time(page: Page) -> None:
    """Makes the light form one that was opened a minute ago: faster than people it is refused."""
    page.locator("input[name=t]").evaluate("opened => { opened.value -= 60 }")
