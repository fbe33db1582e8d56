"""The keying screen: sheet after sheet, a sample twice, differences mended, stored as a batch."""

import pytest
from sqlalchemy import Engine, func, select
from streamlit.testing.v1 import AppTest

from desk.office.keying import keyings_of, sample_of
from models import Keying, Response, reading
from tests.screens.seen import Office, an_office, look, press, said, working

SCREEN = "keying"
KEEP = "Simpan lembar (Enter)"


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def begin(office: Office, monkeypatch: pytest.MonkeyPatch, sheets: int) -> AppTest:
    app = look(monkeypatch, SCREEN, office.official)
    key = f"pile_{office.world.clinic.id}_{office.world.period.id}_0"
    app.text_input(f"{key}_name").set_value("Loket 1")
    app.number_input(f"{key}_sheets").set_value(sheets)
    return press(app, "Mulai")


def pile_of(office: Office) -> Keying:
    with reading(office.engine) as session:
        place = office.world.clinic.id, office.world.period.id
        return keyings_of(session, office.official, *place)[0]


def key(app: AppTest, office: Office, round: int = 1, **lines: str) -> AppTest:
    for line, text in lines.items():
        app.text_input(f"keying_{pile_of(office).id}_{round}_{line}").set_value(text)
    return press(app, KEEP)


def other_round(app: AppTest, office: Office, round: int) -> AppTest:
    return working(
        app.segmented_control(f"keying_round_{pile_of(office).id}").set_value(round).run()
    )


def test_a_pile_from_the_first_sheet_to_the_batch(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = begin(office, monkeypatch, 2)
    assert "Tumpukan dimulai" in said(app)
    key(app, office, answers="a b c d 1 2 3 4 -", service="b", respondent="acdb-")
    assert "Lembar 1 disimpan: a b c d 1 2 3 4 -" in said(app)
    assert "**Lembar nomor 2**" in said(app)
    assert app.text_input(f"keying_{pile_of(office).id}_1_answers").value == ""
    key(app, office, answers="333333333", experience="ab", comment="Bagus")
    assert "2 dari 2 lembar" in app.get("progress")[0].proto.text
    other_round(app, office, 2)
    (twice,) = sample_of(pile_of(office))
    assert app.text_input(f"keying_{pile_of(office).id}_2_answers").value == ""
    typed = {
        1: {"answers": "1234123-4", "service": "2", "respondent": "1342-"},
        2: {"answers": "333333334", "experience": "ba"},
    }[twice]
    key(app, office, 2, **typed)
    wrong = len(app.table[0].value)
    assert f"Salah ketik: **{wrong}** dari" in said(app)
    assert "Simpan 2 lembar sebagai satu kelompok data" not in [
        button.label for button in app.button
    ]
    press(app, f"Ketik ulang lembar {twice}, yang kedua")
    right = {
        1: {"answers": "12341234-", "service": "b", "respondent": "acdb-"},
        2: {"answers": "ccccccccc", "experience": "ab"},
    }[twice]
    key(app, office, 2, **right)
    assert not app.table
    press(app, "Simpan 2 lembar sebagai satu kelompok data")
    assert "2 lembar disimpan sebagai kelompok data" in said(app)
    assert f"Salah ketik: **{wrong}** dari" in said(app)
    with reading(office.engine) as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 2


def test_what_is_wrong_is_told_by_field_and_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = begin(office, monkeypatch, 1)
    key(app, office, answers="12345678x", service="z", experience="ak", respondent="zz---")
    (told,) = [error.value for error in app.error]
    for part in (
        "Jawaban “5” tidak ada dalam pilihan untuk “Pada kunjungan ini, seberapa sesuai hasil",
        "Jawaban “x”",
        "Layanan “z”",
        "Pilihan “z” tidak ada dalam kolom “Jenis kelamin”",
        "Pilihan “z” tidak ada dalam kolom “Umur”",
    ):
        assert part in told
    widget = f"keying_{pile_of(office).id}_1_answers"
    assert app.text_input(widget).value == "12345678x"
    key(app, office, answers="33333333", service="", experience="ak", respondent="a")
    (told,) = [error.value for error in app.error]
    assert "berisi 8 jawaban; seharusnya 9" in told
    assert "berisi 1 kolom; seharusnya 5" in told
    key(app, office, answers="333333333", respondent="")
    assert "Pilih salah satu" in app.error[0].value


def test_an_earlier_sheet_is_corrected(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = begin(office, monkeypatch, 3)
    key(app, office, answers="333333333", service="a")
    prefix = f"keying_{pile_of(office).id}_1"
    working(app.selectbox(f"{prefix}_serial").set_value(1).run())
    assert app.text_input(f"{prefix}_answers").value == "333333333"
    assert app.text_input(f"{prefix}_service").value == "a"
    key(app, office, answers="444444444")
    assert "**Lembar nomor 2**" in said(app)
    working(app.selectbox(f"{prefix}_serial").set_value(1).run())
    assert app.text_input(f"{prefix}_answers").value == "444444444"


def test_nothing_is_keyed_once_the_period_is_closed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(office, monkeypatch, 3)
    office.close()
    app = look(monkeypatch, SCREEN, office.official)
    assert "sudah ditutup" in said(app)
    assert KEEP not in [button.label for button in app.button]
