"""The light form on a phone: sealed, kept without network, counted once, never lost silently."""

import io
import re
import wave
from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from sqlalchemy import select

from models import Evidence, Period, Recording, Unit, User, now, open_engine, writing
from survey.asking import place_of
from tests.conftest import App
from tests.journeys.people import an_interviewer, on_one_page, until
from tests.journeys.test_citizen import CODE
from tests.journeys.test_light_door import responses
from tests.world import a_district

# Units of their own for those who send much: from one address only so many rate one unit.
FORM = "/s/dpmptsp-contoh"

CONTROLLED = "navigator.serviceWorker.ready.then(() => true)"
QUEUE = """queued().then(forms => forms.map(({sealed, ...rest}) => ({
    ...rest, sealed: sealed && new TextDecoder('latin1').decode(sealed)})))"""
RECEIPT = re.compile(CODE.pattern)


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that has never been here."""
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID") as context:
        yield context


def visit(phone: BrowserContext, app: App, query: str = "") -> Page:
    """The form, opened and kept for later."""
    page = phone.new_page()
    page.clock.install()
    page.goto(app.url + FORM + query)
    on_one_page(page)
    page.evaluate(CONTROLLED)
    return page


def a_unit_to_close(app: App) -> tuple[str, Callable[[], None]]:
    """A unit with a period of its own, and what closes that period."""
    engine = open_engine(f"sqlite:///{app.log.parent / 'app.sqlite3'}")
    with writing(engine) as session:
        district = a_district(session)
        unit, period = district.clinic.code, district.period.id

    def close() -> None:
        with writing(engine) as session:
            session.get_one(Period, period).closed_at = now()

    return unit, close


def fill(page: Page, comment: str = "") -> None:
    """All questions, on one page."""
    if page.locator("#steps").is_visible():
        on_one_page(page)
    for radio in page.locator("input[name^=a-][value='3']").all():
        radio.check()
    if not page.locator("[name=w]:checked").count():
        page.get_by_label("Saya sendiri").check()
    page.get_by_label("Komentar atau saran").fill(comment)
    page.clock.fast_forward(20_000)  # nobody answers at once


def send(page: Page) -> None:
    page.get_by_role("button", name="Kirim penilaian").click()


def told(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def test_two_forms_filled_without_network_are_kept_sealed_then_counted(
    app: App, phone: BrowserContext
) -> None:
    before, page = responses(app), visit(phone, app)
    phone.set_offline(True)
    page.reload()
    for comment in ("Rahasia pertama", "Rahasia kedua"):
        fill(page, comment)
        send(page)
        expect(page.get_by_role("status")).to_contain_text("Tersimpan di HP ini")
        expect(page.get_by_role("button", name="Isi formulir berikutnya")).to_be_hidden()
        page.reload()
        expect(page.locator("input[type=radio][name^=a-]:checked")).to_have_count(0)
        expect(page.get_by_label("Komentar atau saran")).to_have_value("")
    until(page, "window.sendSealed")
    kept = page.evaluate(QUEUE)
    assert len({one["key"] for one in kept}) == 2
    assert not re.search("Rahasia|a-requirements", "".join(one["sealed"] for one in kept))
    assert responses(app) == before
    page.close()
    page = phone.new_page()  # it survives closing the page
    page.goto(app.url + FORM)
    expect(page.get_by_role("listitem").filter(has_text="menunggu sinyal")).to_have_count(2)
    phone.set_offline(False)
    counted = page.get_by_role("listitem").filter(has_text=RECEIPT)
    expect(counted).to_have_count(2)
    codes = set(CODE.findall(" ".join(counted.all_inner_texts())))
    assert len(codes) == 2
    assert RECEIPT.search(told(page))
    assert responses(app) == before + 2
    page.get_by_role("button", name="Hapus daftar").click()
    expect(page.get_by_text("Dikirim dan menunggu")).to_be_hidden()
    assert page.evaluate(QUEUE) == []


def test_sent_at_once_it_leaves_nothing_on_the_phone(app: App, phone: BrowserContext) -> None:
    before, page = responses(app), visit(phone, app)
    fill(page)
    send(page)
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    receipt = CODE.search(page.inner_text("main"))
    assert receipt
    page.reload()
    expect(page.get_by_text(receipt[0])).to_be_visible()
    assert responses(app) == before + 1
    page.goto(app.url + FORM)
    expect(page.locator("input[type=radio][name^=a-]:checked")).to_have_count(0)
    until(page, "window.sendSealed")
    assert page.evaluate(QUEUE) == []
    kept = "caches.open((await caches.keys())[0]).then(cache => cache.keys())"
    addresses = page.evaluate(f"async () => (await {kept}).map(one => new URL(one.url).pathname)")
    assert sorted(addresses) == ["/light/kept.js", "/light/page.js", FORM]


def test_a_double_tap_is_stored_once(app: App, phone: BrowserContext) -> None:
    before, page = responses(app), visit(phone, app)
    fill(page)
    page.get_by_role("button", name="Kirim penilaian").dblclick()
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    assert responses(app) == before + 1


def test_only_what_may_have_arrived_keeps_its_key(app: App, phone: BrowserContext) -> None:
    before, page = responses(app), visit(phone, app)
    key = page.locator("[name=k]").input_value()
    page.reload()
    expect(page.locator("[name=k]")).not_to_have_value(key)
    fill(page)
    key = page.locator("[name=k]").input_value()
    page.get_by_label("Tidak mengalami satu pun").check()
    page.get_by_label("Petugas memihak").check()
    send(page)
    problem = page.get_by_role("alert").get_by_role("link")
    expect(problem).to_contain_text("dan juga yang lain. Pilih salah satu")
    expect(page.locator("[name=k]")).to_have_value(key)
    page.get_by_label("Petugas memihak").uncheck()
    send(page)
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    receipt = CODE.search(page.inner_text("main"))
    assert receipt
    page.go_back()
    assert page.url == "about:blank"  # the form is no more in the history
    page.goto(app.url + FORM)
    expect(page.locator("[name=k]")).not_to_have_value(key)
    expect(page.locator("input[name^=a-]:checked")).to_have_count(0)
    assert responses(app) == before + 1


def test_reload_and_another_language_keep_all_that_was_typed(
    app: App, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.goto(f"{app.url}{FORM}")
    page.get_by_role("radio", name="Sesuai", exact=True).check()
    second = page.get_by_role("group", name=re.compile("^2 dari 9"))
    expect(second).to_be_visible()  # by itself
    page.reload()
    expect(second).to_be_visible()
    on_one_page(page)
    page.get_by_label("Saya sendiri").check()
    page.locator("summary", has_text="Tentang Anda").click()
    page.get_by_label("Umur").select_option("25_34")
    page.get_by_label("Komentar atau saran").fill("Antre lama")
    for name, comment in (("English", "Comment"), ("Bahasa Indonesia", "Komentar")):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_label(comment)).to_have_value("Antre lama")
        expect(page.locator("input:checked")).to_have_count(3)
        expect(page.locator("#f-age")).to_have_value("25_34")
    page.goto(f"{app.url}{FORM}")  # who opens the address anew begins anew
    expect(page.locator("input:checked")).to_have_count(1)
    assert page.evaluate("sessionStorage.length") == 0


def test_a_copy_of_the_tab_is_another_form(app: App, phone: BrowserContext) -> None:
    """A tab that the page opens has a copy of its storage, as a duplicated one has."""
    page = phone.new_page()
    page.goto(f"{app.url}{FORM}")
    page.get_by_role("radio", name="Sesuai", exact=True).check()
    page.evaluate("tried = true; store(true)")  # it may have arrived
    key = page.locator("[name=k]").input_value()
    with phone.expect_page() as opened:
        page.evaluate("open(location.href)")
    copy = opened.value
    expect(copy.get_by_role("group", name=re.compile("^1 dari 9"))).to_be_visible()
    expect(copy.locator("input[name^=a-]:checked")).to_have_count(0)
    assert copy.locator("[name=k]").input_value() != key


def test_the_copy_on_the_phone_holds_no_token(app: App, phone: BrowserContext) -> None:
    page = visit(phone, app, "?v=AAAA-BBBB-CCCC")
    expect(page.get_by_label("Kode kunjungan")).to_have_value("AAAA-BBBB-CCCC")
    phone.set_offline(True)
    page.goto(f"{app.url}{FORM}")
    expect(page.locator("[name=v]")).to_have_value("")
    assert "AAAA" not in page.content()
    page.goto(f"{app.url}{FORM}?v=DDDD-EEEE-FFFF")
    expect(page.locator("[name=v]")).to_have_value("DDDD-EEEE-FFFF")


def test_after_closing_it_is_received_as_late(app: App, phone: BrowserContext) -> None:
    """Sent from the page that says that the unit asks nothing now."""
    phone.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    unit, close = a_unit_to_close(app)
    page = phone.new_page()
    page.clock.install()
    page.goto(f"{app.url}/s/{unit}")
    page.evaluate(CONTROLLED)
    phone.set_offline(True)
    fill(page)
    send(page)
    expect(page.get_by_role("status")).to_contain_text("Tersimpan di HP ini")
    page.close()
    close()
    phone.set_offline(False)
    page = phone.new_page()
    page.goto(f"{app.url}/s/{unit}")
    expect(page.get_by_text("sedang tidak menerima penilaian")).to_be_visible()
    until(page, "(await queued()).every(one => one.receipt)")
    page.goto(app.url + FORM)
    late = page.get_by_role("listitem").filter(
        has_text="kami terima terlambat. Dihitung hanya jika"
    )
    expect(late).to_have_count(1)
    assert RECEIPT.search(late.inner_text())


def take_codes_alone(app: App, codes: bool) -> None:
    """The unit wants a visit code of everybody, or of nobody."""
    engine = open_engine(f"sqlite:///{app.log.parent / 'app.sqlite3'}")
    with writing(engine) as session:
        unit = session.scalars(select(Unit).where(Unit.code == FORM.removeprefix("/s/"))).one()
        unit.open_link = not codes
    engine.dispose()


@pytest.fixture
def refused(app: App, phone: BrowserContext) -> Iterator[Page]:
    """A page on which a form that waited was refused: the unit wants codes since."""
    page = visit(phone, app)
    phone.set_offline(True)
    fill(page, "Rahasia")
    send(page)
    expect(page.get_by_role("status")).to_contain_text("Tersimpan di HP ini")
    take_codes_alone(app, True)
    phone.set_offline(False)
    kept = page.get_by_role("listitem").filter(has_text="Jawaban tetap tersimpan di HP ini.")
    expect(kept).to_contain_text("belum diterima: Kantor ini dinilai dengan kode kunjungan")
    yield page
    take_codes_alone(app, False)


def test_what_is_refused_stays_sealed_and_is_sent_when_the_page_is_opened_again(
    app: App, refused: Page
) -> None:
    before, tries = responses(app), []
    refused.on("request", lambda one: tries.append(one.url) if "/sealed" in one.url else None)
    refused.clock.fast_forward(600_000)
    refused.evaluate("dispatchEvent(new Event('online'))")
    refused.get_by_role("button", name="Hapus daftar").click()
    (kept,) = refused.evaluate(QUEUE)
    assert kept["sealed"]
    assert "Rahasia" not in str(kept)
    assert tries == []
    take_codes_alone(app, False)
    refused.reload()
    expect(refused.get_by_role("listitem").filter(has_text=RECEIPT)).to_have_count(1)
    assert len(tries) == 1
    assert responses(app) == before + 1


def test_what_is_refused_is_removed_by_its_person_alone(refused: Page) -> None:
    remove = refused.get_by_role("button", name="Hapus jawaban ini")
    refused.once("dialog", lambda asked: asked.dismiss())
    remove.click()
    expect(remove).to_be_visible()
    refused.once("dialog", lambda asked: asked.accept())
    remove.click()
    expect(remove).to_have_count(0)
    assert refused.evaluate(QUEUE) == []


def test_what_stands_in_the_servers_line_waits_for_its_turn(
    app: App, phone: BrowserContext
) -> None:
    phone.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    page = visit(phone, app)
    page.route("**/sealed**", lambda route: route.fulfill(status=429, body="{}"))
    fill(page)
    send(page)
    expect(page.get_by_role("listitem").filter(has_text="menunggu giliran")).to_have_count(1)


def typed(page: Page) -> tuple[str, int]:
    """The comment, and how many questions are answered."""
    comment = page.locator("#f-comment").input_value()
    return comment, page.locator("input[name^=a-]:checked").count()


def test_what_is_typed_goes_with_a_weak_signal_from_the_page_to_its_copy_and_back(
    app: App, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.goto(app.url + FORM)
    on_one_page(page)
    page.evaluate(CONTROLLED)
    for radio in page.locator("input[name^=a-][value='3']").all():
        radio.check()
    page.get_by_label("Komentar atau saran").fill("Antre lama")
    for offline in (True, True, False, False):
        phone.set_offline(offline)
        page.reload()
        until(page, "window.sendSealed")
        assert page.locator("#rate[data-copy]").count() == offline
        assert typed(page) == ("Antre lama", 9)
    phone.set_offline(True)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("status")).to_contain_text("hanya ada dalam bahasa ini")
    assert (page.locator("html").get_attribute("lang"), typed(page)) == ("id", ("Antre lama", 9))
    phone.set_offline(False)
    page.reload()
    expect(page.get_by_label("Comment or suggestion")).to_have_value("Antre lama")
    assert typed(page) == ("Antre lama", 9)


def test_the_copy_has_the_headers_of_the_page(app: App, phone: BrowserContext) -> None:
    page = phone.new_page()
    sent = page.goto(app.url + FORM)
    page.evaluate(CONTROLLED)
    phone.set_offline(True)
    kept = page.reload()
    assert sent
    assert kept
    names = [name for name in sent.headers if re.match("x-|cross-|content-s|perm|refer", name)]
    assert len(names) == 6
    assert {name: kept.headers.get(name) for name in names} == {
        name: sent.headers[name] for name in names
    }


def test_an_interviewers_copy_is_not_handed_to_the_ordinary_address(
    app: App, phone: BrowserContext
) -> None:
    own = f"?e={an_interviewer(app, FORM[3:])}"
    page = visit(phone, app, own)
    phone.set_offline(True)
    with pytest.raises(Error):
        phone.new_page().goto(app.url + FORM)
    page.goto(f"{app.url}{FORM}{own}&lang=en")
    expect(page.locator("[name=w]:checked")).to_have_count(1)
    phone.set_offline(False)
    page.goto(app.url + FORM)
    page.evaluate(CONTROLLED)
    until(page, f"await caches.match('{FORM}')")
    phone.set_offline(True)
    page.goto(app.url + FORM)
    expect(page.locator("[name=w]:checked")).to_have_count(0)
    assert "e=" not in str(page.locator("#rate").get_attribute("action"))


@pytest.mark.parametrize(
    ("status", "body"), [(503, "{}"), (429, "{}"), (500, "oops"), (200, "<p>Masuk ke Wi-Fi</p>")]
)
def test_what_the_server_did_not_settle_is_sent_again(
    app: App, phone: BrowserContext, status: int, body: str
) -> None:
    # Many browsers have no Background Sync; with it the answers would be counted at once.
    phone.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    before, page = responses(app), visit(phone, app)
    page.route("**/sealed**", lambda route: route.fulfill(status=status, body=body))
    fill(page)
    send(page)
    expect(page.get_by_role("status")).to_contain_text("Buka halaman ini lagi jika sinyal kembali")
    page.unroute_all()
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("status")).to_contain_text(RECEIPT)
    assert responses(app) == before + 1


@pytest.mark.parametrize("broken", ["throw new Error('full')", "return {}"])
def test_where_nothing_can_be_kept_it_is_sent_as_without_scripts(
    app: App, phone: BrowserContext, broken: str
) -> None:
    """A full device; and one that never answers, which is waited for three seconds."""
    before, page = responses(app), phone.new_page()
    page.add_init_script(f"IDBFactory.prototype.open = () => {{ {broken} }}")
    page.clock.install()
    page.goto(app.url + FORM)
    until(page, "window.sendSealed")
    fill(page)
    send(page)
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    assert responses(app) == before + 1


KEPT_BEFORE = """async address => {
    const cache = await caches.open('light?older');
    for (const one of ['/light/page.js?older', address, '/s/dinkes-contoh?lang=id']) {
        await cache.put(one, new Response('<!DOCTYPE html>kept before', {
            headers: {'Content-Type': 'text/html'}}));
    }
}"""


def test_units_kept_by_an_older_version_still_open(app: App, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{app.url}/healthz")
    page.evaluate(KEPT_BEFORE, FORM)
    page.goto(app.url + FORM)
    page.evaluate(CONTROLLED)
    older = "await (await caches.open('light?older'))"
    until(page, f"!({older}.match('{FORM}'))")
    phone.set_offline(True)
    page.goto(f"{app.url}/s/dinkes-contoh?lang=id")
    expect(page.get_by_text("kept before")).to_be_visible()
    page.goto(app.url + FORM)
    expect(page.get_by_role("button", name="Lanjut")).to_be_visible()
    phone.set_offline(False)
    page.goto(f"{app.url}/s/dinkes-contoh?lang=id")
    until(page, "!(await caches.has('light?older'))")


def test_an_interviewer_sees_what_became_of_each_form(app: App, phone: BrowserContext) -> None:
    before, page = responses(app), visit(phone, app, f"?e={an_interviewer(app, FORM[3:])}")
    phone.set_offline(True)
    page.reload()
    on_one_page(page)
    fill(page, "Rahasia")
    send(page)
    expect(page.get_by_role("listitem").filter(has_text="menunggu sinyal")).to_have_count(1)
    phone.set_offline(False)
    counted = page.get_by_role("listitem").filter(has_text=RECEIPT)
    expect(counted).to_have_count(1)
    page.get_by_role("button", name="Isi formulir berikutnya").click()
    expect(page.get_by_label("Pewawancara dari kantor ini")).to_be_checked()
    fill(page)
    send(page)
    expect(counted).to_have_count(2)
    page.reload()
    expect(counted).to_have_count(2)
    assert responses(app) == before + 2
    assert "Rahasia" not in str(page.evaluate(QUEUE))


def test_over_plain_http_it_says_that_it_needs_the_network(app: App, phone: BrowserContext) -> None:
    before, page = responses(app), phone.new_page()
    page.clock.install()
    page.goto(f"http://plain-http.test:{app.port}{FORM}")
    on_one_page(page)
    expect(page.get_by_text("Hanya bisa dikirim jika ada sinyal")).to_be_visible()
    fill(page)
    send(page)
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    assert responses(app) == before + 1
    page.go_back()
    assert page.url == "about:blank"  # nobody meets the last one's answers


def test_where_there_is_a_secure_context_nothing_is_said(app: App, phone: BrowserContext) -> None:
    page = visit(phone, app)
    expect(page.get_by_text("Hanya bisa dikirim jika ada sinyal")).to_be_hidden()


VOICES = """
window.said = [];
Object.defineProperty(window, 'speechSynthesis', {value: {
    getVoices: () => [{lang: '%s', name: 'Test'}],
    speak(speech) { said.push(speech.text); this.speech = speech; },
    cancel() { this.speech && this.speech.onend(); this.speech = null; },
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def test_a_question_is_read_aloud_and_stops(app: App, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.add_init_script(VOICES % "id-ID")
    page.goto(app.url + FORM)
    on_one_page(page)
    buttons = page.get_by_role("button", name=re.compile("^Dengarkan"))
    expect(buttons).to_have_count(11)  # who may read the comment is asked once there is one
    buttons.first.click()
    expect(buttons.first).to_have_attribute("aria-pressed", "true")
    said = page.evaluate("said")
    assert len(said) == 1
    assert re.match(r"1 dari 9\. .+Tidak sesuai", said[0])
    buttons.nth(1).click()
    expect(buttons.first).to_have_attribute("aria-pressed", "false")
    buttons.nth(1).click()
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "false")
    assert len(page.evaluate("said")) == 2


def record_first_question(app: App) -> None:
    """The unit records its first question: a second of silence."""
    engine = open_engine(f"sqlite:///{app.log.parent / 'app.sqlite3'}")
    content = io.BytesIO()
    with wave.open(content, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16_000))
    digest = sha256(content.getvalue()).hexdigest()
    (app.log.parent / "evidence").mkdir(0o700, exist_ok=True)
    file = app.log.parent / "evidence" / digest
    file.touch(0o600)
    file.write_bytes(content.getvalue())
    with writing(engine) as session:
        unit = session.scalars(select(Unit).where(Unit.code == FORM.removeprefix("/s/"))).one()
        asked = place_of(session, unit, now())
        assert asked is not None
        first = asked.instrument.questions[0].key
        by = {"user_id": session.scalars(select(User.id)).first(), "created_at": now()}
        session.add(
            Evidence(hash=digest, file_name="satu.wav", media_type="audio/wav", size=16_044, **by)
        )
        session.flush()
        question = {"instrument": asked.instrument.id, "item": first, "language": "id"}
        session.add(Recording(unit_id=unit.id, evidence_hash=digest, **question, **by))
    engine.dispose()


def test_a_recorded_question_is_played_to_its_end_on_a_phone_without_a_voice(
    app: App, phone: BrowserContext
) -> None:
    record_first_question(app)
    page = phone.new_page()
    page.add_init_script(VOICES % "en-US")
    page.goto(app.url + FORM)
    on_one_page(page)
    button = page.get_by_role("button", name=re.compile("^Dengarkan"))
    expect(button).to_have_count(1)
    with page.expect_response(re.compile("/suara/")) as played:
        button.click()
    assert played.value.status in (200, 206)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_without_a_voice_of_the_language_there_is_no_such_button(
    app: App, phone: BrowserContext
) -> None:
    page = phone.new_page()
    page.add_init_script(VOICES % "en-US")
    page.goto(app.url + "/s/contoh")
    until(page, "window.sendSealed")
    expect(page.get_by_role("button", name=re.compile("^Dengarkan"))).to_have_count(0)
