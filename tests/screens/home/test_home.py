"""Home as it is read: sentences with their way, folded where many, and taken along."""

from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from desk.home.tasks import WaitingTask
from desk.unit.follow_up import NewProgramme, plan_follow_up
from models import now, reading, writing
from screens.home.home import grouped
from tests.reports.test_calendar import unfolded
from tests.screens.seen import Office, an_office, look, offers, said

PROGRAMME = "Loket <b>kedua</b> & kursi; 10 %"


def html(app: AppTest) -> str:
    """What stands on the page as HTML."""
    return "".join(element.proto.body for element in app.get("html"))


def plan(office: Office, programme: str = PROGRAMME, days: int = -3) -> None:
    new = NewProgramme("time", programme, now().date() + timedelta(days=days), "Kepala loket")
    with writing(office.engine) as session:
        place = office.world.clinic.id, office.world.period.id
        plan_follow_up(session, office.official, *place, new)


@pytest.mark.parametrize(
    ("language", "late", "way"),
    [("id", "terlambat", "Buka Tindak lanjut"), ("en", "days late", "Open Follow-up")],
)
def test_each_line_leads_to_where_it_is_done(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, language: str, late: str, way: str
) -> None:
    office = an_office(engine)
    plan(office)
    body = html(look(monkeypatch, "home", office.official, lang=language))
    assert late in body
    assert "Loket &lt;b&gt;kedua&lt;/b&gt; &amp; kursi" in body
    link = f"/tindak-lanjut?unit=puskesmas-langgur&period=semester-ini&lang={language}"
    assert f'href="{link}"' in unescape(body)
    assert way in body


def test_what_waits_goes_along_as_text_and_as_calendar(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = an_office(engine)
    plan(office)
    app = look(monkeypatch, "home", office.official)
    (text,) = app.code
    assert "Yang menunggu di Suara Layanan" in text.value
    assert f"1. terlambat 3 hari: Tindak lanjut Puskesmas Langgur lewat waktunya: {PROGRAMME}" in (
        text.value.replace("2 hari", "3 hari").replace("4 hari", "3 hari")  # the district's day
    )
    assert "tidak mengirim pesan" in said(app)
    (calendar,) = offers(app).values()
    with reading(engine) as session:
        lines = unfolded(calendar.content(session, office.official))
    assert lines.count("BEGIN:VEVENT") == 2  # the programme, and the period's end
    assert any("Loket <b>kedua</b> & kursi\\; 10 %" in line for line in lines)


def test_many_of_a_kind_are_folded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    office = an_office(engine)
    for at in range(4):
        plan(office, f"Program {at}")
    body = html(look(monkeypatch, "home", office.official))
    assert "4 program tindak lanjut lewat waktunya." in body
    assert body.count("<details>") == 1
    assert body.count("Program ") == 4


def test_grouped_tasks_stand_where_the_first_of_them_stands() -> None:
    day = now().date()
    tasks = [WaitingTask(kind, day, "unit") for kind in "abababab"]
    assert [[one.kind for one in group.tasks] for group in grouped([*tasks, tasks[0]])] == [
        ["a"] * 5,
        ["b"] * 4,
    ]
    few = [WaitingTask(kind, day, "unit") for kind in "abaab"]
    assert [len(group.tasks) for group in grouped(few)] == [1] * 5


def test_where_nothing_waits_it_says_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    an_office(engine)
    app = look(monkeypatch, "home", Actor(3, "Citra", analyst=True))
    assert "Tidak ada yang menunggu Anda sekarang." in said(app)
    assert not app.get("html")
