"""The screen of all units with something to be checked."""

import pytest
from streamlit.testing.v1 import AppTest

from desk.integrity.screening import keep_screening
from tests.screens.integrity.test_screening import ANALYST, HONEST, STUFFED, office, rate
from tests.screens.seen import Office, look, said

__all__ = ["office"]  # a fixture

SCREEN = "alarmed"


def table(app: AppTest) -> str:
    return str(app.get("html")[-1].proto.body)


def screened(office: Office) -> None:
    rate(office, HONEST)
    rate(office, STUFFED, stuffed=True)
    place = office.world.registry.id, office.world.period.id
    assert keep_screening(office.engine, ANALYST, *place)


def test_without_any_it_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Tidak ada unit dengan isian" in said(look(monkeypatch, SCREEN, ANALYST))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("id", ("Satu perangkat", "poin", "belum ada")),
        ("en", ("One device", "points", "none yet")),
    ],
)
def test_an_analyst_sees_kinds_strength_and_decisions(
    office: Office, monkeypatch: pytest.MonkeyPatch, language: str, told: tuple[str, ...]
) -> None:
    screened(office)
    text = table(look(monkeypatch, SCREEN, ANALYST, lang=language))
    assert all(one in text for one in told)
    assert f"/saring?unit={office.world.registry.code}" in text
    assert 'class="strength"' in text


def test_a_coordinator_sees_no_strength_in_figures(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    screened(office)
    app = look(monkeypatch, SCREEN, office.coordinator)
    text = table(app)
    assert ("Besarnya" in text, "Pengaruh" in text) == (True, False)
    assert f"sedikitnya {STUFFED} isian" in text
    assert "poin" not in text
