"""How fast may be sent from one network, who waits how long, and that the address is nowhere."""

import pickle
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Period, Unit, now, reading, writing
from survey import limits
from survey.checks import Submission
from survey.limits import AddressLimits, Visitor
from survey.periods import asked_instrument, local_day
from survey.rhythm import load_limit_rules, usual_day
from survey.storage import CheckedResponse, store
from tests.survey.conftest import OTHER_UNIT, UNIT, Place, a_submission

MOMENT = datetime.fromisoformat("2026-11-30T03:00+00:00")
HERE, THERE = "203.0.113.7", "203.0.113.8"
PHONE, PROGRAM = "Mozilla/5.0 (Linux; Android 10; K)", "curl/8"
RULES = load_limit_rules()
MOST, IN_A_DAY = RULES.bounds(0)
PACE = RULES.pace_seconds


def send(
    counts: AddressLimits,
    address: str | None = HERE,
    browser: str = PHONE,
    after: float = 0,
    usual: int = 0,
    **changes: str,
) -> int:
    """A form that is stored where its turn has come; gives the seconds it has to wait."""
    moment = MOMENT + timedelta(seconds=after)
    visitor = Visitor(address, browser)
    return counts.turn(a_submission(**changes), visitor, moment, usual).wait


def used_up(address: str | None = HERE) -> AddressLimits:
    """Limits with as many stored as one kind of browser may send in ten minutes."""
    counts = AddressLimits()
    assert {send(counts, address) for _ in range(MOST)} == {0}
    return counts


def test_one_more_waits_a_little_and_then_passes() -> None:
    counts = used_up()
    assert send(counts, key="first-of-the-line") == send(counts, key="second-of-it") == PACE
    assert send(counts, key="first-of-the-line", after=1) == PACE
    assert send(counts, key="first-of-the-line", after=PACE) == 0
    assert send(counts, key="second-of-it", after=PACE + 2) == PACE - 2
    assert send(counts, key="second-of-it", after=2 * PACE) == 0


def test_the_bound_of_a_day_holds_too() -> None:
    counts = AddressLimits()
    sent = [send(counts, after=11 * at) for at in range(IN_A_DAY + 1)]
    assert sent[:IN_A_DAY] == [0] * IN_A_DAY
    assert sent[IN_A_DAY] == PACE


def test_what_was_not_stored_is_not_counted() -> None:
    counts = AddressLimits()
    for _ in range(3 * MOST):
        counts.give_back(counts.turn(a_submission(), Visitor(HERE, PHONE), MOMENT))
    assert {send(counts) for _ in range(MOST)} == {0}


def test_others_go_on() -> None:
    counts = used_up()
    assert send(counts, THERE) == send(counts, unit=OTHER_UNIT) == 0
    assert send(counts, channel="kiosk") == send(counts, browser=PROGRAM) == 0


def test_all_browsers_of_a_network_together_are_bounded() -> None:
    counts = AddressLimits()
    sent = [send(counts, browser=f"{PROGRAM}.{at}") for at in range(RULES.browsers * MOST + 1)]
    assert set(sent[:-1]) == {0}
    assert sent[-1] == PACE


