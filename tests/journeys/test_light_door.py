"""The light form: complete without scripts, small, never stored twice."""

import gzip
import http.client
import re
import sqlite3
from contextlib import closing
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from survey.light.scripts import FOLDER
from survey.receipts import mint_key
from tests.conftest import App
from tests.journeys.people import an_interviewer, read_for_a_while
from tests.journeys.test_citizen import CODE

FORM = "/s/contoh"


def responses(app: App) -> int:
    with closing(sqlite3.connect(app.log.parent / "app.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM responses").fetchone()[0])


def ask(
    app: App, path: str, body: bytes | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    with closing(http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)) as connection:
        connection.request("GET" if body is None else "POST", path, body, sent)
        answer = connection.getresponse()
        return answer, answer.read()


@pytest.fixture
def plain_page(browser: Browser) -> Page:
    """A page in a browser that runs no scripts."""
    return browser.new_page(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="id-ID"
    )


def test_the_whole_first_visit_is_at_most_10_kb(app: App) -> None:
    answer, body = ask(app, FORM, Accept_Encoding="gzip")
    page = gzip.decompress(body).decode()
    assert answer.getheader("Content-Encoding") == "gzip"
    first = set(re.findall(r'(?:src|<link[^>]+href)="(?!data:)([^"]+)"', page))
    later = set(re.findall(r'data-(?:later|worker)="([^"]+)"', page))
    assert {re.sub(r"\?.*", "", one) for one in first} == {"/light/page.js"}
    assert {re.sub(r"\?.*", "", one) for one in later} == {"/light/kept.js", "/light/worker.js"}
    sizes = {}
    for one in first | later:
        answer, script = ask(app, one, Accept_Encoding="gzip")
        assert answer.getheader("Content-Encoding") == "gzip"
        sizes[one] = len(script)
    assert len(body) + sum(sizes[one] for one in first) <= 10_000
    assert sum(sizes[one] for one in later) <= 6_500


def test_scripts_are_kept_until_they_change(app: App) -> None:
    page = ask(app, FORM)[1].decode()
    address = re.search(r'src="(/light/page[^"]+)"', page)
    assert address
    answer, script = ask(app, address[1])
    assert "immutable" in str(answer.getheader("Cache-Control"))
    again, nothing = ask(app, address[1], If_None_Match=str(answer.getheader("ETag")))
    assert (again.status, nothing) == (304, b"")
    other, same = ask(app, "/light/page.js?00000000")
    assert (other.getheader("Cache-Control"), same) == ("no-cache", script)
    assert ask(app, "/light/nothing.js")[0].status == 404


def test_rating_without_scripts(app: App, plain_page: Page) -> None:
    page, before = plain_page, responses(app)
    page.goto(app.url + FORM)
    questions = page.get_by_role("group", name=re.compile("dari 9"))
    expect(questions).to_have_count(9)
    expect(page.locator("input[type=radio][name^=a-]:checked")).to_have_count(0)
    for at in range(9):
        questions.nth(at).get_by_role("radio").nth(2).check()
    page.get_by_label("Tidak mengalami satu pun").check()
    page.get_by_label("Petugas memihak").check()
    page.get_by_label("Saya sendiri").check()
    read_for_a_while(page)
    page.get_by_label("Komentar atau saran").fill("Ramah <b>sekali</b>")
    page.get_by_role("button", name="Kirim penilaian").click()
    problem = page.get_by_role("alert").get_by_role("link")
    expect(problem).to_contain_text("dan juga yang lain. Pilih salah satu")
    assert page.title().startswith("Perbaiki")
    expect(page.locator("#problems")).to_be_focused()
    problem.click()
    expect(page.locator("#f-experience")).to_be_focused()
    expect(page.locator("input[type=radio][name^=a-]:checked")).to_have_count(9)
    expect(page.get_by_label("Komentar atau saran")).to_have_value("Ramah <b>sekali</b>")
    assert responses(app) == before
    page.get_by_label("Petugas memihak").uncheck()
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    receipt = CODE.search(page.inner_text("main"))
    page.reload()
    assert receipt
    expect(page.get_by_text(receipt[0])).to_be_visible()
    assert responses(app) == before + 1


def rate(page: Page, comment: str) -> None:
    for radio in page.locator("input[name^=a-][value='3']").all():
        radio.check()
    page.get_by_label("Saya sendiri").check()
    page.get_by_label("Komentar atau saran").fill(comment)
    read_for_a_while(page)
    page.get_by_role("button", name="Kirim penilaian").click()


def test_whoever_goes_back_finds_an_empty_form_of_their_own(app: App, plain_page: Page) -> None:
    page, before = plain_page, responses(app)
    page.goto(app.url + FORM)
    rate(page, "Yang pertama")
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    first = CODE.search(page.inner_text("main"))
    page.go_back()
    expect(page.get_by_label("Komentar atau saran")).to_have_value("")
    rate(page, "Yang kedua")
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    second = CODE.search(page.inner_text("main"))
    assert first
    assert second
    assert first[0] != second[0]
    assert responses(app) == before + 2


