"""What a person chose follows from page to page, and stands in the address by its code."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from models import Institution, Unit, writing
from tests.screens.seen import Office, an_office, said, working
from tests.world import a_period

HEADS = {"doors": "office.doors", "posters": "office.posters", "keying": "office.keying"}
LABELS = {"unit": "Unit", "period": "Periode survei"}


def script() -> None:
    from importlib import import_module

    import streamlit as st

    import_module(f"screens.{st.session_state['page']}").screen()


@dataclass(frozen=True)
class Visit:
    """A person's visit: one page after another in the same browser tab."""

    app: AppTest

    def go(self, page: str, **query: str) -> AppTest:
        """Opens a page by the menu, which keeps nothing of the address, or by a link."""
        self.app.session_state["page"] = HEADS[page]
        self.app.query_params.clear()
        for name, value in query.items():
            self.app.query_params[name] = value
        return working(self.app.run())

    def choose(self, label: str, name: str) -> AppTest:
        (entry,) = [one for one in self.app.selectbox if one.label == label]
        (option,) = [one for one in entry.options if one.startswith(name)]
        return working(entry.select(option).run())

    def chosen(self) -> tuple[str, ...]:
        """What the head of the page shows: unit and period by name."""
        return tuple(
            one.options[one.index].split(" · ")[0]
            for label in LABELS.values()
            for one in self.app.selectbox
            if one.label == label and one.index is not None
        )

    @property
    def address(self) -> dict[str, str]:
        return {name: self.app.query_params[name] for name in self.app.query_params}


@pytest.fixture
def office(engine: Engine) -> Office:
    """A district of two units with two open periods."""
    office = an_office(engine)
    with writing(engine) as session:
        older = a_period(session, session.merge(office.world.district, load=False), days=(-90, -31))
        older.code, older.name = "semester-lalu", "Semester lalu"
        older.starts -= timedelta(days=1)
    return office


def visit(monkeypatch: pytest.MonkeyPatch, actor: Actor) -> Visit:
    monkeypatch.setattr("screens.shell.actor", lambda: actor)
    app = AppTest.from_function(script, default_timeout=60)
    return Visit(app)


def test_unit_and_period_follow_from_page_to_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = visit(monkeypatch, office.coordinator)
    one.go("keying", lang="id")
    assert one.chosen() == ("Dukcapil", "Semester ini")
    one.choose("Unit", "Puskesmas Langgur")
    one.choose("Periode survei", "Semester lalu")
    assert one.address | {"lang": "id"} == {
        "unit": "puskesmas-langgur",
        "period": "semester-lalu",
        "lang": "id",
    }
    one.go("doors")
    assert one.chosen() == ("Puskesmas Langgur",)
    assert one.address == {"unit": "puskesmas-langgur"}
    one.go("keying")
    assert one.chosen() == ("Puskesmas Langgur", "Semester lalu")
    assert one.address == {"unit": "puskesmas-langgur", "period": "semester-lalu"}


