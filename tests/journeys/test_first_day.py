"""From an empty database to the first stored rating, as a new office does it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import App
from tests.journeys.office import (
    log_in_with,
    make_administrator,
    make_coordinator,
    open_period,
    rate,
)
from tests.journeys.people import PATIENCE, choose, open_screen, settle

COORDINATOR = "koordinator.satu"
INSTITUTION, UNIT, SERVICES = "Lembaga Uji", "Loket Pelayanan Uji", ["Izin", "Legalisasi"]


@pytest.mark.database
def test_from_an_empty_database_to_the_first_rating(empty: App, page: Page) -> None:
    make_administrator(page, empty)
    page.set_default_timeout(PATIENCE)
    _steps(page, empty, 0)
    _add_institution(page, empty)
    _add_unit(page, empty)
    _steps(page, empty, 3)
    password = make_coordinator(page, empty, COORDINATOR, INSTITUTION)
    _steps(page, empty, 4)
    log_in_with(page, empty, COORDINATOR, password)
    open_period(page, empty, "Survei pertama")
    _steps(page, empty, 5)
    page.get_by_role("link", name=f"Beri penilaian untuk {UNIT}").click()
    rate(page, SERVICES[0])
    assert _responses(empty.log.parent) == 1
    _steps(page, empty, 6)
    expect(page.get_by_text("Penilaian pertama sudah masuk")).to_be_visible()
    page.goto(f"{empty.url}/unit")
    expect(page.get_by_role("link", name="Periode survei")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name="Langkah pertama")).to_have_count(0)


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


def _responses(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "app.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM responses").fetchone()[0])
