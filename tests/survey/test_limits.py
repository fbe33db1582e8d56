"""How often may be sent from one address, and that the address is nowhere."""

import pickle
from datetime import timedelta

import pytest

from models import now
from survey import limits
from survey.checks import Submission
from survey.limits import IN_A_DAY, IN_TEN_MINUTES, AddressLimits
from tests.survey.conftest import OTHER_UNIT, a_submission

MOMENT = now()
HERE, THERE = "203.0.113.7", "203.0.113.8"


def used_up(address: str | None = HERE) -> AddressLimits:
    """Limits that have let through all that they let through in ten minutes."""
    counts = AddressLimits()
    for _ in range(IN_TEN_MINUTES.amount):
        assert wait(counts, address) == 0
    return counts


def wait(counts: AddressLimits, address: str | None = HERE, **changes: str) -> int:
    return counts.seconds_to_wait(a_submission(**changes), address, MOMENT)


def test_one_more_has_to_wait_and_no_longer_than_the_window() -> None:
    assert 0 < wait(used_up()) <= IN_TEN_MINUTES.get_expiry()
    assert IN_TEN_MINUTES.amount < IN_A_DAY.amount


def test_others_go_on() -> None:
    counts = used_up()
    assert (
        wait(counts, THERE) == wait(counts, unit=OTHER_UNIT) == wait(counts, channel="kiosk") == 0
    )


def test_a_code_in_capitals_is_the_same_unit() -> None:
    assert wait(used_up(), unit=a_submission().unit.upper()) > 0


def test_no_address_is_this_computers() -> None:
    assert wait(used_up(None), "127.0.0.1") > 0


@pytest.mark.parametrize("other", ["2001:db8:1:2::9", "2001:DB8:1:2:ffff::1"])
def test_a_device_that_changes_the_end_of_its_address_stays_the_same(other: str) -> None:
    counts = used_up("2001:db8:1:2::1")
    assert wait(counts, other) > 0
    assert wait(counts, "2001:db8:1:3::1") == 0


def test_an_address_written_in_the_new_way_stays_the_same() -> None:
    assert wait(used_up(), f"::ffff:{HERE}") > 0


def test_the_next_day_begins_anew() -> None:
    counts = used_up()
    tomorrow = MOMENT + timedelta(days=1)
    assert counts.seconds_to_wait(a_submission(), HERE, tomorrow) == 0


def test_ever_new_addresses_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_COUNTED", 10)
    counts = used_up()
    for at in range(20):
        wait(counts, f"198.51.100.{at}")
    assert wait(counts) == 0


def test_clients_are_told_apart_within_a_day_and_a_process() -> None:
    counts, tomorrow = AddressLimits(), MOMENT + timedelta(days=1)
    same = counts.client(HERE, "Firefox", MOMENT)
    assert len(same) == 64
    assert counts.client(HERE, "Firefox", MOMENT) == same
    others = [
        counts.client(THERE, "Firefox", MOMENT),
        counts.client(HERE, "Chromium", MOMENT),
        AddressLimits().client(HERE, "Firefox", MOMENT),
        counts.client(HERE, "Firefox", tomorrow),
        counts.client(HERE, "Firefox", MOMENT),  # the key of the day is gone
    ]
    assert len({same, *others}) == 6


def test_no_address_is_kept() -> None:
    counts = used_up()
    counts.client(HERE, "Firefox", MOMENT)
    kept = pickle.dumps([counts._storage, counts._key])
    assert HERE.encode() not in kept
    assert b"Firefox" not in kept


def test_what_a_proxy_calls_a_client_need_be_no_address() -> None:
    assert wait(used_up("unknown"), "unknown") > 0


def test_a_submission_from_nowhere_in_particular_counts() -> None:
    odd = Submission("k", "\udce9\0", "p", {})
    assert AddressLimits().seconds_to_wait(odd, "\udce9", MOMENT) == 0
