"""The invented district and nation; read by app and bench only."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Unit

CITIZEN_PATH, CITIZEN_SCREEN = "/s/contoh", "/nilai?unit=contoh"


@dataclass(frozen=True)
class Demonstration:
    """What the operator is told once: role, user name and password of each log-in."""

    log_ins: list[tuple[str, str, str]]

    @property
    def lines(self) -> list[str]:
        """How the operator is told, a line each."""
        return [f"  {role:14} {name:20} {password}" for role, name, password in self.log_ins]


def is_loaded(session: Session) -> bool:
    """Whether it is in the database: all of it, since it is stored in one transaction."""
    return session.scalar(select(Unit.id).where(Unit.code == "contoh")) is not None
