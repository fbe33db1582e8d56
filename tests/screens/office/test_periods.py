"""The screen of survey periods: all of them with their state."""

import pytest
from sqlalchemy import Engine

from tests.screens.seen import an_office, look


def test_every_period_stands_with_its_state(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, "periods", an_office(engine).coordinator)
    assert not app.exception
    (table,) = app.table
    assert list(table.value["Keadaan"]) == ["Berjalan"]
