"""The public page of a publication: its link, what replaced it, its certificates and files."""

from uuid import UUID

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from analysis.rulebook.scheme import Scheme
from desk.index.perception import Scoring
from desk.publication.publishing import approve, prepare, read_document
from models import Publication, writing
from tests.desk.conftest import House, another_district, house
from tests.desk.index.test_declarations import suffixed
from tests.desk.publication.test_published import ISSUER
from tests.kept import kept
from tests.lasting import lasting
from tests.screens.seen import look, offers, press, said, working

__all__ = ["house"]

SECRET = bytes(range(32))


@kept
def judged(house: House) -> House:
    """A district that is entitled to a certificate with one of its units, and one that isn't."""
    house.judge(4)
    with writing(house.engine) as session:
        other = another_district(session, "lain")
    house.judge(1, other.id)
    return house


def publish(house: House, scheme: Scheme | None = None, corrects: UUID | None = None) -> UUID:
    rules = scheme or lasting("compliance-2021")
    with writing(house.engine) as session:
        one = prepare(session, house.analyst, Scoring(rules, 2025), corrects, ISSUER)
        return approve(session, house.second_analyst, one.id, SECRET).id


def downloads(app: AppTest) -> list[str]:
    return list(offers(app))


def test_before_anything_is_published(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Belum ada hasil" in said(look(monkeypatch, "results", None))


def test_an_old_link_shows_the_old_result_and_where_the_new_one_is(
    judged: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publish(judged)
    new = publish(judged, corrects=old)
    text = said(look(monkeypatch, "results", None, publikasi=str(old)))
    assert "sudah digantikan oleh [publikasi nomor 2" in text
    assert f"/hasil?publikasi={new}" in text
    assert "Menggantikan" not in text
    assert "piagam hanya dikeluarkan dari yang terbaru" in text
    app = look(monkeypatch, "results", None, publikasi=str(new))
    text = said(app)
    assert "Menggantikan [publikasi nomor 1" in text
    assert f"/hasil?publikasi={old}" in text
    assert "digantikan oleh" not in text
    assert any(f"/hasil?publikasi={new}" in one.value for one in app.code)
    assert downloads(app)[-2:] == ["Unduh berkas bersegel (JSON)", "Unduh data terbuka (ZIP)"]


def test_the_address_follows_the_choice(judged: House, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = publish(judged), publish(judged)
    app = look(monkeypatch, "results", None, publikasi=str(old), instansi="lain")
    assert app.selectbox(key="results_publication").value == old
    assert app.selectbox(key=f"results_of_{old}").value == "lain"
    working(app.selectbox(key="results_publication").set_value(new).run())
    assert app.query_params["publikasi"] == str(new)
    assert "instansi" not in app.query_params


def test_an_unknown_link_says_so(judged: House, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(judged)
    text = said(look(monkeypatch, "results", None, publikasi="tidak-ada"))
    assert "tidak ditemukan" in text


def test_a_certificate_is_offered_to_whom_the_scheme_entitles(
    judged: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication = publish(judged)
    app = look(monkeypatch, "results", None, instansi="malra")
    assert app.selectbox(key=f"certificate_{publication}_malra").options == [
        "Kabupaten Maluku Tenggara",
        "Puskesmas Langgur",
    ]
    assert "Unduh piagam (PDF)" in downloads(app)
    app = look(monkeypatch, "results", None, instansi="lain")
    assert "Belum ada nilai yang mencapai batas" in said(app)
    assert "Unduh piagam (PDF)" not in downloads(app)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("id", "Peringkat 1, himpunan 95% 1–1; hijau dengan peluang > 0,99"),
        ("en", "Rank 1, 95% set 1–1; green with probability > 0.99"),
    ],
)
def test_how_sure_a_rank_is_stands_beside_it(
    judged: House, monkeypatch: pytest.MonkeyPatch, language: str, told: str
) -> None:
    publication = publish(judged)
    app = look(monkeypatch, "results", None, instansi="malra", lang=language)
    assert told in said(app)
    league = next(one.value for one in app.dataframe if "1–1" in str(one.value.to_dict()))
    assert {"1–1", "2–2"} <= set(league.iloc[:, 1])
    with writing(judged.engine) as session:
        document = read_document(session.get_one(Publication, publication))
    assert document.robustness
    assert {one.code: one.how_sure and one.how_sure.rank_set for one in document.institutions} == {
        "malra": [1, 1],
        "lain": [2, 2],
    }


def test_weights_can_be_moved_but_not_all_to_nothing(
    judged: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(judged)
    app = look(monkeypatch, "results", None)
    assert "0 dari 2 instansi berpindah peringkat" in said(app)
    (slider,) = app.slider
    assert slider.value == 100
    assert "Semua bobot nol" in said(working(slider.set_value(0).run()))


def test_officials_find_their_own_certificate(
    judged: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def own(actor: Actor) -> AppTest:
        app = look(monkeypatch, "papers", actor)
        return working(app.toggle(key="certificate_own_show").set_value(True).run())

    assert not look(monkeypatch, "papers", judged.official).toggle
    publish(judged)
    app = own(judged.official)
    (offered,) = app.selectbox(key="certificate_own").options
    assert offered.startswith("Puskesmas Langgur · ")
    assert "Unduh piagam (PDF)" in downloads(app)
    assert "belum ada nilai yang mencapai" in said(own(judged.other_official))
    assert not look(monkeypatch, "papers", judged.analyst).toggle


def test_an_analyst_states_the_fact_of_the_suffix(
    judged: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.publication.scores.ask_scheme", lambda _key: suffixed())
    app = look(monkeypatch, "scores", judged.analyst)
    press(app, "Simpan pernyataan")
    assert "Belum dipilih" in said(app)
    (choice,) = [one for one in app.radio if str(one.key).endswith("_holds")]
    (reason,) = [one for one in app.text_area if str(one.key).endswith("_reason")]
    choice.set_value(True)
    reason.set_value("LAHP 12/2025 dilaksanakan")
    press(app, "Simpan pernyataan")
    assert "Pernyataan disimpan" in said(app)
    assert judged.acts()[-1] == "declare"
    publish(judged, suffixed())
    app = look(monkeypatch, "results", None)
    (place,) = [one for one in app.selectbox if "results_of" in str(one.key)]
    answer = "Ya" if place.value == "malra" else "Tidak"
    assert f"Ditindaklanjuti: {answer}." in said(app)
