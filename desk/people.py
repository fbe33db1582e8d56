"""Who did it: the names of people, for those who see what they did."""

from sqlalchemy.orm import Session

from models import User


def name_of(session: Session, user_id: int) -> str:
    """The name of a user."""
    return session.get_one(User, user_id).name
