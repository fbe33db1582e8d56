"""A year's scores: judgements and surveys blended, by hand in exact fractions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from analysis.index.institutions import InstitutionScore, UnitScore
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import Judgement, assess
from desk.assessment.fieldwork import Judging
from desk.index.perception import ScoredRound, Scoring, assessed_years, score_year
from desk.index.surveyed import Surveyed
from desk.integrity.exclusions import exclude
from desk.office.imports import FileOfUnit, import_file
from desk.office.periods import NewPeriod, close_period, open_period
from models import Period, Unit, reading, writing
from survey.counts import ResponseCounts
from survey.files import asked_of
from survey.reading.understood import read_file
from tests.desk.conftest import ELEMENTS, House, another_district
from tests.fieldwork import assign, judged_alike

PERCEPTION, OMBUDSMAN = load_scheme("perception-2022"), load_scheme("ombudsman-2022")
WEIGHTS = {"standards": Fraction("32.37"), "satisfaction": Fraction("24.24")}
WEIGHTS["competence"] = Fraction("21.85")
FIRST, SECOND = (date(2025, 1, 1), date(2025, 6, 30)), (date(2025, 7, 1), date(2025, 12, 31))


def open_half(
    house: House, days: tuple[date, date] = FIRST, instrument: str = "skm-2017", place: int = 0
) -> int:
    """Opens a period of the district, or of another place by its unit's institution."""
    with writing(house.engine) as session:
        actor = house.coordinator
        if place:
            actor = type(actor)(actor.user_id, actor.name, institutions=frozenset({place}))
        code, where = str(days[0]), place or house.district
        return open_period(session, actor, NewPeriod(where, code, code, *days, instrument)).id


def close(house: House, *periods: int, place: int = 0) -> None:
    with writing(house.engine) as session:
        actor = house.coordinator
        if place:
            actor = type(actor)(actor.user_id, actor.name, institutions=frozenset({place}))
        for period in periods:
            close_period(session, actor, period)


def scored(
    house: House,
    scheme: str = "perception-2022",
    stand_in: bool = False,
    without: Sequence[str] = (),
) -> ScoredRound:
    with writing(house.engine) as session:
        return score_year(
            session, house.analyst, Scoring(load_scheme(scheme), 2025, stand_in, without)
        )


def units(result: ScoredRound) -> Mapping[str, UnitScore]:
    return {one.unit: one for one in result.result.units}


def institutions(result: ScoredRound) -> Mapping[str, InstitutionScore]:
    return {one.institution: one for one in result.result.institutions}


def surveyed(result: ScoredRound, unit: int) -> Surveyed:
    return result.surveyed[[one.id for one in result.units].index(unit)]


def expected(standards: Fraction, satisfaction: Fraction, competence: Fraction) -> Fraction:
    """The index from its three terms, each on 0-100."""
    terms = {"standards": standards, "satisfaction": satisfaction, "competence": competence}
    return sum((WEIGHTS[key] * value for key, value in terms.items()), Fraction(0)) / Fraction(
        "78.46"
    )


def test_perception_by_hand(house: House) -> None:
    period = open_half(house)
    # 9 of 10 answer 3, one answers 4 everywhere: mean 3.1, index 77.5, on 0-100: 70.
    house.rate(3, 9, period=period)
    house.rate(4, 1, period=period)
    close(house, period)
    rungs = {"legal_basis": 4, "requirements": 1}
    house.judge(3, areas=("competence",))
    with writing(house.engine) as session:
        alike = judged_alike(session, house.clinic, 2025, 2, PERCEPTION, ["standards"])
        judgements = [replace(one, rung=rungs.get(one.item, 2)) for one in alike]
        assess(session, house.analyst, Judging(PERCEPTION, 2025), judgements)
    with writing(house.engine) as session:  # a second assessor of one item of competence
        assign(session, house.analyst, house.clinic, [house.second_analyst.user_id], 2025)
        one = [Judgement(house.clinic, "knows_standards", 0, subject=str(at)) for at in range(1, 5)]
        assess(session, house.second_analyst, Judging(PERCEPTION, 2025), one)
    result = scored(house)
    by_hand = expected(
        standards=25 * Fraction(4 + 1 + 12 * 2, 14),
        satisfaction=Fraction(70),
        competence=25
        * (Fraction("12.22") * Fraction(3, 2) + 4 * Fraction("12.54") * 3)
        / (Fraction("12.22") + 4 * Fraction("12.54")),
    )
    unit = units(result)["puskesmas-langgur"]
    assert unit.score == by_hand
    assert institutions(result)["malra"].score == by_hand
    assert unit.band is not None
    assert (str(PERCEPTION.round(by_hand)), unit.band.grade, unit.band.zone) == (
        "61.83",
        "C",
        "yellow",
    )
    assert result.columns["satisfaction"] == [Fraction("77.5")]
    assert not result.not_independent


