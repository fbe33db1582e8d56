"""An Ombudsman analyst imports judgements, sees scores and prepares; another publishes."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from accounts.actors import actor_of
from analysis.__main__ import main
from analysis.rulebook.scheme import load_scheme
from desk.index.perception import Scoring
from desk.publication.publishing import prepare
from models import User, now, open_engine, time_moved, writing
from tests.conftest import App
from tests.journeys.people import PATIENCE, choose, log_in, open_screen, settle

YEAR = now().year


def test_assess_score_prepare_approve(
    app: App, page: Page, browser: Browser, tmp_path: Path
) -> None:
    log_in(page, app, "analis.contoh")
    _import_judgement(page, app, tmp_path)
    log_in(page, app, "analis2.contoh")
    _sign_off(page, app, "Disdukcapil Contoh")
    log_in(page, app, "analis.contoh")
    open_screen(page, app, "/indeks", "Indeks dan publikasi")
    expect(page.get_by_text("Bukan penilaian resmi Ombudsman").first).to_be_visible(
        timeout=PATIENCE
    )
    page.get_by_role("tab", name="Peta provinsi").click()
    expect(page.get_by_text(re.compile(r"Nasional: \d+,\d\d"))).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Saya sudah memeriksa nilai dan asal-usulnya").click()
    page.get_by_role("button", name="Siapkan hasil ini").click()
    expect(page.get_by_text("Anda yang menyiapkan; analis lain")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Setujui dan terbitkan")).to_have_count(0)
    log_in(page, app, "analis2.contoh")
    open_screen(page, app, "/indeks", "Indeks dan publikasi")
    expect(page.get_by_text("Masa sanggah belum lewat")).to_be_visible(timeout=PATIENCE)
    _decline(page, app)
    _prepare_a_week_ago(app)
    open_screen(page, app, "/indeks", "Indeks dan publikasi")
    approval = page.get_by_role("button", name="Setujui dan terbitkan").first
    expect(approval).to_be_visible(timeout=PATIENCE)
    approval.click()
    link = page.get_by_role("link", name=re.compile("hasil.publikasi"))
    expect(link).to_be_visible(timeout=PATIENCE)
    address = link.get_attribute("href") or ""
    with browser.new_context(locale="id-ID") as visitor:
        public = visitor.new_page()
        open_screen(public, app, "/" + address.lstrip("/"), "Hasil yang diterbitkan")
        chosen = public.get_by_role("combobox", name="Publikasi")
        expect(chosen).to_have_value(re.compile(f"{YEAR} · Indeks persepsi"), timeout=PATIENCE)
        expect(public.get_by_text("Opini")).to_have_count(0)
        _verify(public, app, tmp_path)


def _sign_off(page: Page, app: App, unit: str) -> None:
    """What was imported opened the unit again."""
    open_screen(page, app, "/sampel", "Sampel penilaian")
    box = page.get_by_role("combobox", name="Unit yang dilihat")
    box.click()
    box.fill(unit)  # of many options only some are drawn
    page.get_by_role("option", name=unit).first.click()
    settle(page)
    expect(page.get_by_text("sesudahnya ada yang berubah")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Sahkan unit ini").click()
    expect(page.get_by_text("Unit disahkan.")).to_be_visible(timeout=PATIENCE)


def _verify(public: Page, app: App, folder: Path) -> None:
    """What was downloaded holds by the key that the app shows."""
    button = public.get_by_role("link", name="Unduh berkas bersegel")
    expect(button).to_be_visible(timeout=PATIENCE)
    with public.expect_download() as download:
        button.click()
    file, key = folder / "publication.json", folder / "kunci.pem"
    download.value.save_as(file)
    key.write_text(public.request.get(f"{app.url}/kunci").text())
    assert main(["verify", str(file), "--key", str(key)]) == 0


def _prepare_a_week_ago(app: App) -> None:
    """What the first analyst prepared just now, as if the days to object were over."""
    engine = open_engine(f"sqlite:///{app.log.parent / 'app.sqlite3'}")
    with time_moved(timedelta(days=-8)), writing(engine) as session:
        user = session.scalars(select(User).where(User.username == "analis.contoh")).one()
        scoring = Scoring(load_scheme("perception-2022"), YEAR)
        prepare(session, actor_of(session, user), scoring)
    engine.dispose()


def _decline(page: Page, app: App) -> None:
    """Somebody who did not judge the item decides on what stands behind it."""
    open_screen(page, app, "/sanggah", "Sanggahan")
    expect(page.get_by_text("Dasar angka ini")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Analis Contoh (data contoh):").first).to_be_visible()
    page.get_by_label("Alasan keputusan").fill("Papan itu dari tahun sebelumnya")
    page.get_by_role("button", name="Tolak sanggahan").click()
    expect(page.get_by_text("Ditolak.")).to_be_visible(timeout=PATIENCE)


def test_an_institution_sees_its_scores_before_they_are_published(app: App, page: Page) -> None:
    log_in(page, app, "koordinator.contoh")
    open_screen(page, app, "/sanggah", "Sanggahan")
    expect(page.get_by_text("Nilai sementara, belum terbit").first).to_be_visible(timeout=PATIENCE)


def _import_judgement(page: Page, app: App, folder: Path) -> None:
    open_screen(page, app, "/penilaian", "Penilaian lapangan")
    page.get_by_role("radio", name="Berkas XLSX").click()
    sheet = page.get_by_role("link", name="Unduh lembar penilaian")
    expect(sheet).to_be_visible(timeout=PATIENCE)
    expect(page.locator("input[type=file]")).to_have_count(1)
    _upload(page, folder / "salah.csv", "contoh;legal_basis;layanan-1;7;")
    expect(page.get_by_text("0, 1, 2, 3, atau 4")).to_be_visible(timeout=PATIENCE)
    _upload(page, folder / "benar.csv", "contoh;legal_basis;layanan-1;4;Papan dilihat")
    page.get_by_role("button", name="Simpan 1 nilai").click()
    expect(page.get_by_text("1 nilai disimpan")).to_be_visible(timeout=PATIENCE)


def _upload(page: Page, file: Path, row: str) -> None:
    settle(page)  # a file given while the page is drawn anew is lost
    file.write_text(f"unit;item;subject;judgement;note\n{row}\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(file.name)).to_be_visible(timeout=PATIENCE)


def test_opinion_is_said_only_of_ombudsman_schemes(app: App, page: Page) -> None:
    log_in(page, app, "analis.contoh")
    open_screen(page, app, "/indeks", "Indeks dan publikasi")
    choose(page, "Tahun", str(YEAR - 1))  # in which no user was interviewed
    choose(page, "Skema penilaian", "Penilaian Penyelenggaraan Pelayanan Publik")
    stand_in = page.get_by_text("Pakai survei unit sendiri sebagai ganti wawancara")
    expect(stand_in).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Simulasi: Penilaian Penyelenggaraan").first).to_be_visible()
    stand_in.click()
    expect(page.get_by_text("Tidak independen", exact=False).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("tidak dapat diterbitkan")).to_be_visible()
    expect(page.get_by_role("button", name="Siapkan hasil ini")).to_have_count(0)


def test_a_flagged_group_is_seen_and_excluded(app: App, page: Page) -> None:
    log_in(page, app, "analis.contoh")
    open_screen(page, app, "/saring", "Pemeriksaan isian")
    expect(page.get_by_text("Isian yang diperiksa")).to_be_visible(timeout=PATIENCE)
    choose(page, "Unit", "isian tidak biasa")
    choose(page, "Periode survei", "Semester")
    why = page.get_by_text(re.compile(r"\d isian berasal dari perangkat"))
    expect(why).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Tanpa isian yang perlu diperiksa, indeks berubah")).to_be_visible()
    page.get_by_text("Keluarkan kelompok ini").first.click()
    page.get_by_label("Alasan (sedikitnya 10 huruf)").locator("visible=true").fill(
        "Satu perangkat mengirim delapan isian setiap hari"
    )
    exclude = page.get_by_role("button", name=re.compile(r"Keluarkan \d+ isian"))
    exclude.locator("visible=true").click()
    expect(page.get_by_text("Kelompok itu tidak dihitung lagi")).to_be_visible(timeout=PATIENCE)
    expect(why).to_have_count(0, timeout=PATIENCE)
    open_screen(page, app, "/catatan", "Catatan kegiatan")
    entry = page.get_by_text(re.compile("Satu perangkat mengirim delapan"))
    expect(entry.first).to_be_visible(timeout=PATIENCE)