def test_a_copy_of_a_sent_form_is_asked_whose_it_is(app: App, plain_page: Page) -> None:
    """As a duplicated or a restored tab has it, with the other person's answers in it."""
    page, before = plain_page, responses(app)
    page.goto(app.url + FORM)
    key = page.locator("[name=k]").input_value()
    rate(page, "Yang pertama")
    receipt = CODE.search(page.inner_text("main"))
    assert receipt
    page.goto(app.url + FORM)
    page.locator("[name=k]").evaluate("(field, key) => { field.value = key }", key)
    rate(page, "Yang kedua")
    expect(page.get_by_role("heading", name="Formulir ini sudah kami terima")).to_be_visible()
    expect(page.get_by_text(receipt[0])).to_have_count(0)
    assert responses(app) == before + 1
    page.get_by_role("button", name="Ini penilaian lain").click()
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    expect(page.get_by_text(receipt[0])).to_have_count(0)
    assert responses(app) == before + 2


def test_a_switched_language_shows_nobody_what_was_sent(app: App) -> None:
    """The page of the other language was a post itself, which a reload sends once more."""
    before = responses(app)
    period = re.search(r'name="p" value="([^"]+)"', ask(app, FORM)[1].decode())
    assert period
    form = {"k": mint_key(), "p": period[1], "t": "0", "w": "self", "n": "1", "a-time": "3"}
    switch = urlencode(form | {"x": "1"}).encode()
    assert ask(app, f"{FORM}?lang=en", switch)[0].status == 200
    assert ask(app, f"{FORM}?lang=en", urlencode(form).encode())[0].status == 303
    again, page = ask(app, f"{FORM}?lang=en", switch)
    assert again.status == 409
    assert "We have received this form already" in page.decode()
    assert b"<fieldset" not in page
    assert responses(app) == before + 1


def test_an_unknown_code_outlives_another_language(app: App, plain_page: Page) -> None:
    plain_page.goto(f"{app.url}/r?kode=aaaa+bbbb")
    plain_page.get_by_role("link", name="English").click()
    expect(plain_page.get_by_label("Receipt code")).to_have_value("aaaa bbbb")


def test_scripts_run_in_old_browsers() -> None:
    """One of eight years ago reads no ``?.`` and no ``??``, and then none of the script."""
    for script in FOLDER.glob("*.js"):
        assert not re.search(r"\?\.(?!\d)|\?\?", script.read_text(encoding="utf-8")), script.name


def test_whoever_sent_a_form_again_gets_its_receipt(app: App, plain_page: Page) -> None:
    page, before = plain_page, responses(app)
    page.goto(app.url + FORM)
    key = page.locator("[name=k]").input_value()
    rate(page, "Satu kali")
    receipt = CODE.search(page.inner_text("main"))
    assert receipt
    page.goto(app.url + FORM)
    page.locator("[name=k]").evaluate("(field, key) => { field.value = key }", key)
    rate(page, "Satu kali")
    page.get_by_role("button", name="Ini kiriman ulang saya").click()
    expect(page.get_by_text(receipt[0])).to_be_visible()
    expect(page.get_by_role("heading", name="Terima kasih!")).to_have_count(0)
    assert responses(app) == before + 1


def test_english(app: App, plain_page: Page) -> None:
    plain_page.goto(f"{app.url}{FORM}?lang=en")
    expect(plain_page.get_by_role("heading", level=1)).to_contain_text("How was your visit")
    assert plain_page.locator("html").get_attribute("lang") == "en"
    expect(plain_page.get_by_text("Tidak sesuai")).to_have_count(0)


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"a-time": "999"}, 422, "tidak ada dalam pilihan"),
        ({"a-time": "2.5"}, 422, "tidak ada dalam pilihan"),
        ({}, 422, "Belum ada yang diisi"),
        ({"a-time": "3", "s": "lain"}, 422, "bukan layanan"),
        ({"a-time": "3", "c": "x" * 10_000}, 422, "Komentar terlalu panjang"),
        ({"a-time": "3", "k": "pendek"}, 422, "Formulir ini rusak"),
        ({"a-time": "3", "p": "1999-1"}, 422, "Periode survei"),
        ({"a-time": "3", "t": "9" * 12}, 422, "Periksa sebentar jawaban Anda"),
        ({"a-time": "3", "t": ""}, 422, "Periksa sebentar jawaban Anda"),
        ({"a-time": "3", "website": "http://x"}, 422, "Tekan Kirim sekali lagi"),
        ({"a-time": "3", "w": "paper"}, 422, "tidak ada dalam kolom"),
        ({"a-time": "3", "v": "0000-0000-0000"}, 422, "tidak cocok dengan kantor ini"),
        ({"c": "😀" * 50_000}, 422, "Komentar terlalu panjang"),
        ({"c": "x" * 700_000}, 413, "terlalu besar"),
        ({f"a-{at}": "1" for at in range(300)}, 413, "terlalu besar"),
    ],
)
def test_a_forged_form_is_refused_with_a_sentence(
    app: App, fields: dict[str, str], status: int, told: str
) -> None:
    before = responses(app)
    period = re.search(r'name="p" value="([^"]+)"', ask(app, FORM)[1].decode())
    assert period
    form = {"k": mint_key(), "p": period[1], "t": "0", "w": "self", "n": "1"} | fields
    answer, body = ask(app, FORM, urlencode(form).encode())
    assert (answer.status, responses(app)) == (status, before)
    assert told in body.decode()


