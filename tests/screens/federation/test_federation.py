"""The screens of bundles: a district makes one, two people believe its key, the nation loads it."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from desk.federation.loading import load_bundle, plan_loading
from models import open_engine, reading, writing
from survey.signing import public_pem
from tests.desk.federation.conftest import SENDER, believing, sender, sent
from tests.desk.federation.instances import WHY_KEY, YEAR, Instance, closed, judge, opened
from tests.desk.federation.test_gaps import SCHEME
from tests.desk.federation.test_loading import forged, hash_of, numbered
from tests.screens.seen import look, offers, press, said, working

__all__ = ["believing", "sender", "sent"]


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the database of the instance stands that the screens open."""
    file = tmp_path / "shown.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("DATA", str(tmp_path))
    return file


def opened_as(instance: Instance, file: Path) -> Instance:
    """A copy of the instance, which the screens open."""
    instance.engine.dispose()
    shutil.copyfile(str(instance.engine.url.database), file)
    return Instance(open_engine(f"sqlite:///{file}"), instance.secret)


def seen(monkeypatch: pytest.MonkeyPatch, instance: Instance, screen: str, who: str) -> AppTest:
    monkeypatch.setattr("screens.federation.making.secret", lambda: instance.secret)
    return look(monkeypatch, f"federation/{screen}", instance.person(who))


def test_a_coordinator_signs_and_takes_it_away(
    sender: Instance, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = opened_as(sender, shown)
    app = seen(monkeypatch, district, "making", f"koor-{SENDER}")
    assert "tanpa satu isian pun" in said(app)
    assert not app.text_area
    app = press(app, "Tandatangani")
    assert "Kiriman siap diambil" in said(app)
    assert f"Tahun {YEAR}, nomor 1" in said(app)
    taken = offers(app)
    with reading(district.engine) as session:
        coordinator = district.person(f"koor-{SENDER}")
        content = taken["Ambil berkas"].content(session, coordinator)
        assert json.loads(content)["bundle"]["institution"] == SENDER
        key = taken["Ambil kunci publik"].content(session, coordinator)
        assert key.decode() == public_pem(district.secret)
    assert [one.label for one in app.text_area] == ["Alasan mengganti kiriman sebelumnya"]


def test_who_has_closed_nothing_is_told_so(
    believing: Instance, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = opened_as(believing, shown)
    app = seen(monkeypatch, nation, "making", "koor-buru")
    assert "Belum ada periode yang ditutup" in said(app)
    assert not app.button


def test_an_administrator_enters_a_key_that_an_analyst_confirms(
    believing: Instance, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = opened_as(believing, shown)
    app = seen(monkeypatch, nation, "keys", "siti")
    assert "dipercaya" in said(app)
    app.selectbox[0].select_index(1)
    pem, reason = app.text_area[:2]
    pem.set_value(public_pem(bytes(32)))
    reason.set_value(WHY_KEY)
    app = press(app, "Masukkan")
    assert "Kunci tersimpan; seorang analis menyetujuinya." in said(app)
    assert "menunggu persetujuan" in said(app)
    assert "Setujui" not in [one.label for one in app.button]
    app = seen(monkeypatch, nation, "receiving", "ani")
    (confirm,) = [one for one in app.button if one.label == "Setujui"]
    assert confirm.disabled
    (sure,) = [one for one in app.checkbox if one.label == "Sidik berkasnya sama."]
    app = press(sure.check().run(), "Setujui")
    assert "Kunci dipercaya mulai sekarang." in said(app)


def test_a_key_is_ended_with_its_reason(
    believing: Instance, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = opened_as(believing, shown)
    app = seen(monkeypatch, nation, "keys", "siti")
    (reason,) = [one for one in app.text_area if one.label == "Alasan"]
    reason.set_value("server daerah dicuri")
    app = press(app, "Cabut")
    assert "Kunci tidak dipercaya lagi." in said(app)
    assert "server daerah dicuri" in said(app)


def test_gaps_bundles_and_figures_are_shown(
    believing: Instance,
    sender: Instance,
    sent: bytes,
    shown: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nation = opened_as(believing, shown)
    newer = forged(sent, numbered(2, hash_of(sent)), sender)
    for content in (sent, newer):
        with writing(nation.engine) as session:
            ani = nation.person("ani")
            load_bundle(session, ani, plan_loading(session, ani, content, "a.json"))
    judge(nation, SCHEME)
    closed(nation, "buru", opened(nation, "buru", "1"))
    app = seen(monkeypatch, nation, "receiving", "ani")
    assert "Dari 4 instansi: 1 lewat kiriman, 1 dengan isian di sini, 2 belum ada" in said(app)
    assert "Terlambat: Kabupaten Seram, Kabupaten Tual." in said(app).replace("\\", "")
    (table,) = app.table
    rows = table.value.set_index("Instansi")
    assert rows.loc["Kabupaten Aru", "Datang sebagai"] == "kiriman nomor 2"
    assert "Tanpa jawaban" in str(rows.loc["Kabupaten Buru", "Yang kurang"])
    assert [one.label for one in app.toggle] == ["Tampilkan angka tiap unit"] * 2
    assert len(offers(app)) == 1  # both links bear the same words
    app = app.toggle[0].set_value(True).run()
    assert not app.exception
    figures = app.table[1].value
    assert list(figures["Unit"]) == ["Dukcapil Aru", "Puskesmas Aru", "Sosial Aru"]
    assert all("–" in one for one in figures["Selang kepercayaan 95%"])


def test_the_file_is_shown_before_it_is_stored(
    believing: Instance, sent: bytes, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = opened_as(believing, shown)
    app = seen(monkeypatch, nation, "receiving", "ani")
    app = working_with(app, sent)
    assert "Kabupaten Aru" in said(app)
    app = press(app, "Simpan")
    assert f"Kiriman Kabupaten Aru tahun {YEAR} nomor 1 berlaku mulai sekarang." in said(app)
    app = working_with(app, sent)
    assert "Kiriman ini sudah berlaku; tidak ada yang berubah." in said(app)
    app = working_with(app, sent.replace(b"aru", b"buru"))
    assert app.error


def working_with(app: AppTest, content: bytes) -> AppTest:
    """The screen with this file in its uploader."""
    app.file_uploader[0].upload("kiriman.json", content, "application/json")
    return working(app.run())
