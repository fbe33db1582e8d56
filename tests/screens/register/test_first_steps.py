"""The first steps: what is done, what is next, and who does it."""

import pytest
from sqlalchemy import Engine

from accounts.actors import Actor
from tests.screens.seen import an_office, look, said

SCREEN = "first_steps"


def test_an_empty_database_begins_with_the_institution(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, SCREEN, Actor(1, "Ani", administrator=True))
    told = said(app)
    assert "1. Instansi** · berikutnya" in told
    assert told.count("berikutnya") == 1
    assert "Dikerjakan koordinator" in told


def test_a_coordinator_has_the_rating_left_until_it_comes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = an_office(engine)
    app = look(monkeypatch, SCREEN, office.coordinator)
    assert "6. Tautan dan kode QR** · berikutnya" in said(app)
    office.rate(3, 1)
    told = said(look(monkeypatch, SCREEN, office.coordinator))
    assert "6. Tautan dan kode QR** · selesai" in told
