"""The first administrator by a code on the console: once, while nobody administers."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, select

from accounts.failures import TooManyTries
from accounts.first_day import (
    Administered,
    FirstDay,
    is_administered,
    make_first_administrator,
    needs_administrator,
)
from accounts.log_in import find_entry
from accounts.passwords import hash_password
from accounts.rules import log_in_rules
from models import AuditEvent, Role, now, open_engine, reading

BOUND = log_in_rules().tries.name_there
HERE = "203.0.113.1"
PASSWORD_HASH = hash_password("sandi yang panjang sekali")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database without anybody."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def test_the_first_administrator_is_signed_in_and_the_last_to_be_made_so(engine: Engine) -> None:
    assert needs_administrator(engine)
    cookie = make_first_administrator(engine, "siti", "Siti Aminah", PASSWORD_HASH, now())
    with reading(engine) as session:
        entry = find_entry(session, cookie, now())
        assert entry is not None
        assert [role.role for role in entry.user.roles] == ["administrator"]
        assert entry.missing == "second_factor"
        acts = session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)).all()
        assert acts == ["first_administrator", "log_in"]
    assert not needs_administrator(engine)
    with pytest.raises(Administered):
        make_first_administrator(engine, "budi", "Budi", PASSWORD_HASH, now())


def test_two_at_once_make_one_administrator(engine: Engine) -> None:
    start, outcomes = Barrier(2), list[str]()

    def make(username: str) -> None:
        start.wait()
        try:
            make_first_administrator(engine, username, "Nama", PASSWORD_HASH, now())
            outcomes.append("made")
        except Administered:
            outcomes.append("closed")

    threads = [Thread(target=make, args=(name,)) for name in ("siti", "budi")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["closed", "made"]
    with reading(engine) as session:
        assert session.scalar(select(func.count(Role.id))) == 1
        assert is_administered(session)


def test_a_code_is_typed_as_it_is_read() -> None:
    first_day = FirstDay()
    assert first_day.fits(f" {first_day.code.upper()} ", HERE, now())
    assert not first_day.fits("", HERE, now())
    assert not first_day.fits("é" * 40, HERE, now())


def test_another_start_has_another_code() -> None:
    assert not FirstDay().fits(FirstDay().code, HERE, now())


def test_guesses_are_limited_and_the_right_code_waits_too() -> None:
    first_day, moment = FirstDay(), now()
    for _ in range(BOUND.most):
        assert not first_day.fits("tebak", HERE, moment)
    with pytest.raises(TooManyTries):
        first_day.fits(first_day.code, HERE, moment + BOUND.within - timedelta(seconds=1))
    assert first_day.fits(first_day.code, HERE, moment + BOUND.within)


def test_a_stranger_who_guesses_keeps_nobody_else_out() -> None:
    first_day, moment = FirstDay(), now()
    for _ in range(BOUND.most):
        assert not first_day.fits("tebak", "198.51.100.9", moment)
    assert first_day.fits(first_day.code, HERE, moment)


def test_a_clock_that_was_wrong_closes_it_no_longer() -> None:
    first_day, moment = FirstDay(), now()
    for _ in range(BOUND.most):
        assert not first_day.fits("tebak", HERE, moment + timedelta(days=365))
    assert first_day.fits(first_day.code, HERE, moment)
