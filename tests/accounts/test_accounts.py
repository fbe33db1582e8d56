"""Passwords, log-ins, roles and their scopes, on both engines."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.__main__ import main
from accounts.actors import (
    Actor,
    Forbidden,
    actor_of,
    require_administrator,
    require_analyst,
    require_coordinator,
    require_unit,
    visible_units,
)
from accounts.log_in import (
    find_actor,
    find_candidate,
    log_in,
    log_out,
    log_out_everywhere,
)
from accounts.passwords import fits, hash_of_nobody, hash_password, random_password
from accounts.rules import log_in_rules
from accounts.users import add_user
from analysis.errors import BadInput
from models import LogIn, Role, User, now, open_engine, reading, writing
from tests.door import DoorVisitor, a_door, knocking
from tests.door import enter as enter_at
from tests.world import District, a_district

MOMENT = now()
LASTS = log_in_rules().log_ins.lasts


@pytest.fixture
def engine(database_url: str) -> Engine:
    """A fresh database."""
    return open_engine(database_url)


@pytest.fixture
def password(engine: Engine) -> str:
    """The password of the user "budi"."""
    with writing(engine) as session:
        return add_user(session, "budi", "Budi Santoso")[1]


def enter(engine: Engine, username: str, password: str, after: timedelta) -> str | None:
    """Logs in so long after the moment."""
    return enter_at(engine, username, password, MOMENT + after)


def who(engine: Engine, cookie: str | None, after: timedelta) -> Actor | None:
    """Whose cookie it is at a later moment."""
    with reading(engine) as session:
        return find_actor(session, cookie, MOMENT + after)


def test_a_password_fits_its_own_hash_only() -> None:
    password = random_password()
    assert fits(password, hash_password(password))
    assert not fits(password + "x", hash_password(password))
    assert not fits(password, None)


def test_a_hash_of_nobody_takes_the_work_of_any_other() -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    nobody = hash_of_nobody(hasher)
    assert extract_parameters(nobody) == extract_parameters(hasher.hash("kata sandi"))
    with pytest.raises(VerifyMismatchError):  # computed and compared, not refused unread
        hasher.verify(nobody, "kata sandi")


def test_a_log_in_lasts_until_it_expires(engine: Engine, password: str) -> None:
    start = timedelta()
    cookie = enter(engine, " BUDI ", password, start)
    assert cookie is not None
    for after, name in ((start, "Budi Santoso"), (LASTS / 2, "Budi Santoso"), (LASTS, None)):
        found = who(engine, cookie, after)
        assert (found.name if found else None) == name
    assert who(engine, cookie + "x", start) is None
    with reading(engine) as session:
        stored = session.scalars(select(LogIn)).one()
        assert cookie not in vars(stored).values()


@pytest.mark.parametrize(
    "end",
    [
        lambda session, cookie: log_out(session, cookie, MOMENT),
        lambda session, cookie: log_out_everywhere(
            session, session.scalars(select(User.id)).one(), MOMENT
        ),
        lambda session, cookie: setattr(session.scalars(select(User)).one(), "active", False),
    ],
    ids=["log out", "log out everywhere", "deactivate"],
)
def test_a_log_in_ends_at_once(
    engine: Engine, password: str, end: Callable[[Session, str | None], None]
) -> None:
    cookie = enter(engine, "budi", password, timedelta())
    with writing(engine) as session:
        end(session, cookie)
    assert who(engine, cookie, timedelta()) is None


def test_a_password_changed_meanwhile_does_not_fit(engine: Engine, password: str) -> None:
    with reading(engine) as session:
        candidate = find_candidate(session, knocking(), "budi", MOMENT)
    with writing(engine) as session:
        session.scalars(select(User)).one().password_hash = hash_password(random_password())
    with writing(engine) as session:
        assert log_in(session, candidate, True, MOMENT) is None


def roles_in(district: District) -> dict[str, Role | None]:
    """One role of each kind, and none."""
    return {
        "official": Role(role="official", unit_id=district.clinic.id),
        "coordinator": Role(role="coordinator", institution_id=district.district.id),
        "analyst": Role(role="analyst"),
        "administrator": Role(role="administrator"),
        "nobody": None,
    }


@pytest.mark.parametrize(
    ("role", "sees", "coordinates"),
    [
        ("official", {"Puskesmas Langgur"}, False),
        ("coordinator", {"Puskesmas Langgur", "Dukcapil"}, True),
        ("analyst", {"Puskesmas Langgur", "Dukcapil"}, False),
        ("administrator", set(), False),
        ("nobody", set(), False),
    ],
)
def test_each_role_reaches_its_own_scope(
    engine: Engine, role: str, sees: set[str], coordinates: bool
) -> None:
    with writing(engine) as session:
        district = a_district(session)
        user, _ = add_user(session, "budi", "Budi")
        held = roles_in(district)[role]
        user.roles += [held] if held else []
        session.flush()
        actor = actor_of(session, user)
        assert {unit.name for unit in session.scalars(visible_units(actor))} == sees
        for unit in (district.clinic, district.registry):
            assert allows(partial(require_unit, session, actor, unit.id)) == (unit.name in sees)
        assert (
            allows(lambda: require_coordinator(session, actor, district.district.id)) == coordinates
        )
        assert not allows(lambda: require_coordinator(session, actor, district.province.id))
        assert allows(lambda: require_analyst(actor)) == (role == "analyst")
        assert allows(lambda: require_administrator(actor)) == (role == "administrator")


def allows(act: Callable[[], object]) -> bool:
    """Whether the act is not forbidden."""
    try:
        act()
    except Forbidden:
        return False
    return True


def test_roles_are_read_again_at_each_call(engine: Engine, password: str) -> None:
    budi = DoorVisitor(a_door(engine))
    budi.knock("budi", password)
    budi.enrol()
    for analyst in (True, False):
        with writing(engine) as session:
            if analyst:
                session.add(Role(role="analyst", user=session.scalars(select(User)).one()))
            else:
                session.delete(session.scalars(select(Role)).one())
        actor = budi.actor(engine)
        assert actor is not None
        assert actor.analyst == analyst


@pytest.mark.parametrize(
    ("role", "zone"),
    [("official", "Asia/Jayapura"), ("coordinator", "Asia/Jayapura"), ("analyst", "Asia/Jakarta")],
)
def test_days_are_those_of_the_place_of_the_roles(engine: Engine, role: str, zone: str) -> None:
    with writing(engine) as session:
        district = a_district(session)
        district.district.timezone = "Asia/Jayapura"
        user, _ = add_user(session, "siti", "Siti")
        held = roles_in(district)[role]
        user.roles += [held] if held else []
        session.flush()
        actor = actor_of(session, user)
    assert actor.timezone == zone
    assert actor.day_of(datetime(2026, 3, 1, 16, 30, tzinfo=UTC)) == date(
        2026, 3, 2 if zone == "Asia/Jayapura" else 1
    )


@pytest.mark.parametrize(
    ("username", "name", "why"),
    [
        ("Siti", "Siti", None),
        ("budi", "Budi", "username_taken"),
        ("b", "B", "username_unfit"),
        ("-budi", "Budi", "username_unfit"),
        ("budi santoso", "Budi", "username_unfit"),
        ("siti", "  ", "full_name_unfit"),
        ("siti", "\u3164", "full_name_unfit"),
        ("siti", "S" * 201, "full_name_unfit"),
        ("siti", "Si\0ti", "full_name_unfit"),
    ],
)
def test_who_can_become_a_user(
    engine: Engine, password: str, username: str, name: str, why: str | None
) -> None:
    with writing(engine) as session:
        if why is None:
            assert add_user(session, username, name)[0].username == username.lower()
        else:
            with pytest.raises(BadInput) as refusal:
                add_user(session, username, name)
            assert refusal.value.problems[0].code == why


def test_the_first_administrator_comes_from_the_command_line(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert main(["administrator", "siti", "Siti Aminah"]) == 0
    password = capsys.readouterr().out.split()[-1]
    siti = DoorVisitor(a_door(open_engine(database_url)))
    assert siti.knock("siti", password).headers["location"] == "/sandi"
    assert "baris perintah" in siti.get("/sandi").text
    assert siti.change(password).headers["location"] == "/faktor"
    siti.enrol()
    actor = siti.actor(open_engine(database_url))
    assert actor is not None
    assert actor.administrator
    assert main(["administrator", "siti", "Siti Aminah"]) == 2
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite:////proc/no/x"])
def test_the_command_line_without_a_database(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["administrator", "siti", "Siti Aminah"]) == 2
    named, line = capsys.readouterr().err.splitlines()
    assert named.startswith("Database: ")
    assert line.startswith("database or data folder: ")
