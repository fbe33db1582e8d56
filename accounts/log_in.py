"""Logging in and out: a random cookie, of which only the hash is stored."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.actors import Actor, actor_of
from accounts.credentials import OF_PASSWORD, PASSWORD, is_set_by_another, note_change
from accounts.devices import Door, known_device
from accounts.failures import (
    CODE,
    Tried,
    forget_failures,
    note_failure,
    refuse_after_failures,
)
from accounts.failures import PASSWORD as TRIED_PASSWORD
from accounts.keyed import keyed
from accounts.rules import log_in_rules
from accounts.second_factor import has_factor, needs_factor, use_code
from models import AuditEvent, LogIn, User, one_at_a_time

COOKIE = "sid"
LONGEST_USERNAME = 60
CLICKED_TWICE = timedelta(seconds=5)  # on a slow line

# What its owner has to do before a log-in is one: in this order.
Missing = Literal["code", "password", "second_factor"]


@dataclass(frozen=True)
class Candidate:
    """Who wants to log in: where a try counts, and the hash to be met, if any."""

    tried: Tried
    user_id: int | None
    password_hash: str | None


@dataclass(frozen=True)
class HeldLogIn:
    """A log-in that holds, and what is still missing; until then nobody is signed in."""

    user: User
    log_in: LogIn
    missing: Missing | None


def find_candidate(session: Session, door: Door, username: str, moment: datetime) -> Candidate:
    """Whose password has to be checked. That takes long: do it outside of any transaction.

    Raises TooManyTries after too many wrong passwords for the name from there, for unknown names
    too, or for all names from there.
    """
    username = username.replace("\0", "").strip().lower()[:LONGEST_USERNAME]
    user = session.scalar(select(User).where(User.username == username, User.active))
    device = known_device(door, user, moment) if user else None
    tried = Tried(
        TRIED_PASSWORD,
        keyed(door.secret, "name", username),
        keyed(door.secret, "device" if device else "address", device or door.address),
        known=device is not None,
    )
    refuse_after_failures(session, tried, moment)
    return Candidate(tried, user.id if user else None, user.password_hash if user else None)


def log_in(session: Session, candidate: Candidate, fits: bool, moment: datetime) -> str | None:
    """The cookie of a new log-in; None where the password doesn't fit.

    The caller commits in either case: failures are counted. Raises TooManyTries where others
    have failed meanwhile.
    """
    user = proven_user(session, candidate, fits, moment)
    return open_log_in(session, user, moment) if user else None


def proven_user(
    session: Session, candidate: Candidate, fits: bool, moment: datetime
) -> User | None:
    """Whose password was right; None where it doesn't fit, or no longer.

    The caller commits in either case: failures are counted. Raises TooManyTries where others
    have failed meanwhile.
    """
    refuse_after_failures(session, candidate.tried, moment)
    user = session.get(User, candidate.user_id) if candidate.user_id is not None else None
    unchanged = user and user.active and user.password_hash == candidate.password_hash
    if user is None or not unchanged or not fits:
        note_failure(session, candidate.tried, moment)
        return None
    forget_failures(session, candidate.tried)
    return user


def open_log_in(session: Session, user: User, moment: datetime) -> str:
    """The cookie of a new log-in of the user; only for a while where a code is still to come."""
    cookie, spans = secrets.token_urlsafe(32), log_in_rules().log_ins
    lasts = spans.for_the_code if has_factor(session, user.id) else spans.lasts
    session.add(
        LogIn(
            cookie_hash=_hash(cookie),
            user_id=user.id,
            created_at=moment,
            expires_at=moment + lasts,
        )
    )
    note(session, user, "log_in", moment)
    return cookie


def give_code(
    session: Session, secret: bytes, entry: HeldLogIn, typed: str, moment: datetime
) -> bool:
    """Takes the second factor's code for a log-in, which then lasts; False where it is wrong.

    Each code once. The caller commits in either case: failures are counted, for the person
    wherever they come from, since they come after the right password. Raises TooManyTries.
    """
    whose = keyed(secret, "person", str(entry.user.id))
    tried = Tried(CODE, whose, keyed(secret, "address", ""))
    one_at_a_time(session, f"code {entry.user.id}")
    refuse_after_failures(session, tried, moment)
    used = use_code(session, secret, entry.user.id, typed, moment)
    if used is None:
        note_failure(session, tried, moment)
        return False
    forget_failures(session, tried)
    log_in = session.get_one(LogIn, entry.log_in.cookie_hash)
    log_in.code_at, log_in.expires_at = moment, moment + log_in_rules().log_ins.lasts
    if used == "recovery_code":
        note(session, entry.user, "use_recovery_code", moment)
    return True


def renew(session: Session, log_in: LogIn, cookie: str) -> None:
    """Another cookie of the same log-in: whoever knew the one before its code has nothing."""
    before = LogIn.cookie_hash == log_in.cookie_hash
    session.execute(update(LogIn).where(before).values(cookie_hash=_hash(cookie)))


def renewed_just_now(session: Session, cookie: str, moment: datetime) -> bool:
    """Whether that cookie came with a code a moment ago: who clicks twice sends both twice."""
    entry = find_entry(session, cookie, moment)
    code_at = entry.log_in.code_at if entry else None
    return code_at is not None and moment - code_at < CLICKED_TWICE


@dataclass(frozen=True)
class PasswordChange:
    """A new password; ``fits``: whether the present one did; ``cookie``: the log-in that stays."""

    candidate: Candidate
    fits: bool
    password_hash: str
    cookie: str


def change_password(session: Session, change: PasswordChange, moment: datetime) -> bool:
    """Gives a user the new hash; False where the present password doesn't fit.

    All other log-ins of the user end. The caller commits in either case: failures are counted
    and slow down what follows, as at the door. Raises TooManyTries.
    """
    user = proven_user(session, change.candidate, change.fits, moment)
    if user is None:
        return False
    user.password_hash = change.password_hash
    note_change(session, user.id, PASSWORD, user.id, moment)
    log_out_everywhere(session, user.id, moment, but=change.cookie)
    note(session, user, "change_password", moment)
    return True


def find_entry(session: Session, cookie: str | None, moment: datetime) -> HeldLogIn | None:
    """The log-in of the cookie, while it holds, with what its owner still has to do.

    It holds for its span from when it began, whatever the clock was then: not from ahead.
    """
    if not cookie:
        return None
    spans = log_in_rules().log_ins
    found = session.execute(
        select(LogIn, User)
        .join(User, LogIn.user_id == User.id)
        .where(
            LogIn.cookie_hash == _hash(cookie),
            LogIn.expires_at > moment,
            LogIn.created_at > moment - spans.lasts - spans.for_the_code,
            LogIn.created_at <= moment + spans.apart,
            LogIn.ended_at.is_(None),
            User.active,
        )
    ).first()
    if found is None:
        return None
    log_in, user = found
    return HeldLogIn(user, log_in, _missing(session, user, log_in))


def find_actor(session: Session, cookie: str | None, moment: datetime) -> Actor | None:
    """Who signed in with the cookie, with the roles as they are now; None where nobody is.

    Nobody is while the second factor's code, a password of one's own or a required second factor
    is missing: no page, file or act but those that mend it.
    """
    entry = find_entry(session, cookie, moment)
    return actor_of(session, entry.user) if entry and entry.missing is None else None


def _missing(session: Session, user: User, log_in: LogIn) -> Missing | None:
    enrolled = has_factor(session, user.id)
    if enrolled and log_in.code_at is None:
        return "code"
    if is_set_by_another(session, user.id, *OF_PASSWORD):
        return "password"
    return "second_factor" if not enrolled and needs_factor(session, user) else None


def log_out(session: Session, cookie: str | None, moment: datetime) -> None:
    """Ends the log-in of the cookie, in every tab. The caller commits."""
    found = session.get(LogIn, _hash(cookie)) if cookie else None
    if found is not None and found.ended_at is None:
        found.ended_at = moment
        note(session, session.get_one(User, found.user_id), "log_out", moment)


def log_out_everywhere(session: Session, user_id: int, moment: datetime, but: str = "") -> None:
    """Ends all log-ins of a user, ``but`` for that of one cookie. The caller commits."""
    open_ones = (
        LogIn.user_id == user_id,
        LogIn.ended_at.is_(None),
        LogIn.cookie_hash != _hash(but),
    )
    session.execute(update(LogIn).where(*open_ones).values(ended_at=moment))


def note(session: Session, user: User, act: str, moment: datetime) -> None:
    """Writes into the trace what a user did at the door."""
    session.add(
        AuditEvent(created_at=moment, user_id=user.id, actor=user.username, act=act, details={})
    )


def _hash(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()
