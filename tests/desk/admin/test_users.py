"""What an administrator does to users, and what nobody may do."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, actor_of
from accounts.passwords import fits
from accounts.users import add_user
from analysis.errors import BadInput
from desk.admin.events import count_events, list_acts, list_events
from desk.admin.users import (
    confirm_owner,
    create_user,
    get_user,
    grant_role,
    has_second_factor,
    is_set_by_others,
    list_users,
    reset_password,
    reset_second_factor,
    revoke_role,
    set_active,
)
from models import AuditEvent, LogIn, Role, User, now, open_engine, reading, writing
from tests.refusing import refusing
from tests.world import a_district


@dataclass(frozen=True)
class Office:
    """A database with a district, an administrator, and a user without any role."""

    engine: Engine
    administrator: Actor
    budi: int

    def trace(self) -> list[tuple[str, str]]:
        """Who did what so far."""
        with reading(self.engine) as session:
            events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
            return [(event.actor, event.act) for event in events]

    def roles(self) -> set[str]:
        """The roles that budi holds."""
        with reading(self.engine) as session:
            return set(session.scalars(select(Role.role).where(Role.user_id == self.budi)))


@pytest.fixture
def office(database_url: str) -> Office:
    """An office on each engine."""
    engine = open_engine(database_url)
    with writing(engine) as session:
        a_district(session)
        admin, _ = add_user(session, "admin", "Admin")
        admin.roles.append(Role(role="administrator"))
        budi, _ = add_user(session, "budi", "Budi Santoso")
        session.flush()
        return Office(engine, actor_of(session, admin), budi.id)


ACTS: dict[str, Callable[[Session, Actor, int], object]] = {
    "list": lambda session, actor, _: list_users(session, actor),
    "get": lambda session, actor, user: get_user(session, actor, user),
    "create": lambda session, actor, _: create_user(session, actor, "siti", "Siti"),
    "grant": lambda session, actor, user: grant_role(session, actor, user, "analyst"),
    "revoke": lambda session, actor, _: revoke_role(session, actor, 1),
    "deactivate": lambda session, actor, user: set_active(session, actor, user, False),
    "reset": lambda session, actor, user: reset_password(session, actor, user),
    "has factor": lambda session, actor, user: has_second_factor(session, actor, user),
    "reset factor": lambda session, actor, user: reset_second_factor(session, actor, user),
    "is set": lambda session, actor, user: is_set_by_others(session, actor, user),
    "confirm": lambda session, actor, user: confirm_owner(session, actor, user),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_an_administrator_acts(office: Office, act: str) -> None:
    analyst = Actor(office.budi, "Budi", analyst=True)
    with writing(office.engine) as session, pytest.raises(Forbidden):
        ACTS[act](session, analyst, office.budi)
    assert office.trace() == []


def test_a_user_is_made_with_a_password_that_is_stored_nowhere(office: Office) -> None:
    with writing(office.engine) as session:
        user, password = create_user(session, office.administrator, "siti", "Siti")
        assert fits(password, user.password_hash)
        assert password not in str(session.scalars(select(AuditEvent)).one().details)
    assert office.trace() == [("Admin", "create_user")]


@pytest.mark.parametrize(
    ("role", "scope", "why"),
    [
        ("official", "puskesmas-langgur", None),
        ("coordinator", "malra", None),
        ("analyst", None, None),
        ("administrator", None, None),
        ("official", None, "unknown_scope"),
        ("official", "malra", "unknown_scope"),
        ("coordinator", "puskesmas-langgur", "unknown_scope"),
        ("analyst", "malra", "unknown_scope"),
        ("emperor", None, "unknown_scope"),
    ],
)
def test_a_role_is_granted_in_its_scope(
    office: Office, role: str, scope: str | None, why: str | None
) -> None:
    if why is None:
        with writing(office.engine) as session:
            held = grant_role(session, office.administrator, office.budi, role, scope).id
        assert office.roles() == {role}
        with writing(office.engine) as session, refusing("so already"):
            grant_role(session, office.administrator, office.budi, role, scope)
        with writing(office.engine) as session:
            revoke_role(session, office.administrator, held)
        assert office.trace() == [("Admin", "grant_role"), ("Admin", "revoke_role")]
    else:
        with writing(office.engine) as session, pytest.raises(BadInput) as refusal:
            grant_role(session, office.administrator, office.budi, role, scope)
        assert refusal.value.problems[0].code == why
    assert office.roles() == set()


@pytest.mark.parametrize("first", ["administrator", "analyst"])
def test_who_administers_holds_no_other_role(office: Office, first: str) -> None:
    second = {"administrator": "analyst", "analyst": "administrator"}[first]
    with writing(office.engine) as session:
        grant_role(session, office.administrator, office.budi, first)
    with writing(office.engine) as session, refusing("no other role"):
        grant_role(session, office.administrator, office.budi, second)


def test_nobody_changes_the_own_account(office: Office) -> None:
    me = office.administrator.user_id
    with writing(office.engine) as session:
        own_role = session.scalars(select(Role.id).where(Role.user_id == me)).one()
        for act in (
            lambda: grant_role(session, office.administrator, me, "analyst"),
            lambda: revoke_role(session, office.administrator, own_role),
            lambda: set_active(session, office.administrator, me, False),
        ):
            with refusing("own account"):
                act()


@pytest.mark.parametrize("act", ["deactivate", "reset"])
def test_ending_an_account_or_a_password_ends_its_log_ins(office: Office, act: str) -> None:
    moment = now()
    with writing(office.engine) as session:
        session.add(
            LogIn(cookie_hash="0" * 64, user_id=office.budi, created_at=moment, expires_at=moment)
        )
    with writing(office.engine) as session:
        before = session.get_one(User, office.budi).password_hash
        ACTS[act](session, office.administrator, office.budi)
    with reading(office.engine) as session:
        user = session.get_one(User, office.budi)
        assert session.scalars(select(LogIn)).one().ended_at is not None
        assert user.active == (act == "reset")
        assert (user.password_hash != before) == (act == "reset")


@pytest.mark.parametrize(
    ("search", "found"),
    [("", 2), ("BUDI", 1), ("santoso", 1), ("%", 0), ("_", 0), ("admin", 1), ("x\0", 0)],
)
def test_users_are_found_by_either_name(office: Office, search: str, found: int) -> None:
    with reading(office.engine) as session:
        assert len(list_users(session, office.administrator, search)) == found


def test_the_trace_is_read_a_page_at_a_time_by_those_who_may(office: Office) -> None:
    with writing(office.engine) as session:
        for _ in range(3):
            reset_password(session, office.administrator, office.budi)
        create_user(session, office.administrator, "siti", "Siti")
    analyst = Actor(office.budi, "Budi", analyst=True)
    with reading(office.engine) as session:
        for actor in (office.administrator, analyst):
            assert list(list_acts(session, actor)) == ["create_user", "reset_password"]
            assert count_events(session, actor, None) == 4
            newest = list_events(session, actor, None, 0, 3)
            assert newest[0].act == "create_user"
            assert len(list_events(session, actor, None, 1, 3)) == 1
            assert len(list_events(session, actor, "create_user", 0, 3)) == 1
        with pytest.raises(Forbidden):
            list_events(session, Actor(office.budi, "Budi"), None, 0, 3)
