"""Identities of the provider that owners have linked to their accounts; roles and codes stay ours.

An identity is its issuer and subject. Names and addresses change hands, so nothing goes by them.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from accounts.carried import Identity
from accounts.credentials import IDENTITY, note_change
from accounts.devices import Door
from accounts.failures import IDENTITY as TRIED_IDENTITY
from accounts.failures import Tried, forget_failures, note_failure, refuse_after_failures
from accounts.keyed import keyed
from accounts.log_in import (
    Candidate,
    log_out_everywhere,
    note,
    open_log_in,
    proven_user,
)
from models import LinkedIdentity, User, one_at_a_time

LinkOutcome = Literal["done", "wrong_present", "identity_taken"]


def link_of(session: Session, user_id: int, issuer: str) -> LinkedIdentity | None:
    """The user's identity of this provider."""
    return session.scalar(
        select(LinkedIdentity).where(
            LinkedIdentity.user_id == user_id, LinkedIdentity.issuer == issuer
        )
    )


def tried_by(door: Door, identity: Identity | None) -> Tried:
    """Under what a log-in of the identity counts; None: before it is known whose it would be."""
    named = (identity.issuer, identity.subject) if identity else ()
    return Tried(
        TRIED_IDENTITY,
        keyed(door.secret, "identity", *named),
        keyed(door.secret, "address", door.address),
    )


def log_in_by_identity(
    session: Session, door: Door, identity: Identity, moment: datetime
) -> str | None:
    """The cookie of a new log-in; None where the identity is no open account's.

    The caller commits in either case: failures are counted. Raises TooManyTries.
    """
    tried = tried_by(door, identity)
    refuse_after_failures(session, tried, moment)
    user = session.scalar(
        select(User)
        .join(LinkedIdentity, LinkedIdentity.user_id == User.id)
        .where(_is(identity), User.active)
        .with_for_update(of=LinkedIdentity)  # who lets go of it meanwhile ends this log-in too
    )
    if user is None:
        note_failure(session, tried, moment)
        return None
    forget_failures(session, tried)
    return open_log_in(session, user, moment)


def link_identity(
    session: Session, candidate: Candidate, fits: bool, identity: Identity, moment: datetime
) -> LinkOutcome:
    """Lets the owner, whose password it was, log in by the identity from now on.

    The caller commits whatever comes of it: failures are counted. Raises TooManyTries.
    """
    user = proven_user(session, candidate, fits, moment)
    if user is None:
        return "wrong_present"
    one_at_a_time(session, "identities")
    holder = session.scalar(select(LinkedIdentity.user_id).where(_is(identity)))
    if holder not in (None, user.id) or (
        holder is None and link_of(session, user.id, identity.issuer)
    ):
        return "identity_taken"
    if holder is None:
        session.add(
            LinkedIdentity(
                user_id=user.id,
                issuer=identity.issuer,
                subject=identity.subject,
                created_at=moment,
            )
        )
        note_change(session, user.id, IDENTITY, user.id, moment)
        note(session, user, "link_identity", moment)
    return "done"


def unlink_identity(
    session: Session, candidate: Candidate, fits: bool, cookie: str, moment: datetime
) -> LinkOutcome:
    """Lets go of the owner's identities, and ends all log-ins but that of the cookie.

    The caller commits whatever comes of it: failures are counted. Raises TooManyTries.
    """
    user = proven_user(session, candidate, fits, moment)
    if user is None:
        return "wrong_present"
    if remove_identities(session, user.id, user.id, moment):
        note(session, user, "unlink_identity", moment)
        log_out_everywhere(session, user.id, moment, but=cookie)
    return "done"


def remove_identities(session: Session, user_id: int, by: int, moment: datetime) -> bool:
    """Takes all identities of a user, which is noted; whether there were any."""
    of_user = LinkedIdentity.user_id == user_id
    removed = session.execute(delete(LinkedIdentity).where(of_user).returning(LinkedIdentity.id))
    if found := bool(removed.all()):
        note_change(session, user_id, IDENTITY, by, moment)
    return found


def _is(identity: Identity) -> ColumnElement[bool]:
    same_subject = LinkedIdentity.subject == identity.subject
    return (LinkedIdentity.issuer == identity.issuer) & same_subject
