"""Before publication: the institution sees its derivation and objects, another analyst decides."""

from datetime import timedelta
from uuid import UUID

import pytest

from accounts.actors import Actor
from desk.assessment.products import FACT
from desk.index.declarations import NewDeclaration, declare
from desk.index.perception import Scoring
from desk.publication.grounds import grounds_of, nameable
from desk.publication.objections import (
    NewObjection,
    ObjectionDecision,
    decide_objection,
    object_to,
)
from desk.publication.publishing import prepare
from models import time_moved, writing
from tests.desk.assessment.test_products import a_product
from tests.desk.assessment.test_secondary import FIGURES, OPINION, enter, fieldwork
from tests.desk.conftest import House, another_district, house
from tests.desk.index.test_declarations import REASON, suffixed
from tests.fieldwork import assign
from tests.kept import kept
from tests.lasting import lasting
from tests.screens.seen import look, press, said

__all__ = ["house"]


@kept
def prepared(house: House) -> UUID:
    """Two districts wait for approval; of the first the fact of the suffix was stated."""
    house.judge(3)
    with writing(house.engine) as session:
        other = another_district(session, "lain")
        declare(
            session, house.analyst, suffixed(), NewDeclaration(2025, house.district, True, REASON)
        )
    house.judge(2, other.id)
    with writing(house.engine) as session:
        return prepare(session, house.analyst, Scoring(suffixed(), 2025)).id


def an_objection(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "objections", house.coordinator)
    (item,) = [one for one in app.selectbox if str(one.key).endswith("_item")]
    (reason,) = [one for one in app.text_area if str(one.key).endswith("_reason")]
    item.select("Ditindaklanjuti")
    reason.set_value("Produk itu belum kami terima")
    press(app, "Kirim sanggahan")
    assert house.acts()[-1] == "object"


def test_the_institution_sees_its_own_derivation(
    house: House, prepared: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, "objections", house.coordinator)
    (derivation,) = [one.value for one in app.table if "Nilai" in str(list(one.value.columns))]
    raw, value = derivation.iloc[:, 1], derivation.iloc[:, 2]
    assert set(raw) == {"3,00", "–"}
    assert set(value) == {"75,00"}
    text = said(app)
    assert "Ditindaklanjuti: Ya." in text
    assert "Kabupaten lain" not in text
    assert not any("Peringkat" in str(column) for one in app.dataframe for column in one.value)
    assert not [
        one for one in app.selectbox if str(prepared) in str(one.key) and "lain" in one.options
    ]


def test_an_objection_goes_to_an_analyst_who_did_not_assess(
    house: House, prepared: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepared
    an_objection(house, monkeypatch)

    def decide(actor: Actor) -> str:
        app = look(monkeypatch, "objections", actor)
        (answer,) = [one for one in app.text_area if str(one.key).startswith("decide_")]
        answer.set_value("Sudah diterima 2 Maret")
        return said(press(app, "Tolak sanggahan"))

    assert "1 sanggahan belum diputus" in said(look(monkeypatch, "scores", house.second_analyst))
    own = look(monkeypatch, "objections", house.analyst)
    assert "butir yang Anda nilai sendiri" in said(own)
    assert [*own.button, *own.text_area] == []
    assert "Ditolak" in decide(house.second_analyst)
    assert house.acts()[-1] == "decline_objection"


def test_after_the_days_to_object_nobody_is_asked_to(
    house: House, prepared: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepared
    with time_moved(timedelta(days=-7)), writing(house.engine) as session:
        prepare(session, house.analyst, Scoring(lasting("compliance-2016"), 2025))
    app = look(monkeypatch, "objections", house.coordinator)
    assert "Sanggahan diterima sampai" in said(app)
    assert "Masa sanggah berakhir" in said(app)
    assert len(app.text_area) == 1


def test_who_decides_sees_where_each_figure_comes_from(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(house.engine) as session:
        assign(session, house.analyst, house.clinic, [house.analyst.user_id], 2025, OPINION)
    fieldwork(house)
    for indicator, value in FIGURES.items():
        enter(house, indicator, value, source=f"Terbitan {indicator}")
    a_product(house)
    house.sign_off()
    with writing(house.engine) as session:
        publication = prepare(session, house.analyst, Scoring(OPINION, 2025)).id
        for item in ("bps", FACT, "trust"):
            new = NewObjection(house.clinic, item, "Angkanya bukan milik kami")
            object_to(session, house.coordinator, publication, new)
    app = look(monkeypatch, "objections", house.second_analyst)
    text = said(app)
    assert "diterbitkan lembaga lain" in text
    assert "71.5** · Terbitan bps (2024), dimasukkan analyst" in text.replace("\\", "")
    assert "diputuskan oleh daftar produk" in text
    assert "jawaban warga" not in text
    tables = "\n".join(one.value.to_csv() for one in app.table).replace("\\", "")
    assert "TK-1/2024,Belum ditindaklanjuti,analyst" in tables
    assert tables.count("pengguna layanan nomor") == 30  # in one folded table
    titles = [one.label for one in app.expander]
    assert [one for one in titles if "Survei kepercayaan masyarakat oleh analyst: 30" in one]


def test_what_nobody_can_mend_is_released_and_the_institution_reads_why(
    house: House, prepared: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(house.engine) as session:
        item = next(iter(suffixed().indicators())).key
        new = NewObjection(house.clinic, item, "Papan biaya sudah dipasang")
        objection = object_to(session, house.coordinator, prepared, new)
        named = nameable(grounds_of(session, objection))
        decision = ObjectionDecision(True, "Foto papan itu terlewat", named)
        decide_objection(session, house.second_analyst, objection.id, decision)
    assert "belum diisi ulang" in said(look(monkeypatch, "objections", house.coordinator))
    assert [*look(monkeypatch, "objections", house.analyst).text_area] == []
    app = look(monkeypatch, "objections", house.second_analyst)
    (reason,) = app.text_area
    reason.set_value("Penilainya sudah pindah tugas")
    press(app, "Nyatakan selesai")
    text = said(look(monkeypatch, "objections", house.coordinator))
    assert "Dinyatakan selesai" in text
    assert "Penilainya sudah pindah tugas" in text
