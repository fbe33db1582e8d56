"""The overview as it is read: ordered, filtered, a unit under five without any figure."""

import csv
from io import StringIO

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from models import Unit, reading, writing
from tests.screens.home.test_home import html
from tests.screens.seen import Office, an_office, look, offers, working

NAMES = ("Balai Latihan", "Camat Kei", "Dinas Sosial", "Kelurahan Ohoijang")


@pytest.fixture
def office(engine: Engine) -> Office:
    """The district's clinic rated by nine, four further units by nobody."""
    office = an_office(engine)
    with writing(engine) as session:
        for name in NAMES:
            code = name.lower().replace(" ", "-")
            session.add(Unit(institution_id=office.world.district.id, code=code, name=name))
    office.rate(3, 9)
    return office


def order(app: AppTest) -> list[str]:
    """The units in the order of the table."""
    body = html(app)
    names = (*NAMES, "Puskesmas Langgur", "Dukcapil")
    return sorted((name for name in names if f">{name}<" in body), key=body.index)


def test_all_units_stand_in_order_and_only_what_may_be_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, "home/overview", office.coordinator)
    assert order(app) == sorted([*NAMES, "Puskesmas Langgur", "Dukcapil"])
    body = html(app)
    assert body.count("kurang dari 5") == 5
    assert body.count("data:image/svg+xml") == 1
    assert "75,00" in body
    assert "/unit?unit=puskesmas-langgur&amp;period=semester-ini&amp;lang=id" in body
    (by,) = [box for box in app.selectbox if box.label == "Urutkan"]
    working(by.select("highest").run())
    assert order(app)[0] == "Puskesmas Langgur"


def test_filters_leave_what_was_asked_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "home/overview", office.coordinator)
    working(app.text_input[0].input("KEI").run())
    assert order(app) == ["Camat Kei"]
    working(app.text_input[0].input("").run())
    (grade,) = [box for box in app.multiselect if box.label == "Mutu"]
    working(grade.select("C").run())
    assert order(app) == ["Puskesmas Langgur"]
    (only,) = [box for box in app.multiselect if box.label == "Tampilkan hanya"]
    working(only.select("late").run())
    assert "Tidak ada unit yang cocok" in app.info[0].value


def test_the_file_has_the_same_lines(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "home/overview", office.coordinator, lang="en")
    with reading(office.engine) as session:
        files = {
            one.file_name: one.content(session, office.coordinator) for one in offers(app).values()
        }
    assert set(files) == {f"all-units-malra-semester-ini.{kind}" for kind in ("csv", "xlsx")}
    text = files["all-units-malra-semester-ini.csv"].decode("utf-8-sig")
    rows = {row["Unit"]: row for row in csv.DictReader(StringIO(text))}
    assert len(rows) == 6
    clinic, other = rows["Puskesmas Langgur"], rows["Dukcapil"]
    assert (clinic["Respondents"], clinic["IKM"], clinic["Grade"]) == ("9", "75.0", "C")
    assert (other["Respondents"], other["IKM"], other["Lower limit"]) == ("", "", "")


def test_an_official_sees_the_own_unit_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert order(look(monkeypatch, "home/overview", office.official)) == ["Puskesmas Langgur"]
