"""Pages that scripts put in the form's place: each can be left, and leaves nothing behind."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from models import Unit, now, writing
from survey.kiosks import add_kiosk
from survey.receipts import instance_secret
from tests.journeys.people import on_one_page
from tests.journeys.test_accessibility import violations
from tests.journeys.test_beside_the_form import FORM, RULES, Door, door
from tests.journeys.test_kiosk_screen import COUNTDOWN, begin, send, wait_for

__all__ = ["door"]

PLAIN = "Object.defineProperty(window, 'indexedDB', {get() {}})"
KNOWN, UNSAVED = "Formulir ini sudah kami terima", "Penilaian Anda belum tersimpan"
LEFT = "(sessionStorage.form || '') + name + document.documentElement.outerHTML"
SECRET = "Antre sejak subuh"
AT_KIOSK = "Rahasia"  # what ``begin`` types


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A small phone that keeps nothing sealed."""
    with browser.new_context(viewport={"width": 360, "height": 640}, locale="id-ID") as context:
        context.add_init_script(PLAIN)
        yield context


@pytest.fixture
def screen(browser: Browser, door: Door) -> Iterator[Page]:
    """The screen of a kiosk that keeps nothing sealed, with a clock that the test moves."""
    with writing(door.engine) as session:
        clinic = session.query(Unit).filter_by(code="puskesmas-langgur").one()
        key = add_kiosk(session, instance_secret(door.light.log.parent), clinic, "Loket", now())
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.add_init_script(PLAIN)
        page = context.new_page()
        page.clock.install()
        page.goto(f"{door.light.url}/k/{key}")
        yield page


def filled(phone: BrowserContext, door: Door, query: str = "") -> Page:
    page = phone.new_page()
    page.goto(door.light.url + FORM + query)
    on_one_page(page)
    for radio in page.locator("[name^=a-][value='1'], [name=w][value=self]").all():
        radio.check()
    page.locator("[name=c]").fill(SECRET)
    page.evaluate("seen -= 20_000")  # a clock of the test's would hide that the page is reloaded
    return page


def lose_an_answer(page: Page) -> None:
    """Sends; it is stored, and the answer never arrives."""

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/*?lang=*", lose)
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("Belum terkirim karena sinyal")
    page.unroute("**/*?lang=*")


