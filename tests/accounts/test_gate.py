"""Whether who was let in is let in still."""

from datetime import timedelta

import pytest

from accounts.actors import Actor, Forbidden
from accounts.gate import still
from accounts.uploads import MEGABYTE, UploadTotals, load_upload_rules, may_upload
from models import now

ALL = Actor(1, "Ani", frozenset({1, 2}), frozenset({3}), analyst=True, administrator=True)


@pytest.mark.parametrize(
    "then",
    [
        ALL,
        Actor(1, "Ani"),
        Actor(1, "Ani", units=frozenset({2})),
        Actor(1, "Formerly", institutions=frozenset({3}), analyst=True),
    ],
)
def test_more_roles_and_another_name_are_no_hindrance(then: Actor) -> None:
    assert still(ALL, then) is ALL


@pytest.mark.parametrize(
    "asking",
    [
        None,
        Actor(2, "Ani", ALL.units, ALL.institutions, analyst=True, administrator=True),
        Actor(1, "Ani", frozenset({1}), ALL.institutions, analyst=True, administrator=True),
        Actor(1, "Ani", ALL.units, analyst=True, administrator=True),
        Actor(1, "Ani", ALL.units, ALL.institutions, administrator=True),
        Actor(1, "Ani", ALL.units, ALL.institutions, analyst=True),
    ],
)
def test_nobody_else_and_nobody_with_less(asking: Actor | None) -> None:
    with pytest.raises(Forbidden):
        still(asking, ALL)


def test_a_log_in_and_an_address_have_bounds_of_their_own() -> None:
    rules, begun = load_upload_rules(), now()
    totals, most = UploadTotals(rules), rules.log_in_megabytes * MEGABYTE
    assert totals.add("a", "10.0.0.1", most, begun) == 0
    assert 0 < totals.add("a", "10.0.0.2", 1, begun) <= 60 * rules.minutes
    assert totals.add("b", "10.0.0.1", 1, begun) == 0
    for other in "cd":
        assert totals.add(other, "10.0.0.1", most - MEGABYTE, begun) == 0
    assert totals.add("e", "10.0.0.1", 3 * MEGABYTE, begun) > 0
    assert totals.add("a", "10.0.0.1", 1, begun + timedelta(minutes=rules.minutes)) == 0


def test_a_clock_that_is_set_back_lets_nobody_wait_longer() -> None:
    rules, begun = load_upload_rules(), now()
    totals = UploadTotals(rules)
    totals.add("a", "10.0.0.1", (rules.log_in_megabytes + 1) * MEGABYTE, begun)
    wait = totals.add("a", "10.0.0.1", 1, begun - timedelta(days=365))
    assert wait <= 60 * rules.minutes


def test_every_role_is_asked_for_a_file_somewhere_and_nobody_else() -> None:
    assert [may_upload(one) for one in (ALL, Actor(1, "Ani"), None)] == [True, False, False]
