"""A year's league on the analyst's desk, the map, what changed, and two schemes side by side."""

import pytest
from streamlit.testing.v1 import AppTest

from models import writing
from tests.screens.judged import ANALYST, YEAR, judge, office, publish
from tests.screens.seen import Office, look, said, working

__all__ = ["office"]


def scores(
    monkeypatch: pytest.MonkeyPatch, view: str, scheme: str = "compliance-2021", lang: str = "id"
) -> AppTest:
    """The screen with one of its views open."""

    def script() -> None:
        from screens.publication import scores

        scores.screen()

    monkeypatch.setattr("screens.shell.actor", lambda: ANALYST)
    app = AppTest.from_function(script, default_timeout=20)
    app.query_params["skema"] = scheme
    app.query_params["lang"] = lang
    app.session_state["scores_view"] = view
    return working(app.run())


def test_the_league_marks_every_score(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = scores(monkeypatch, "Instansi")
    table = app.dataframe[0].value
    assert table["Nilai"].tolist() == ["100,00\u00a0†‡", "61,61\u00a0†‡"]
    assert table["Peringkat kelas"].tolist() == [1, 2]
    assert table["Rincian"].tolist()[1] == (
        f"/telusur?tahun={YEAR}&skema=compliance-2021&instansi=malra"
    )
    assert "‡ memakai nilai yang diasumsikan" in said(app)


def test_the_league_in_english(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = scores(monkeypatch, "Institutions", lang="en")
    assert app.dataframe[0].value["Score"].tolist() == ["100.00\u00a0†‡", "61.61\u00a0†‡"]


def test_the_map_places_known_provinces_and_names_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither provincial government was assessed: Maluku is known by its code alone."""
    app = scores(monkeypatch, "Peta provinsi")
    told = said(app)
    assert "Nasional: **80,80\u00a0†‡**" in told
    assert "1 dari 38 provinsi" in told
    assert "provinsi\\-lain" in told
    table = app.table[0].value.to_string()
    assert "61,61" in table
    assert "1 / 1" in table


def test_what_changed_since_last_year(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"Tahun {YEAR - 1} belum dinilai" in said(scores(monkeypatch, "Perubahan"))
    with writing(office.engine) as session:
        for unit in (office.world.clinic, office.world.registry):
            judge(session, unit.id, 2, YEAR - 1)
    app = scores(monkeypatch, "Perubahan")
    (table,) = [one.value for one in app.dataframe if "Selisih" in one.value]
    assert table["Selisih"].tolist() == ["+11,61"]
    assert "dinilai warga" in table["Kesimpulan"].iloc[0]
    app.selectbox(key="yearly_scheme_compliance-2021").select("ombudsman-2022").run()
    assert "tidak ada berkas skema yang menyatakan" in said(working(app))
    app.selectbox(key="yearly_scheme_compliance-2021").select("compliance-2016").run()
    assert "menyatakan keduanya dapat dibandingkan: diasumsikan ‡" in said(working(app))


def test_a_unit_without_a_score_says_what_is_missing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = scores(monkeypatch, "Unit", "ombudsman-2022")
    table = app.dataframe[0].value
    assert "Output" in table["Keterangan"].iloc[0]


def test_one_number_under_two_schemes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "comparing", ANALYST)
    assert [one.value for one in app.metric] == ["B · Hijau\u00a0†‡", "Kuning\u00a0†‡"]
    app.text_input(key="comparing_number").set_value("78.00x").run()
    assert "misalnya 78,45" in said(working(app))
    app.text_input(key="comparing_number").set_value("100,5").run()
    assert "Di luar skala" in said(working(app))


def test_one_year_under_two_schemes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "comparing", ANALYST)
    assert "Belum ada instansi yang bernilai menurut kedua skema" in said(app)
    app.selectbox(key="comparing_first").select("compliance-2016").run()
    assert "**0** dari 2" in said(working(app))
    assert "Kedua skema mengukur" not in said(app)
    app.selectbox(key="comparing_first").select("inperma-2018").run()
    told = said(working(app))
    assert "tidak dapat dihitung di sini" in told
    assert "survei persepsi maladministrasi Ombudsman" in told


def test_the_public_league_is_the_published_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(office.engine)
    app = look(monkeypatch, "results", None)
    table = app.dataframe[0].value
    assert table["Nilai"].tolist() == ["100,00\u00a0†‡", "61,61\u00a0†‡"]
    assert table["Peringkat kelas"].tolist() == [1, 2]
