"""Everybody can use the citizens' pages: axe finds nothing, and a keyboard is enough."""

import re
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import App
from tests.journeys.people import (
    PATIENCE,
    an_interviewer,
    log_in,
    on_one_page,
    open_screen,
    until,
    until_seen,
)
from tests.journeys.test_citizen import CODE
from tests.journeys.test_kiosk_screen import begin, kiosk, screen, send
from tests.journeys.test_offline import CONTROLLED

__all__ = ["kiosk", "screen"]

WHO = re.compile("^(Siapa yang mengisi|Who is filling)")
READING = 20_000  # milliseconds, by the page's own clock: nobody answers at once
SIZES = {"phone": (360, 740), "desk": (1280, 900)}
INSIDE = "[role=radiogroup][aria-label^='{} dari 9'] input"
AT_REST = "document.getAnimations().every(one => one.playState !== 'running')"
FOCUS = """() => {
    const style = getComputedStyle(document.activeElement);
    return document.activeElement !== document.body && style.outlineStyle !== "none"
        && parseFloat(style.outlineWidth) >= 2;
}"""


def violations(page: Page, *impacts: str) -> list[tuple[str, str, list[Any]]]:
    """The rules that axe finds broken on the page, of these impacts or of all."""
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["impact"], [node["target"] for node in one["nodes"]])
        for one in found
        if not impacts or one["impact"] in impacts
    ]


def serious_violations(page: Page) -> list[tuple[str, str, list[Any]]]:
    """Those of a page of Streamlit's, once it has come to rest: it fades what it draws anew."""
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENCE)
    until(page, AT_REST)
    return violations(page, "serious", "critical")


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_card_breaks_a_rule(app: App, browser: Browser, language: str) -> None:
    """Of a unit that announced its index, of one that did not, and of none; as narrow as 240."""
    with browser.new_context(viewport={"width": 240, "height": 440}) as context:
        page = context.new_page()
        for code in ("contoh", "dinkes-contoh", "tidak-ada"):
            page.goto(f"{app.url}/kartu/{code}?lang={language}")
            expect(page.locator("html")).to_have_attribute("lang", language)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["id", "en", "jv"])
def test_no_light_page_breaks_a_rule(app: App, browser: Browser, language: str, size: str) -> None:
    width, height = SIZES[size]
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()

        def look(path: str) -> None:
            page.goto(f"{app.url}{path}lang={language}")
            check()

        def check() -> None:
            expect(page.locator("html")).to_have_attribute("lang", language)
            assert violations(page) == []
            overflow = "document.documentElement.scrollWidth - innerWidth"
            assert page.evaluate(overflow) <= 0

        look("/s?")
        look("/s?q=tidak+ada&")
        look("/s/tidak-ada?")
        look("/r?")
        look("/r?kode=AAAA&")
        look("/r/AAAA-BBBB-CCCC?")
        look("/u/contoh?")
        look("/u/dinkes-contoh?")
        look("/privasi?unit=contoh&")
        look("/s/dinkes-contoh?")
        seen = page.evaluate("performance.now()")
        check()
        on_one_page(page)
        page.locator("#send").click()
        expect(page.get_by_role("alert")).to_be_visible()
        check()
        page.locator("input[name=w]").first.check()
        page.locator("#send").click()  # refused by the server: nothing is answered
        expect(page).to_have_title(re.compile("^(Perbaiki|Fix)"))
        check()
        page.locator("input[name=a-time]").first.check()
        page.locator("#f-comment").fill("Antre")
        check()
        until_seen(page, seen)
        page.locator("#send").click()
        page.locator("#partly").click()
        page.wait_for_url(re.compile("/r/"))
        check()
        look(f"{page.url.removeprefix(app.url).partition('?')[0]}?")


SAID = {"alert", "button", "contentinfo", "group", "heading", "link", "navigation", "radio"}


