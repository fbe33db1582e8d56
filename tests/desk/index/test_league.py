"""A year's league on the desk, and what changed since the year before."""

from dataclasses import fields
from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden
from analysis.rulebook.scheme import load_scheme
from desk.audit import log
from desk.index import perception
from desk.index.league import figures_of, league_of, units_of, year_on_year
from desk.index.perception import ScoredRound, Scoring, score_year, year_shown
from desk.integrity.exclusions import exclude
from locales.refusals import show_value
from models import Response, reading, writing
from tests.desk.conftest import ELEMENTS, House, another_district
from tests.desk.index.test_perception import FIRST, SECOND, close, open_half

PERCEPTION, OLD = load_scheme("perception-2022"), load_scheme("compliance-2021")
BEFORE = (date(2024, 1, 1), date(2024, 12, 31))
MIXED = dict.fromkeys(ELEMENTS, 3) | {"time": 2}


def rate_a_year(house: House, days: tuple[date, date], good: int, poor: int) -> None:
    """A closed period in which so many answer 4 everywhere, and so many hardly 3."""
    period = open_half(house, days)
    house.rate(4, good, period=period)
    house.rate(MIXED, poor, period=period)
    close(house, period)


def scored(
    house: House, year: int = 2025, scheme: str = "perception-2022", squares: bool = True
) -> ScoredRound:
    with writing(house.engine) as session:
        scoring = Scoring(load_scheme(scheme), year, squares=squares)
        return score_year(session, house.analyst, scoring)


def test_the_league_of_a_year(house: House) -> None:
    """The district is complete, another not; a province is in no class with them."""
    with writing(house.engine) as session:
        other = another_district(session, "lain")
    house.judge(3)
    house.judge(1, house.registry)
    house.judge(4, other.id, areas=("standards",))
    found = scored(house, scheme="compliance-2021")
    frame = league_of(found).set_index("code")
    assert frame.index.tolist() == ["lain", "malra"]
    assert frame["exact"].to_dict() == {"lain": Fraction(100), "malra": Fraction(50)}
    assert frame["rank_in_class"].tolist() == [1, 2]
    assert frame["rank_in_province"].tolist() == [1, 1]
    assert frame["province"].to_dict() == {"lain": "provinsi-lain", "malra": "maluku"}
    units = units_of(found)
    assert units["shown"].tolist() == ["100.00", "75.00", "25.00"]
    assert units["rank"].tolist() == [1, 2, 3]


def test_what_changed_since_the_year_before(house: House) -> None:
    rate_a_year(house, BEFORE, good=2, poor=28)
    rate_a_year(house, FIRST, good=28, poor=2)
    for year in (2024, 2025):
        house.judge(3, year=year)
    after = scored(house)
    with writing(house.engine) as session:
        found = year_on_year(session, house.analyst, after, PERCEPTION)
    assert found is not None
    change = found.changes["malra"]
    both = [league_of(one)["score"].iloc[0] for one in (found.before, found.after)]
    assert change.difference == pytest.approx(both[1] - both[0])
    assert change.interval
    assert change.interval[0] > 0
    assert change.changed
    assert change.adjusted == change.p  # one institution alone


def test_a_year_without_citizens_has_a_difference_and_no_interval(house: House) -> None:
    house.judge(2, year=2024)
    house.judge(3, year=2025)
    after = scored(house, scheme="compliance-2021")
    with writing(house.engine) as session:
        found = year_on_year(session, house.analyst, after, load_scheme("compliance-2016"))
    assert found is not None
    change = found.changes["malra"]
    assert (change.difference, change.interval, change.changed) == (25.0, None, None)
    assert "dinilai warga" in show_value("id", change.verdict)


def test_no_year_before(house: House) -> None:
    house.judge(3)
    after = scored(house, scheme="compliance-2021")
    with writing(house.engine) as session:
        assert year_on_year(session, house.analyst, after, OLD) is None


