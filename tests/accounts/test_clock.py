"""A clock a year ahead, and mended: no tries for free, no lock, no log-in of a year."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from accounts.devices import Door, known_device, with_device
from accounts.failures import TooManyTries
from accounts.log_in import find_actor, find_entry, give_code
from accounts.rules import log_in_rules
from accounts.users import add_user
from models import LogInFailure, User, now, reading, writing
from tests.conftest import ROOT
from tests.door import SECRET, DoorVisitor, a_door, enter, id_of, knocking

RULES = log_in_rules()
YEAR = timedelta(days=365)
MOST = RULES.tries.name_there.most


@pytest.fixture
def password(engine: Engine) -> str:
    """The password of the user "budi"."""
    with writing(engine) as session:
        return add_user(session, "budi", "Budi Santoso")[1]


def while_the_clock_is_off(engine: Engine, password: str, by: str) -> tuple[int, str, str]:
    """Tries and a log-in by a process whose clock is wrong: how many, the cookie, its day."""
    faketime = shutil.which("faketime")
    assert faketime, "tests/system-packages.sh installs it"
    url = engine.url.render_as_string(hide_password=False)
    script = ["-m", "tests.accounts.wrongly_dated", url, "budi", password]
    done = subprocess.run(
        [faketime, "-f", by, sys.executable, *script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wrong, cookie, day = done.stdout.split()
    return int(wrong), cookie, day


def tries_left(engine: Engine) -> int:
    """How many wrong passwords are taken before the door is closed."""
    for taken in range(10 * MOST):
        try:
            enter(engine, "budi", "salah")
        except TooManyTries:
            return taken
    return 10 * MOST


@pytest.mark.long
@pytest.mark.parametrize("by", ["+365d", "-365d"])
def test_a_clock_that_was_wrong_for_real_leaves_nothing_behind(
    engine: Engine, password: str, by: str
) -> None:
    wrong, cookie, day = while_the_clock_is_off(engine, password, by)
    off = YEAR if by.startswith("+") else -YEAR
    assert day in {f"{now() + off + shift:%Y-%m-%d}" for shift in (timedelta(), -timedelta(days=1))}
    assert wrong == MOST
    with reading(engine) as session:
        assert find_actor(session, cookie, now()) is None
    assert enter(engine, "budi", password) is not None  # nobody waits for a year
    assert tries_left(engine) == MOST
    with reading(engine) as session:
        kept = session.scalars(select(LogInFailure.id)).all()
    assert len(kept) <= 2 * MOST


def test_no_log_in_outlasts_its_span_whatever_the_clock_was(engine: Engine, password: str) -> None:
    moment, lasts = now(), RULES.log_ins.lasts
    for off in (YEAR, timedelta(hours=1), -lasts):
        cookie = enter(engine, "budi", password, moment + off)
        with reading(engine) as session:
            assert find_entry(session, cookie, moment) is None
    cookie = enter(engine, "budi", password, moment + RULES.log_ins.apart)
    with reading(engine) as session:
        assert find_entry(session, cookie, moment) is not None


def test_a_code_given_by_a_wrong_clock_makes_no_log_in_of_a_year(
    engine: Engine, password: str
) -> None:
    budi = DoorVisitor(a_door(engine))
    budi.knock("budi", password)
    budi.enrol()
    other = DoorVisitor(budi.app, key=budi.key)
    other.knock("budi", password)
    moment = now()
    with writing(engine) as session:
        entry = find_entry(session, other.cookies["sid"], moment)
        assert entry is not None
        assert give_code(session, SECRET, entry, budi.recovery[0], moment + YEAR)
    with reading(engine) as session:
        later = moment + RULES.log_ins.lasts + RULES.log_ins.for_the_code
        assert find_entry(session, other.cookies["sid"], later) is None


def test_codes_work_again_once_the_clock_is_right(engine: Engine, password: str) -> None:
    budi = DoorVisitor(a_door(engine))
    budi.knock("budi", password)
    budi.enrol()
    ahead = DoorVisitor(budi.app, key=budi.key)
    ahead.knock("budi", password)
    with writing(engine) as session:
        entry = find_entry(session, ahead.cookies["sid"], now())
        assert entry is not None
        in_a_year = budi.code(after=int(YEAR.total_seconds()) // 30)
        assert give_code(session, SECRET, entry, in_a_year, now() + YEAR)
    other = DoorVisitor(budi.app, key=budi.key)
    other.knock("budi", password)
    assert other.post("/kode", code=other.code(after=1)).headers["location"] == "/beranda"


def test_a_device_of_the_future_is_not_known(engine: Engine, password: str) -> None:
    with reading(engine) as session:
        budi = session.get_one(User, id_of(engine, "budi"))
    devices = with_device(knocking(), budi, now() + YEAR)
    assert known_device(Door(SECRET, "", devices), budi, now()) is None
    assert known_device(Door(SECRET, "", devices), budi, now() + YEAR) is not None
