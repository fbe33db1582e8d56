"""How the journeys' people come in, and what they wait for."""

import re

import pyotp
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import Unit, now, open_engine, writing
from survey.checks import SHORTEST
from survey.kiosks import add_interviewer
from survey.receipts import instance_secret
from tests.conftest import App
from tests.door import OWN

# Streamlit answers over a socket; three test processes share two cores.
PATIENCE = 30_000
RESTS, A_REST = 3, 70  # so often, for so many milliseconds
UNTIL = """new Promise((done, fail) => {
    const end = performance.now() + %(patience)d;
    const look = async () => {
        if (%(condition)s) done();
        else if (performance.now() > end) fail(new Error("never: " + `%(condition)s`));
        else setTimeout(look, 20);
    };
    look();
})"""


def password_of(app: App, username: str) -> str:
    """The random password that was told when the demonstration was loaded."""
    found = re.search(rf"{re.escape(username)}\s+(\S+)", app.log_ins)
    assert found, app.log_ins
    return found[1]


def an_interviewer(app: App, unit: str | None) -> str:
    """The key of a registered interviewer of the unit with this code, or of the Ombudsman."""
    engine = open_engine(f"sqlite:///{app.log.parent / 'app.sqlite3'}")
    with writing(engine) as session:
        of = session.scalars(select(Unit).where(Unit.code == unit)).one() if unit else None
        key = add_interviewer(session, instance_secret(app.log.parent), of, "Siti", now())
    engine.dispose()
    return key


def change_password(page: Page, present: str) -> None:
    """Chooses a password of one's own, on the page that asks for it."""
    page.get_by_label("Kata sandi sekarang").fill(present)
    page.get_by_label("Kata sandi baru, sedikitnya").fill(OWN)
    page.get_by_label("Kata sandi baru, sekali lagi").fill(OWN)
    page.get_by_role("button", name="Ganti kata sandi").click()


def set_up_second_factor(page: Page) -> str:
    """Reads the key in, as a telephone does, and keeps the recovery codes; gives the key."""
    page.wait_for_url(re.compile("/faktor"))
    key = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("Kode 6 angka yang ditampilkan").fill(code_of(key))
    page.get_by_role("button", name="Pasang").click()
    page.get_by_role("button", name="Sudah saya simpan").click()
    return key


def code_of(key: str, after: int = 0) -> str:
    """What the telephone shows now, or so many steps later."""
    return pyotp.TOTP(key).at(now(), counter_offset=after)


def log_in(page: Page, app: App, username: str) -> None:
    """Signs in on the plain log-in page."""
    page.context.clear_cookies()
    page.goto(f"{app.url}/masuk")
    page.get_by_label("Nama akun").fill(username)
    page.get_by_label("Kata sandi", exact=True).fill(password_of(app, username))
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(re.compile("/beranda"))


def open_screen(page: Page, app: App, path: str, title: str | re.Pattern[str]) -> None:
    """Opens a screen and waits for its heading, and until all of it is drawn."""
    page.goto(app.url + path)
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=PATIENCE)
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    """Chooses an option of a select box by part of its text, and waits for what follows."""
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=re.compile(re.escape(option))).first.click()
    settle(page)


def settle(page: Page) -> None:
    """Waits until Streamlit has been at rest for a moment; before, what is typed may be lost."""
    drawn = page.locator("[data-test-script-state=notRunning]")
    for _ in range(RESTS):
        expect(drawn).to_have_count(1, timeout=PATIENCE)
        page.wait_for_timeout(A_REST)
    expect(drawn).to_have_count(1, timeout=PATIENCE)


def read_for_a_while(page: Page) -> None:
    """Lets the light form have been seen long ago, where no script measures that."""
    page.locator("[name=t]").evaluate("field => { field.value = 0 }")


def on_one_page(page: Page) -> None:
    """All of the light form at once, where scripts show it step by step."""
    page.locator("#all").click()


def until(page: Page, condition: str) -> None:
    """Waits for a condition in JavaScript, which may await.

    Playwright's wait_for_function may not, and it evaluates text in the page each time it looks
    again, which our content security policy forbids.
    """
    page.evaluate(UNTIL % {"condition": condition, "patience": PATIENCE})


def until_seen(page: Page, since: float) -> None:
    """Waits until a form that was seen at ``since`` (performance.now) may be sent."""
    until(page, f"performance.now() - {since} >= {1_000 * SHORTEST}")
