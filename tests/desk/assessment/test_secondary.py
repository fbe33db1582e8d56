"""Secondary data: with source and year, on their own scale, scored under the opinion."""

from dataclasses import replace
from fractions import Fraction

import pytest
from sqlalchemy import select

from accounts.actors import Forbidden
from analysis.publication.publication import derive
from analysis.publication.sealed import check_numbers
from analysis.rulebook.scheme import load_scheme
from desk.assessment.secondary import (
    NewSecondary,
    enter_secondary,
    secondary_indicators,
    secondary_of,
    withdraw_secondary,
)
from desk.assessment.secondary_file import SecondaryFile, read_secondary
from desk.index.perception import Scoring, score_year
from desk.publication.stated import PublicationTerms, evidence_of
from models import SecondaryFigure, reading, writing
from tests.desk.assessment.test_interviews import NONE, SEEN, TRUST, interview, scored
from tests.desk.conftest import ROLES, House, another_district
from tests.refusing import refusing

OPINION = load_scheme("opini-2025")
FIGURES = {"bps": "71,5", "kemenpanrb": "4.00", "kemendagri": "60", "bappenas": "80"}
HEAD = "institution,unit,indicator,value,source,year"


def enter(
    house: House,
    indicator: str,
    value: str,
    unit: int | None = None,
    source: str = "Terbitan resmi",
    source_year: int = 2024,
    actor: str = "analyst",
    institution: int | None = None,
) -> None:
    new = NewSecondary(
        2025, institution or house.district, unit, indicator, value, source, str(source_year)
    )
    with writing(house.engine) as session:
        enter_secondary(session, house.actors[actor], OPINION, [new])


def fieldwork(house: House) -> None:
    """Everything that the opinion asks of the clinic but secondary data."""
    areas = ("competence", "governance", "complaints")
    house.judge(4, scheme="opini-2025", areas=areas)
    interview(house, NONE, range(1, 25))
    interview(house, {"forms": ["partiality"]}, range(25, 31))
    interview(house, dict.fromkeys(TRUST, 3), range(1, 31), "trust")
    interview(house, dict.fromkeys(SEEN, 2), range(1, 31), "seen_standards")


def read(house: House, content: str, actor: str = "analyst") -> list[NewSecondary]:
    with reading(house.engine) as session:
        file = SecondaryFile(content.encode(), "a.csv", OPINION, 2025)
        return read_secondary(session, house.actors[actor], file)


def test_the_opinion_is_scored_once_every_figure_is_there(house: House) -> None:
    fieldwork(house)
    for indicator, value in FIGURES.items():
        (unit,) = scored(house, "opini-2025").result.units
        assert unit.score is None  # never reweighted
        assert indicator in unit.missing
        enter(house, indicator, value)
    (unit,) = scored(house, "opini-2025").result.units
    process = Fraction(100 + Fraction(50 + 80, 2), 2)  # staff see it best; users 50 and 80
    output = (Fraction("71.5") + 80 + 60 + 80) / 4
    best = Fraction("21.85") + Fraction("21.54")  # of input and complaints
    assessment = best + (Fraction("32.37") * process + Fraction("24.24") * output) / 100
    assert unit.score == Fraction(7, 10) * assessment + Fraction(3, 10) * 75
    assert unit.band is not None
    assert unit.band.label.id == "Baik"


def test_a_units_own_figure_goes_before_its_institutions(house: House) -> None:
    fieldwork(house)
    enter(house, "bps", "60")
    enter(house, "bps", "70", unit=house.clinic)
    enter(house, "bps", "10", unit=house.registry)
    enter(house, "bps", "65")  # a correction of the institution's
    one = scored(house, "opini-2025")
    assert one.columns["bps"] == [Fraction(70)]
    with reading(house.engine) as session:
        assert len(session.scalars(select(SecondaryFigure)).all()) == 4
        found = secondary_of(session, house.analyst, 2025)
        assert [(unit.code if unit else "", one.value) for one, _, unit in found] == [
            ("", "65"),
            ("dukcapil-malra", "10"),
            ("puskesmas-langgur", "70"),
        ]
    assert house.last_act().act == "enter_secondary"
    assert house.last_act().details["value"] == "65"


