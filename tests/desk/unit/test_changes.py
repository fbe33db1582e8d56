"""One period against the one before: changed, or no sign of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from analysis.errors import Problem
from analysis.soundness.importance import Importance, VarianceShares
from desk.office.periods import NewPeriod, close_period, open_period
from desk.office.visits import VisitCount, record_visits
from desk.unit.changes import (
    Moment,
    PeriodComparison,
    compare,
    moments_of,
    same_words,
    with_year,
)
from desk.unit.drivers import Drivers, drivers_of
from desk.unit.results import UnitResults, unit_results
from models import Period, writing
from tests.desk.conftest import ELEMENTS, House
from tests.desk.index.test_perception import close, open_half
from tests.desk.unit.test_results import GOOD

FIRST, SECOND = (date(2025, 1, 1), date(2025, 6, 30)), (date(2025, 7, 1), date(2025, 12, 31))
THREE: dict[str, int | None] = dict.fromkeys(ELEMENTS, 3)


def mixed(
    house: House, period: int, better: Mapping[str, int] = MappingProxyType({}), **where: Any
) -> None:
    """Twenty who differ a little; ``better``: what all of them answer to some elements."""
    for at in range(20):
        spread = {element: 3 + (at + place) % 2 for place, element in enumerate(ELEMENTS)}
        house.rate({**spread, **better}, period=period, **where)


def compared(house: House, period: int) -> PeriodComparison | None:
    with house.looking() as session:
        now = unit_results(session, house.official, house.clinic, period)
        return compare(session, house.official, now)


def test_an_element_that_fell_is_told_and_the_others_show_no_sign(house: House) -> None:
    first, second = open_half(house, FIRST), open_half(house, SECOND)
    mixed(house, first)
    for at in range(20):
        spread = {element: 3 + (at + place) % 2 for place, element in enumerate(ELEMENTS)}
        house.rate({**spread, "time": 1 + at % 2}, period=second)
    close(house, first, second)
    found = compared(house, second)
    assert found
    assert found.before.period.id == first
    told = {key for key, change in found.elements.items() if change.changed}
    assert told == {"time"}
    assert found.elements["time"].difference == pytest.approx(-2)
    adjusted = found.elements["cost"]
    assert adjusted.adjusted is not None
    assert adjusted.p is not None
    assert adjusted.adjusted >= adjusted.p


def test_services_are_compared_where_both_periods_show_them(house: House) -> None:
    first, second = open_half(house, FIRST), open_half(house, SECOND)
    for period in (first, second):
        mixed(house, period, service=0)
    mixed(house, second, service=1)
    close(house, first, second)
    found = compared(house, second)
    assert found
    assert set(found.services) == {"Poli umum"}


def test_without_an_earlier_period_of_the_same_questions_there_is_nothing_to_compare(
    house: House,
) -> None:
    other = open_half(house, FIRST, "skm-2026")
    house.rate({"p1": 3, "p3": 3}, 20, period=other)
    period = open_half(house, SECOND)
    mixed(house, period)
    assert compared(house, period) is None


def test_a_longer_questionnaire_with_the_same_items_is_comparable(house: House) -> None:
    first, second = open_half(house, FIRST), open_half(house, SECOND, "skm-2017-overall")
    mixed(house, first)
    mixed(house, second, {"overall": 4})
    close(house, first, second)
    assert compared(house, second)


@pytest.mark.parametrize("few", ["before", "now"])
def test_fewer_than_five_are_compared_with_nothing(house: House, few: str) -> None:
    first, second = open_half(house, FIRST), open_half(house, SECOND)
    house.rate(3, 4 if few == "before" else 10, period=first)
    house.rate(3, 4 if few == "now" else 10, period=second)
    close(house, first, second)
    assert compared(house, second) is None


def test_the_trend_has_each_period_that_shows_an_index(house: House) -> None:
    first, second = open_half(house, FIRST), open_half(house, SECOND)
    mixed(house, first)
    house.rate(4, 3, period=second)
    close(house, first, second)
    house.rate(4, 9)
    with house.looking() as session:
        now = unit_results(session, house.official, house.clinic, house.period)
        moments = moments_of(session, house.official, now, compare(session, house.official, now))
    points = [(one.period.id, one.index.shown) for one in moments]
    assert points == [(first, "87.50"), (house.period, "100.00")]


def test_a_period_of_small_sources_has_an_index_but_nothing_to_compare(house: House) -> None:
    first, second = open_half(house, FIRST), open_half(house, SECOND)
    house.rate(4, 4, period=first)
    house.rate(4, 4, period=first, batch=house.a_batch(4, first))
    mixed(house, second)
    close(house, first, second)
    assert compared(house, second) is None
    with house.looking() as session:
        now = unit_results(session, house.official, house.clinic, second)
        moments = moments_of(session, house.official, now, None)
    assert [(one.index.shown, one.certainty is None) for one in moments] == [
        ("100.00", True),
        ("87.50", False),
    ]


def drivers(house: House, period: int) -> Drivers | None:
    with house.looking() as session:
        now = unit_results(session, house.official, house.clinic, period)
        return drivers_of(session, house.official, now)


def test_an_overall_rating_gives_importance_and_none_gives_shares_of_variance(
    house: House,
) -> None:
    first, second = open_half(house, FIRST), open_half(house, SECOND, "skm-2017-overall")
    for at in range(120):
        spread = {e: 1 + (at * (place + 2) + at // 7) % 4 for place, e in enumerate(ELEMENTS)}
        house.rate(spread, period=first)
        house.rate({**spread, "overall": spread["time"]}, period=second)
    close(house, first, second)
    plain, rated = drivers(house, first), drivers(house, second)
    assert plain
    assert rated
    assert (plain.rated, rated.rated) == (False, True)
    assert isinstance(plain.parts, VarianceShares)
    assert sum(plain.parts.shares.values()) == pytest.approx(1)
    assert isinstance(rated.parts, Importance)
    assert max(rated.parts.drivers, key=lambda one: one.importance).element == "time"
    assert rated.parts.r_squared == pytest.approx(1)


def test_while_the_period_is_open_nothing_moves_with_single_answers(house: House) -> None:
    mixed(house, house.period)
    assert drivers(house, house.period) is None


def test_few_complete_answers_give_reasons_instead_of_figures(house: House) -> None:
    period = open_half(house, FIRST)
    house.rate(THREE, 6, period=period)
    close(house, period)
    found = drivers(house, period)
    assert found
    assert isinstance(found.parts, Problem)
    assert isinstance(found.soundness.alpha, Problem)


def test_an_overall_rating_changes_no_index(house: House) -> None:
    first = open_half(house, FIRST, "skm-2017-overall")
    house.rate({**THREE, "overall": 1}, 8, period=first)
    with house.looking() as session:
        assert session.get_one(Period, first).instrument.key == "skm-2017-overall"
        index = unit_results(session, house.official, house.clinic, first).index
    assert index
    assert index.shown == "75.00"


def another_period(house: House, code: str, years: int, instrument: str = "skm-2017") -> int:
    """Opens a period that lay or lies so many years after the district's."""
    with writing(house.engine) as session:
        first = session.get_one(Period, house.period)
        starts, ends = (day + timedelta(days=365 * years) for day in (first.starts, first.ends))
        new = NewPeriod(house.district, code, code, starts, ends, instrument)
        return open_period(session, house.coordinator, new).id


