"""A unit's results: the figures, and what must not be shown of few people."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from analysis.errors import Problem
from analysis.soundness.lift import next_grade
from desk.integrity.exclusions import exclude
from desk.office.imports import FileOfUnit, import_file
from desk.office.periods import close_period
from desk.office.visits import VisitCount, record_visits
from desk.unit.results import ResultGroup, UnitResults, unit_results
from models import Exclusion, Period, Snapshot, Unit, reading, writing
from survey.counts import Selection, count_experiences
from survey.files import asked_of
from survey.periods import asked_instrument
from survey.reading.understood import read_file
from tests.desk.conftest import ELEMENTS, House

SEKADAU = Path(__file__).parents[2] / "data" / "sekadau-2019.csv"
REASON = "terkirim dua kali dari kios"
# 9 answers that add to 27 + extra: an index of 75 + 25/9 x extra.
GOOD = {**dict.fromkeys(ELEMENTS, 3), "time": 4}


def look(house: House, without: Collection[str] = (), unit: int | None = None) -> UnitResults:
    """The results as the analyst sees them, in a transaction of its own."""
    with house.looking(unit) as session:
        return unit_results(session, house.analyst, unit or house.clinic, house.period, without)


def close(house: House) -> None:
    with writing(house.engine) as session:
        close_period(session, house.coordinator, house.period)


def load(house: House, content: bytes, name: str = "data.csv") -> str:
    """Imports a file for the clinic; gives it as a source."""
    with reading(house.engine) as session:
        unit, asked_in = session.get_one(Unit, house.clinic), session.get_one(Period, house.period)
        understood = read_file(content, name, asked_of(session, unit, asked_in))
    file = FileOfUnit(house.clinic, house.period, understood)
    return str(import_file(house.engine, house.coordinator, file).id)


def rows(number: int, value: int = 3, service: str = "") -> bytes:
    """A file of so many respondents who answered all alike."""
    heading = ",".join([*ELEMENTS, "layanan"])
    return "\n".join([heading, *[",".join([*[str(value)] * 9, service])] * number]).encode()


def shown(groups: list[ResultGroup]) -> dict[str | None, int | None]:
    """The respondents of each group; None where it is hidden."""
    return {group.name: group.index.n if group.index else None for group in groups}


def number_of(results: UnitResults) -> int | None:
    return results.index.n if results.index else None


def test_sekadau_2019(house: House) -> None:
    load(house, SEKADAU.read_bytes(), SEKADAU.name)
    with writing(house.engine) as session:
        record_visits(session, house.official, house.clinic, house.period, VisitCount(500))
    results = look(house)
    assert results.index is not None
    assert (results.index.n, results.index.shown) == (49, "78.74")
    assert results.index.band is not None
    assert results.index.band.grade == "B"
    assert (results.visits, results.minimum) == (500, 217)
    assert (results.received, results.counted, results.excluded) == (49, 49, 0)


def test_fewer_than_five_show_nothing(house: House) -> None:
    house.rate(number=4, service=0)
    for closed in (False, True):
        results = look(house)
        assert results.index is None
        assert (results.services, results.months, results.averaged) == ([], [], None)
        assert results.experienced is None
        if not closed:
            close(house)


def test_an_open_period_advances_in_steps_of_five(house: House) -> None:
    house.rate(3, 3, service=0)
    assert look(house).index is None  # a look at three must not delay the first step
    house.rate(3, 2, service=0)
    first = look(house)
    assert number_of(first) == 5
    assert shown(first.services) == {"Poli umum": 5}
    for _ in range(4):
        house.rate(4, service=0)
        again = look(house)
        same = (again.index, again.received, again.services, again.months, again.averaged)
        assert same == (first.index, 5, first.services, first.months, first.averaged)
    house.rate(4, service=0)
    then = look(house)
    assert (number_of(then), then.received, shown(then.services)) == (10, 10, {"Poli umum": 10})
    assert then.index is not None
    assert then.index.index == Fraction(175, 2)


def test_only_those_who_answered_make_a_step(house: House) -> None:
    house.rate(3, 5)
    first = look(house)
    silent = dict.fromkeys(ELEMENTS)
    house.rate(silent, 6, experience=("none",))
    house.rate(4)
    assert look(house).index == first.index


def test_closing_shows_the_final_figures(house: House) -> None:
    house.rate(3, 5)
    look(house)
    house.rate(4, 2)
    assert number_of(look(house)) == 5
    close(house)
    final = look(house)
    assert (number_of(final), final.received) == (7, 7)


def test_every_service_and_month_advances_by_five_too(house: House) -> None:
    """One answer in the smaller service must not show, though the whole has moved enough."""
    house.rate(3, 20, service=0, day=date(2026, 1, 5))
    house.rate(3, 10, service=1, day=date(2026, 2, 5))
    assert shown(look(house).services) == {"Poli umum": 20, "Imunisasi": 10}
    house.rate(4, 4, service=0, day=date(2026, 1, 5))
    house.rate(1, 1, service=1, day=date(2026, 2, 5))
    then = look(house)
    assert number_of(then) == 35
    assert shown(then.services) == {"Poli umum": 20, "Imunisasi": 10}
    assert shown(then.months) == {"2026-01": 20, "2026-02": 10}
    # Six more in one: it may not advance alone, or the rest of the whole would tell of one.
    house.rate(4, 6, service=0, day=date(2026, 1, 5))
    assert shown(look(house).services) == {"Poli umum": 20, "Imunisasi": 10}
    house.rate(1, 5, service=1, day=date(2026, 2, 5))
    assert shown(look(house).services) == {"Poli umum": 30, "Imunisasi": 16}


HIDDEN = {
    "each large enough": ((20, 10), (20, 10)),
    "the smaller, and the other by subtraction": ((20, 4), (None, None)),
    "a single answer": ((20, 1), (None, None)),
    "all of one": ((20, 0), (20, None)),
}


@pytest.mark.parametrize(("numbers", "expected"), HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_small_services_and_months(
    house: House, numbers: tuple[int, int], expected: tuple[int | None, ...], closed: bool
) -> None:
    for month, number in enumerate(numbers, start=1):
        if number:
            house.rate(3, number, service=month - 1, day=date(2026, month, 5))
    if closed:
        close(house)
    results = look(house)
    present = [at for at, number in enumerate(numbers) if number]
    services = ["Poli umum", "Imunisasi"]
    assert shown(results.services) == {services[at]: expected[at] for at in present}
    assert shown(results.months) == {f"2026-0{at + 1}": expected[at] for at in present}
    complete = all(expected[at] for at in present)
    assert results.averaged == (75 if complete else None)


def test_pooled_and_averaged(house: House) -> None:
    """Method, section 1.8: the pooled index weighs the services by their respondents."""
    house.rate(4, 8, service=0)
    house.rate(GOOD, 32, service=0)
    house.rate(3, 10, service=1)
    results = look(house)
    assert results.index is not None
    # Sums over nine elements: 8 x 36 + 32 x 28 + 10 x 27 = 1454 of 50 respondents.
    assert results.index.index == Fraction(25 * 1454, 9 * 50)
    first, second = Fraction(25 * (8 * 36 + 32 * 28), 9 * 40), Fraction(75)
    assert results.averaged == (first + second) / 2
    assert results.index.shown == "80.78"
    assert str(results.scheme.round(results.averaged)) == "78.61"


def test_a_service_of_experiences_alone_is_no_service(house: House) -> None:
    house.rate(3, 5, service=0)
    house.rate(dict.fromkeys(ELEMENTS), 1, service=1, experience=("none",))
    close(house)
    results = look(house)
    assert shown(results.services) == {"Poli umum": 5}
    assert results.averaged == 75


ELEMENT_MEANS = {
    "all answered": ((), {}, []),
    "two by three people": (("cost", "time"), {"cost": 3, "time": 3}, ["cost", "time"]),
    "one by three, the next smallest by subtraction": (
        ("cost",),
        {"cost": 3},
        ["cost", "requirements"],
    ),
    "one by nobody": (("cost",), {"cost": 0}, ["cost"]),
}


@pytest.mark.parametrize(
    ("skipped", "answered", "hidden"), ELEMENT_MEANS.values(), ids=ELEMENT_MEANS.keys()
)
def test_an_element_answered_by_few_is_hidden(
    house: House, skipped: tuple[str, ...], answered: Mapping[str, int], hidden: list[str]
) -> None:
    silent: dict[str, int | None] = {**dict.fromkeys(ELEMENTS, 3), **dict.fromkeys(skipped)}
    house.rate(silent, 10)
    house.rate(3, min(answered.values(), default=1))
    index = look(house).index
    assert index is not None
    assert [key for key in ELEMENTS if index.means[key] is None] == sorted(
        hidden, key=ELEMENTS.index
    )
    assert (index.index is None) == (0 in answered.values())


def test_experiences_are_told_after_closing(house: House) -> None:
    house.rate(3, 4, experience=("none",))
    house.rate(3, 1, experience=("undue_delay", "request_for_payment"))
    house.rate(3, 1, experience=("declined",))
    assert look(house).experienced is None
    close(house)
    told = look(house).experienced
    assert told is not None
    with reading(house.engine) as session:
        instrument = asked_instrument(session.get_one(Period, house.period))
        counted = count_experiences(session, instrument, Selection([house.period], [house.clinic]))
    whole = counted[house.clinic]
    assert (whole.answered, whole.none, whole.declined) == (5, 4, 1)
    assert whole.score == 80
    assert whole.share("request_for_payment") == Fraction(1, 5)
    assert (told.answered, told.none, told.above, told.score) == (5, None, True, Fraction(0))
    assert told.share("request_for_payment") is None


def test_experiences_of_four_are_not_told(house: House) -> None:
    house.rate(3, 4, experience=("none",))
    house.rate(3, 6, experience=("declined",))
    close(house)
    assert look(house).experienced is None


def test_excluded_responses_are_counted_and_leave_the_index(house: House) -> None:
    house.rate(3, 10)
    bad = house.rate(1, 5)
    before = look(house)
    with writing(house.engine) as session:
        exclude(session, house.analyst, bad, REASON)
    after = look(house)
    assert (before.received, before.counted, before.excluded) == (15, 15, 0)
    assert (after.received, after.counted, after.excluded) == (15, 10, 5)
    assert before.index is not None
    assert after.index is not None
    assert (before.index.shown, after.index.shown) == ("58.33", "75.00")
    with reading(house.engine) as session:
        kept = session.get_one(Exclusion, bad[0])
        assert (kept.reason, kept.user_id) == (REASON, house.analyst.user_id)
    assert house.last_act().act == "exclude"


# Batches: with and without.


def test_results_with_and_without_an_import(house: House) -> None:
    house.rate(4, 6)
    batch = load(house, SEKADAU.read_bytes(), SEKADAU.name)
    assert number_of(look(house)) == 55
    without = look(house, [batch])
    assert without.index is not None
    assert (without.index.n, without.index.shown) == (6, "100.00")


def test_an_import_does_not_uncover_the_few_who_rated_themselves(house: House) -> None:
    """Whoever has the file could subtract it."""
    batch = load(house, SEKADAU.read_bytes(), SEKADAU.name)
    house.rate(4, 2)
    results = look(house)
    assert (number_of(results), results.index and results.index.shown) == (49, "78.74")
    assert look(house, [batch]).index is None
    house.rate(4, 2)
    assert number_of(look(house)) == 49
    house.rate(4, 1)
    assert number_of(look(house)) == 54
    assert number_of(look(house, [batch])) == 5
    house.rate(1, 4)
    load(house, rows(5))
    assert number_of(look(house)) == 59
    assert number_of(look(house, [batch])) == 10


def test_a_small_import_cannot_be_left_out_alone(house: House) -> None:
    house.rate(4, 10)
    small = load(house, rows(3))
    assert number_of(look(house)) == 10
    close(house)
    assert number_of(look(house)) == 13
    assert look(house, [small]).index is None


def test_a_small_import_that_stays_is_not_left_alone_either(house: House) -> None:
    """Of two files without the link, whoever holds the larger could subtract it."""
    house.rate(4, 10)
    large = load(house, rows(20), "a.csv")
    load(house, rows(3, 2), "b.csv")
    close(house)
    assert number_of(look(house)) == 33
    assert look(house, ["open_link"]).index is None
    assert look(house, [large]).index is None


def test_what_few_beside_a_file_answered_is_in_the_index_alone(house: House) -> None:
    load(house, rows(20, service="Poli umum"))
    house.rate(1, 2, service=0, experience=("request_for_payment",))
    house.rate(1, 1, service=1, experience=("none",))
    close(house)
    results = look(house)
    assert results.index is not None
    assert (results.index.n, results.index.apart) == (23, 3)
    assert results.index.index == Fraction(25 * (20 * 3 + 3), 23)
    assert set(results.index.means.values()) == {Fraction(3)}
    assert shown(results.services) == {"Poli umum": 20}
    assert results.experienced is None


def test_of_sources_that_are_all_small_the_index_alone_is_told(house: House) -> None:
    house.rate(4, 4)
    for value in (3, 2):
        load(house, rows(4, value), f"{value}.csv")
    close(house)
    results = look(house)
    assert results.index is not None
    assert (results.index.n, results.index.shown, results.index.apart) == (12, "75.00", 12)
    assert set(results.index.means.values()) == {None}
    assert (results.services, results.months, results.errors) == ([], [], {})
    assert next_grade(results.index) == Problem("means_hidden")


def test_an_import_does_not_uncover_few_of_a_service(house: House) -> None:
    house.rate(4, 10, service=0)
    house.rate(4, 10, service=1)
    batch = load(
        house, rows(8, service="Poli umum") + b"\n" + rows(1).split(b"\n")[1] + b"Imunisasi"
    )
    close(house)
    with_it, without = look(house), look(house, [batch])
    assert (number_of(with_it), number_of(without)) == (29, 20)
    hidden = {"Poli umum": None, "Imunisasi": None}
    assert shown(with_it.services) == shown(without.services) == hidden


def test_results_with_and_without_the_open_link(house: House) -> None:
    house.rate(4, 6)
    house.rate(3, 7, channel="token")
    house.rate(3, 5, channel="kiosk")
    whole, vouched = look(house), look(house, ["open_link"])
    assert (number_of(whole), number_of(vouched)) == (18, 12)
    assert vouched.index is not None
    assert vouched.index.shown == "75.00"


@pytest.mark.parametrize(("open_link", "visits"), [(4, 20), (20, 4)])
def test_few_at_one_door_are_not_told_apart(house: House, open_link: int, visits: int) -> None:
    house.rate(4, open_link)
    house.rate(3, visits, channel="token")
    load(house, rows(10))
    close(house)
    assert number_of(look(house)) == 34
    assert look(house, ["open_link"]).index is None


def test_a_service_with_few_at_one_door_is_shown_only_whole(house: House) -> None:
    for service, open_link, visits in ((0, 3, 10), (1, 10, 10)):
        house.rate(4, open_link, service=service)
        house.rate(3, visits, service=service, channel="token")
    close(house)
    assert shown(look(house).services) == {"Poli umum": 13, "Imunisasi": 20}
    assert shown(look(house, ["open_link"]).services) == {"Poli umum": None, "Imunisasi": None}


def test_experiences_of_few_at_one_door_are_not_told_apart(house: House) -> None:
    house.rate(3, 10, experience=("none",), channel="token")
    house.rate(3, 5, experience=("none",))
    house.rate(3, 2, experience=("undue_delay",))
    close(house)
    assert look(house).experienced is not None
    assert look(house, ["open_link"]).experienced is None


def test_a_look_writes_nothing_once_the_period_is_closed(house: House) -> None:
    house.rate(3, 5)
    close(house)
    look(house)
    with reading(house.engine) as session:
        assert session.get(Snapshot, (house.clinic, house.period)) is None


def test_a_group_that_is_hidden_tells_no_number(house: House) -> None:
    house.rate(3, 10, service=0)
    house.rate(3, 2, service=1)
    close(house)
    nameless = [replace(group, name=None, key=None) for group in look(house).services]
    assert nameless == [ResultGroup(None, None)] * 2


def test_all_excluded_is_nothing_again(house: House) -> None:
    keys = house.rate(3, 6)
    assert number_of(look(house)) == 6
    with writing(house.engine) as session:
        exclude(session, house.analyst, keys, REASON)
    results = look(house)
    assert (results.index, results.received, results.counted) == (None, 6, 0)