def test_scores_with_and_without_the_open_link(house: House) -> None:
    period = open_half(house)
    house.rate(4, 5, period=period)
    house.rate(3, 5, period=period, channel="token")
    house.rate(3, 5, period=period, channel="kiosk")
    close(house, period)
    house.judge(4)
    without = scored(house, without=["open_link"])
    assert scored(house).columns["satisfaction"] != without.columns["satisfaction"]
    assert without.columns["satisfaction"] == [Fraction(75)]
    assert surveyed(without, house.clinic).responses[period] == ResponseCounts(15, 10, left_out=5)


def test_scores_with_and_without_imported_responses(house: House) -> None:
    period = open_half(house)
    house.rate(3, 5, period=period)
    with reading(house.engine) as session:
        rows = "\n".join(["U1,U2,U3,U4,U5,U6,U7,U8,U9", *["4,4,4,4,4,4,4,4,4"] * 5])
        unit, asked_in = session.get_one(Unit, house.clinic), session.get_one(Period, period)
        understood = read_file(rows.encode(), "all-4.csv", asked_of(session, unit, asked_in))
    import_file(house.engine, house.coordinator, FileOfUnit(house.clinic, period, understood))
    close(house, period)
    house.judge(4)
    with_imports, without = scored(house), scored(house, without=["import"])
    assert with_imports.columns["satisfaction"] == [Fraction("87.5")]
    assert without.columns["satisfaction"] == [Fraction(75)]
    counted = [surveyed(one, house.clinic).responses[period] for one in (with_imports, without)]
    assert counted == [ResponseCounts(10, 10), ResponseCounts(10, 5, left_out=5)]
    assert (with_imports.without, without.without) == ((), ("import",))


def test_a_unit_that_lacks_a_term_has_no_score(house: House) -> None:
    period = open_half(house)
    house.rate(4, 9, period=period)
    house.rate(4, 4, period=period, unit=house.registry)
    close(house, period)
    for unit in (house.clinic, house.registry):
        house.judge(4, unit)
    result = scored(house)
    assert units(result)["puskesmas-langgur"].score == 100
    assert units(result)["dukcapil-malra"].missing == ("satisfaction",)
    assert surveyed(result, house.registry).index is None
    assert surveyed(result, house.registry).respondents == 4
    district = institutions(result)["malra"]
    assert (district.scored, district.units, district.provisional) == (1, 2, True)
    assert (district.score, district.band, district.rank) == (None, None, None)


def test_an_item_that_nobody_judged_is_missing(house: House) -> None:
    period = open_half(house)
    house.rate(4, 5, period=period)
    close(house, period)
    house.judge(4, areas=("standards",))
    (unit,) = scored(house).result.units
    assert unit.score is None
    assert "knows_duties" in unit.missing


def test_the_closed_periods_of_the_year_are_pooled(house: House) -> None:
    first, second = open_half(house), open_half(house, SECOND)
    before = open_half(house, (date(2024, 1, 1), date(2024, 12, 31)))
    house.rate(3, 10, period=first)
    house.rate(4, 30, period=second)
    house.rate(1, 50, period=before)
    house.judge(4)
    close(house, first, before)
    open_one = scored(house)
    assert surveyed(open_one, house.clinic).index == 75
    close(house, second)
    pooled = surveyed(scored(house), house.clinic)
    assert pooled.index == Fraction(25 * (10 * 3 + 30 * 4), 40)
    assert pooled.respondents == 40
    assert pooled.responses == {first: ResponseCounts(10, 10), second: ResponseCounts(30, 30)}


def test_a_second_questionnaire_in_a_year_leaves_the_first_out(house: House) -> None:
    first, second = open_half(house), open_half(house, SECOND, "skm-2026")
    house.rate(1, 10, period=first)
    sixteen = dict.fromkeys(load_instrument("skm-2026").allowed, 4)
    house.rate(sixteen, 6, period=second)
    close(house, first, second)
    house.judge(4)
    found = surveyed(scored(house), house.clinic)
    assert found.index == 100
    assert found.responses == {second: ResponseCounts(6, 6)}


def test_an_anti_corruption_survey_does_not_displace_the_satisfaction_index(house: House) -> None:
    first, second = open_half(house), open_half(house, SECOND, "spak-2021")
    house.rate(3, 10, period=first)
    house.rate(dict.fromkeys(load_instrument("spak-2021").allowed, 6), 6, period=second)
    close(house, first, second)
    house.judge(4)
    found = surveyed(scored(house), house.clinic)
    assert found.index == 75
    assert found.responses == {first: ResponseCounts(10, 10)}


def test_institutions_with_other_questionnaires_are_scored_together(house: House) -> None:
    with writing(house.engine) as session:
        unit = another_district(session, "lain")
        place = unit.institution_id
    first, second = open_half(house), open_half(house, SECOND, "skm-2026", place)
    house.rate(3, 10, period=first)
    house.rate(dict.fromkeys(load_instrument("skm-2026").allowed, 4), 6, unit.id, second)
    close(house, first)
    close(house, second, place=place)
    house.judge(4)
    house.judge(4, unit.id)
    result = scored(house)
    assert surveyed(result, house.clinic).index == 75
    assert surveyed(result, unit.id).index == 100