def said_in_order(page: Page) -> list[str]:
    """What a screen reader meets, from the browser's own tree, in its order."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    known = {node["nodeId"]: node for node in nodes}
    said, waiting = [], [nodes[0]]
    while waiting:
        node = waiting.pop()
        role = node.get("role", {}).get("value")
        if role in SAID and not node["ignored"]:
            said.append(f"{role} {node.get('name', {}).get('value', '')}".strip())
        waiting += [known[one] for one in reversed(node.get("childIds", [])) if one in known]
    return said


def test_the_order_in_which_a_screen_reader_says_the_form(app: App, page: Page) -> None:
    page.goto(f"{app.url}/s/dinkes-contoh")
    answers = ["Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai", "Tidak tahu"]
    begins = [
        *("link Suara Layanan", "button Huruf besar", "navigation Bahasa / Language"),
        *("button English", "button Basa Jawa", "button Basa Sunda"),
        *("heading Bagaimana kunjungan Anda", "link Privasi", "group 1 dari 9. "),
        *(f"radio {answer}" for answer in answers),
        *("button Lanjut", "button Semua di satu halaman", "contentinfo", "link Privasi"),
    ]
    said = said_in_order(page)
    assert len(said) == len(begins)
    assert all(one.startswith(start) for one, start in zip(said, begins, strict=True)), said
    on_one_page(page)
    until(page, "window.amiss")  # which comes after the form itself
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    said = said_in_order(page)
    at = said.index("alert")
    assert said[at + 1] == "link Pilih siapa yang mengisi."
    assert said[at + 2].startswith("heading Bagaimana kunjungan Anda")


@pytest.mark.parametrize("language", ["id", "jv"])
def test_what_is_kept_on_the_device_breaks_no_rule(
    app: App, browser: Browser, language: str
) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        page.clock.install()
        key = an_interviewer(app, "dinkes-contoh")
        page.goto(f"{app.url}/s/dinkes-contoh?e={key}&lang={language}")
        page.evaluate(CONTROLLED)
        context.set_offline(True)
        on_one_page(page)
        page.locator("input[name=a-time]").first.check()
        page.locator("input[name=w]").last.check()
        page.clock.fast_forward(READING)
        page.locator("#send").click()
        page.locator("#partly").click()
        expect(page.locator("#list li")).to_have_count(1)
        assert violations(page) == []


@pytest.mark.parametrize("size", SIZES)
def test_no_page_of_a_kiosk_breaks_a_rule(app: App, screen: Page, size: str) -> None:
    width, height = SIZES[size]
    screen.set_viewport_size({"width": width, "height": height})
    assert violations(screen) == []
    begin(screen)
    assert violations(screen) == []
    screen.clock.run_for(5_000)
    send(screen)
    screen.wait_for_url(re.compile(rf"/k/.*/{CODE.pattern}"))
    expect(screen.get_by_text(CODE)).to_be_visible()
    assert violations(screen) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_streamlit_form_breaks_no_serious_rule(
    app: App, browser: Browser, language: str, size: str
) -> None:
    width, height = SIZES[size]
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        open_screen(page, app, f"/nilai?unit=contoh&lang={language}", "Disdukcapil Contoh")
        questions = page.get_by_role("radiogroup", name=re.compile(r"^\d (dari|of) 9"))
        expect(questions).to_have_count(9, timeout=PATIENCE)
        seen = page.evaluate("performance.now()")
        assert serious_violations(page) == []
        send = page.get_by_role("button", name=re.compile("^(Kirim penilaian|Send)"))
        send.last.click()
        nothing = page.get_by_text(re.compile("Belum ada yang diisi|Nothing"))
        expect(nothing.first).to_be_visible(timeout=PATIENCE)
        assert serious_violations(page) == []
        for at in range(9):
            questions.nth(at).locator("label").nth(2).click()
        page.get_by_role("radiogroup", name=WHO).locator("label").first.click()
        until_seen(page, seen)
        send.last.click()
        expect(page.get_by_role("heading", name=CODE)).to_be_visible(timeout=PATIENCE)
        assert serious_violations(page) == []


def test_home_and_the_overview_break_no_serious_rule(app: App, browser: Browser) -> None:
    """With the menu, and the tabs of the subject."""
    width, height = SIZES["phone"]
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        log_in(page, app, "koordinator.contoh")
        for path, title in (("/beranda", "Beranda"), ("/ikhtisar", "Semua unit")):
            open_screen(page, app, path, title)
            assert serious_violations(page) == []
        expect(page.get_by_role("table")).to_be_visible()


FEDERATION = {
    "/kiriman": ("koordinator.contoh", "^(Kirim|Bundle for)"),
    "/kiriman-daerah": ("analis.contoh", "^(Kiriman daerah|Bundles of)"),
    "/daerah": ("admin.contoh", "^(Kunci daerah|Keys of)"),
}


@pytest.mark.parametrize("path", FEDERATION)
def test_no_page_of_districts_bundles_breaks_a_serious_rule(
    app: App, browser: Browser, path: str
) -> None:
    """In both languages; none is wider than the window."""
    who, title = FEDERATION[path]
    with browser.new_context() as context:
        page = context.new_page()
        log_in(page, app, who)
        for (width, height), language in product(SIZES.values(), ("id", "en")):
            page.set_viewport_size({"width": width, "height": height})
            open_screen(page, app, f"{path}?lang={language}", re.compile(title))
            assert serious_violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def tab_to(page: Page, selector: str, seen: bool = True) -> None:
    """Tab, until the focus is where it should be; it must be visible there."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", selector):
            assert not seen or page.evaluate(FOCUS), selector
            return
    pytest.fail(f"Tab never reached {selector}")