def test_a_figure_entered_by_mistake_is_withdrawn(house: House) -> None:
    """Nothing stands in its place, neither what it had replaced, until another is entered."""

    def current() -> dict[str, int]:
        with reading(house.engine) as session:
            return {one.value: one.id for one, *_ in secondary_of(session, house.analyst, 2025)}

    def withdraw(
        figure: int, reason: str = "angka milik kabupaten lain", actor: str = "second_analyst"
    ) -> None:
        with writing(house.engine) as session:
            withdraw_secondary(session, house.actors[actor], figure, reason)

    for value in ("70", "71,5"):
        enter(house, "bps", value)
    figure = current()["71.5"]
    for role in set(ROLES) - {"analyst", "second_analyst"}:
        with pytest.raises(Forbidden):
            withdraw(figure, actor=role)
    with refusing("reason"):
        withdraw(figure, "")
    withdraw(figure)
    assert current() == {}
    assert house.last_act().act == "withdraw_secondary"
    for gone in (figure, figure - 1):
        with refusing("replaced or withdrawn already"):
            withdraw(gone)
    enter(house, "bps", "72")
    assert list(current()) == ["72"]


def test_who_enters_and_who_sees(house: House) -> None:
    with writing(house.engine) as session:
        other = another_district(session, "lain").institution_id
    enter(house, "bps", "60")
    enter(house, "bps", "70", unit=house.clinic)
    enter(house, "bps", "50", institution=other)
    for role in set(ROLES) - {"analyst", "second_analyst"}:
        with pytest.raises(Forbidden):
            enter(house, "bps", "60", actor=role)
        with pytest.raises(Forbidden):
            read(house, f"{HEAD}\nmalra,,bps,70,BPS,2024\n", role)
    seen = {
        "analyst": ["50", "60", "70"],
        "second_analyst": ["50", "60", "70"],
        "coordinator": ["60", "70"],
        "official": ["70"],
    }
    with reading(house.engine) as session:
        for role in ROLES:
            found = secondary_of(session, house.actors[role], 2025)
            assert sorted(one.value for one, _, _ in found) == seen.get(role, [])
        assert secondary_of(session, house.analyst, 2024) == []


def test_nobody_enters_figures_of_their_own_institution(house: House) -> None:
    insider = replace(house.second_analyst, institutions=frozenset({house.district}))
    inside = replace(house, actors={**house.actors, "insider": insider})
    with refusing("a role in"):
        enter(inside, "bps", "60", actor="insider")
    assert house.acts() == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"indicator": "weather"}, "one of bps"),
        ({"value": "banyak"}, "a number"),
        ({"value": "100.1"}, "0–100"),
        ({"value": "-1"}, "0–100"),
        ({"indicator": "kemenpanrb", "value": "5.01"}, "0–5"),
        ({"source": " "}, "the title of a source"),
        ({"source_year": 2999}, "a year up to"),
        ({"source_year": 0}, "a year up to"),
    ],
)
def test_what_is_no_figure_is_refused(house: House, wrong: dict[str, object], told: str) -> None:
    with refusing(told):
        enter(house, **{"indicator": "bps", "value": "70", **wrong})  # type: ignore[arg-type]
    assert house.acts() == []


def test_a_file_is_read_whole_or_not_at_all(house: House) -> None:
    rows = [
        'malra,,bps,"71,5",IPM,2024',
        "malra,puskesmas-langgur,kemenpanrb,4.1,IPP,2024",
    ]
    found = read(house, "\n".join([HEAD, *rows]))
    assert [(one.unit_id, one.indicator, one.value) for one in found] == [
        (None, "bps", "71,5"),
        (house.clinic, "kemenpanrb", "4.1"),
    ]
    with writing(house.engine) as session:
        enter_secondary(session, house.analyst, OPINION, found)
    with reading(house.engine) as session:
        kept = {
            one.indicator: one.value for one, _, _ in secondary_of(session, house.analyst, 2025)
        }
    assert kept == {"bps": "71.5", "kemenpanrb": "4.1"}


