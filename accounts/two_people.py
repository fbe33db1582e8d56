"""Four eyes are two people's: not two accounts that one administrator has set of late."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.actors import Actor
from accounts.credentials import hands_of, name_of_hand
from accounts.rules import log_in_rules
from analysis.errors import Written, bad
from locales import Phrase
from models import User, now

NOBODY = Phrase("audit.command_line")


def require_two_people(session: Session, actor: Actor, others: Iterable[int]) -> None:
    """Raises BadInput where one person may be behind the actor's account and another's.

    ``others``: who did the first part of what takes two.
    """
    mine = behind(session, actor.user_id, now())
    for other in set(others) - {actor.user_id}:
        theirs = behind(session, other, now())
        for hand in sorted(mine.keys() & theirs.keys()):
            until = max(mine[hand], theirs[hand])
            raise bad(
                "one_hand",
                administrator=Written(name) if (name := name_of_hand(session, hand)) else NOBODY,
                other=Written(session.get_one(User, other).name),
                day=actor.day_of(until),
                days=log_in_rules().two_people_days,
            )


def behind(session: Session, user_id: int, moment: datetime) -> dict[int, datetime]:
    """Who may be behind an account, the owner included, and until when that is held possible."""
    span = log_in_rules().two_people_span
    hands = hands_of(session, user_id, moment)
    return {user_id: moment, **{hand: row.created_at + span for hand, row in hands.items()}}
