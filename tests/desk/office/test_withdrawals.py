"""A wrong batch is withdrawn whole, by two people, and said to be."""

import pytest

from accounts.actors import Actor, Forbidden
from desk.office.withdrawals import (
    decide_withdrawal,
    propose_withdrawal,
    unit_batches,
    withdrawals_of,
)
from models import writing
from tests.desk.conftest import House
from tests.desk.unit.test_results import close, load, look, number_of, rows
from tests.refusing import refusing

REASON = "berkas kuartal yang lain"


def propose(house: House, actor: Actor, batch: str, reason: str = REASON) -> int:
    with writing(house.engine) as session:
        return propose_withdrawal(session, actor, int(batch), reason).id


def decide(house: House, actor: Actor, proposal: int, confirmed: bool = True) -> None:
    with writing(house.engine) as session:
        decide_withdrawal(session, actor, proposal, confirmed)


@pytest.mark.parametrize("closed", [False, True])
def test_a_withdrawn_batch_no_longer_counts_and_is_told(house: House, closed: bool) -> None:
    house.rate(4, 6)
    batch = load(house, rows(10))
    if closed:
        close(house)
    assert number_of(look(house)) == 16
    proposal = propose(house, house.official, batch)
    assert number_of(look(house)) == 16
    decide(house, house.coordinator, proposal)
    results = look(house)
    assert (number_of(results), results.index and results.index.shown) == (6, "100.00")
    assert (results.received, results.counted) == (16, 6)
    assert (results.withdrawn, results.excluded) == (10, 0)
    assert house.acts()[-2:] == ["propose_withdrawal", "confirm_withdrawal"]


def test_a_declined_one_counts_and_may_be_proposed_again(house: House) -> None:
    batch = load(house, rows(10))
    decide(house, house.analyst, propose(house, house.coordinator, batch), confirmed=False)
    assert number_of(look(house)) == 10
    decide(house, house.analyst, propose(house, house.coordinator, batch))
    assert look(house).index is None


def test_nobody_decides_alone(house: House) -> None:
    batch = load(house, rows(10))
    proposal = propose(house, house.coordinator, batch)
    with refusing("a second person"):
        decide(house, house.coordinator, proposal)
    with pytest.raises(Forbidden):
        decide(house, house.official, proposal)
    with pytest.raises(Forbidden):
        decide(house, house.other_coordinator, proposal)
    decide(house, house.analyst, proposal)
    with refusing("decided already"):
        decide(house, house.second_analyst, proposal)


def test_refusals(house: House) -> None:
    batch = load(house, rows(10))
    with refusing("10 to 2,000 characters"):
        propose(house, house.official, batch, "salah")
    with pytest.raises(Forbidden):
        propose(house, house.other_official, batch)
    propose(house, house.official, batch)
    with refusing("proposed for withdrawal already"):
        propose(house, house.coordinator, batch)


def test_each_sees_the_proposals_of_the_own_scope(house: House) -> None:
    propose(house, house.official, load(house, rows(10)))
    with writing(house.engine) as session:
        for role, seen in {"official": 1, "analyst": 1, "other_official": 0, "nobody": 0}.items():
            assert len(withdrawals_of(session, house.actors[role])) == seen


def test_the_batches_of_a_unit_say_where_they_stand(house: House) -> None:
    first, second, third = (load(house, rows(10, 1 + at)) for at in range(3))
    decide(house, house.coordinator, propose(house, house.official, first))
    decide(house, house.coordinator, propose(house, house.official, second), confirmed=False)
    with writing(house.engine) as session:
        listed = unit_batches(session, house.official, house.clinic)
        assert [one.batch.id for one in listed] == [int(third), int(second), int(first)]
        assert [one.standing and one.standing.confirmed for one in listed] == [None, None, True]
        assert not any(one.keyed for one in listed)
        with pytest.raises(Forbidden):
            unit_batches(session, house.other_official, house.clinic)
