"""How an instance without an administrator gets its first one, by a code on the console."""

from datetime import datetime
from hmac import compare_digest

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from accounts.credentials import MADE, note_change
from accounts.failures import TooManyTries, seconds_until
from accounts.log_in import open_log_in
from accounts.passwords import random_password
from accounts.rules import log_in_rules
from accounts.users import add_user
from models import AuditEvent, Role, one_at_a_time, reading, writing


class Administered(Exception):
    """There is an administrator already."""


class FirstDay:
    """The one-time code of this process: in memory only, so that a restart makes another.

    Works while nobody administers, and is of no use to anybody afterwards.
    """

    def __init__(self) -> None:
        self.code = random_password()
        self._wrong: list[tuple[datetime, str]] = []

    def fits(self, code: str, address: str, moment: datetime) -> bool:
        """Whether the code was typed right.

        Raises TooManyTries after too many wrong ones from the address, for right ones too.
        """
        bound = log_in_rules().tries.name_there
        since = moment - bound.within
        self._wrong = [one for one in self._wrong if since < one[0] <= moment]
        here = [when for when, whence in self._wrong if whence == address]
        if len(here) >= bound.most:
            raise TooManyTries(seconds_until(here[0] + bound.within, moment))
        typed = code.strip().lower().replace(" ", "")
        right = compare_digest(typed.encode(errors="replace"), self.code.encode())
        if not right:
            self._wrong.append((moment, address))
        return right


def is_administered(session: Session) -> bool:
    """Whether there is any administrator."""
    return bool(session.scalar(select(exists().where(Role.role == "administrator"))))


def needs_administrator(engine: Engine) -> bool:
    """Whether the instance has no administrator yet."""
    with reading(engine) as session:
        return not is_administered(session)


def make_first_administrator(
    engine: Engine, username: str, name: str, password_hash: str, moment: datetime
) -> str:
    """Makes the first administrator, who is then signed in; gives the cookie.

    Raises Administered where there is one already, and BadInput.
    """
    with writing(engine) as session:
        one_at_a_time(session, "first administrator")
        if is_administered(session):
            raise Administered
        user, _ = add_user(session, username, name)
        user.password_hash = password_hash
        user.roles.append(Role(role="administrator"))
        session.add(
            AuditEvent(
                created_at=moment,
                user_id=user.id,
                actor=user.username,
                act="first_administrator",
                details={"username": user.username},
            )
        )
        session.flush()
        note_change(session, user.id, MADE, user.id, moment)
        return open_log_in(session, user, moment)
