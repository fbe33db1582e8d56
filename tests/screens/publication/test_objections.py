"""Before publication: the institution sees its derivation and objects, another analyst decides."""

from uuid import UUID

import pytest

from accounts.actors import Actor
from desk.index.declarations import NewDeclaration, declare
from desk.index.perception import Scoring
from desk.publication.publishing import prepare
from models import writing
from tests.desk.conftest import House, another_district, house
from tests.desk.index.test_declarations import REASON, suffixed
from tests.screens.seen import look, press, said

__all__ = ["house"]


@pytest.fixture
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
    assert "Ditolak" not in decide(house.analyst)
    assert "Ditolak" in decide(house.second_analyst)
    assert house.acts()[-1] == "decline_objection"
