"""The screen of plans, as a coordinator and an official see it."""

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import assess
from desk.assessment.fieldwork import Judging
from models import User, writing
from tests.fieldwork import assign, judged_alike
from tests.world import District, a_district

SCHEME = load_scheme("compliance-2021")


@pytest.fixture
def world(engine: Engine) -> District:
    """Both units judged: every standard of the clinic at 2, of the registry at 4."""
    with writing(engine) as session:
        district = a_district(session)
        session.add(User(id=1, username="ani", name="Ani", password_hash="-", active=True))
        session.flush()
        for unit, rung in ((district.clinic, 2), (district.registry, 4)):
            ani = Actor(1, "Ani", analyst=True)
            assign(session, ani, unit.id, [ani.user_id], 2025)
            judgements = judged_alike(session, unit.id, 2025, rung, SCHEME)
            assess(session, ani, Judging(SCHEME, 2025), judgements)
    return district


def look(monkeypatch: pytest.MonkeyPatch, actor: Actor, language: str = "id") -> AppTest:
    """The screen under the scheme, as the actor sees it."""

    def script() -> None:
        from screens.index import planning

        planning.screen()

    monkeypatch.setattr("screens.shell.actor", lambda: actor)
    app = AppTest.from_function(script, default_timeout=20)
    app.query_params["lang"] = language
    app.session_state["planning_scheme"] = SCHEME.id
    return app.run()


def told(app: AppTest) -> str:
    texts = [*app.markdown, *app.caption, *app.info]
    return "\n".join(one.value for one in texts)


def test_the_coordinator_plans_for_the_institution(
    world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """75.00 is yellow; green needs 80.995: 14 of its products' rungs, each 25 / 14 / 2 / 2."""
    app = look(monkeypatch, Actor(1, "Ani", institutions=frozenset({world.district.id})))
    assert not app.exception
    assert [one.value.strip() for one in app.metric] == ["75,00\u00a0†‡", "81,25\u00a0†‡"]
    assert "80,995" in told(app)
    assert "Biaya paling kecil: **14**" in told(app)
    assert "Poli umum · Dasar hukum: 2 → 4 (biaya 2)" in told(app)
    assert "Puskesmas Langgur" in told(app)
    assert "Dukcapil" not in told(app)


def test_an_act_names_its_product(world: District, monkeypatch: pytest.MonkeyPatch) -> None:
    """50.00 is red; of one of two products a rung, 25 / 14 / 2, is short of 50.995, two are not."""
    app = look(monkeypatch, Actor(1, "Ani", units=frozenset({world.clinic.id})))
    assert "Biaya paling kecil: **2**" in told(app)
    assert "Poli umum · Dasar hukum: 2 → 4 (biaya 2)" in told(app)


def test_the_official_plans_for_the_own_unit(
    world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, Actor(1, "Ani", units=frozenset({world.clinic.id})), "en")
    assert "your own units only: Puskesmas Langgur" in told(app)
    assert [one.value.strip() for one in app.metric] == ["50.00\u00a0†‡", "51.79\u00a0†‡"]


def test_limits_that_allow_no_plan_are_said(
    world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, Actor(1, "Ani", institutions=frozenset({world.district.id})))
    app.number_input(key="planning_most_steps").set_value(13).run()
    assert "Tidak ada rencana: tidak terjangkau dengan batas-batas ini." in told(app)
    app.number_input(key="planning_most_steps").set_value(14).run()
    assert len(app.metric) == 2


def test_an_office_at_the_top_has_nothing_to_plan(
    world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, Actor(1, "Ani", units=frozenset({world.registry.id})))
    assert "Tidak ada rencana: sudah pada nilai mutu tertinggi." in told(app)


def test_who_has_nothing_assessed_is_told(world: District, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, Actor(1, "Ani", institutions=frozenset({world.province.id})))
    assert "Belum ada unit Anda yang dinilai" in told(app)
