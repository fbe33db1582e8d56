"""A unit's index from period to period, and what a change is told from."""

from datetime import timedelta

from desk.changes import Compared, Moment, compare, moments_of
from desk.periods import close_period, open_period, record_visits
from desk.results import UnitResults, unit_results
from models import Period, writing
from tests.desk.conftest import House
from tests.desk.test_results import GOOD


def another_period(house: House, code: str, years: int, instrument: str = "skm-2017") -> int:
    """Opens a period that lay or lies so many years after the district's."""
    with writing(house.engine) as session:
        first = session.get_one(Period, house.period)
        starts, ends = (day + timedelta(days=365 * years) for day in (first.starts, first.ends))
        place = session, house.coordinator, house.district
        return open_period(*place, code, code, starts, ends, instrument).id


def rated(house: House, period: int, good: int, close: bool = True) -> None:
    house.rate(GOOD, good, period=period)
    house.rate(2, 4, period=period)
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, period, 90)
        if close:
            close_period(session, house.coordinator, period)


def results_of(house: House, period: int) -> UnitResults:
    with writing(house.engine) as session:
        return unit_results(session, house.official, house.clinic, period)


def look(house: House, period: int) -> tuple[Compared | None, list[Moment]]:
    with writing(house.engine) as session:
        results = unit_results(session, house.official, house.clinic, period)
        compared = compare(session, house.official, results)
        return compared, moments_of(session, house.official, results, compared)


def test_every_moment_is_what_the_dashboard_of_its_period_shows(house: House) -> None:
    years = {years: another_period(house, f"p{-years}", years) for years in (-6, -3, -2, -1)}
    for period, good in zip(years.values(), (9, 2, 5, 9), strict=True):
        rated(house, period, good)
    asked_more = another_period(house, "p4", -4, "skm-2017-overall")
    rated(house, house.period, 7, close=False)
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


def test_a_period_of_fewer_than_five_is_no_moment(house: House) -> None:
    earlier = another_period(house, "dulu", -1)
    house.rate(GOOD, 4, period=earlier)
    with writing(house.engine) as session:
        close_period(session, house.coordinator, earlier)
    rated(house, house.period, 7)
    compared, moments = look(house, house.period)
    assert compared is None
    assert [one.period.id for one in moments] == [house.period]
