"""What an office does on its screens, in more journeys than one."""

import re
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, expect
from sqlalchemy import select

from accounts.actors import actor_of
from desk.admin.users import confirm_owner, is_set_by_others
from models import Role, User, open_engine, writing
from tests.conftest import App
from tests.journeys.people import (
    PATIENCE,
    change_password,
    choose,
    on_one_page,
    open_screen,
    set_up_second_factor,
    settle,
)

SEKADAU = Path(__file__).parent.parent / "data" / "sekadau-2019.csv"
READING = 20_000  # milliseconds, by the form's own measure: nobody answers at once
CODE = re.compile(r"^  ([a-z0-9]{4}(?:-[a-z0-9]{4}){3})$", re.MULTILINE)
PASSWORD = re.compile(r"\b[a-z0-9]{4}(?:-[a-z0-9]{4}){3}\b")
ADMINISTRATOR, SECRET = "kepala.admin", "sandi pertama yang panjang"


def make_administrator(page: Page, app: App) -> None:
    """By the one-time code of the first start; another code is refused."""
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
    set_up_second_factor(page)
    page.wait_for_url(re.compile("/langkah"))
    page.goto(f"{app.url}/mulai")
    page.wait_for_url(re.compile("/masuk|/langkah"))  # it worked once


def make_coordinator(page: Page, app: App, username: str, institution: str) -> str:
    """An account with this role, made by the administrator; gives its password."""
    open_screen(page, app, "/pengguna", "Akun")
    page.get_by_text("Buat akun", exact=True).first.click()
    page.get_by_role("textbox", name="Nama lengkap").fill(f"Kiki {username}")
    page.get_by_role("textbox", name="Nama akun", exact=True).fill(username)
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    shown = page.get_by_test_id("stCode").get_by_text(PASSWORD)
    expect(shown).to_be_visible(timeout=PATIENCE)
    password = PASSWORD.search(shown.inner_text())
    assert password
    settle(page)
    choose(page, "Beri peran", "Koordinator")
    choose(page, "Di instansi", institution)
    page.get_by_role("button", name="Beri peran").click()
    granted = page.get_by_text(f"Koordinator instansi · {institution}")
    expect(granted).to_be_visible(timeout=PATIENCE)
    return password[0]


def log_in_with(page: Page, app: App, username: str, password: str) -> None:
    """Signs in for the first time, with the password that an administrator gave."""
    page.context.clear_cookies()
    page.goto(f"{app.url}/masuk")
    page.get_by_label("Nama akun").fill(username)
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk").click()
    change_password(page, password)
    set_up_second_factor(page)
    page.wait_for_url(re.compile("/langkah|/beranda"))


def confirm_owners(app: App) -> None:
    """Another administrator, whom nobody has set of late, confirms whose the accounts are."""
    engine = open_engine(f"sqlite:///{app.log.parent / 'app.sqlite3'}")
    with writing(engine) as session:
        other = User(username="wakil.admin", name="Wakil", password_hash="x", active=True)
        session.add_all([other, Role(role="administrator", user=other)])
        session.flush()
        actor = actor_of(session, other)
        for user_id in session.scalars(select(User.id)).all():
            if is_set_by_others(session, actor, user_id):
                confirm_owner(session, actor, user_id)
    engine.dispose()


def open_period(page: Page, app: App, name: str) -> None:
    """A period of sixty days around today."""
    open_screen(page, app, "/periode", "Periode survei")
    today = date.today()  # noqa: DTZ011  as the person who types it
    page.get_by_role("textbox", name="Nama periode").fill(name)
    page.get_by_role("textbox", name="Kode").fill(name.split()[-1].lower())
    type_date(page, "Hari pertama", f"{today - timedelta(30):%d/%m/%Y}")
    type_date(page, "Hari terakhir", f"{today + timedelta(30):%d/%m/%Y}")
    page.get_by_role("button", name="Buka periode", exact=True).click()
    expect(page.get_by_role("button", name=f"Tutup {name}")).to_be_visible(timeout=PATIENCE)


def type_date(page: Page, label: str, day: str) -> None:
    """A day such as "31/12/2026", as it is typed."""
    field = page.get_by_test_id("stDateInput").filter(has_text=label)
    field.get_by_role("spinbutton").first.click()
    page.keyboard.type(day.replace("/", ""))
    page.keyboard.press("Enter")