def has_place(page: Page, title: str) -> None:
    """The page stands in the form's place, and who hears it hears its heading."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(title)
    expect(heading).to_be_focused()
    expect(page.locator("#rate")).to_have_count(0)
    assert violations(page) == []


def nothing_is_left(page: Page) -> None:
    """Neither on the page of the receipt nor where going back leads."""
    expect(page.get_by_role("heading", name="Terima kasih!")).to_have_count(0)
    assert SECRET not in page.evaluate(LEFT)
    page.go_back()
    expect(page.locator("[name=c]")).to_have_value("")
    expect(page.locator("[name^=a-]:checked")).to_have_count(0)


def test_a_known_form_leaves_nothing_on_the_phone(door: Door, phone: BrowserContext) -> None:
    page = filled(phone, door)
    lose_an_answer(page)
    send(page)
    has_place(page, KNOWN)
    page.get_by_role("button", name="Ini kiriman ulang saya").click()
    page.wait_for_url("**/r/*")
    nothing_is_left(page)


def test_a_form_that_waits_is_kept_until_it_is_sent(door: Door, phone: BrowserContext) -> None:
    page = filled(phone, door)
    door.crowd(page.evaluate("navigator.userAgent"))
    send(page)
    has_place(page, "Tunggu sebentar, lalu kirim")
    page.reload()
    expect(page.locator("[name=c]")).to_have_value(SECRET)
    send(page)
    expect(page.get_by_text("Halaman ini mengirim sendiri")).to_be_visible()
    page.wait_for_url("**/r/*", timeout=2_000 * RULES.pace_seconds)
    assert SECRET not in page.evaluate(LEFT)
    page.go_back()
    expect(page.locator("[name=c]")).to_have_value("")


def test_a_kiosk_leaves_a_known_form(screen: Page) -> None:
    begin(screen)
    screen.clock.run_for(5_000)
    lose_an_answer(screen)
    send(screen)
    has_place(screen, KNOWN)
    wait_for(screen, screen.get_by_text(COUNTDOWN))
    expect(screen.get_by_role("heading", name=KNOWN)).to_be_visible()
    wait_for(screen, screen.locator("#start button"))
    assert AT_KIOSK not in screen.evaluate(LEFT)


def test_a_kiosk_leaves_a_known_form_that_came_by_itself(screen: Page) -> None:
    """As where the form was sent before its scripts had come."""
    begin(screen)
    screen.clock.run_for(5_000)
    address = screen.url
    key = screen.locator("[name=k]").input_value()
    send(screen)
    expect(screen.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    screen.goto(address)
    begin(screen)
    screen.locator("[name=k]").evaluate("(field, key) => { field.value = key }", key)
    screen.evaluate("form.submit()")
    expect(screen.get_by_role("heading", name=KNOWN)).to_be_visible()
    wait_for(screen, screen.get_by_text(COUNTDOWN))
    wait_for(screen, screen.locator("#start button"))
    assert AT_KIOSK not in screen.evaluate(LEFT)


def test_a_kiosk_whose_period_ends_says_so_and_goes_on_when_another_begins(
    door: Door, screen: Page
) -> None:
    begin(screen)
    screen.clock.run_for(5_000)
    door.closes()
    send(screen)
    has_place(screen, UNSAVED)
    expect(screen.get_by_label("Yang Anda tulis")).to_have_value(AT_KIOSK)
    wait_for(screen, screen.get_by_role("heading", name="sedang tidak menerima penilaian"))
    assert AT_KIOSK not in screen.evaluate(LEFT)
    door.closes(then="Triwulan berikutnya")
    wait_for(screen, screen.locator("#start button"))


def test_a_kiosk_without_network_stays_where_it_is(screen: Page) -> None:
    begin(screen)
    screen.clock.run_for(2_000)
    screen.context.set_offline(True)
    screen.get_by_role("button", name="English").click()
    expect(screen.get_by_text("Belum bisa dibuka karena sinyal terganggu")).to_be_visible()
    expect(screen.get_by_label("Komentar atau saran")).to_have_value(AT_KIOSK)
    screen.context.set_offline(False)
    screen.get_by_role("button", name="English").click()
    expect(screen.get_by_label("Comment or suggestion")).to_have_value(AT_KIOSK)
    screen.clock.run_for(5_000)
    screen.get_by_role("button", name="Send rating").click()
    expect(screen.get_by_role("heading", name="Thank you!")).to_be_visible()
    screen.context.set_offline(True)
    screen.get_by_role("link", name="Done", exact=True).click()
    expect(screen.get_by_text("can't be opened now")).to_be_visible()
    expect(screen.get_by_role("heading", name="Thank you!")).to_be_visible()


def test_what_a_script_finds_amiss_is_told_as_the_server_tells_it(
    door: Door, phone: BrowserContext
) -> None:
    page = filled(phone, door)
    page.locator("[name=a-time]").evaluate_all("all => all.forEach(one => one.checked = false)")
    page.locator("[name=w]").evaluate_all("all => all.forEach(one => one.checked = false)")
    page.locator("[name=c]").fill("x" * 70_000)
    send(page)
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    assert page.title().startswith("Perbaiki · ")
    invalid = page.locator("[aria-invalid=true]")
    expect(invalid).to_have_count(3)
    for one in invalid.all():
        hints = str(one.get_attribute("aria-describedby")).split()
        expect(page.locator(f"#{hints[-1]}")).to_be_visible()
    comment = page.get_by_label("Komentar atau saran")
    too_long = re.compile("Komentar terlalu panjang: 70.000 huruf. Paling banyak 2.000 huruf.$")
    expect(comment).to_have_accessible_description(too_long)
    assert violations(page) == []
    comment.fill(SECRET)
    page.locator("[name=a-time]").first.check()
    send(page)
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    expect(invalid).to_have_count(1)
    expect(page.locator("#e-comment, #e-time")).to_have_count(0)
    expect(comment).to_have_attribute("aria-describedby", "comment-hint")


def test_what_the_server_found_amiss_is_told_no_more_once_it_is_mended(
    door: Door, phone: BrowserContext
) -> None:
    page = filled(phone, door)
    page.get_by_label("Tidak mengalami satu pun").check()
    page.get_by_label("Petugas memihak").check()
    send(page)
    expect(page.locator("#e-experience")).to_be_visible()
    page.get_by_label("Petugas memihak").uncheck()
    page.locator("[name=w]").evaluate_all("all => all.forEach(one => one.checked = false)")
    send(page)
    expect(page.locator("#e-provenance")).to_be_visible()
    expect(page.locator("#e-experience")).to_have_count(0)
    assert page.title().count("Perbaiki") == 1


def test_a_sentence_of_the_door_is_told_above_what_was_typed(
    door: Door, phone: BrowserContext
) -> None:
    page = filled(phone, door)
    page.evaluate("form.append(Object.assign(document.createElement('input'), {name: 'k'}))")
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("bukan formulir kami")
    expect(page.locator("[name=c]")).to_have_value(SECRET)


def test_another_language_does_not_move_a_form_into_the_next_period(
    door: Door, phone: BrowserContext
) -> None:
    page = filled(phone, door)
    door.closes(then="Triwulan berikutnya")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Comment or suggestion")).to_have_value(SECRET)
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_role("alert")).to_contain_text("Triwulan berikutnya")
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()


def test_another_language_keeps_what_is_open_and_the_size(
    door: Door, phone: BrowserContext
) -> None:
    page = filled(phone, door)
    page.get_by_role("button", name="Huruf besar").click()
    page.locator("details", has_text="Tentang Anda").locator("summary").click()
    page.locator("#f-sex").select_option(index=1)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Large")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_class("large")
    expect(page.locator("#f-sex")).to_be_visible()
    expect(page.locator("#f-sex")).not_to_have_value("")
