"""The assessors' screens, and an institution's pre-assessment, as people in the field see them."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import Judgement, assess
from desk.assessment.counted import count_judgements
from desk.assessment.fieldwork import Capacity, Judging
from desk.assessment.interviews import FORMS, InterviewRecord, record
from models import Evidence, Interview, Reconciliation, User, now, reading, writing
from models.assessments import Assessment, SelfAssessment
from reports.poster import qr_png
from tests.fieldwork import assign
from tests.screens.seen import Office, an_office, look, press, said, working

SCHEME = load_scheme("ombudsman-2022")
YEAR = now().year
PRODUCTS = dict.fromkeys(("fee", "product", "procedure"), "layanan-1")
PNG = qr_png("papan tarif", 4)


@pytest.fixture
def office(engine: Engine) -> Office:
    found = an_office(engine)
    with writing(engine) as session:
        for key, name in ((4, "Dewi"), (5, "Eko"), (6, "Fajar")):
            session.add(
                User(id=key, username=name.lower(), name=name, password_hash="-", active=True)
            )
        session.flush()
        assign(session, DEWI, found.world.clinic.id, [DEWI.user_id, EKO.user_id], YEAR)
    return found


DEWI, EKO, FAJAR = (
    Actor(key, name, analyst=True) for key, name in ((4, "Dewi"), (5, "Eko"), (6, "Fajar"))
)


def judge(
    office: Office, actor: Actor, rungs: Mapping[str, int], capacity: Capacity = "official"
) -> None:
    judgements = [
        Judgement(office.world.clinic.id, item, rung, subject=PRODUCTS.get(item, ""))
        for item, rung in rungs.items()
    ]
    with writing(office.engine) as session:
        assess(session, actor, Judging(SCHEME, YEAR, capacity), judgements)


def choose(app: AppTest, label: str, option: str) -> AppTest:
    """Chooses in the box with this label, by what is written there."""
    (box,) = [box for box in app.selectbox if box.label == label]
    return working(box.select(next(one for one in box.options if option in one)).run())


def way(app: AppTest, key: str, chosen: str) -> AppTest:
    """Goes to another way of working."""
    app.session_state[key] = chosen
    return working(app.run())


def test_one_item_after_the_other_with_its_rungs(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = choose(look(monkeypatch, "assess", DEWI), "Unit", "Puskesmas")
    assert "0 dari 14 butir" in app.get("progress")[0].proto.text
    assert any("mudah dibaca, dan dijalankan" in one for one in app.radio[0].options)
    assert "Pilih dahulu nilainya" in said(press(app, "Simpan dan lanjut"))
    app.radio[0].set_value(3)
    app.text_area[0].set_value("Papan di loket")
    app.text_input[0].set_value("https://x.go.id/standar")
    app = press(app, "Simpan dan lanjut")
    assert "Dasar hukum layanan ini: nilai 3 disimpan." in said(app)
    assert "**Persyaratan yang harus dipenuhi pengguna layanan**" in said(app)
    with reading(office.engine) as session:
        kept = session.scalars(select(Assessment)).one()
        assert (kept.item, kept.subject, kept.judgement) == ("legal_basis", "layanan-1", 3)
        assert (kept.note, kept.link) == ("Papan di loket", "https://x.go.id/standar")


def test_a_photo_is_kept_with_the_judgement_and_a_forgery_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = choose(look(monkeypatch, "assess", DEWI), "Unit", "Puskesmas")
    app.radio[0].set_value(2)
    app.file_uploader[0].upload("papan.png", b"<script>", "image/png")
    app = press(app, "Simpan dan lanjut")
    assert "jenis berkas lain" in "\n".join(str(table.value) for table in app.table)
    with reading(office.engine) as session:
        assert session.scalars(select(Assessment)).all() == []
    app.file_uploader[0].upload("papan.png", PNG, "image/png")
    press(app, "Simpan dan lanjut")
    with reading(office.engine) as session:
        kept = session.scalars(select(Assessment)).one()
        assert kept.evidence_hash == session.scalars(select(Evidence.hash)).one()


def test_a_user_is_interviewed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "assess", DEWI)
    app = choose(way(app, "assess_way", "interviews"), "Unit", "Puskesmas")
    app.checkbox[0].check()
    app.checkbox[10].check()  # none, beside a form
    app = press(app, "Simpan dan lanjut")
    assert "tidak mengalami atau tidak mau menjawab saja" in "\n".join(
        str(table.value) for table in app.table
    )
    app.checkbox[10].uncheck()
    app = press(app, "Simpan dan lanjut")
    assert "Jawaban pengguna layanan ke-1 disimpan." in said(app)
    assert "Sejauh ini 1 pengguna layanan menjawab" in said(app)
    assert not any(box.value for box in app.checkbox)
    with reading(office.engine) as session:
        kept = session.scalars(select(Interview)).one()
        assert kept.answers == {"forms": ["undue_delay"]}


def test_trust_is_asked_on_five_rungs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "assess", DEWI)
    app = choose(way(app, "assess_way", "interviews"), "Unit", "Puskesmas")
    app = choose(app, "Wawancara", "kepercayaan")
    for radio, rung in zip(app.radio, (4, 3, 2, 1), strict=False):
        radio.set_value(rung)
    press(app, "Simpan dan lanjut")
    with reading(office.engine) as session:
        kept = session.scalars(select(Interview)).one()
        assert (kept.points, kept.most) == (10, 16)


def test_two_differ_and_a_third_settles_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    judge(office, DEWI, {"fee": 1, "product": 4, "procedure": 3})
    judge(office, EKO, {"fee": 3, "product": 4, "procedure": 3})
    app = way(look(monkeypatch, "assess", DEWI), "assess_way", "disagreements")
    assert "**1** butir berbeda; **1** belum diselesaikan." in said(app)
    assert "orang lain yang menyelesaikannya" in said(app)
    assert not [button for button in app.button if button.label == "Simpan penyelesaian"]
    app = way(look(monkeypatch, "assess", FAJAR), "assess_way", "disagreements")
    (agreement,) = (table.value for table in app.table)
    assert agreement.iloc[0].to_list()[1:] == ["3", "2", "0,40"]
    assert "kurang dari 10 nilai bersama" in said(app)
    app.radio[0].set_value(2)
    app.text_area[0].set_value("Foto dilihat bersama")
    app = press(app, "Simpan penyelesaian")
    assert "Diselesaikan: nilai 2 yang dihitung." in said(app)
    with reading(office.engine) as session:
        assert session.scalars(select(Reconciliation.judgement)).one() == 2
        assert count_judgements(session, YEAR).means[office.world.clinic.id, "fee"] == 2


def test_a_sheet_is_looked_at_before_it_is_stored(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge(office, DEWI, {"fee": 1})
    app = way(look(monkeypatch, "assess", DEWI), "assess_way", "files")
    bad = b"unit;item;subject;judgement\npuskesmas-langgur;fee;layanan-1;7\n"
    app.file_uploader[0].upload("a.csv", bad, "text/csv")
    app = working(app.run())
    assert '"7"' in "\n".join(str(table.value) for table in app.table)
    good = bad.replace(b"7", b"1") + b"puskesmas-langgur;product;layanan-1;3\n"
    app.file_uploader[0].upload("b.csv", good, "text/csv")
    app = working(app.run())
    (preview,) = (table.value for table in app.table)
    assert preview.iloc[0].to_list() == ["Puskesmas Langgur", "2", "1", "1"]
    app = press(app, "Simpan 1 nilai")
    with reading(office.engine) as session:
        assert session.scalars(select(Assessment.item).order_by(Assessment.id)).all() == [
            "fee",
            "product",
        ]


def test_who_is_no_assessor_of_the_unit_is_told_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = choose(look(monkeypatch, "assess", FAJAR), "Unit", "Puskesmas")
    for chosen in ("cards", "table", "interviews"):
        app = way(app, "assess_way", chosen)
        assert "Hanya penilai yang dipilih untuk sebuah unit" in said(app)
        assert not app.radio
        assert not app.checkbox
    app = way(app, "assess_way", "files")
    assert "Anda bukan penilai unit mana pun di instansi ini" in said(app)
    assert not app.file_uploader


def test_numbers_that_another_assessor_took_are_not_offered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(office.engine) as session:
        clinic = office.world.clinic.id
        record(session, EKO, InterviewRecord(clinic, YEAR, "experience", 1, {FORMS: ["none"]}))
    app = look(monkeypatch, "assess", DEWI)
    app = choose(way(app, "assess_way", "interviews"), "Unit", "Puskesmas")
    (numbers,) = [box for box in app.selectbox if box.label == "Pengguna layanan ke-"]
    assert numbers.options == [str(at) for at in range(2, 31)]


def test_an_institution_judges_itself_and_compares(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = choose(look(monkeypatch, "preassessment", office.coordinator), "Unit", "Puskesmas")
    app.radio[0].set_value(4)
    press(app, "Simpan dan lanjut")
    with reading(office.engine) as session:
        assert session.scalars(select(SelfAssessment.judgement)).one() == 4
        assert session.scalars(select(Assessment)).all() == []
    items = ("service_area", "supporting_facilities", "facilities_vulnerable")
    judge(office, office.coordinator, dict.fromkeys(items, 4), "self")
    judge(office, DEWI, dict.fromkeys(items, 3))
    app = way(
        look(monkeypatch, "preassessment", office.coordinator), "preassessment_way", "compared"
    )
    assert "**Puskesmas Langgur**, Sarana dan prasarana, +25,00" in said(app)
    numbers = app.table[0].value
    facilities = numbers[numbers["Bagian"] == "Sarana dan prasarana"].iloc[0]
    assert facilities.to_list()[2:] == ["100,00", "75,00", r"\+25,00"]


def test_who_coordinates_nothing_only_compares(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, "preassessment", office.official)
    assert "Belum ada penilaian mandiri" in said(app)
    judge(office, office.coordinator, {"fee": 4}, "self")
    app = look(monkeypatch, "preassessment", DEWI, lang="en")
    assert "there is only the own score" in said(app)
    assert not app.radio
