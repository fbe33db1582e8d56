"""Logging in and out: a random cookie, of which only the hash is stored."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from accounts.actors import Actor, actor_of
from models import AuditEvent, LogIn, User

COOKIE = "sid"
LASTS = timedelta(hours=10)
TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)


class TooManyTries(Exception):
    """Too many wrong passwords for one user name of late; ``seconds`` until the next try."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"in {seconds} s")


@dataclass(frozen=True)
class Candidate:
    """Who wants to log in: the name as the trace shows it, and the hash to be met, if any."""

    name: str
    user_id: int | None
    password_hash: str | None


def find_candidate(session: Session, username: str, moment: datetime) -> Candidate:
    """Whose password has to be checked. That takes long: do it outside of any transaction.

    Raises TooManyTries after five wrong passwords in a quarter of an hour, for unknown names
    too.
    """
    username = username.replace("\0", "").strip().lower()[:60]
    user = session.scalar(select(User).where(User.username == username, User.active))
    # People type passwords into the wrong field: the trace must not keep what is no user name.
    name = user.username if user else f"unknown:{_hash(username)[:12]}"
    _refuse_after_failures(session, name, moment)
    return Candidate(name, user.id if user else None, user.password_hash if user else None)


def log_in(session: Session, candidate: Candidate, fits: bool, moment: datetime) -> str | None:
    """The cookie of a new log-in, valid for ten hours; None where the password doesn't fit.

    The caller commits in either case: failures are logged. Raises TooManyTries where others
    have failed meanwhile.
    """
    _refuse_after_failures(session, candidate.name, moment)
    user = session.get(User, candidate.user_id) if candidate.user_id is not None else None
    unchanged = user and user.active and user.password_hash == candidate.password_hash
    if user is None or not unchanged or not fits:
        session.add(_event(None, candidate.name, "log_in_failed", moment))
        return None
    cookie = secrets.token_urlsafe(32)
    session.add(
        LogIn(
            cookie_hash=_hash(cookie),
            user_id=user.id,
            created_at=moment,
            expires_at=moment + LASTS,
        )
    )
    session.add(_event(user.id, user.username, "log_in", moment))
    return cookie


@dataclass(frozen=True)
class PasswordChange:
    """A new password; ``fits``: whether the present one did; ``cookie``: the log-in that stays."""

    candidate: Candidate
    fits: bool
    password_hash: str
    cookie: str


def change_password(session: Session, change: PasswordChange, moment: datetime) -> bool:
    """Gives a user the new hash; False where the present password doesn't fit.

    All other log-ins of the user end. The caller commits in either case: failures are logged
    and slow down what follows, as at the door. Raises TooManyTries.
    """
    _refuse_after_failures(session, change.candidate.name, moment)
    user = session.get_one(User, change.candidate.user_id)
    if not (change.fits and user.password_hash == change.candidate.password_hash):
        session.add(_event(None, change.candidate.name, "log_in_failed", moment))
        return False
    user.password_hash = change.password_hash
    others = (
        LogIn.user_id == user.id,
        LogIn.ended_at.is_(None),
        LogIn.cookie_hash != _hash(change.cookie),
    )
    session.execute(update(LogIn).where(*others).values(ended_at=moment))
    session.add(_event(user.id, user.username, "change_password", moment))
    return True


def find_actor(session: Session, cookie: str | None, moment: datetime) -> Actor | None:
    """Who signed in with the cookie, with the roles as they are now; None where nobody is."""
    if not cookie:
        return None
    user = session.scalar(
        select(User)
        .join(LogIn, LogIn.user_id == User.id)
        .where(
            LogIn.cookie_hash == _hash(cookie),
            LogIn.expires_at > moment,
            LogIn.ended_at.is_(None),
            User.active,
        )
    )
    return actor_of(session, user) if user else None


def log_out(session: Session, cookie: str | None, moment: datetime) -> None:
    """Ends the log-in of the cookie, in every tab. The caller commits."""
    found = session.get(LogIn, _hash(cookie)) if cookie else None
    if found is not None and found.ended_at is None:
        found.ended_at = moment
        user = session.get_one(User, found.user_id)
        session.add(_event(user.id, user.username, "log_out", moment))


def log_out_everywhere(session: Session, user_id: int, moment: datetime, but: str = "") -> None:
    """Ends all log-ins of a user, ``but`` for that of one cookie. The caller commits."""
    open_ones = (
        LogIn.user_id == user_id,
        LogIn.ended_at.is_(None),
        LogIn.cookie_hash != _hash(but),
    )
    session.execute(update(LogIn).where(*open_ones).values(ended_at=moment))


def _refuse_after_failures(session: Session, name: str, moment: datetime) -> None:
    """Counts since the last success, so that a typing error a day never adds up."""
    success = session.scalar(
        select(func.max(AuditEvent.created_at)).where(
            AuditEvent.act == "log_in", AuditEvent.actor == name
        )
    )
    since = moment - TRIES_WITHIN
    failures = session.scalars(
        select(AuditEvent.created_at)
        .where(
            AuditEvent.act == "log_in_failed",
            AuditEvent.actor == name,
            AuditEvent.created_at > (max(since, success) if success else since),
        )
        .order_by(AuditEvent.created_at.desc())
        .limit(TRIES)
    ).all()
    if len(failures) >= TRIES:
        wait = failures[-1] + TRIES_WITHIN - moment
        raise TooManyTries(max(1, int(wait.total_seconds()) + 1))


def _event(user_id: int | None, actor: str, act: str, moment: datetime) -> AuditEvent:
    return AuditEvent(created_at=moment, user_id=user_id, actor=actor, act=act, details={})


def _hash(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()