def rate(page: Page, service: str) -> None:
    """Fills in the light form that is open, all answers the third, and sends it."""
    on_one_page(page)
    questions = page.get_by_role("group", name=re.compile("dari 9"))
    expect(questions).to_have_count(9)
    for at in range(9):
        questions.nth(at).get_by_role("radio").nth(2).check()
    page.get_by_label("Saya sendiri").check()
    page.get_by_label("Layanan yang").select_option(service)
    page.evaluate(f"seen -= {READING}")
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("heading", name="Terima kasih")).to_be_visible(timeout=PATIENCE)


def key_pile(page: Page, sheets: int) -> None:
    """A pile of paper with the keyboard alone, and its sample once more; saves it.

    Tab to the next line, Enter to the next sheet.
    """
    begin_pile(page, sheets)
    settle(page)
    _focus_answers(page)
    for serial in range(1, sheets + 1):
        _type_sheet(page, serial)
    expect(page.get_by_text(f"{sheets} dari {sheets} lembar sudah diketik")).to_be_visible()
    page.get_by_text("Kedua (sampel, 1 lembar)").click()
    heading = page.get_by_text(re.compile(r"^Lembar nomor \d$"))
    expect(page.get_by_text("0 dari 1 lembar sudah diketik")).to_be_visible(timeout=PATIENCE)
    settle(page)
    serial = int(heading.inner_text()[-1])
    _focus_answers(page)
    _type_sheet(page, serial)
    expect(page.get_by_text(re.compile(r"Salah ketik: 0 dari \d+"))).to_be_visible()
    page.get_by_role("button", name=f"Simpan {sheets} lembar sebagai satu kelompok data").click()
    expect(page.get_by_text(f"{sheets} lembar disimpan")).to_be_visible(timeout=PATIENCE)


def begin_pile(page: Page, sheets: int) -> None:
    """Begins the pile; again where Streamlit drew the form anew while it was being filled in."""
    first = page.get_by_text("Lembar nomor 1", exact=True)
    for _ in range(3):
        page.get_by_role("textbox", name="Nama tumpukan").fill("Loket 1", timeout=PATIENCE)
        settle(page)
        page.get_by_role("spinbutton", name="Banyaknya lembar").fill(str(sheets))
        page.get_by_role("button", name="Mulai", exact=True).click()
        settle(page)
        with suppress(TimeoutError):
            first.wait_for(timeout=PATIENCE / 3)
            return
    expect(first).to_be_visible()


def _focus_answers(page: Page) -> None:
    """Puts the cursor into the answers; again where the page was drawn anew after the click."""
    answers = page.get_by_role("textbox", name="Jawaban 9 pertanyaan")
    for _ in range(3):
        answers.click()
        settle(page)
        with suppress(AssertionError):
            expect(answers).to_be_focused(timeout=PATIENCE / 10)
            return
    expect(answers).to_be_focused()


def _type_sheet(page: Page, serial: int) -> None:
    answers = page.get_by_role("textbox", name="Jawaban 9 pertanyaan")
    expect(page.get_by_text(f"Lembar nomor {serial}", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(answers).to_be_focused()
    expect(answers).to_have_value("")
    page.keyboard.type("abcd33334")
    page.keyboard.press("Tab")
    page.keyboard.type("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Lembar {serial} disimpan: abcd33334")).to_be_visible(timeout=PATIENCE)


def import_sekadau(page: Page) -> None:
    """Gives the published table of 49 to the wizard that is open, and stores it."""
    page.locator("input[type=file]").set_input_files(SEKADAU)
    expect(page.get_by_test_id("stMetric").nth(1)).to_contain_text("78,74", timeout=PATIENCE)
    page.get_by_role("button", name="Simpan 49 jawaban").click()
    expect(page.get_by_text("49 jawaban disimpan")).to_be_visible(timeout=PATIENCE)


def prepare(page: Page, app: App, period: str, path: str = "/umumkan") -> None:
    """Prepares the unit's result, which the same person can't approve; ``path`` may name it."""
    open_screen(page, app, path, "Umumkan hasil")
    choose(page, "Periode survei", period)
    page.get_by_role("button", name="Siapkan hasil unit").click()
    expect(page.get_by_text("menunggu persetujuan orang kedua")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Setujui dan umumkan")).to_have_count(0)


def approve(page: Page, app: App, result: str) -> None:
    """Approves a result that another person prepared, such as "Unit · Semester 1"."""
    open_screen(page, app, "/umumkan", "Umumkan hasil")
    waiting = page.get_by_test_id("stVerticalBlock").filter(has_text=result).last
    waiting.get_by_role("button", name="Setujui dan umumkan").click(timeout=PATIENCE)
    expect(page.get_by_text("Hasil sudah terbuka untuk umum.")).to_be_visible(timeout=PATIENCE)