def test_the_bound_grows_with_the_units_own_rhythm() -> None:
    counts = used_up()
    assert send(counts, usual=IN_A_DAY) == 0
    assert RULES.bounds(10**9) == (MOST * RULES.most_a_day // IN_A_DAY, RULES.most_a_day)


def test_the_line_is_no_longer_than_it_may_be() -> None:
    counts = used_up()
    keys = [f"form-{at}" for at in range(RULES.line + 5)]
    assert {send(counts, key=key) for key in keys} == {PACE}
    waits = [send(counts, key=key, after=PACE) for key in keys]
    assert waits[0] == 0
    assert waits[1 : RULES.line] == [PACE * at for at in range(1, RULES.line)]
    assert set(waits[RULES.line + 1 :]) == {PACE}


def test_a_flood_of_ever_new_forms_takes_nobodys_place_in_line() -> None:
    counts = used_up()
    for after in range(PACE):
        for _ in range(100):
            assert send(counts, after=after) > 0
        send(counts, key="honest", after=after)
    assert send(counts, key="honest", after=PACE) == 0


@settings(max_examples=30)
@given(st.lists(st.sampled_from([0, 1, PACE, 61, 599]), max_size=12))
def test_a_flood_is_slowed_whatever_its_rhythm(pauses: list[int]) -> None:
    """No ten minutes hold more than the bound and what the slow line lets through."""
    counts, after, stored = AddressLimits(), 0, []
    for pause in pauses:
        after += pause
        stored += [after for at in range(30) if not send(counts, after=after, key=f"form-{at}")]
        stored += [after for _ in range(50) if not send(counts, after=after)]
    for end in stored:
        assert sum(end - 600 < one <= end for one in stored) <= MOST + 600 // PACE


def test_a_code_in_capitals_is_the_same_unit() -> None:
    assert send(used_up(), unit=UNIT.upper()) > 0


def test_no_address_is_this_computers() -> None:
    assert send(used_up(None), "127.0.0.1") > 0


@pytest.mark.parametrize("other", ["2001:db8:1:2::9", "2001:DB8:1:2:ffff::1"])
def test_a_device_that_changes_the_end_of_its_address_stays_the_same(other: str) -> None:
    counts = used_up("2001:db8:1:2::1")
    assert send(counts, other) > 0
    assert send(counts, "2001:db8:1:3::1") == 0


def test_an_address_written_in_the_new_way_stays_the_same() -> None:
    assert send(used_up(), f"::ffff:{HERE}") > 0


def test_the_next_day_begins_anew() -> None:
    assert send(used_up(), after=86_400) == 0


def test_ever_new_addresses_fill_no_memory_and_begin_nothing_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MOST_COUNTED", 20)
    counts = used_up()
    for at in range(200):
        send(counts, f"198.51.100.{at}")
        assert send(counts) > 0
    assert len(counts._counts) == 20


def test_more_addresses_than_are_counted_reset_nobody_who_still_sends() -> None:
    counts = used_up()
    for at in range(limits.MOST_COUNTED + 5_000):
        send(counts, f"2001:db8:{at:x}::1")
        if at % 9_000 == 0:
            assert send(counts) > 0
    assert send(counts) > 0


def test_clients_are_told_apart_within_a_day_and_a_process() -> None:
    counts, tomorrow = AddressLimits(), MOMENT + timedelta(days=1)
    here = Visitor(HERE, "Firefox")
    same = counts.client(here, MOMENT)
    assert len(same) == 64
    assert counts.client(here, MOMENT) == same
    others = [
        counts.client(Visitor(THERE, "Firefox"), MOMENT),
        counts.client(Visitor(HERE, "Chromium"), MOMENT),
        AddressLimits().client(here, MOMENT),
        counts.client(here, tomorrow),
        counts.client(here, MOMENT),  # the key of the day is gone
    ]
    assert len({same, *others}) == 6


def test_no_address_is_kept() -> None:
    counts = used_up()
    send(counts, key="k" * 20)
    counts.client(Visitor(HERE, "Firefox"), MOMENT)
    kept = pickle.dumps([counts._counts, counts._key])
    for secret in (HERE, "Firefox", PHONE, "k" * 20):
        assert secret.encode() not in kept


def test_what_a_proxy_calls_a_client_need_be_no_address() -> None:
    assert send(used_up("unknown"), "unknown") > 0


def test_a_submission_from_nowhere_in_particular_counts() -> None:
    odd = Submission("k", "\udce9\0", "p", {})
    assert AddressLimits().turn(odd, Visitor("\udce9", "\udce9"), MOMENT).wait == 0


def rate(place: Place, number: int, day: date, channel: str = "open_link") -> None:
    with writing(place.engine) as session:
        unit, period = session.get_one(Unit, place.unit), session.get_one(Period, place.period)
        row = CheckedResponse({"time": 3}, channel, "self", local_date=day)
        store(session, unit, period, asked_instrument(period), [row] * number)


def usual(place: Place, code: str = UNIT) -> int:
    with reading(place.engine) as session:
        return usual_day(session, code, now())


def test_a_busy_usual_day_is_asked_of_the_database(place: Place) -> None:
    with reading(place.engine) as session:
        today = local_day(session.get_one(Unit, place.unit), now())
    assert usual(place) == usual(place, "tiada") == usual(place, OTHER_UNIT) == 0
    rate(place, 50, today)  # a flood of today raises nothing today
    assert usual(place) == 0
    for ago in range(1, 11):
        rate(place, 40 if ago == 4 else ago, today - timedelta(days=ago))
    rate(place, 30, today - timedelta(days=2), channel="kiosk")
    assert usual(place) == 10
    assert usual(place, UNIT.upper()) == 10
    place.close()
    assert usual(place) == 0
