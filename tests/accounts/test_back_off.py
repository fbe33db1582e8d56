"""Wrong passwords slow down who types them, and nobody else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select

from accounts.devices import Door, known_device, with_device
from accounts.failures import TooManyTries
from accounts.rules import log_in_rules
from accounts.users import add_user
from models import AuditEvent, LogInFailure, User, now, reading, writing
from tests.door import OWN, SECRET, enter, knocking

RULES = log_in_rules()
HERE, OFFICE = knocking("203.0.113.1"), knocking("198.51.100.7")
MOMENT = now()
SECOND = timedelta(seconds=1)


@pytest.fixture
def password(engine: Engine) -> str:
    """The password of the user "budi"."""
    with writing(engine) as session:
        return add_user(session, "budi", "Budi Santoso")[1]


def device_of(engine: Engine, door: Door, moment: datetime = MOMENT) -> Door:
    """The same door, from a browser on which budi signed in before."""
    with reading(engine) as session:
        budi = session.scalars(select(User)).one()
        return Door(SECRET, door.address, with_device(door, budi, moment))


def fail(engine: Engine, door: Door, times: int, username: str = "budi") -> None:
    """So many wrong passwords, a second apart, the last at the moment."""
    for before in reversed(range(times)):
        assert enter(engine, username, "salah", MOMENT - before * SECOND, door) is None


def waits(engine: Engine, username: str, password: str, door: Door) -> int:
    """For how many seconds the door is closed; 0 where it is open."""
    try:
        enter(engine, username, password, MOMENT, door)
    except TooManyTries as refusal:
        return refusal.seconds
    return 0


@pytest.mark.parametrize("username", ["budi", "nobody", "a password\0typed here", "x" * 5_000])
def test_too_many_wrong_ones_close_the_door_there_for_a_while(
    engine: Engine, password: str, username: str
) -> None:
    bound = RULES.tries.name_there
    fail(engine, HERE, bound.most, username)
    wait = waits(engine, username, password, HERE)
    assert 0 < wait <= bound.minutes * 60 + 1
    opened = MOMENT + timedelta(seconds=wait)
    assert (enter(engine, username, password, opened, HERE) is not None) == (username == "budi")


def test_a_stranger_closes_the_own_door_only(engine: Engine, password: str) -> None:
    fail(engine, HERE, RULES.tries.name_there.most)
    assert waits(engine, "budi", password, HERE)
    assert enter(engine, "budi", password, MOMENT, OFFICE)


def test_the_right_password_passes_from_a_known_device_at_the_same_address(
    engine: Engine, password: str
) -> None:
    known = device_of(engine, HERE)
    for number in range(RULES.tries.address.most):  # the whole office is closed
        enter(engine, f"nama{number}", "salah", MOMENT, HERE)
    assert waits(engine, "budi", password, HERE)
    assert enter(engine, "budi", password, MOMENT, known)


def test_a_known_device_may_guess_no_more_often_than_others(engine: Engine, password: str) -> None:
    known = device_of(engine, HERE)
    fail(engine, known, RULES.tries.name_there.most)
    assert waits(engine, "budi", password, known)
    assert enter(engine, "budi", password, MOMENT, HERE)


def test_an_address_has_its_bound_over_all_names(engine: Engine, password: str) -> None:
    for number in range(RULES.tries.address.most):
        assert enter(engine, f"nama{number}", "salah", MOMENT, HERE) is None
    assert waits(engine, "budi", password, HERE)
    assert enter(engine, "budi", password, MOMENT, OFFICE)


def test_a_success_forgets_the_failures_before_it(engine: Engine, password: str) -> None:
    most = RULES.tries.name_there.most
    for at in range(most * 2):
        right = at % most == most - 1
        cookie = enter(engine, "budi", password if right else "salah", MOMENT, HERE)
        assert (cookie is not None) == right


def test_failures_stay_out_of_the_trace_and_hold_no_name(engine: Engine, password: str) -> None:
    fail(engine, HERE, 2, "rahasia pribadi saya")
    fail(engine, HERE, 2)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0
        kept = session.scalars(select(LogInFailure)).all()
    assert len(kept) == 4
    shown = " ".join(str(vars(one)) for one in kept)
    assert not any(word in shown for word in ("rahasia", "budi", HERE.address))


def test_failures_are_forgotten_after_a_while(engine: Engine, password: str) -> None:
    kept = timedelta(days=RULES.failures_kept_days)
    for moment in (MOMENT - kept, MOMENT - kept + SECOND, MOMENT):
        enter(engine, "budi", "salah", moment, HERE)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(LogInFailure)) == 2


SPOILT: dict[str, Callable[[str], str]] = {
    "another signature": lambda devices: devices[:-1] + ("0" if devices[-1] != "0" else "1"),
    "another time": lambda devices: f"{int(devices[:10]) - 1}{devices[10:]}",
    "other parts": lambda devices: devices.replace(".", "~"),
    "a long number": lambda devices: "9" * 400 + devices,
    "nothing but ends": lambda devices: "é~" + "~" * 500,
    "nothing": lambda devices: "",
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_forged_device_is_a_stranger(engine: Engine, password: str, how: str) -> None:
    fail(engine, HERE, RULES.tries.name_there.most)
    devices = device_of(engine, HERE).devices
    assert enter(engine, "budi", password, MOMENT, Door(SECRET, HERE.address, devices))
    forged = Door(SECRET, HERE.address, SPOILT[how](devices))
    assert waits(engine, "budi", password, forged)


def test_devices_are_known_to_their_people_until_the_password_changes(
    engine: Engine, password: str
) -> None:
    days = timedelta(days=RULES.devices.days)
    with writing(engine) as session:
        people = [session.scalars(select(User)).one()]
        people += [add_user(session, f"orang{one}", "Orang")[0] for one in range(5)]
    browser = HERE
    for one in people:
        browser = Door(SECRET, HERE.address, with_device(browser, one, MOMENT))
    assert len(browser.devices) < 1_000
    known = [known_device(browser, one, MOMENT) is not None for one in people]
    assert known == [False, True, True, True, True, True]  # the oldest had to go
    newest = people[-1]
    for moment in (MOMENT + days, MOMENT - timedelta(days=1)):
        assert known_device(browser, newest, moment) is None
    assert known_device(Door(bytes(32), "", browser.devices), newest, MOMENT) is None
    newest.password_hash = "another"
    assert known_device(browser, newest, MOMENT) is None


def test_nobody_is_found_out_by_the_answer(engine: Engine, password: str) -> None:
    """Known, unknown and closed accounts: the same answers in the same order."""
    with writing(engine) as session:
        add_user(session, "siti", "Siti")[0].active = False
    told = {}
    for username in ("budi", "siti", "tiada"):
        answers: list[int | None] = []
        for _ in range(RULES.tries.name_there.most + 2):
            wait = waits(engine, username, OWN, knocking(f"address of {username}"))
            answers.append(wait)
        told[username] = answers
    assert told["budi"] == told["siti"] == told["tiada"]
    assert told["budi"][-1]


class CountingHasher(PasswordHasher):
    """Counts how many passwords it has checked, with the least work."""

    checked = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        """As always."""
        self.checked += 1
        return super().verify(hash, password)


def test_a_name_that_nobody_has_takes_as_much_work(
    engine: Engine, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(engine) as session:
        add_user(session, "siti", "Siti")[0].active = False
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("accounts.passwords._hasher", hasher)
    work = {}
    for username in ("budi", "siti", "tiada", "\0"):
        before = hasher.checked
        assert enter(engine, username, "salah", MOMENT, knocking(f"of {username}")) is None
        work[username] = hasher.checked - before
    assert set(work.values()) == {1}
