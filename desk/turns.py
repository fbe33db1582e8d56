"""The turns of choices in a round: what stands now, and the next row of what is changed."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from models import now
from models.rounds import Turned


@dataclass(frozen=True)
class Choice:
    """What is chosen in a round; ``about``: the values of the columns ``model.ABOUT``."""

    model: type[Turned]
    round_id: int
    about: tuple[object, ...]


def turns(
    session: Session, model: type[Turned], round_id: int, units: Collection[int]
) -> dict[tuple[object, ...], int]:
    """The latest turn of every choice about these units, by what ``model`` is about."""
    about = [getattr(model, name) for name in model.ABOUT]
    rows = session.execute(
        select(*about, model.turn)
        .where(model.round_id == round_id, model.unit_id.in_(units))
        .order_by(model.turn)
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


def stands(turn: int) -> bool:
    """Whether a choice stands at this turn; before the first, 0, it does not."""
    return turn % 2 == 1


def add_turn(session: Session, actor: Actor, choice: Choice, turn: int, **values: object) -> None:
    """Adds the turn of a choice that comes after ``turn``."""
    session.add(
        choice.model(
            **dict(zip(choice.model.ABOUT, choice.about, strict=True)),
            **values,
            round_id=choice.round_id,
            turn=turn + 1,
            user_id=actor.user_id,
            created_at=now(),
        )
    )
