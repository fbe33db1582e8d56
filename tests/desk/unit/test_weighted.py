"""What stands beside the headline: weighted to visits by service, and shrunken units."""

from collections.abc import Mapping

import pytest

from accounts.actors import Forbidden
from analysis.uncertainty.strata import Weighted
from desk.office.visits import VisitCount, record_visits, service_visits
from desk.unit.results import unit_results
from desk.unit.weighted import (
    NotWeighted,
    ShrunkenUnits,
    WeightedIndices,
    beside_headline,
    units_beside,
)
from models import Service, Unit, reading, writing
from tests.desk.conftest import House, another_district
from tests.desk.unit.test_results import GOOD, close
from tests.refusing import refusing

VISITS = 1_000

LATE = "baru terhitung sekarang"


def services_of(house: House) -> list[int]:
    with reading(house.engine) as session:
        return [service.id for service in session.get_one(Unit, house.clinic).services]


def note(house: House, numbers: Mapping[int, int], visits: int = VISITS) -> None:
    with writing(house.engine) as session:
        record_visits(
            session, house.official, house.clinic, house.period, VisitCount(visits, numbers, LATE)
        )


def noted(house: House) -> Mapping[int, int]:
    with reading(house.engine) as session:
        return service_visits(session, house.official, house.clinic, house.period)


def beside(house: House) -> WeightedIndices | None:
    with house.looking() as session:
        results = unit_results(session, house.official, house.clinic, house.period)
        return beside_headline(session, house.official, results)


def units(house: House, role: str = "coordinator") -> ShrunkenUnits | None:
    actor = house.actors[role]
    with house.looking() as session:
        results = unit_results(session, actor, house.clinic, house.period)
        return units_beside(session, actor, results)


def refused(house: House) -> NotWeighted:
    found = beside(house)
    assert found is not None
    assert isinstance(found.post_stratified, NotWeighted)
    assert found.stratified == found.post_stratified
    return found.post_stratified


def figures(house: House) -> tuple[Weighted, Weighted]:
    found = beside(house)
    assert found is not None
    assert isinstance(found.stratified, Weighted)
    assert isinstance(found.post_stratified, Weighted)
    return found.stratified, found.post_stratified


def two_services(house: House) -> tuple[int, int]:
    """Ten respondents of each: indices of 100 and 50 but for one respondent."""
    house.rate(4, 10, service=0)
    house.rate(2, 9, service=1)
    house.rate(GOOD, 1, service=1)
    first, second = services_of(house)
    return first, second


def test_each_service_weighs_its_visits(house: House) -> None:
    first, second = two_services(house)
    note(house, {first: 300, second: 100})
    assert beside(house) is None  # while the period is open
    close(house)
    of_second = (9 * 50 + 25 * 28 / 9) / 10
    for found in figures(house):
        assert found.index == pytest.approx((300 * 100 + 100 * of_second) / 400)
        assert found.kish == pytest.approx(1.25)
        assert found.design_effect is not None
        assert found.design_effect < 1  # all the spread is between the services
        assert found.uncertainty is not None
        assert found.uncertainty.standard_error is not None
        assert found.merged == ()


def test_small_services_count_as_one(house: House) -> None:
    """Each with a weight of its own, the two could be told apart by what the headline says."""
    with writing(house.engine) as session:
        session.add(Service(unit_id=house.clinic, code="gigi", name="Poli gigi"))
    house.rate(3, 10, service=0)
    house.rate(4, 3, service=1)
    house.rate(1, 4, service=2)
    large, small, other = services_of(house)
    note(house, {large: 100, small: 30, other: 70})
    close(house)
    found = beside(house)
    assert found is not None
    assert sorted(map(str, found.merged)) == ["Imunisasi", "Poli gigi"]
    for one in figures(house):
        assert one.index == pytest.approx((75 + 25 * 16 / 7) / 2)


def test_a_service_that_nobody_rated_joins_the_smallest(house: House) -> None:
    with writing(house.engine) as session:
        session.add(Service(unit_id=house.clinic, code="gigi", name="Poli gigi"))
    house.rate(4, 10, service=0)
    house.rate(2, 6, service=1)
    first, second, silent = services_of(house)
    note(house, {first: 300, second: 50, silent: 50})
    close(house)
    found = beside(house)
    assert found is not None
    assert sorted(map(str, found.merged)) == ["Imunisasi", "Poli gigi"]
    assert figures(house)[0].index == pytest.approx(87.5)


