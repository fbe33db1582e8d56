"""A supervisor signs a unit off; whoever assessed it or serves it does not."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from accounts.actors import Actor, Forbidden
from desk.assessment.sampled import round_of
from desk.assessment.secondary import withdraw_secondary
from desk.assessment.signing_off import refuse_unsigned, sign_off, signed_off
from models import SecondaryFigure, SignOff, reading, writing
from tests.desk.assessment.test_secondary import enter
from tests.desk.conftest import ROLES, House
from tests.refusing import refusing


def sign(house: House, actor: Actor, unit: int | None = None) -> SignOff:
    with writing(house.engine) as session:
        return sign_off(session, actor, 1, unit or house.clinic)


def holds(house: House) -> bool | None:
    with reading(house.engine) as session:
        a_round = round_of(session, 2025)
        assert a_round is not None
        found = signed_off(session, a_round, [house.clinic])
        return found[house.clinic].holds if found else None


def test_a_unit_is_signed_off_until_it_changes(house: House) -> None:
    house.assign()
    assert holds(house) is None
    house.judge(3)
    assert holds(house) is True
    house.judge(3, unit=house.registry)
    assert holds(house) is True  # another unit's is its own
    with writing(house.engine) as session, refusing(r"changed since: b \(1 in all\)"):
        refuse_unsigned(session, 2025, {house.clinic: "a", house.province + 99: "b"})
    assert "sign_off" in house.acts()


def test_each_change_opens_it_and_each_sign_off_is_kept(house: House) -> None:
    house.judge(3)
    house.assign(actor="second_analyst")
    assert holds(house) is False
    house.sign_off(house.clinic)
    assert holds(house) is True
    house.judge(3)
    assert holds(house) is True  # signed off again
    with reading(house.engine) as session:
        assert session.scalar(select(func.count()).select_from(SignOff)) == 3


def test_secondary_figures_open_it(house: House) -> None:
    """The unit's own and its institution's, of the year; and the withdrawal of one."""
    house.judge(3)
    entering: tuple[Callable[[], None], ...] = (
        lambda: enter(house, "bps", "71,5"),
        lambda: enter(house, "bps", "75", unit=house.clinic),
        lambda: _withdraw_last(house),
    )
    for act in entering:
        assert holds(house) is True
        act()
        assert holds(house) is False
        house.sign_off(house.clinic)
    enter(house, "bps", "75", unit=house.registry)
    assert holds(house) is True


def _withdraw_last(house: House) -> None:
    with writing(house.engine) as session:
        last = session.scalar(select(func.max(SecondaryFigure.id)))
        assert last is not None
        withdraw_secondary(session, house.analyst, last, "angka milik kabupaten lain")


def test_an_assessor_does_not_sign_off_the_own_unit(house: House) -> None:
    house.judge(3)
    with refusing("Another analyst signs it off"):
        sign(house, house.analyst)
    assert sign(house, house.second_analyst).unit_id == house.clinic


def test_nobody_of_the_institution_signs_off(house: House) -> None:
    house.judge(3)
    insider = replace(house.second_analyst, units=frozenset({house.registry}))
    with refusing('a role in "Kabupaten Maluku Tenggara"'):
        sign(house, insider)
    for role in set(ROLES) - {"analyst", "second_analyst"}:
        with pytest.raises(Forbidden):
            sign(house, house.actors[role])


def test_what_is_not_complete_or_not_sampled_is_not_signed_off(house: House) -> None:
    house.judge(3, areas=("standards",))
    with refusing("24 things are missing"):
        sign(house, house.second_analyst)
    with refusing("not chosen"):
        sign(house, house.second_analyst, house.registry)
