"""Looks at an open period read; what they keep of it keeps any two of them five people apart."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import combinations, count
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from desk.integrity.screening import keep_screening, report_of
from desk.office.periods import close_period
from desk.unit.steps import (
    Step,
    keep,
    keep_steps,
    next_steps,
    shown_answers,
    shown_periods,
)
from models import Period, Screened, Snapshot, Unit, reading, writing
from survey.periods import asked_instrument
from tests.desk.conftest import House

CODES = count()
SOURCES = {"open_link": "open_link", "token": "visit"}  # by channel
PATIENCE = 60  # seconds
ARRIVALS = st.tuples(st.sampled_from(sorted(SOURCES)), st.integers(1, 7))
ENDS = st.sampled_from(["kept", "too busy"])
HAPPENINGS = st.lists(st.one_of(ARRIVALS, st.just("begin"), ENDS), min_size=4, max_size=12)


def shown(house: House, unit: int) -> dict[str, int]:
    """The respondents that a look shows, by source."""
    with reading(house.engine) as session:
        place, period = session.get_one(Unit, unit), session.get_one(Period, house.period)
        whole = shown_answers(session, place, period, asked_instrument(period)).whole
    return dict(zip(whole.counted["source"], whole.respondents.tolist(), strict=True))


def begin(house: House, unit: int) -> Step | None:
    """The first half of a look: what it would keep."""
    with reading(house.engine) as session:
        return next(iter(next_steps(session, [session.get_one(Unit, unit)])), None)


def finish(house: House, unit: int, step: Step | None) -> dict[str, int]:
    """The second half: keeps it if it may, and shows what is kept."""
    with writing(house.engine) as session:
        if step:
            keep(session, step)
    return shown(house, unit)


def another_unit(house: House) -> int:
    with writing(house.engine) as session:
        unit = Unit(
            institution_id=house.district, code=f"u{next(CODES)}", name="Unit", open_link=True
        )
        session.add(unit)
        session.flush()
        return unit.id


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(happenings=HAPPENINGS)
def test_no_interleaving_shows_two_figures_less_than_five_apart(
    house: House, happenings: list[tuple[str, int] | str]
) -> None:
    unit = another_unit(house)
    looks: list[Step | None] = []
    seen: dict[str, set[int]] = defaultdict(lambda: {0})
    arrived = dict.fromkeys(SOURCES.values(), 0)
    for happening in happenings:
        if isinstance(happening, tuple):
            channel, number = happening
            house.rate(3, number, unit=unit, channel=channel)
            arrived[SOURCES[channel]] += number
        elif happening == "begin":
            looks.append(begin(house, unit))
        elif looks:  # the latest look ends first, so that the others are overtaken
            step = looks.pop()
            ended = finish(house, unit, step if happening == "kept" else None)
            for source, number in ended.items():
                seen[source].add(number)
                assert number <= arrived[source]
    for numbers in seen.values():
        assert all(abs(one - other) >= 5 for one, other in combinations(numbers, 2))


def test_whoever_was_overtaken_shows_what_the_other_kept(house: House) -> None:
    house.rate(3, 6)
    slow = begin(house, house.clinic)
    house.rate(3, 3)
    assert finish(house, house.clinic, begin(house, house.clinic)) == {"open_link": 9}
    assert finish(house, house.clinic, slow) == {"open_link": 9}
    house.rate(3, 5)
    slow = begin(house, house.clinic)
    house.rate(3, 2)
    assert finish(house, house.clinic, begin(house, house.clinic)) == {"open_link": 16}
    assert finish(house, house.clinic, slow) == {"open_link": 16}


def test_a_period_is_shown_once_five_of_one_source_came(house: House) -> None:
    """Three by the link and three at a kiosk are six that count, and none that is shown."""
    for channel in ("open_link", "kiosk"):
        house.rate(3, 3, channel=channel)
    with reading(house.engine) as session:
        assert shown_periods(session, house.official, house.clinic) == []
    house.rate(3, 2, channel="kiosk")
    with reading(house.engine) as session:
        coming = shown_periods(session, house.official, house.clinic)
    keep_steps(house.engine, house.official, house.clinic)
    with reading(house.engine) as session:
        kept = shown_periods(session, house.official, house.clinic)
    assert [one.id for one in coming] == [one.id for one in kept] == [house.period]


@contextmanager
def held(house: House) -> Iterator[None]:
    """Somebody else is writing: on SQLite anything, on PostgreSQL the period."""
    with writing(house.engine) as session:
        session.get_one(Period, house.period, with_for_update=True)
        yield


def test_a_look_that_cannot_keep_its_step_shows_the_one_before(house: House) -> None:
    house.rate(3, 7)
    with held(house):
        assert not keep_steps(house.engine, house.official, house.clinic)
        assert shown(house, house.clinic) == {}
    assert keep_steps(house.engine, house.official, house.clinic)
    house.rate(3, 6)
    with held(house):
        assert not keep_steps(house.engine, house.official, house.clinic)
        assert shown(house, house.clinic) == {"open_link": 7}
    assert keep_steps(house.engine, house.official, house.clinic)
    assert shown(house, house.clinic) == {"open_link": 13}


def test_a_screening_that_cannot_be_kept_is_not_shown(house: House) -> None:
    place = house.clinic, house.period
    house.rate(3, 7)
    with held(house):
        assert not keep_screening(house.engine, house.analyst, *place)
        with reading(house.engine) as session:
            assert report_of(session, house.analyst, *place) is None
    assert keep_screening(house.engine, house.analyst, *place)
    with reading(house.engine) as session:
        report = report_of(session, house.analyst, *place)
        assert report is not None
        assert report.document["number"] == 7


@contextmanager
def paused(engine: Engine, words: str) -> Iterator[tuple[Event, Event]]:
    """The first statement with these words waits: ``reached`` tells so, ``go`` lets it go on."""
    reached, go = Event(), Event()

    def wait(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if words in statement and not reached.is_set():
            reached.set()
            go.wait(PATIENCE)

    event.listen(engine, "before_cursor_execute", wait)
    try:
        yield reached, go
    finally:
        go.set()
        event.remove(engine, "before_cursor_execute", wait)


@pytest.mark.parametrize("look", ["steps", "screening"])
def test_answers_are_stored_while_somebody_looks(house: House, look: str) -> None:
    """And a period closes; what the look then would keep of it is left."""
    house.rate(3, 7)
    with ThreadPoolExecutor(1) as other, paused(house.engine, "counted_responses") as (reached, go):
        looking = (
            other.submit(keep_steps, house.engine, house.official, house.clinic)
            if look == "steps"
            else other.submit(
                keep_screening, house.engine, house.analyst, house.clinic, house.period
            )
        )
        assert reached.wait(PATIENCE)
        assert len(house.rate(3, 2)) == 2  # while the look stands still
        with writing(house.engine) as session:
            close_period(session, house.coordinator, house.period)
        go.set()
        assert looking.result(PATIENCE)
    with reading(house.engine) as session:
        assert session.get(Snapshot, (house.clinic, house.period)) is None
        screened = session.get_one(Screened, (house.clinic, house.period))
        assert (screened.final, screened.counted) == (True, 9)
