"""What an account's owner is told: who set how they get in, and when."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from accounts.actors import actor_of
from accounts.credentials import (
    MADE,
    OF_PASSWORD,
    SECOND_FACTOR,
    changes_of,
    newest_change,
)
from locales import Language, say, show_date
from models import CredentialChange, User

LINES = 8  # of the newest changes


@dataclass(frozen=True)
class AccountTeller:
    """Tells a user of the own account, in a language."""

    session: Session
    user: User
    language: Language

    def of_password(self) -> str:
        """That another person set the password, in a sentence; empty where the owner did."""
        found = newest_change(self.session, self.user.id, *OF_PASSWORD)
        if found is None or found.by_id == self.user.id:
            return ""
        return self._said("made_by" if found.what == MADE else "password_set_by", found)

    def of_factor(self) -> str:
        """That another person took the second factor, in a sentence; empty where nobody did."""
        found = newest_change(self.session, self.user.id, SECOND_FACTOR)
        if found is None or found.by_id == self.user.id:
            return ""
        return self._said("factor_taken_by", found)

    def history(self) -> list[str]:
        """The newest changes of how the user gets in, one a line."""
        changes = changes_of(self.session, self.user.id, LINES)
        return [self._said(f"history_{one.what}", one) for one in changes]

    def _said(self, key: str, change: CredentialChange) -> str:
        return say(
            self.language,
            f"log_in.{key}",
            name=self._name(change.by_id),
            day=show_date(self.language, self._day(change.created_at)),
        )

    def _name(self, by_id: int | None) -> str:
        if by_id == self.user.id:
            return say(self.language, "log_in.yourself")
        if by_id is None:
            return say(self.language, "audit.command_line")
        return self.session.get_one(User, by_id).name

    def _day(self, moment: datetime) -> date:
        return actor_of(self.session, self.user).day_of(moment)
