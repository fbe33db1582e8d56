"""The wizard of import: what is understood, changed by hand, stored; the same needs a reason."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from streamlit.testing.v1 import AppTest

from models import AuditEvent, Batch, ColumnMeaning, Response, reading
from tests.screens.seen import Office, an_office, look, press, said, working

FOLDER = Path(__file__).parents[2] / "data" / "intake"
HEADING = "U1,U2,U3,U4,U5,U6,U7,U8,U9"


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def uploaded(office: Office, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str) -> AppTest:
    app = look(monkeypatch, "imports", office.coordinator)
    app.file_uploader[0].upload(name, content, "application/octet-stream")
    return working(app.run())


def stored(office: Office) -> int:
    with reading(office.engine) as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def test_a_file_with_titles_totals_and_names_is_understood_and_stored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "merged-two-row-heading.xlsx"
    app = uploaded(office, monkeypatch, (FOLDER / name).read_bytes(), name)
    told = said(app)
    for sentence in ("Judul kolom di baris 5", "Nama Responden", "Olah data"):
        assert sentence in told
    assert [one.value for one in app.metric] == ["16", "73,26", "C"]
    assert "bukan responden" in app.table[0].value.to_string()
    assert stored(office) == 0
    app = press(app, "Simpan 16 jawaban")
    assert "16 jawaban disimpan" in said(app)
    assert stored(office) == 16


def test_the_same_answers_in_another_order_need_a_reason_that_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ["1,2,3,4,1,2,3,4,1", "4,4,4,4,4,4,4,4,4"]
    first = "\n".join([HEADING, *rows]).encode()
    press(uploaded(office, monkeypatch, first, "a.csv"), "Simpan 2 jawaban")
    again = "\n".join([HEADING, *reversed(rows)]).encode()
    app = uploaded(office, monkeypatch, again, "b.csv")
    assert "sudah tersimpan" in said(app)
    app = press(app, "Simpan 2 jawaban")
    assert stored(office) == 2
    app.text_area[0].set_value("Dua orang lain menjawab sama")
    press(app, "Simpan 2 jawaban")
    assert stored(office) == 4
    with reading(office.engine) as session:
        reasons = session.scalars(select(Batch.again).order_by(Batch.id)).all()
        logged = session.scalars(select(AuditEvent).where(AuditEvent.act == "import")).all()
    assert reasons == [None, "Dua orang lain menjawab sama"]
    assert [one.details.get("again") for one in logged] == reasons


def test_a_column_is_mapped_by_hand_and_remembered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = f"{HEADING.replace('U3', 'Aspek ketiga')}\n1,2,3,4,1,2,3,4,1\n".encode()
    app = uploaded(office, monkeypatch, content, "a.csv")
    assert "Aspek ketiga" in app.table[0].value.to_string()
    column = next(one for one in app.selectbox if one.label == "Aspek ketiga")
    app = working(column.set_value("time").run())
    app = press(app, "Ingat arti kolom ini untuk unit ini")
    with reading(office.engine) as session:
        kept = session.scalars(select(ColumnMeaning)).one()
    assert (kept.heading, kept.meaning) == ("aspek ketiga", "time")
    app = uploaded(office, monkeypatch, content, "a.csv")
    press(app, "Simpan 1 jawaban")
    assert stored(office) == 1