def test_another_sites_page_cannot_send_a_rating(app: App) -> None:
    answer, _ = ask(app, FORM, b"a-time=3", Sec_Fetch_Site="cross-site")
    assert answer.status == 403


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/s/tidak-ada", "Kantor pada tautan ini tidak ada"),
        ("/r/AAAA-BBBB-CCCC", "Kode ini tidak ada"),
    ],
)
def test_what_is_not_there_is_told(app: App, path: str, told: str) -> None:
    answer, body = ask(app, path)
    assert answer.status == 404
    assert told in body.decode()


def test_a_hasty_form_goes_through_when_sent_again(app: App, plain_page: Page) -> None:
    page, before = plain_page, responses(app)
    page.goto(app.url + FORM)
    page.locator("[name=t]").evaluate("field => { field.value = 'x' }")
    page.get_by_label("Saya sendiri").check()
    page.get_by_label("Komentar atau saran").fill("Antreannya lama")
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("alert")).to_contain_text("Periksa sebentar jawaban Anda")
    expect(page.get_by_label("Komentar atau saran")).to_have_value("Antreannya lama")
    assert responses(app) == before
    read_for_a_while(page)
    page.get_by_role("button", name="Kirim tanpa jawaban itu").click()
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    assert responses(app) == before + 1


def test_what_was_typed_outlives_another_language(app: App, plain_page: Page) -> None:
    page = plain_page
    page.goto(f"{app.url}{FORM}?v=AAAA-BBBB-CCCC&l=ktp")
    page.locator("input[name=a-time]").nth(1).check()
    page.get_by_label("Komentar atau saran").fill("Antre lama")
    key = page.locator("[name=k]").input_value()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Comment or suggestion")).to_have_value("Antre lama")
    expect(page.locator("input[name=a-time]").nth(1)).to_be_checked()
    expect(page.get_by_label("Visit code")).to_have_value("AAAA-BBBB-CCCC")
    expect(page.locator("[name=k]")).to_have_value(key)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_enter_never_sends_half_a_form(app: App, plain_page: Page) -> None:
    page, before = plain_page, responses(app)
    page.goto(f"{app.url}{FORM}?v=AAAA-BBBB-CCCC")
    page.locator("input[name=a-time]").nth(1).check()
    page.get_by_label("Saya sendiri").check()
    read_for_a_while(page)
    page.get_by_label("Kode kunjungan").press("Enter")
    assert page.url.endswith("?v=AAAA-BBBB-CCCC")
    page.get_by_label("Kode kunjungan").fill("")
    page.get_by_role("button", name="Kirim penilaian").click()
    gaps = page.get_by_role("alert").get_by_role("link")
    expect(gaps).to_contain_text("Nomor 1, 2, 4, 5, 6, 7, 8, 9 belum Anda jawab.")
    assert responses(app) == before
    gaps.click()
    expect(page.locator("#f-requirements")).to_be_focused()
    page.get_by_role("button", name="Kirim tanpa jawaban itu").click()
    expect(page.get_by_role("heading", name="Terima kasih!")).to_be_visible()
    assert responses(app) == before + 1


def test_no_person_meets_the_hidden_field(app: App, page: Page) -> None:
    page.goto(app.url + FORM)
    hidden = page.locator("[name=website]")
    expect(hidden).not_to_be_in_viewport()
    expect(page.get_by_role("textbox", name="Biarkan kosong")).to_have_count(0)
    assert hidden.get_attribute("tabindex") == "-1"


def test_an_interviewer_has_a_link_in_both_languages(app: App, plain_page: Page) -> None:
    page = plain_page
    page.goto(f"{app.url}{FORM}?e=1")
    expect(page.get_by_role("heading", level=1)).to_contain_text("tidak terdaftar")
    page.goto(f"{app.url}{FORM}?e={an_interviewer(app, 'contoh')}")
    page.get_by_role("button", name="English").click()
    who = page.get_by_role("group", name="Who is filling this in?")
    expect(who.get_by_role("radio")).to_have_count(5)
    expect(who.get_by_label("An interviewer of this office")).to_be_checked()
    page.get_by_label("Comment or suggestion").fill("Long queue")
    read_for_a_while(page)
    page.get_by_role("button", name="Send rating").click()
    page.get_by_role("button", name="Send without those answers").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()


def test_a_citizen_is_offered_no_interviewer(app: App, plain_page: Page) -> None:
    plain_page.goto(app.url + FORM)
    who = plain_page.get_by_role("group", name="Siapa yang mengisi?")
    expect(who.get_by_role("radio")).to_have_count(4)
    expect(who.get_by_role("radio", checked=True)).to_have_count(0)