def test_a_link_chooses_also_in_a_visit_that_chose_otherwise(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent by somebody else, or an earlier step of the browser's way back."""
    one = visit(monkeypatch, office.coordinator)
    one.go("keying", unit="puskesmas-langgur", period="semester-lalu", lang="id")
    assert one.address == {"unit": "puskesmas-langgur", "period": "semester-lalu", "lang": "id"}
    assert one.chosen() == ("Puskesmas Langgur", "Semester lalu")
    one.go("keying", unit="dukcapil-malra", lang="id")
    assert one.chosen() == ("Dukcapil", "Semester lalu")
    one.choose("Unit", "Puskesmas Langgur")
    assert one.address["unit"] == "puskesmas-langgur"


@pytest.mark.parametrize("code", ["nowhere", "kantor-lain", "", "x" * 10_000, "<b>", "1"])
def test_an_unknown_code_and_anothers_are_told_apart_by_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """The page is the one without an address, word for word."""
    with writing(office.engine) as session:
        place = Institution(
            code="lain",
            name="Kota Lain",
            kind="province",
            timezone="Asia/Jakarta",
            demonstration=False,
        )
        other = Unit(institution=place, code="kantor-lain", name="Kantor Lain")
        period = a_period(session, place)
        period.code = "periode-lain"
        session.add(other)
    plain, asked = (visit(monkeypatch, office.official) for _ in range(2))
    plain.go("keying")
    asked.go("keying", unit=code, period="periode-lain")
    assert said(asked.app) == said(plain.app)
    assert asked.address == plain.address
    assert asked.chosen() == plain.chosen() == ("Puskesmas Langgur", "Semester ini")


def test_where_nobody_chose_each_page_keeps_its_own_first_choice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.close()
    monkeypatch.setitem(HEADS, "follow_up", "unit.follow_up")
    one = visit(monkeypatch, office.official)
    one.go("keying")
    assert one.chosen()[1] == "Semester lalu"  # the newest that is open
    one.go("follow_up")
    assert one.chosen()[1] == "Semester ini"  # the newest that is closed
    one.choose("Periode survei", "Semester lalu")
    one.choose("Periode survei", "Semester ini")
    one.go("keying")
    assert one.chosen()[1] == "Semester ini"


def test_the_dashboard_opens_on_the_newest_period_with_a_result(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HEADS, "dashboard", "unit.dashboard")
    with writing(office.engine) as session:
        newer = a_period(session, session.merge(office.world.district, load=False), days=(31, 60))
        newer.code, newer.name = "berikutnya", "Semester berikutnya"
    office.rate(3, 4)
    assert _first(office, monkeypatch) == "Semester berikutnya"
    office.rate(3, 1)
    assert _first(office, monkeypatch) == "Semester ini"
    office.close()
    assert _first(office, monkeypatch) == "Semester ini"


def _first(office: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    """The period on which the dashboard opens in a new visit."""
    one = visit(monkeypatch, office.official)
    one.go("dashboard")
    return one.chosen()[1]


def test_an_institution_is_named_in_the_box_only_where_it_tells_units_apart(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "Kabupaten Maluku Tenggara"

    def look() -> tuple[list[str], list[str]]:
        one = visit(monkeypatch, office.coordinator)
        app = one.go("doors", unit="puskesmas-langgur")
        (box,) = [box for box in app.selectbox if box.label == "Unit"]
        return box.options, [element.value for element in app.caption]

    names, captions = look()
    assert names == ["Dukcapil", "Puskesmas Langgur"]
    assert place in captions
    with writing(office.engine) as session:
        code = "langgur-2"
        twin = Unit(institution_id=office.world.district.id, code=code, name="Puskesmas Langgur")
        session.add(twin)
    names, captions = look()
    assert names == ["Dukcapil", *[f"Puskesmas Langgur · {place}"] * 2]
    assert place not in captions


def test_a_page_that_lacks_what_was_chosen_forgets_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = visit(monkeypatch, office.coordinator)
    one.go("doors")
    one.choose("Unit", "Puskesmas Langgur")
    registry = frozenset({office.world.registry.id})
    mine = replace(office.official, units=registry)
    monkeypatch.setattr("screens.shell.actor", lambda: mine)
    one.go("doors")
    assert one.chosen() == ("Dukcapil",)
    monkeypatch.setattr("screens.shell.actor", lambda: office.coordinator)
    one.go("posters")
    assert one.chosen() == ("Puskesmas Langgur",)


@pytest.mark.parametrize("invented", [False, True])
@pytest.mark.parametrize("page", HEADS)
def test_the_head_warns_of_a_demonstration_on_every_page(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, page: str, invented: bool
) -> None:
    one = visit(monkeypatch, an_office(engine, invented).official)
    assert said(one.go(page)).count("Data contoh") == int(invented)