def test_schemes_that_no_file_compares_are_refused(house: House) -> None:
    house.judge(3)
    after = scored(house)
    with writing(house.engine) as session, pytest.raises(ValueError, match="not comparable"):
        year_on_year(session, house.analyst, after, OLD)


def test_only_analysts_compare_years(house: House) -> None:
    house.judge(3, year=2024)
    house.judge(3)
    after = scored(house)
    with writing(house.engine) as session, pytest.raises(Forbidden):
        year_on_year(session, house.coordinator, after, PERCEPTION)


def test_all_alike_tell_nothing_of_the_others(house: House) -> None:
    period = open_half(house)
    house.rate(3, 10, period=period)
    close(house, period)
    house.judge(3)
    figure = figures_of(scored(house))["malra"]
    assert figure.no_interval is not None
    assert figure.no_interval.code == "unit_without_spread"


def shown(house: House, **how: bool) -> ScoredRound:
    with reading(house.engine) as session:
        scoring = Scoring(load_scheme("perception-2022"), 2025, **how)  # type: ignore[arg-type]
        return year_shown(session, house.analyst, scoring)


def assert_same(found: ScoredRound, known: ScoredRound) -> None:
    for name in (field.name for field in fields(ScoredRound)):
        one, other = getattr(found, name), getattr(known, name)
        if name == "units":
            one, other = ([unit.id for unit in units] for units in (one, other))
        assert one == other, name


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The years that were scored, one entry each time."""
    years: list[int] = []

    def score(session: Session, actor: Actor, scoring: Scoring) -> ScoredRound:
        years.append(scoring.year)
        return score_year(session, actor, scoring)

    monkeypatch.setattr(perception, "score_year", score)
    return years


def test_a_look_gives_what_scoring_gives_and_scores_once(house: House, derived: list[int]) -> None:
    rate_a_year(house, FIRST, good=28, poor=2)
    house.judge(3)
    for squares in (True, False, True):
        assert_same(shown(house, squares=squares), scored(house, squares=squares))
        assert_same(shown(house, squares=squares, stand_in=False), scored(house, squares=squares))
    assert derived == [2025]


@pytest.mark.parametrize("act", ["judge", "close", "exclude", "rename"])
def test_what_is_done_since_is_seen_at_the_next_look(
    house: House, derived: list[int], act: str
) -> None:
    """Acts that name their place do not have the whole nation scored again."""
    rate_a_year(house, FIRST, good=28, poor=2)
    house.judge(3)
    shown(house, squares=True)
    if act == "judge":
        house.judge(1)
    elif act == "close":
        rate_a_year(house, SECOND, good=2, poor=20)
    elif act == "rename":
        with writing(house.engine) as session:
            log(session, house.analyst, "rename_place", place="malra")
    else:
        with writing(house.engine) as session:
            some = session.scalars(select(Response.id).limit(3)).all()
            exclude(session, house.analyst, some, "Isian dari satu perangkat pada satu hari")
    assert_same(shown(house, squares=True), scored(house))
    assert derived == ([2025, 2025] if act == "rename" else [2025])


def test_who_only_looks_or_logs_in_has_nothing_scored_again(
    house: House, derived: list[int]
) -> None:
    house.judge(3)
    shown(house)
    with writing(house.engine) as session:
        log(session, house.analyst, "log_in")
    shown(house)
    assert derived == [2025]


def test_only_analysts_look_at_what_is_kept(house: House) -> None:
    house.judge(3)
    shown(house)
    with reading(house.engine) as session, pytest.raises(Forbidden):
        year_shown(session, house.coordinator, Scoring(PERCEPTION, 2025))


def test_what_changed_scores_each_year_once(house: House, derived: list[int]) -> None:
    rate_a_year(house, BEFORE, good=2, poor=28)
    rate_a_year(house, FIRST, good=28, poor=2)
    for year in (2024, 2025):
        house.judge(3, year=year)
    for _ in range(2):
        shown(house)
        after = shown(house, squares=True)
        with reading(house.engine) as session:
            assert year_on_year(session, house.analyst, after, PERCEPTION) is not None
    assert sorted(derived) == [2024, 2025]
