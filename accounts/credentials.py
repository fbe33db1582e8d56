"""Who set how somebody gets in: kept for good, told to its owner, asked before two act together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.rules import log_in_rules
from models import CredentialChange, User

MADE, ROLE, PASSWORD, SECOND_FACTOR, IDENTITY, CONFIRMED = (
    "made",
    "role",
    "password",
    "second_factor",
    "identity",
    "confirmed",
)
OF_PASSWORD = (MADE, PASSWORD)
COMMAND_LINE = 0  # among people: whoever has the server's files in hand


def note_change(
    session: Session, user_id: int, what: str, by: int | None, moment: datetime
) -> None:
    """Keeps that somebody changed how the user gets in; ``by``: None for the command line."""
    session.add(CredentialChange(user_id=user_id, what=what, by_id=by or None, created_at=moment))
    session.flush()


def newest_change(session: Session, user_id: int, *what: str) -> CredentialChange | None:
    """The newest change of these kinds."""
    return session.scalars(
        select(CredentialChange)
        .where(CredentialChange.user_id == user_id, CredentialChange.what.in_(what))
        .order_by(CredentialChange.id.desc())
        .limit(1)
    ).first()


def is_set_by_another(session: Session, user_id: int, *what: str) -> bool:
    """Whether somebody else than the user set it last."""
    newest = newest_change(session, user_id, *what)
    return newest is not None and newest.by_id != user_id


def is_set_by(session: Session, setter: int, user_id: int, *what: str) -> bool:
    """Whether it was this person who set it last."""
    newest = newest_change(session, user_id, *what)
    return newest is not None and newest.by_id == setter


def changes_of(session: Session, user_id: int, number: int) -> Sequence[CredentialChange]:
    """The newest changes of how the user gets in."""
    return session.scalars(
        select(CredentialChange)
        .where(CredentialChange.user_id == user_id)
        .order_by(CredentialChange.id.desc())
        .limit(number)
    ).all()


def hands_of(session: Session, user_id: int, moment: datetime) -> dict[int, CredentialChange]:
    """Who could be behind an account for what they set of it, with the newest of what they set.

    For some days, or until another administrator confirms that its owner has it. What was set
    while the clock was wrong counts until the same person sets it again.
    """
    rows = session.scalars(
        select(CredentialChange)
        .where(CredentialChange.user_id == user_id)
        .order_by(CredentialChange.id)
    )
    hands: dict[int, CredentialChange] = {}
    for row in rows:
        if row.what == CONFIRMED:
            hands.clear()
        elif row.by_id != user_id:
            hands[row.by_id or COMMAND_LINE] = row
    since = moment - log_in_rules().two_people_span
    return {hand: row for hand, row in hands.items() if row.created_at > since}


def name_of_hand(session: Session, hand: int) -> str:
    """The person's name; empty for the command line."""
    return session.get_one(User, hand).name if hand != COMMAND_LINE else ""
