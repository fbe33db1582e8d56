"""How sure ranks are where they move: bars of the factors, lines of units, the league's file."""

from collections.abc import Sequence
from uuid import UUID

import pandas as pd
import pytest
from sqlalchemy.orm import Session
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from analysis.publication.certainty import Certified, told_certainty
from analysis.publication.published_scores import PublishedScores
from desk.publication.publishing import read_document
from models import Publication, reading
from reports.how_sure import certainty_line
from screens.offers import AnyOffer, PublicOffer
from tests.desk.conftest import House, house
from tests.screens.publication.close_districts import publish_close_districts
from tests.screens.seen import look, offers, said, working

__all__ = ["house"]

FACTORS = {
    "id": (
        {"Jawaban warga", "Perbedaan antarpenilai"},
        {"Skala", "Bobot", "Rata-rata", "Satu butir ditinggalkan"},
    ),
    "en": (
        {"Answers of citizens", "Differences between assessors"},
        {"Scale", "Weights", "Mean", "One item left out"},
    ),
}


@pytest.fixture
def moving(house: House) -> UUID:
    """A publication in which everything moves ranks."""
    return publish_close_districts(house)


def drawn(app: AppTest) -> list[list[pd.DataFrame]]:
    """The data of each chart on the page."""
    return [
        [convert_arrow_bytes_to_pandas_df(one.data.data) for one in chart.proto.datasets]
        for chart in app.get("vega_lite_chart")
    ]


def bars(app: AppTest, names: set[str]) -> pd.DataFrame:
    """The chart whose bars have these names."""
    (found,) = [
        frame for chart in drawn(app) for frame in chart[:1] if set(frame.get("name", ())) == names
    ]
    return found


@pytest.mark.usefixtures("moving")
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_part_of_each_factor_is_a_bar_the_longest_first(
    house: House, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    app = look(monkeypatch, "results", None, lang=language)
    for names in FACTORS[language]:
        found = bars(app, names)
        values: Sequence[float] = found["value"].tolist()
        assert values == sorted(values, reverse=True)
        assert all(0 <= value <= 110 for value in values)
        assert found["text"].tolist() == [f"{value:.0f}%" for value in values]
        assert values[0] > 25


def test_units_have_a_line_the_file_its_columns_and_weights_their_table(
    house: House, moving: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(house.engine) as session:
        document = read_document(session.get_one(Publication, moving))
    app = look(monkeypatch, "results", None, instansi="cendana")
    _has_lines(app, document)
    with reading(house.engine) as session:
        _has_columns(offers(app)["Unduh tabel (CSV)"], session)
    assert _table(app)["Nilai"].tolist() == ["79,78", "79,39", "78,72", "77,90", "53,68"]
    standards, *_ = app.slider
    moved = _table(working(standards.set_value(100).run()))
    assert moved["Instansi"].iloc[0] == "Kabupaten Ambar"
    assert moved["Peringkat resmi"].iloc[0] == 3
    assert moved["Peringkat"].tolist() == [1, 2, 3, 4, 5]


def _has_lines(app: AppTest, document: PublishedScores) -> None:
    scheme, told = document.scheme.as_scheme(), said(app)
    part = document.of_institution("cendana")
    certified: list[Certified] = [*part.institutions, *part.units]
    for one in certified:
        sure = told_certainty(document, scheme, one)
        assert sure
        assert f"{one.name}: {certainty_line('id', sure)}." in told
    assert "Unit cendana: Peringkat 1, himpunan 95% 1–4; hijau dengan peluang 0,6" in told


def _has_columns(offer: AnyOffer, session: Session) -> None:
    assert isinstance(offer, PublicOffer)
    lines = offer.make(session).decode("utf-8-sig").splitlines()
    heading, first, *others = [line.split(",") for line in lines]
    row = dict(zip(heading, first, strict=True))
    assert len(others) == 4
    assert (row["name"], row["rank"]) == ("Kabupaten Cendana", "1")
    assert (row["rank_set_low"], row["rank_set_high"]) == ("1", "4")
    assert 0.5 < float(row["probability"]) < 0.8


def _table(app: AppTest) -> pd.DataFrame:
    (found,) = [one.value for one in app.dataframe if "Peringkat resmi" in one.value]
    return found
