"""Users and their roles: acts of an administrator, who sees no answers."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from accounts.actors import Actor, require_administrator
from accounts.credentials import (
    CONFIRMED,
    MADE,
    OF_PASSWORD,
    PASSWORD,
    ROLE,
    SECOND_FACTOR,
    hands_of,
    is_set_by,
    note_change,
)
from accounts.identities import remove_identities
from accounts.log_in import log_out_everywhere
from accounts.passwords import hash_password, random_password
from accounts.second_factor import has_factor, remove_factor
from accounts.two_people import behind
from accounts.users import add_user
from analysis.errors import Written, bad
from desk.audit import log
from models import Institution, Role, Unit, User, now
from models.people import ROLES


def list_users(session: Session, actor: Actor, search: str = "") -> Sequence[User]:
    """All users whose name or user name contains ``search``, by name. Raises Forbidden."""
    require_administrator(actor)
    query = select(User).options(selectinload(User.roles)).order_by(User.name, User.id)
    if search.strip():
        words = search.strip().replace("\0", "")
        found = (column.icontains(words, autoescape=True) for column in (User.name, User.username))
        query = query.where(or_(*found))
    return session.scalars(query).all()


def get_user(session: Session, actor: Actor, user_id: int) -> User | None:
    """The user; None for an unknown id. Raises Forbidden."""
    require_administrator(actor)
    return session.get(User, user_id)


def scope_of(session: Session, role: Role) -> Unit | Institution | None:
    """Where the role holds; None: everywhere."""
    if role.unit_id is not None:
        return session.get_one(Unit, role.unit_id)
    if role.institution_id is not None:
        return session.get_one(Institution, role.institution_id)
    return None


def scopes(session: Session, actor: Actor, role: str) -> dict[str, str]:
    """Where a role may hold: names by code, of units for officials, else of institutions.

    Raises Forbidden.
    """
    require_administrator(actor)
    if role == "official":
        query = select(Unit.code, Unit.name + " · " + Institution.name).join(Institution)
    else:
        query = select(Institution.code, Institution.name)
    rows = session.execute(query.order_by(Institution.name))
    return dict(row.tuple() for row in rows)


def create_user(session: Session, actor: Actor, username: str, name: str) -> tuple[User, str]:
    """A new user without any role, and the password, to be shown once.

    Raises Forbidden and BadInput.
    """
    require_administrator(actor)
    user, password = add_user(session, username, name)
    note_change(session, user.id, MADE, actor.user_id, now())
    log(session, actor, "create_user", username=user.username)
    return user, password


def grant_role(
    session: Session, actor: Actor, user_id: int, role: str, scope: str | None = None
) -> Role:
    """Gives another user a role; ``scope`` is the code of the unit or the institution.

    Raises Forbidden and BadInput: nobody grants anything to themselves, who administers holds no
    other role, and no analyst works for a unit that is rated.
    """
    user = _other(session, actor, user_id)
    granted = _role(session, role, scope)
    present = {(held.role, held.unit_id, held.institution_id) for held in user.roles}
    if (granted.role, granted.unit_id, granted.institution_id) in present:
        raise bad("same_state")
    held = {one.role for one in [*user.roles, granted]}
    if "administrator" in held and len(held) > 1:
        raise bad("separate_roles")
    if "analyst" in held and len(held) > 1:
        raise bad("incompatible_roles")
    user.roles.append(granted)
    session.flush()
    note_change(session, user.id, ROLE, actor.user_id, now())
    log(session, actor, "grant_role", username=user.username, role=role, scope=scope)
    return granted


def revoke_role(session: Session, actor: Actor, role_id: int) -> None:
    """Takes a role from another user; holds at that user's next step.

    Raises Forbidden and BadInput.
    """
    require_administrator(actor)
    role = session.get(Role, role_id)
    if role is None:
        raise bad("same_state")
    user = _other(session, actor, role.user_id)
    scope = scope_of(session, role)
    session.delete(role)
    session.flush()
    log(
        session,
        actor,
        "revoke_role",
        username=user.username,
        role=role.role,
        scope=scope.code if scope else None,
    )


def set_active(session: Session, actor: Actor, user_id: int, active: bool) -> None:
    """Closes another user's account and ends all its log-ins, or opens it again.

    Raises Forbidden and BadInput.
    """
    user = _other(session, actor, user_id)
    if user.active == active:
        raise bad("same_state")
    user.active = active
    log_out_everywhere(session, user.id, now())
    log(session, actor, "reactivate" if active else "deactivate", username=user.username)


def reset_password(session: Session, actor: Actor, user_id: int) -> str:
    """A new random password of another user, to be shown once; ends all of the user's log-ins.

    Identities that are linked go too: who knew the old password may have linked them. The owner
    has to change it at the first log-in. Raises Forbidden, and BadInput where the actor
    took the second factor and so would hold both.
    """
    user = _other(session, actor, user_id)
    if is_set_by(session, actor.user_id, user_id, SECOND_FACTOR):
        raise bad("both_keys", name=Written(user.name))
    password = random_password()
    user.password_hash = hash_password(password)
    remove_identities(session, user.id, actor.user_id, now())
    note_change(session, user.id, PASSWORD, actor.user_id, now())
    log_out_everywhere(session, user.id, now())
    log(session, actor, "reset_password", username=user.username)
    return password


def reset_second_factor(session: Session, actor: Actor, user_id: int) -> None:
    """Takes another user's second factor, who sets up a new one at the next log-in.

    Raises Forbidden, and BadInput where there is none, or where the actor set the password that
    the owner has not changed since, and so would hold both.
    """
    user = _other(session, actor, user_id)
    if not has_factor(session, user_id):
        raise bad("no_second_factor", name=Written(user.name))
    if is_set_by(session, actor.user_id, user_id, *OF_PASSWORD):
        raise bad("both_keys", name=Written(user.name))
    remove_factor(session, user_id)
    note_change(session, user_id, SECOND_FACTOR, actor.user_id, now())
    log_out_everywhere(session, user_id, now())
    log(session, actor, "reset_second_factor", username=user.username)


def has_second_factor(session: Session, actor: Actor, user_id: int) -> bool:
    """Whether the user has a second factor. Raises Forbidden."""
    require_administrator(actor)
    return has_factor(session, user_id)


def is_set_by_others(session: Session, actor: Actor, user_id: int) -> bool:
    """Whether an administrator set the account so lately that it waits to be confirmed.

    Raises Forbidden.
    """
    require_administrator(actor)
    return bool(hands_of(session, user_id, now()))


def confirm_owner(session: Session, actor: Actor, user_id: int) -> None:
    """Says that the account is in its owner's hands, as another administrator has seen.

    Raises Forbidden, and BadInput where nobody set it of late, or where whoever did may be behind
    the actor too.
    """
    user = _other(session, actor, user_id)
    hands = hands_of(session, user_id, now())
    if not hands:
        raise bad("same_state")
    if hands.keys() & behind(session, actor.user_id, now()).keys():
        raise bad("confirmed_by_same_hand", name=Written(user.name))
    note_change(session, user_id, CONFIRMED, actor.user_id, now())
    log(session, actor, "confirm_owner", username=user.username)


def _other(session: Session, actor: Actor, user_id: int) -> User:
    require_administrator(actor)
    if user_id == actor.user_id:
        raise bad("own_account")
    return session.get_one(User, user_id)


def _role(session: Session, role: str, scope: str | None) -> Role:
    if role == "official":
        unit = session.scalar(select(Unit).where(Unit.code == (scope or "")))
        if unit is not None:
            return Role(role=role, unit_id=unit.id)
    elif role == "coordinator":
        place = session.scalar(select(Institution).where(Institution.code == (scope or "")))
        if place is not None:
            return Role(role=role, institution_id=place.id)
    elif role in ROLES and scope is None:
        return Role(role=role)
    raise bad("unknown_scope")
