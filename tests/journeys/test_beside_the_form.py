"""The pages that a form can lead to besides the thanks: known, in line, moved on, not stored."""

import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from models import Period, now, open_engine, writing
from survey.light import forms
from survey.receipts import mint_key
from survey.rhythm import load_limit_rules
from tests.conftest import App
from tests.journeys.people import read_for_a_while
from tests.journeys.test_accessibility import SIZES, violations
from tests.journeys.test_citizen import CODE
from tests.light_service import running_light
from tests.world import a_district, a_period

FORM = "/s/puskesmas-langgur"
RULES = load_limit_rules()


@dataclass(frozen=True)
class Door:
    """The light service and its database."""

    light: App
    engine: Engine

    def closes(self, then: str = "") -> None:
        """Closes the open period; ``then``: the name of the one that is opened."""
        with writing(self.engine) as session:
            for period in session.scalars(select(Period).where(Period.closed_at.is_(None))):
                period.closed_at = now()
            if then:
                following = a_period(session, session.get_one(Period, 1).institution)
                following.code, following.name = "berikutnya", then

    def crowd(self, browser: str) -> None:
        """As many ratings from this network and kind of browser as pass without waiting."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": browser}
        with closing(http.client.HTTPConnection("127.0.0.1", self.light.port, timeout=30)) as there:
            for _ in range(RULES.bounds(0)[0]):
                form = {forms.KEY: mint_key(), forms.PERIOD: "semester-ini", forms.SEEN_AT: "0"}
                form |= {forms.PROVENANCE: "self", f"{forms.ITEM}time": "2", forms.PARTLY: "1"}
                there.request("POST", FORM, urlencode(form), headers)
                answer = there.getresponse()
                answer.read()
                assert answer.status in (303, 429)


@pytest.fixture
def door(sqlite_url: str, tmp_path: Path) -> Iterator[Door]:
    """The light service of a district."""
    engine = open_engine(sqlite_url)
    with writing(engine) as session:
        a_district(session)
    with running_light(sqlite_url, tmp_path) as light:
        yield Door(light, engine)
    engine.dispose()


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of each size, which loads none of our scripts; axe needs a browser that runs some."""
    width, height = SIZES[request.param]
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        context.route("**/light/*.js*", lambda route: route.abort())
        yield context.new_page()


def fill(page: Page, door: Door, key: str = "", language: str = "id") -> None:
    page.goto(f"{door.light.url}{FORM}?lang={language}")
    if key:
        page.locator("[name=k]").evaluate("(field, key) => { field.value = key }", key)
    for radio in page.locator("[name^=a-][value='1'], [name=w][value=self]").all():
        radio.check()
    page.locator("[name=c]").fill('Antre "lama" & <b>')
    read_for_a_while(page)


def leads_to(page: Page, title: str) -> None:
    """Sends; the page has this title, breaks no rule, and is no wider than the screen."""
    page.get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(
    ("language", "title"),
    [("id", "Formulir ini sudah kami terima"), ("en", "We have received this form already")],
)
def test_a_form_that_is_known(page: Page, door: Door, language: str, title: str) -> None:
    key = mint_key()
    fill(page, door, key, language)
    page.get_by_role("button").last.click()
    fill(page, door, key, language)
    leads_to(page, title)


def test_a_form_that_has_to_wait(page: Page, door: Door) -> None:
    fill(page, door)
    door.crowd(page.evaluate("navigator.userAgent"))
    leads_to(page, "Tunggu sebentar, lalu kirim")
    expect(page.get_by_text(f"Giliran Anda {RULES.pace_seconds} detik lagi")).to_be_visible()
    page.get_by_role("button", name="Kirim penilaian").click()  # too early: the place is kept
    expect(page.get_by_text(re.compile(r"Giliran Anda \d+ detik lagi"))).to_be_visible()


def test_where_there_are_scripts_the_page_sends_by_itself(browser: Browser, door: Door) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/light/page.js*", lambda route: route.abort())
        fill(page, door)
        door.crowd(page.evaluate("navigator.userAgent"))
        page.get_by_role("button").last.click()
        expect(page.get_by_text("Halaman ini mengirim sendiri")).to_be_visible()
        assert violations(page) == []
        expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible(
            timeout=2_000 * RULES.pace_seconds
        )


def test_a_period_that_rolls_over_is_a_choice_with_the_answers_kept(page: Page, door: Door) -> None:
    fill(page, door)
    door.closes(then="Triwulan berikutnya")
    page.get_by_role("button").last.click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Kirim untuk menilai dalam periode “Triwulan berikutnya”")
    expect(alert.get_by_role("link")).to_have_count(0)
    assert violations(page) == []
    expect(page.locator("[name=c]")).to_have_value('Antre "lama" & <b>')
    expect(page.locator("[name=a-time]").first).to_be_checked()
    page.get_by_role("button").last.click()
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    expect(page.get_by_text("Triwulan berikutnya")).to_be_visible()
    assert CODE.search(page.inner_text("main"))


@pytest.mark.parametrize("then", ["Triwulan berikutnya", ""])
def test_another_language_says_that_the_period_ended(page: Page, door: Door, then: str) -> None:
    fill(page, door)
    door.closes(then)
    page.get_by_role("button", name="English").click()
    told = f"rate in the period “{then}”" if then else "“Semester ini” has been closed"
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(page.get_by_role("textbox").last).to_have_value('Antre "lama" & <b>')
    assert violations(page) == []


def test_a_period_that_closes_for_good_says_that_nothing_is_stored(page: Page, door: Door) -> None:
    fill(page, door)
    door.closes()
    leads_to(page, "Penilaian Anda belum tersimpan")
    expect(page.get_by_text("“Semester ini” sudah ditutup")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value('Antre "lama" & <b>')


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_matters_of_privacy_stands_on_the_first_small_screen(
    browser: Browser, door: Door, language: str
) -> None:
    with browser.new_context(viewport={"width": 360, "height": 640}) as context:
        page = context.new_page()
        page.goto(f"{door.light.url}/privasi?unit=puskesmas-langgur&lang={language}")
        for seen in ("disabilitas" if language == "id" else "disability", "ppid@malra.example"):
            expect(page.get_by_text(seen).first).to_be_in_viewport(ratio=1)
        expect(page.locator("summary")).to_be_in_viewport(ratio=1)
        page.locator("summary").click()
        expect(page.get_by_text("PermenPANRB 14/2017")).to_be_visible()
        assert violations(page) == []
