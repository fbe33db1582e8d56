"""The reading room: trends, quotes that a filter finds, and the way to the follow-up plan."""

import re
from collections.abc import Collection, Mapping
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.comments.labels import Labelled
from desk.comments.reading import reading_room
from models import Comment, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.few_frames import teach_few
from tests.screens.seen import Office, an_office, look, said, working

SCREEN = "reading"
ANALYST = Actor(9, "Analis", analyst=True)
LABELS: dict[str, Labelled] = {
    **{f"Antre lama <b>{at}</b>": Labelled("undue_delay", elements=("time",)) for at in range(5)},
    "Petugas ramah": Labelled("praise", elements=("behaviour",), sentiment="positive"),
    **{
        f"Diminta uang {at}": Labelled("request_for_payment", elements=("cost",)) for at in range(6)
    },
}


def labels_of(session: Session, responses: Collection[UUID]) -> Mapping[UUID, Labelled]:
    found = session.execute(select(Comment.response_id, Comment.text))
    return {row.response_id: LABELS[row.text] for row in found if row.response_id in responses}


@pytest.fixture
def office(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(
        "screens.comments.reading.reading_room", partial(reading_room, labels_of=labels_of)
    )
    return an_office(engine)


@pytest.fixture
def told(office: Office) -> Office:
    """The office, and what citizens wrote there."""
    world = office.world
    rows = [
        CheckedResponse({"time": 3}, "open_link", "self", comment=text, readers="unit")
        for text in LABELS
    ]
    with writing(office.engine) as session:
        store(session, world.clinic, world.period, asked_instrument(world.period), rows)
    return office


def test_an_empty_room_says_when_comments_appear(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Belum ada komentar" in said(look(monkeypatch, SCREEN, office.official))


def test_the_unit_reads_quotes_and_sees_serious_kinds_as_counts(
    told: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, SCREEN, told.official)
    text = said(app)
    assert "Antre lama <b>3</b>" in text
    assert "Diminta uang" not in text
    assert "6 komentar ditemukan, 6 ditampilkan." in text
    forms, elements = (table.value.to_string() for table in app.table)
    assert "5 atau lebih" in forms
    assert "Biaya" not in elements
    assert "request_for_payment" not in app.selectbox("reading_label").options
    teach_few(monkeypatch)
    app = working(app.toggle("reading_together").set_value(True).run())
    assert re.fullmatch(r"\*\*Antrean lama .+\*\* · 5 komentar", app.expander[-1].label)
    app.toggle("reading_together").set_value(False)
    app.selectbox("reading_label").set_value("praise")
    text = said(working(app.run()))
    assert "Petugas ramah" in text
    assert "Antre lama" not in text


def test_the_analyst_reads_all_and_is_offered_no_plan(
    told: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, SCREEN, ANALYST, unit=told.world.clinic.code)
    assert "Diminta uang 5" in said(app)
    assert "+" not in app.table[0].value.to_string()
    assert not [one for one in app.get("html") if "tindak-lanjut" in one.proto.body]


def test_the_way_to_the_plan_carries_unit_and_element(
    told: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, SCREEN, told.official)
    app.selectbox("reading_element").set_value("time")
    working(app.run())
    (link,) = [one.proto.body for one in app.get("html") if "tindak-lanjut" in one.proto.body]
    assert f"?unit={told.world.clinic.code}&amp;unsur=time&amp;" in link
    plan = look(monkeypatch, "follow_up", told.official, unit=told.world.clinic.code, unsur="time")
    assert plan.selectbox("follow_up_unit").value == told.world.clinic.id
    assert plan.selectbox("follow_up_new_0_element").value == "time"
