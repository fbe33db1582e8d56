"""Local accounts as they are made; whose right that is, is asked in ``desk/``."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.passwords import hash_password, random_password
from models import User

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,58}[a-z0-9])", re.ASCII)
LONGEST_NAME = 200

REASONS = {
    "bad_username": "3 to 60 small letters, digits, dots or hyphens are expected as user name",
    "bad_name": f"a name of 1 to {LONGEST_NAME} characters is expected",
    "taken": "this user name is in use",
    "own_account": "nobody changes the own account",
    "same_state": "nothing to change: it is so already",
    "unknown_scope": "this role needs one unit or one institution",
    "separate_roles": "an administrator holds no other role",
}


class Refused(Exception):
    """An act on an account that is not possible; ``why`` is a key of REASONS."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(REASONS[why])


def add_user(session: Session, username: str, name: str) -> tuple[User, str]:
    """A new user without any role, and the random password, which is stored nowhere.

    The caller commits. Raises Refused.
    """
    username, name = username.strip().lower(), " ".join(name.split())
    if not USERNAME.fullmatch(username):
        raise Refused("bad_username")
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refused("bad_name")
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        raise Refused("taken")
    password = random_password()
    user = User(
        username=username, name=name, password_hash=hash_password(password), active=True, roles=[]
    )
    session.add(user)
    session.flush()
    return user, password
