"""From a score to what it stands on: formulas as people read them, and whose they are."""

import pytest
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from models import User, writing
from tests.screens.judged import ANALYST, YEAR, judge, office, publish
from tests.screens.seen import Office, look, said

__all__ = ["office"]

# 14 items at 3 of which one at 2: 25 x (13 x 3 + 2) / 14
CLINIC = "73,21"


def everything(app: AppTest) -> str:
    """All that the page says: sentences, tables, metrics and choices."""
    tables = [one.value.to_string() for one in (*app.table, *app.dataframe)]
    metrics = [one.value for one in app.metric]
    choices = [option for box in app.selectbox for option in box.options]
    headings = [one.value for one in (*app.header, *app.subheader, *app.title)]
    return "\n".join([said(app), *tables, *metrics, *choices, *headings])


def explained(monkeypatch: pytest.MonkeyPatch, actor: Actor, **query: str) -> AppTest:
    asked = {"skema": "compliance-2021", "tahun": str(YEAR)} | query
    return look(monkeypatch, "explain", actor, **asked)


def test_the_steps_of_a_score(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = explained(monkeypatch, ANALYST, instansi="malra", unit="puskesmas-langgur")
    told = said(app)
    assert f"({CLINIC} + 50,00) / 2 = **61,61**" in told.replace("50,00 + 73,21", "73,21 + 50,00")
    assert "Dihitung dengan pecahan utuh: 73,21429" in told
    assert "rentang nilai 51,00–80,99: **Zona kuning · Kuning**" in told
    assert "/ 14 = **73,21**" in told
    tables = "\n".join(one.value.to_string() for one in app.table)
    assert "((3 + 1) / 2 + (3 + 1) / 2) / 2 = 2,00" in tables.replace("\\", "")
    assert "2,00 × 25 = 50,00" in tables.replace("\\", "")
    assert f"{CLINIC}\u00a0†‡" in [one.value for one in app.metric]


def test_in_english_with_points(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = explained(monkeypatch, ANALYST, instansi="malra", unit="puskesmas-langgur", lang="en")
    assert "/ 14 = **73.21**" in said(app)


def test_the_counts_of_answers(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten answer 3 and five 4: 25 x 3.33 = 83.33 on its own scale, 77.78 on 0-100."""
    office.rate(3, 10)
    office.rate(4, 5)
    office.close()
    with writing(office.engine) as session:
        year = office.world.period.ends.year
        for unit, rung in ((office.world.clinic, 3), (office.world.registry, 2)):
            judge(session, unit.id, rung, year)
    app = explained(
        monkeypatch,
        ANALYST,
        skema="perception-2022",
        tahun=str(year),
        instansi="malra",
        unit="puskesmas-langgur",
    )
    told = said(app)
    tables = "\n".join(one.value.to_string() for one in app.table).replace("\\", "")
    assert "(1×0 + 2×0 + 3×10 + 4×5) / 15 = 3,33" in tables
    assert "/ 9 = **83,33** (IKM)" in told
    assert "(83,33 − 25) × 100 / 75 = 77,78" in told
    assert "15 responden" in told


def test_an_official_reads_no_others_by_address(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = explained(monkeypatch, office.official, instansi="lain", unit="unit-lain")
    found = everything(app)
    assert "bukan milik Anda" in found
    assert [one.value for one in app.metric] == [f"{CLINIC}\u00a0†‡"]  # the unit's alone
    assert "Kabupaten lain" not in found
    assert "Dukcapil" not in found  # nor the other unit of the own institution
    assert "Penilai 1" in found
    assert "Ani" not in found  # nor who assessed


def test_a_coordinator_sees_the_whole_own_institution(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = everything(explained(monkeypatch, office.coordinator, instansi="lain"))
    assert "Dukcapil" in found
    assert "61,61" in found
    assert "Kabupaten lain" not in found


@pytest.mark.parametrize("screen", ["scores", "comparing"])
def test_the_scores_of_all_are_for_analysts(
    office: Office, monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    def script(screen: str) -> None:
        from importlib import import_module

        import_module(f"screens.{screen}").screen()

    monkeypatch.setattr("screens.shell.actor", lambda: office.coordinator)
    app = AppTest.from_function(script, default_timeout=20, kwargs={"screen": screen}).run()
    assert len(app.exception) == 1
    assert "Kabupaten lain" not in everything(app)


def test_the_public_page_explains_what_is_published_only(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was judged after the publication is not there."""
    publication = publish(office.engine)
    with writing(office.engine) as session:
        session.add(User(id=9, username="x", name="X", password_hash="-", active=True))
        judge(session, office.world.clinic.id, 0)
    query = {"instansi": "malra", "unit": "puskesmas-langgur"}
    app = look(monkeypatch, "results", None, publikasi=str(publication.id), **query)
    found = everything(app)
    assert "/ 14 = **73,21**" in found
    assert "tidak diterbitkan" in found
    assert "Penilai" not in found
    assert "Ani" not in found


def test_nothing_published_explains_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, "results", None, instansi="malra", unit="puskesmas-langgur")
    assert "Belum ada hasil" in said(app)
    assert CLINIC not in everything(app)
