"""A kiosk's screen: begins with a touch, returns to the start by itself, leaves nothing behind."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from models import Unit, now, open_engine, writing
from survey.kiosks import add_kiosk, find_kiosk
from survey.receipts import instance_secret
from tests.conftest import App
from tests.journeys.people import on_one_page, until
from tests.journeys.test_citizen import CODE
from tests.journeys.test_light_door import ask, responses

COUNTDOWN = "Kembali ke awal"
STILL_HERE = "Masih di sini?"
LEFT_BEHIND = """async () => [
    localStorage.length, sessionStorage.length, (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
    (await queued()).length, history.length - 2,
    [...document.forms[0].elements].filter(e => e.checked && e.name !== 'r').length,
    document.querySelectorAll('details[open]:not(#sent)').length, name.length,
    document.forms[0].r.value, document.forms[0].c.value]"""
# Before the kiosk a new tab shows an empty page.
NOTHING = [0, 0, 0, 0, 0, 0, 0, 0, 0, "ombudsman", ""]


@pytest.fixture(scope="module")
def kiosk(app: App) -> Iterator[str]:
    """The address of a kiosk of the demonstration's unit."""
    folder = app.log.parent
    secret = instance_secret(folder)
    engine = open_engine(f"sqlite:///{folder / 'app.sqlite3'}")
    with writing(engine) as session:
        unit = session.scalars(select(Unit).where(Unit.code == "contoh")).one()
        key = add_kiosk(session, secret, unit, "Loket 1", now())
    yield f"{app.url}/k/{key}"
    with writing(engine) as session:
        registered = find_kiosk(session, secret, key)
        assert registered
        registered.closed_at = now()
    engine.dispose()


@pytest.fixture
def screen(browser: Browser, kiosk: str) -> Iterator[Page]:
    """The kiosk's screen at the start, with a clock that the test moves."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.clock.install()
        page.goto(kiosk)
        yield page


def begin(screen: Page) -> None:
    screen.get_by_role("button", name="Sentuh untuk mulai").click()
    on_one_page(screen)
    for radio in screen.locator("input[name^=a-][value='2']").all():
        radio.check()
    screen.get_by_label("Saya sendiri").check()
    screen.get_by_label("Komentar atau saran").fill("Rahasia")
    screen.get_by_label("Kantor ini dan Ombudsman").check()


def send(screen: Page) -> None:
    screen.get_by_role("button", name="Kirim penilaian").click()


def wait_for(screen: Page, shown: Locator) -> None:
    """Lets seconds pass until it is shown: a touch that the browser tells late begins them anew."""
    for _ in range(90):
        if shown.is_visible():
            return
        screen.clock.run_for(1_000)
    expect(shown).to_be_visible()


def at_start(screen: Page) -> None:
    """At the start in the language of the first citizen, its page loaded anew."""
    with screen.expect_navigation():
        wait_for(screen, screen.locator("#start button"))
    expect(screen.get_by_role("button", name="Sentuh untuk mulai")).to_be_visible()
    expect(screen.get_by_role("button", name="Kirim penilaian")).to_be_hidden()
    screen.wait_for_load_state("networkidle")
    until(screen, "window.sendSealed")


def test_who_walks_away_leaves_nothing(screen: Page) -> None:
    begin(screen)
    screen.locator("summary", has_text="Privasi").click()
    expect(screen.get_by_text("Dasar hukum")).to_be_visible()
    screen.clock.run_for(58_000)
    expect(screen.get_by_text(STILL_HERE)).to_be_hidden()
    wait_for(screen, screen.get_by_text(STILL_HERE))
    screen.clock.run_for(18_000)  # whoever needs it has 20 seconds
    expect(screen.get_by_text(STILL_HERE)).to_be_visible()
    screen.mouse.click(5, 500)
    expect(screen.get_by_text(STILL_HERE)).to_be_hidden()
    expect(screen.get_by_label("Komentar atau saran")).to_have_value("Rahasia")
    at_start(screen)
    expect(screen.get_by_label("Komentar atau saran")).to_have_value("")
    assert screen.evaluate(LEFT_BEHIND) == NOTHING


def test_the_receipt_goes_by_itself(app: App, screen: Page, kiosk: str) -> None:
    before = responses(app)
    begin(screen)
    screen.clock.run_for(5_000)
    send(screen)
    expect(screen.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    expect(screen.get_by_text(CODE)).to_be_visible()
    expect(screen.get_by_text("lapor.go.id")).to_be_visible()
    wait_for(screen, screen.get_by_text(COUNTDOWN))
    assert responses(app) == before + 1
    at_start(screen)
    assert screen.url == kiosk
    assert screen.evaluate(LEFT_BEHIND) == NOTHING
    screen.go_back()
    expect(screen.get_by_text("Rahasia")).to_have_count(0)
    expect(screen.get_by_text(CODE)).to_have_count(0)


def test_what_is_wrong_is_told_in_place(app: App, screen: Page) -> None:
    before = responses(app)
    begin(screen)
    screen.clock.run_for(5_000)
    screen.get_by_label("Tidak mengalami satu pun").check()
    screen.get_by_label("Petugas memihak").check()
    send(screen)
    problem = screen.get_by_role("alert").get_by_role("link")
    expect(problem).to_contain_text("dan juga yang lain. Pilih salah satu")
    assert screen.evaluate("history.length") == 2
    screen.get_by_label("Petugas memihak").uncheck()
    expect(screen.get_by_label("Komentar atau saran")).to_have_value("Rahasia")
    send(screen)
    expect(screen.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    assert responses(app) == before + 1


def test_without_network_it_keeps_the_answers_sealed_and_goes_on(app: App, screen: Page) -> None:
    before = responses(app)
    until(screen, "window.sendSealed")
    begin(screen)
    screen.clock.run_for(5_000)
    screen.context.set_offline(True)
    send(screen)
    expect(screen.get_by_text("Tersimpan di HP ini")).to_be_visible()
    receipt = CODE.search(screen.get_by_role("status").first.inner_text())
    assert receipt
    wait_for(screen, screen.get_by_text(COUNTDOWN))
    wait_for(screen, screen.locator("#start button"))
    assert "Rahasia" not in screen.content()
    screen.context.set_offline(False)
    expect(screen.get_by_text(CODE)).to_have_count(0)
    until(screen, "!(await queued()).length")
    assert responses(app) == before + 1
    assert ask(app, f"/r/{receipt[0]}")[0].status == 200  # it holds now
    assert screen.evaluate(LEFT_BEHIND) == NOTHING


def test_what_is_refused_later_stays_on_the_kiosk_and_is_said_at_its_start(
    app: App, screen: Page
) -> None:
    before = responses(app)
    until(screen, "window.sendSealed")
    begin(screen)
    screen.clock.run_for(5_000)
    screen.context.set_offline(True)
    send(screen)
    expect(screen.get_by_text("Tersimpan di HP ini")).to_be_visible()
    screen.route(
        "**/sealed**", lambda route: route.fulfill(status=422, json={"problems": ["Ditolak."]})
    )
    screen.context.set_offline(False)
    expect(screen.locator("#unsent")).to_contain_text("belum diterima: Ditolak. Jawaban tetap")
    screen.unroute_all()
    with screen.expect_response("**/sealed**") as sent:  # from the start, which is loaded anew
        screen.locator("#next").click()
    assert sent.value.status == 200
    expect(screen.get_by_role("button", name="Sentuh untuk mulai")).to_be_visible()
    assert responses(app) == before + 1


def test_it_speaks_indonesian_again_to_the_next_citizen(screen: Page, kiosk: str) -> None:
    begin(screen)
    screen.get_by_role("button", name="English").click()
    expect(screen.get_by_label("Comment or suggestion")).to_have_value("Rahasia")
    expect(screen.locator("input[name^=a-]:checked")).to_have_count(9)
    at_start(screen)
    assert screen.url == kiosk
    assert screen.evaluate(LEFT_BEHIND) == NOTHING


def test_over_plain_http_nothing_stays_either(app: App, screen: Page, kiosk: str) -> None:
    before = responses(app)
    screen.goto(kiosk.replace("127.0.0.1", "plain-http.test"))
    begin(screen)
    screen.clock.run_for(5_000)
    screen.context.set_offline(True)
    send(screen)
    expect(screen.get_by_text("Belum terkirim karena sinyal")).to_be_visible()
    screen.context.set_offline(False)
    send(screen)
    expect(screen.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    assert screen.evaluate("history.length") == 3  # with the empty page, and the other address
    assert responses(app) == before + 1
