"""Local accounts as they are made; whose right that is, is asked in ``desk/``."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.passwords import hash_password, random_password
from analysis.characters import entered
from analysis.errors import bad
from models import User

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,58}[a-z0-9])", re.ASCII)
LONGEST_NAME = 200


def add_user(session: Session, username: str, name: str) -> tuple[User, str]:
    """A new user without any role, and the random password, which is stored nowhere.

    The caller commits. Raises BadInput.
    """
    username, name = username.strip().lower(), " ".join(name.split())
    if not USERNAME.fullmatch(username):
        raise bad("username_unfit")
    if not (entered(name) and len(name) <= LONGEST_NAME and name.isprintable()):
        raise bad("full_name_unfit", most=LONGEST_NAME)
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        raise bad("username_taken")
    password = random_password()
    user = User(
        username=username, name=name, password_hash=hash_password(password), active=True, roles=[]
    )
    session.add(user)
    session.flush()
    return user, password
