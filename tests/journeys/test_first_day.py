"""From an empty database to the first stored rating, as a new office does it."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import App, running_app
from tests.journeys.people import PATIENCE, choose, open_screen, settle
from tests.journeys.test_administrator import PASSWORD
from tests.journeys.test_survey_office import _type_date as type_date

READING = 3_500  # milliseconds: nobody answers at once
CODE = re.compile(r"^  ([a-z0-9]{4}(?:-[a-z0-9]{4}){3})$", re.MULTILINE)
ADMINISTRATOR, COORDINATOR = "kepala.admin", "koordinator.satu"
SECRET = "sandi pertama yang panjang"
INSTITUTION, UNIT, SERVICES = "Lembaga Uji", "Loket Pelayanan Uji", ["Izin", "Legalisasi"]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[App]:
    """The service on an empty database, without the demonstration."""
    with running_app(tmp_path, demonstration=False) as app:
        yield app


@pytest.mark.database
def test_from_an_empty_database_to_the_first_rating(empty: App, page: Page) -> None:
    _make_administrator(page, empty)
    page.set_default_timeout(PATIENCE)
    _steps(page, empty, 0)
    _add_institution(page, empty)
    _add_unit(page, empty)
    _steps(page, empty, 3)
    password = _make_coordinator(page, empty)
    _steps(page, empty, 4)
    _log_in(page, empty, COORDINATOR, password)
    page.wait_for_url(re.compile("/langkah"))
    _open_period(page, empty)
    _steps(page, empty, 5)
    page.get_by_role("link", name=f"Beri penilaian untuk {UNIT}").click()
    _rate(page)
    assert _responses(empty.log.parent) == 1
    _steps(page, empty, 6)
    expect(page.get_by_text("Penilaian pertama sudah masuk")).to_be_visible()
    page.goto(f"{empty.url}/unit")
    expect(page.get_by_role("link", name="Periode survei")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name="Langkah pertama")).to_have_count(0)


def _make_administrator(page: Page, app: App) -> None:
    code = CODE.search(app.output)
    assert code, app.output
    page.goto(f"{app.url}/mulai")
    for typed, told in (("aaaa-bbbb-cccc-dddd", "Kode tidak cocok"), (code[1], None)):
        page.get_by_label("Kode sekali pakai").fill(typed)
        page.get_by_label("Nama lengkap").fill("Ani Administrator")
        page.get_by_label("Nama akun").fill(ADMINISTRATOR)
        page.get_by_label("Kata sandi, sedikitnya").fill(SECRET)
        page.get_by_label("Kata sandi, sekali lagi").fill(SECRET)
        page.get_by_role("button", name="Buat administrator").click()
        if told:
            expect(page.get_by_role("alert")).to_contain_text(told)
    page.wait_for_url(re.compile("/langkah"))
    page.goto(f"{app.url}/mulai")
    page.wait_for_url(re.compile("/masuk|/langkah"))  # it worked once


def _steps(page: Page, app: App, done: int) -> None:
    open_screen(page, app, "/langkah", "Langkah pertama")
    expect(page.get_by_text(f"{done} dari 6 langkah selesai")).to_be_visible(timeout=PATIENCE)


def _add_institution(page: Page, app: App) -> None:
    open_screen(page, app, "/daftar", "Unit dan layanan")
    page.get_by_role("textbox", name="Nama", exact=True).fill(INSTITUTION)
    choose(page, "Bentuk", "Lembaga")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Tambah instansi").click()
    expect(page.get_by_text(f"{INSTITUTION} sudah ditambahkan")).to_be_visible(timeout=PATIENCE)
    settle(page)


def _add_unit(page: Page, app: App) -> None:
    page.get_by_role("textbox", name="Nama unit").fill(UNIT)
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Tambah unit").click()
    expect(page.get_by_text("tautan warga /s/loket-pelayanan-uji")).to_be_visible(timeout=PATIENCE)
    settle(page)
    page.get_by_role("textbox", name="Layanan baru").fill("\n".join(SERVICES))
    page.get_by_role("button", name="Tambah layanan").click()
    expect(page.get_by_text("Legalisasi · legalisasi")).to_be_visible(timeout=PATIENCE)


def _make_coordinator(page: Page, app: App) -> str:
    open_screen(page, app, "/pengguna", "Akun")
    page.get_by_text("Buat akun", exact=True).first.click()
    page.get_by_role("textbox", name="Nama lengkap").fill("Kiki Koordinator")
    page.get_by_role("textbox", name="Nama akun", exact=True).fill(COORDINATOR)
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    shown = page.get_by_test_id("stCode").get_by_text(PASSWORD)
    expect(shown).to_be_visible(timeout=PATIENCE)
    password = PASSWORD.search(shown.inner_text())
    assert password
    choose(page, "Beri peran", "Koordinator")
    choose(page, "Di instansi", INSTITUTION)
    page.get_by_role("button", name="Beri peran").click()
    expect(page.get_by_text(f"Koordinator instansi · {INSTITUTION}")).to_be_visible(
        timeout=PATIENCE
    )
    return password[0]


def _log_in(page: Page, app: App, username: str, password: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{app.url}/masuk")
    page.get_by_label("Nama akun").fill(username)
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk").click()


def _open_period(page: Page, app: App) -> None:
    open_screen(page, app, "/periode", "Periode survei")
    today = date.today()  # noqa: DTZ011  a period of sixty days around it
    page.get_by_role("textbox", name="Nama periode").fill("Survei pertama")
    page.get_by_role("textbox", name="Kode").fill("pertama")
    type_date(page, "Hari pertama", f"{today - timedelta(30):%d/%m/%Y}")
    type_date(page, "Hari terakhir", f"{today + timedelta(30):%d/%m/%Y}")
    page.get_by_role("button", name="Buka periode", exact=True).click()
    expect(page.get_by_role("button", name="Tutup Survei pertama")).to_be_visible(timeout=PATIENCE)


def _rate(page: Page) -> None:
    questions = page.get_by_role("group", name=re.compile("dari 9"))
    expect(questions).to_have_count(9)
    for at in range(9):
        questions.nth(at).get_by_role("radio").nth(2).check()
    page.get_by_label("Layanan yang").select_option(SERVICES[0])
    page.wait_for_timeout(READING)
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible(timeout=PATIENCE)


def _responses(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "app.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM responses").fetchone()[0])