def test_those_who_named_no_service_keep_their_share(house: House) -> None:
    first, second = two_services(house)
    house.rate(3, 20)
    note(house, {first: 300, second: 100})
    close(house)
    found = beside(house)
    assert found is not None
    assert found.stratified == NotWeighted("unnamed")
    assert isinstance(found.post_stratified, Weighted)
    of_services = (300 * 100 + 100 * (9 * 50 + 25 * 28 / 9) / 10) / 400
    assert found.post_stratified.index == pytest.approx((75 + of_services) / 2)


def test_what_is_missing_is_said(house: House) -> None:
    first, second = two_services(house)
    note(house, {first: 300})
    close(house)
    assert refused(house) == NotWeighted("no_visits", ("Imunisasi",))
    note(house, {first: 300, second: 9})
    assert refused(house) == NotWeighted("fewer_visits", ("Imunisasi",))


def test_one_service_alone_has_no_weights(house: House) -> None:
    house.rate(3, 6, service=0)
    note(house, {services_of(house)[0]: 300})
    close(house)
    assert refused(house) == NotWeighted("one_service")


def test_visits_by_service_are_noted_corrected_and_taken_back(house: House) -> None:
    first, second = services_of(house)
    note(house, {first: 300, second: 100})
    assert house.last_act().details["services"] == ["layanan-1 = 300", "layanan-2 = 100"]
    note(house, {first: 310})
    assert noted(house) == {first: 310}
    with writing(house.engine) as session:
        record_visits(
            session, house.official, house.clinic, house.period, VisitCount(900, reason=LATE)
        )
    assert noted(house) == {first: 310}
    assert "services" not in house.last_act().details
    assert house.acts() == ["record_visits"] * 3


def test_services_have_no_more_visits_than_the_unit(house: House) -> None:
    first, second = services_of(house)
    with refusing(r"visits: found 400, .* its services, 401"):
        note(house, {first: 300, second: 101}, 400)
    with refusing("visits of a service: found 0"):
        note(house, {first: 0})
    with reading(house.engine) as session:
        strange = session.get_one(Unit, house.registry).services[0].id
    with pytest.raises(Forbidden):
        note(house, {strange: 5})
    assert noted(house) == {}


def a_third_unit(house: House) -> int:
    with writing(house.engine) as session:
        unit = Unit(institution_id=house.district, code="samsat", name="Samsat")
        session.add(unit)
        session.flush()
        return unit.id


def three_units(house: House) -> None:
    """Two of many respondents, and one of five that differs from them."""
    for unit, answer, number in (
        (house.clinic, 3, 30),
        (house.registry, 4, 30),
        (a_third_unit(house), 1, 4),
    ):
        house.rate(answer, number, unit=unit)
        house.rate(GOOD, 1, unit=unit)


def test_a_small_unit_is_drawn_to_the_others(house: House) -> None:
    three_units(house)
    assert units(house) is None  # while the period is open
    close(house)
    found = units(house)
    assert found is not None
    assert found.left_out == 0
    assert [(one.name, one.index.n) for one in found.units] == [
        ("Dukcapil", 31),
        ("Puskesmas Langgur", 31),
        ("Samsat", 5),
    ]
    drawn = []
    for one in found.units:
        assert one.index.index is not None
        assert one.empirical_bayes is not None
        drawn.append(abs(one.empirical_bayes[0] - float(one.index.index)))
    samsat = found.units[2]
    assert max(drawn) == drawn[2]
    assert samsat.fay_herriot is not None
    assert samsat.index.index is not None
    assert samsat.fay_herriot[0] > samsat.index.index


def test_units_of_fewer_than_five_are_in_no_figure(house: House) -> None:
    three_units(house)
    with writing(house.engine) as session:
        hidden = Unit(institution_id=house.district, code="kecil", name="Unit kecil")
        session.add(hidden)
        session.flush()
        key = hidden.id
    house.rate(4, 4, unit=key)
    close(house)
    found = units(house)
    assert found is not None
    assert found.left_out == 1
    assert "Unit kecil" not in [one.name for one in found.units]


@pytest.mark.parametrize(("role", "sees"), [("official", False), ("analyst", True)])
def test_other_units_are_shown_to_whoever_may_see_them(house: House, role: str, sees: bool) -> None:
    three_units(house)
    close(house)
    assert (units(house, role) is not None) == sees


def test_an_institution_compares_its_own_units(house: House) -> None:
    three_units(house)
    with writing(house.engine) as session:
        another_district(session, "lain")
    close(house)
    found = units(house, "analyst")
    assert found is not None
    assert len(found.units) + found.left_out == 3