def test_the_light_form_by_keyboard_alone(app: App, page: Page) -> None:
    page.clock.install()
    page.goto(f"{app.url}/s?q=contoh")
    tab_to(page, "a[href^='/s/contoh']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/s/contoh"))
    names = page.locator("input[type=radio][name^=a-]").evaluate_all(
        "radios => [...new Set(radios.map(one => one.name))]"
    )
    assert len(names) == 9
    for name in names:
        tab_to(page, f"input[name='{name}']")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        tab_to(page, "#on")
        page.keyboard.press("Enter")
    chosen = page.locator("input[type=radio][name^=a-]:checked")
    expect(chosen).to_have_count(9)
    assert chosen.evaluate_all("radios => radios.map(one => one.value)") == ["2"] * 9
    tab_to(page, "input[name=e][value=none]")
    page.keyboard.press("Space")
    tab_to(page, "#on")
    page.keyboard.press("Enter")
    tab_to(page, "input[name=w]")
    page.keyboard.press("Space")
    tab_to(page, "#rate summary")
    page.keyboard.press("Enter")
    tab_to(page, "#f-sex")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#on")
    page.keyboard.press("Enter")
    tab_to(page, "textarea")
    page.keyboard.type("Ramah")
    page.clock.fast_forward(READING)
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    assert CODE.search(page.inner_text("main"))


def test_the_streamlit_form_by_keyboard_alone(app: App, page: Page) -> None:
    open_screen(page, app, "/nilai?unit=contoh", "Disdukcapil Contoh")
    questions = page.get_by_role("radiogroup", name=re.compile(r"^\d dari 9"))
    expect(questions).to_have_count(9, timeout=PATIENCE)
    seen = page.evaluate("performance.now()")
    unfocused = questions.first.screenshot()
    tab_to(page, INSIDE.format(1), seen=False)
    assert questions.first.screenshot() != unfocused  # Streamlit draws the focus by itself
    page.keyboard.press("Shift+Tab")
    for at in range(9):
        tab_to(page, INSIDE.format(at + 1), seen=False)
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        expect(questions.nth(at).get_by_role("radio", checked=True)).to_have_count(1)
    tab_to(page, "[role=radiogroup][aria-label^='Siapa'] input", seen=False)
    page.keyboard.press("Space")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Kirim penilaian":
            break
    until_seen(page, seen)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=CODE)).to_be_visible(timeout=PATIENCE)
