"""In a browser: what hostile people wrote is read, and is nowhere a link, an icon or a mark."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from accounts.passwords import hash_password
from models import User, writing
from survey.receipts import instance_secret
from tests.conftest import App, running_app
from tests.journeys.people import PATIENCE, settle
from tests.screens.hostile import HOSTILE, load_hostile

PASSWORD = "kata sandi yang panjang"
PUBLIC = ("/nilai?unit=contoh", "/ikm?unit=contoh", "/hasil")
SIGNED_IN = ("/komentar", "/temuan", "/telusur", "/sampel", "/catatan")
SEEN = """() => {
    const all = (what) => [...document.querySelectorAll(what)];
    const marks = all("strong, b, em, code, del, .katex, h1, h2, h3, [style*='color']");
    const icons = all("main [role=img], [data-testid=stMain] [role=img]");
    return {
        links: all("a[href*='evil'], a[href*='.test']").map((one) => one.getAttribute("href")),
        marks: marks.filter((one) => ["x", "c", "s", "a", "z"].includes(one.textContent)).length,
        icons: icons.filter((one) => one.getAttribute("aria-label") === "verified icon").length,
        text: document.body.innerText.replaceAll("\\u2060", ""),
    };
}"""


@pytest.fixture
def hostile_app(tmp_path: Path, migrated_file: Path) -> Iterator[App]:
    """The service over the database of hostile people, whose analyst can sign in."""
    engine = load_hostile(migrated_file, tmp_path / "app.sqlite3", instance_secret(tmp_path))
    with writing(engine) as session:
        known = {"password_hash": hash_password(PASSWORD)}
        session.execute(update(User).where(User.username == "analis.contoh").values(known))
    engine.dispose()
    with running_app(tmp_path) as app:
        yield app


def looked_at(page: Page, address: str) -> bool:
    """Whether the hostile text is there to be read; it is never more than text."""
    page.goto(address)
    page.locator("[data-testid=stMain] h1").first.wait_for(timeout=PATIENCE)
    settle(page)
    seen = page.evaluate(SEEN)
    leading_away = [link for link in seen["links"] if not link.startswith("#")]  # to a heading
    assert (leading_away, seen["marks"], seen["icons"]) == ([], 0, 0), address
    return HOSTILE in seen["text"]


def test_hostile_words_are_read_and_nothing_else(hostile_app: App, page: Page) -> None:
    read = [path for path in PUBLIC if looked_at(page, hostile_app.url + path)]
    assert "/nilai?unit=contoh" in read
    page.goto(f"{hostile_app.url}/masuk")
    page.get_by_label("Nama akun").fill("analis.contoh")
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/beranda*")
    read = [path for path in SIGNED_IN if looked_at(page, hostile_app.url + path)]
    assert "/komentar" in read