def test_a_file_in_the_words_of_the_screen(house: House) -> None:
    content = "Instansi;Data;Nilai;Sumber;Tahun sumber\nmalra;bps;71,5;IPM;2024\n"
    (one,) = read(house, content)
    assert (one.institution_id, one.unit_id, one.value) == (house.district, None, "71,5")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("tidak-ada,,bps,70,IPM,2024", 'row 3, column institution: found "tidak-ada"'),
        ("malra,tidak-ada,bps,70,IPM,2024", 'row 3, column unit: found "tidak-ada"'),
        ("malra,,cuaca,70,IPM,2024", 'row 3, column indicator.*found "cuaca"'),
        ("malra,,bps,banyak,IPM,2024", 'row 3, column value.*found "banyak"'),
        ("malra,,bps,101,IPM,2024", 'row 3, column value.*found "101"'),
        ("malra,,bps,70,,2024", "row 3, column source"),
        ("malra,,bps,70,IPM,lalu", "row 3, column year"),
    ],
)
def test_a_bad_row_is_named(house: House, row: str, told: str) -> None:
    good = "malra,,bps,70,IPM,2024"
    with refusing(told):
        read(house, "\n".join([HEAD, good, row]))


@pytest.mark.parametrize("year", [-3, 9999, 2023])
def test_a_round_in_which_the_opinion_is_not_in_force(house: House, year: int) -> None:
    new = NewSecondary(year, house.district, None, "bps", "70", "BPS, IPM", "2024")
    with writing(house.engine) as session, refusing("year"):
        enter_secondary(session, house.analyst, OPINION, [new])


def test_a_file_says_each_figure_once_and_at_least_one(house: House) -> None:
    twice = (
        f"{HEAD}\nmalra,,bps,5,IPM,2024\nmalra,,kemendagri,60,IPKD,2024\nmalra,,bps,95,IPM,2024\n"
    )
    with refusing("row 4.*row 2"):
        read(house, twice)
    with refusing("no rows"):
        read(house, f"{HEAD}\n")
    with refusing("2024.0"):
        read(house, f"{HEAD}\nmalra,,bps,5,IPM,2024.0\n")


def test_a_file_without_sources_is_refused(house: House) -> None:
    with refusing("columns institution, indicator, value, source, year"):
        read(house, "institution,indicator,value\nmalra,bps,70\n")


def test_source_and_year_stand_in_the_evidence(house: House) -> None:
    fieldwork(house)
    for indicator, value in FIGURES.items():
        enter(house, indicator, value, source=f"Terbitan {indicator}")
    enter(house, "bps", "75", unit=house.clinic, source="Terbitan sendiri", source_year=2023)
    with reading(house.engine) as session:
        round_ = score_year(session, house.analyst, Scoring(OPINION, 2025, squares=True))
        document = derive(evidence_of(session, round_, [], PublicationTerms()))
    (unit,) = document.units
    assert unit.secondary is not None
    assert set(unit.secondary) == set(secondary_indicators(OPINION))
    own, other = unit.secondary["bps"], unit.secondary["kemenpanrb"]
    assert own.value == 75
    assert own.year == 2023
    assert [own.source, own.of] == ["Terbitan sendiri", "unit"]
    assert [other.source, other.of] == ["Terbitan kemenpanrb", "institution"]
    content = document.content()
    assert check_numbers(content) == ([], [])
    content["units"][0]["secondary"]["bps"]["value"] = "76"
    faults, _ = check_numbers(content)
    assert faults  # the score no longer follows
