"""The screen of slips: tokens that are made there are good for one rating."""

import re

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from models import User, now, writing
from survey.checks import Submission, SubmissionRefused
from survey.instance import secret
from survey.receipts import mint_key
from survey.submission import submit
from tests.screens.office.test_posters import BASE, official, working, world
from tests.world import District

__all__ = ["world"]
TOKEN = re.compile(r'class="token">([0-9A-Z-]{14})<')


def look(monkeypatch: pytest.MonkeyPatch, actor: Actor) -> AppTest:
    def script() -> None:
        from screens.office import slips

        slips.screen()

    monkeypatch.setattr("screens.shell.actor", lambda: actor)
    return AppTest.from_function(script, default_timeout=20).run()


def test_tokens_are_made_printed_and_good_for_one_rating(
    engine: Engine, world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret.cache_clear()
    actor = official(world)
    with writing(engine) as session:
        session.add(
            User(
                id=actor.user_id,
                username="ani",
                name="Ani",
                password_hash="-",
                active=True,
            )
        )
    app = working(look(monkeypatch, actor))
    app.number_input("slips_number").set_value(3)
    app.text_input("slips_address").set_value(BASE)
    working(app.button[0].click().run())
    unit, made, pages, only_here = app.session_state["slips_made"]
    assert not only_here
    tokens = TOKEN.findall(pages)
    assert (unit.code, made, len(set(tokens))) == (world.clinic.code, 3, 3)
    assert "3 kode dibuat" in app.success[0].value

    def rate() -> str:
        form = Submission(mint_key(), unit.code, world.period.code, {"time": 4}, token=tokens[0])
        with writing(engine) as session:
            return submit(session, secret(), form, now())

    assert rate()
    with pytest.raises(SubmissionRefused, match="spent_token"):
        rate()


def test_a_wrong_address_makes_no_tokens(
    engine: Engine, world: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, official(world))
    app.text_input("slips_address").set_value("bukan alamat")
    working(app.button[0].click().run())
    assert "slips_made" not in app.session_state
    assert app.error
