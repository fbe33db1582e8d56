"""One group of responses is one, however many rules it meets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.screening.groups import Raised, RaisedGroup, grouped
from analysis.screening.rules import Alarm

ALARMS: tuple[Alarm, ...] = (
    "bursts",
    "devices",
    "duplicates",
    "unvouched",
    "copied",
    "comments",
)
RESPONSES = [f"r{at}" for at in range(12)]


def raised(alarm: Alarm, first: int, last: int, points: float = 20) -> Raised:
    return Raised(alarm, frozenset(f"r{at}" for at in range(first, last)), points)


def test_mostly_the_same_responses_are_one_group_by_the_fewest_first() -> None:
    found = grouped([raised("bursts", 0, 22), raised("devices", 0, 20)], 80)
    assert [group.alarms for group in found] == [("devices", "bursts")]
    assert len(found[0].responses) == 22


def test_a_part_of_a_much_larger_group_stands_alone() -> None:
    found = grouped([raised("unvouched", 0, 60), raised("devices", 0, 20)], 80)
    assert [group.alarms for group in found] == [("unvouched",), ("devices",)]


def test_what_two_others_link_is_one() -> None:
    chain = [raised("bursts", 0, 10), raised("comments", 6, 16), raised("devices", 3, 13)]
    assert [set(group.alarms) for group in grouped(chain, 80)] == [
        {"bursts", "comments", "devices"}
    ]


def test_what_lifts_the_unit_most_comes_first() -> None:
    few, many = raised("comments", 0, 5, 60), raised("bursts", 20, 60, 10)
    found = grouped([few, many], 100)
    assert [group.alarms for group in found] == [("bursts",), ("comments",)]
    assert [group.lift(100) for group in found] == pytest.approx([4.0, 3.0])


def test_the_lift_is_what_the_mean_has_more_than_without_the_group() -> None:
    others, group = [50.0] * 60 + [70.0] * 20, [90.0] * 20
    apart = sum(group) / len(group) - sum(others) / len(others)
    lift = RaisedGroup((raised("bursts", 0, 20, apart),)).lift(100)
    assert sum(others + group) / 100 - sum(others) / 80 == pytest.approx(lift)


@given(st.dictionaries(st.sampled_from(ALARMS), st.sets(st.sampled_from(RESPONSES), min_size=1)))
def test_every_alarm_is_in_one_group_whatever_the_order(met: dict[Alarm, set[str]]) -> None:
    flags = [Raised(alarm, frozenset(keys), 9.0) for alarm, keys in met.items()]
    found = grouped(flags, len(RESPONSES))
    assert sorted(alarm for group in found for alarm in group.alarms) == sorted(met)
    assert {group.alarms for group in grouped(flags[::-1], len(RESPONSES))} == {
        group.alarms for group in found
    }
