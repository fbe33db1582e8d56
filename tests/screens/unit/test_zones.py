"""The dashboard of an integrity zone's survey: its own index, scale and thresholds."""

import pytest
from sqlalchemy import Engine

from accounts.actors import Actor
from analysis.rulebook.instrument import load_instrument
from models import writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.screens.seen import look, said
from tests.world import a_district


@pytest.mark.parametrize(
    ("survey", "index", "told"),
    [
        ("spkp-2021", "IPKP", "WBK mulai 3,20 (tercapai) · WBBM mulai 3,60 (belum)"),
        ("spak-2021", "IPAK", "WBK/WBBM mulai 3,60 (belum)"),
    ],
)
def test_the_index_has_its_name_its_scale_and_its_thresholds(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, survey: str, index: str, told: str
) -> None:
    with writing(engine) as session:
        world = a_district(session, survey)
        answers = dict.fromkeys(load_instrument(survey).allowed, 5)
        row = CheckedResponse(
            answers=answers,
            channel="open_link",
            provenance="self",
            service_id=world.clinic.services[0].id,
            local_date=world.period.starts,
        )
        store(session, world.clinic, world.period, asked_instrument(world.period), [row] * 9)
        actor = Actor(1, "Ani", units=frozenset({world.clinic.id}))
    app = look(monkeypatch, "dashboard", actor)
    assert len([one for one in app.subheader if index in one.value]) == 1
    (picture,) = app.get("html")
    assert "Indeks 3,33 dari 4" in str(getattr(picture, "value", ""))
    text = said(app)
    assert told in text.replace("\\", "")
    assert "5,00 dari 6" in text
    assert "IKM" not in text