def rated_mixed(house: House, period: int, good: int, close: bool = True) -> None:
    house.rate(GOOD, good, period=period)
    house.rate(2, 4, period=period)
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, period, VisitCount(90))
        if close:
            close_period(session, house.coordinator, period)


def results_of(house: House, period: int) -> UnitResults:
    with house.looking() as session:
        return unit_results(session, house.official, house.clinic, period)


def look(house: House, period: int) -> tuple[PeriodComparison | None, list[Moment]]:
    with house.looking() as session:
        results = unit_results(session, house.official, house.clinic, period)
        compared = compare(session, house.official, results)
        return compared, moments_of(session, house.official, results, compared)


def test_every_moment_is_what_the_dashboard_of_its_period_shows(house: House) -> None:
    years = {years: another_period(house, f"p{-years}", years) for years in (-6, -3, -2, -1)}
    for period, good in zip(years.values(), (9, 2, 5, 9), strict=True):
        rated_mixed(house, period, good)
    asked_more = another_period(house, "p4", -4, "skm-2017-overall")
    rated_mixed(house, house.period, 7, close=False)
    compared, moments = look(house, house.period)
    assert compared is not None
    assert compared.before.period.id == years[-1]
    assert set(compared.services) == {None}  # all answers that name no service
    assert [one.period.id for one in moments] == [years[-3], years[-2], years[-1], house.period]
    assert asked_more not in [one.period.id for one in moments]  # nobody answered
    for one in moments:
        results = results_of(house, one.period.id)
        assert (one.index.index, one.certainty) == (
            results.index.index if results.index else None,
            results.certainty,
        )


def test_other_words_are_not_compared_and_break_the_trend(house: House) -> None:
    earlier = another_period(house, "dulu", -1, "skm-2017-plain")
    rated_mixed(house, earlier, 9)
    rated_mixed(house, house.period, 7, close=False)
    compared, moments = look(house, house.period)
    assert compared is None
    assert [one.period.id for one in moments] == [earlier, house.period]
    before, after = (one.period for one in moments)
    with house.looking() as session:
        plain, usual = (session.merge(one) for one in (before, after))
        assert not same_words(plain, usual)
        assert same_words(usual, usual)


def test_a_period_of_fewer_than_five_is_no_moment(house: House) -> None:
    earlier = another_period(house, "dulu", -1)
    house.rate(GOOD, 4, period=earlier)
    with writing(house.engine) as session:
        close_period(session, house.coordinator, earlier)
    rated_mixed(house, house.period, 7)
    compared, moments = look(house, house.period)
    assert compared is None
    assert [one.period.id for one in moments] == [house.period]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Semester I", "Semester I 2026"), ("Semester I 2026", "Semester I 2026"), ("2026", "2026")],
)
def test_a_period_is_told_with_its_year(name: str, shown: str) -> None:
    assert with_year(Period(name=name, ends=date(2026, 6, 30))) == shown
