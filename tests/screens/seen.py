"""How the tests of the desk's screens see them: an office with people, a screen as one sees it."""

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from desk.office.periods import close_period
from models import Role, Unit, User, writing
from screens.offers import AnyOffer, offered
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.world import District, a_district

SCREENS = Path(__file__).parents[2] / "screens"
TAKEN = re.compile(r'<a class="take[^"]*" href="/unduh/([^"/]+)">(.*)</a>')
PICTURE = re.compile(r'<img src="/unduh/([^"/]+)"')


@dataclass(frozen=True)
class Office:
    """A district, its official and two coordinators, who are users of the database."""

    engine: Engine
    world: District
    official: Actor
    coordinator: Actor
    second: Actor

    def rate(self, answer: int, number: int, unit: Unit | None = None) -> None:
        """Stores the same rating so many times; of the clinic where no unit is named."""
        period = self.world.period
        answers = dict.fromkeys(asked_instrument(period).allowed, answer)
        place = unit or self.world.clinic
        service = place.services[0].id
        row = CheckedResponse(
            answers=answers,
            channel="open_link",
            provenance="self",
            service_id=service,
            local_date=period.starts,
        )
        with writing(self.engine) as session:
            store(session, place, period, asked_instrument(period), [row] * number)

    def close(self) -> None:
        """Closes the period."""
        with writing(self.engine) as session:
            close_period(session, self.coordinator, self.world.period.id)


def an_office(engine: Engine, demonstration: bool = False) -> Office:
    """Adds the district and its people."""
    with writing(engine) as session:
        world = a_district(session, demonstration=demonstration)
        for key, name in enumerate(("Ani", "Budi", "Citra"), 1):
            session.add(
                User(id=key, username=name.lower(), name=name, password_hash="-", active=True)
            )
        session.flush()
        whole_of = {"role": "coordinator", "institution_id": world.district.id}
        session.add(Role(user_id=1, role="official", unit_id=world.clinic.id))
        session.add_all(Role(user_id=key, **whole_of) for key in (2, 3))
        assert world.clinic.services
        assert world.registry.services
        assert world.period.instrument
        assert world.period.scheme
    whole = frozenset({world.district.id})
    return Office(
        engine,
        world,
        Actor(1, "Ani", units=frozenset({world.clinic.id})),
        Actor(2, "Budi", institutions=whole),
        Actor(3, "Citra", institutions=whole),
    )


def look(
    monkeypatch: pytest.MonkeyPatch, screen: str, actor: Actor | None, **query: str
) -> AppTest:
    """The screen of that file as the actor sees it."""

    def script(screen: str) -> None:
        from importlib import import_module

        import_module(screen).screen()

    monkeypatch.setattr("screens.shell.actor", lambda: actor)
    (file,) = SCREENS.rglob(f"{screen}.py")
    module = ".".join(file.relative_to(SCREENS.parent).with_suffix("").parts)
    app = AppTest.from_function(script, default_timeout=20, kwargs={"screen": module})
    for name, value in query.items():
        app.query_params[name] = value
    return working(app.run())


def working(app: AppTest) -> AppTest:
    """The screen, on which nothing broke."""
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that is told in sentences."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.success, app.text)
    return "\n".join(element.value for kind in kinds for element in kind)


def offers(app: AppTest) -> dict[str, AnyOffer]:
    """What is to be taken away, by the words of its link, in their order."""
    links = [TAKEN.fullmatch(element.proto.body) for element in app.get("html")]
    found = {unescape(link[2]): offered(link[1]) for link in links if link}
    return {label: offer for label, offer in found.items() if offer}


def pictures(app: AppTest) -> list[AnyOffer]:
    """The pictures beside the text."""
    shown = [PICTURE.search(element.proto.body) for element in app.get("html")]
    return [offer for one in shown if one and (offer := offered(one[1]))]


def press(app: AppTest, label: str) -> AppTest:
    """Presses the button with this label."""
    (button,) = [button for button in app.button if button.label == label]
    return working(button.click().run())
