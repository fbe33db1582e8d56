"""One gate: whether who was let in is still let in, as the database has it at this moment."""

from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, actor_of
from models import User


def still(asking: Actor | None, then: Actor) -> Actor:
    """Who asks now: the same person as then, whose roles of then are all held still.

    Raises Forbidden where nobody asks, somebody else, or one of the roles was taken.
    """
    if asking is None or asking.user_id != then.user_id:
        raise Forbidden("somebody else")
    taken = (
        then.units - asking.units
        or then.institutions - asking.institutions
        or then.analyst > asking.analyst
        or then.administrator > asking.administrator
    )
    if taken:
        raise Forbidden("a role was taken")
    return asking


def account_now(session: Session, user_id: int) -> Actor | None:
    """Who has the account, with the roles of this moment; None where it was closed."""
    user = session.get(User, user_id, populate_existing=True)
    return actor_of(session, user) if user and user.active else None