def test_ranks_in_nation_and_province(house: House) -> None:
    with writing(house.engine) as session:
        near = another_district(session, "dekat", house.province)
        far = another_district(session, "jauh")
        twin = another_district(session, "kembar")
    places = {house.clinic: 2, near.id: 4, far.id: 3, twin.id: 3}
    for unit, rung in places.items():
        house.judge(rung, unit)
    result = scored(house, "compliance-2021")
    ranked = {
        one.institution: (one.rank, one.rank_in_province) for one in result.result.institutions
    }
    assert ranked == {"dekat": (1, 1), "jauh": (2, 1), "kembar": (2, 1), "malra": (4, 2)}


def test_the_output_stands_in_only_when_told(house: House) -> None:
    period = open_half(house)
    house.rate(3, 6, period=period, experience=("none",))
    house.rate(3, 2, period=period, experience=("undue_delay",))
    house.rate(3, 9, period=period, experience=("declined",))
    close(house, period)
    house.judge(3)
    without = scored(house, "ombudsman-2022")
    (unit,) = without.result.units
    assert (unit.score, unit.missing, without.not_independent) == (None, ("output",), False)
    assert surveyed(without, house.clinic) == Surveyed()  # no response counts in it
    result = scored(house, "ombudsman-2022", stand_in=True)
    (unit,) = result.result.units
    assert result.not_independent
    assert result.columns["output"] == [Fraction(75)]
    # Every judgement is 3 of 4 and 6 of 8 are clean: each dimension is 75.
    assert unit.score == 75
    assert unit.band is not None
    assert (unit.band.grade, unit.band.zone, unit.band.label.id) == (
        "C",
        "yellow",
        "Kualitas Sedang",
    )


def test_ombudsman_2022_end_to_end(house: House) -> None:
    period = open_half(house)
    house.rate(3, 9, period=period, experience=("none",))
    house.rate(3, 1, period=period, experience=("partiality", "discrimination"))
    close(house, period)
    rungs = {"competence": 4, "facilities": 2, "standards": 3, "complaints": 1}
    for area, rung in rungs.items():
        house.judge(rung, areas=(area,))
    (unit,) = scored(house, "ombudsman-2022", stand_in=True).result.units
    inside = (Fraction("62.38") * 100 + Fraction("37.62") * 50) / 100
    by_hand = (
        Fraction("21.85") * inside
        + Fraction("32.37") * 75
        + Fraction("24.24") * 90
        + Fraction("21.54") * 25
    ) / 100
    assert unit.score == by_hand


def test_experiences_of_four_are_no_output(house: House) -> None:
    period = open_half(house)
    house.rate(3, 9, period=period)
    house.rate(3, 4, period=period, experience=("none",))
    close(house, period)
    house.judge(3)
    (unit,) = scored(house, "ombudsman-2022", stand_in=True).result.units
    assert unit.missing == ("output",)


def test_stand_in_says_nothing_of_a_scheme_without_interviews(house: House) -> None:
    house.judge(3)
    assert not scored(house, "perception-2022", stand_in=True).not_independent


def test_a_scheme_that_asks_no_survey_counts_no_response(house: House) -> None:
    period = open_half(house)
    house.rate(3, 9, period=period)
    close(house, period)
    house.judge(3)
    result = scored(house, "compliance-2021")
    assert [one.responses for one in result.surveyed] == [{}]
    assert result.result.units[0].score == 75


@pytest.mark.parametrize("scheme", ["perception-2022", "ombudsman-2022", "compliance-2021"])
def test_a_year_without_judgements_is_empty(house: House, scheme: str) -> None:
    result = scored(house, scheme, stand_in=True)
    assert (result.units, result.result.units, result.result.institutions) == ([], [], [])


def test_excluded_responses_leave_the_index(house: House) -> None:
    period = open_half(house)
    house.rate(4, 6, period=period)
    wrong = house.rate(1, 3, period=period)
    close(house, period)
    house.judge(3)
    with writing(house.engine) as session:
        exclude(session, house.analyst, wrong, "terkirim dua kali")
    found = surveyed(scored(house), house.clinic)
    assert found.index == 100
    assert found.responses == {period: ResponseCounts(9, 6)}


def test_an_element_that_nobody_answered_gives_no_term(house: House) -> None:
    period = open_half(house)
    house.rate({**dict.fromkeys(ELEMENTS, 3), "cost": None}, 9, period=period)
    close(house, period)
    house.judge(3)
    assert units(scored(house))["puskesmas-langgur"].missing == ("satisfaction",)


def test_the_years_assessed(house: House) -> None:
    for year in (2024, 2025, 2023):
        house.judge(3, year=year)
    with writing(house.engine) as session:
        assert assessed_years(session, house.analyst) == [2025, 2024, 2023]
