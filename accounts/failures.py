"""Wrong passwords, codes and identities: counted outside of the trace, forgotten after a while.

A name is counted for each address by itself, and for each known device: a stranger slows down
the own address alone. What lies ahead of the clock never was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from accounts.rules import TryBound, log_in_rules
from models import LogInFailure

PASSWORD, CODE, IDENTITY = "password", "code", "identity"


class TooManyTries(Exception):
    """Too many failed tries of late; ``seconds`` until the next try."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"in {seconds} s")


@dataclass(frozen=True)
class Tried:
    """Under which hashes a try counts; ``known``: whether it comes from a known device."""

    what: str
    whose: str
    whence: str
    known: bool = False

    @property
    def bounds(self) -> Sequence[tuple[ColumnElement[bool], TryBound]]:
        """Which failures count against it, and how many there may be."""
        rules = log_in_rules().tries
        same = (LogInFailure.what == self.what) & (LogInFailure.whose == self.whose)
        if self.what == CODE:
            return [(same, rules.code), (same, rules.codes_a_day)]
        here = LogInFailure.whence == self.whence
        of_address = [] if self.known else [(here, rules.address)]
        return [(same & here, rules.name_there), *of_address]


def refuse_after_failures(session: Session, tried: Tried, moment: datetime) -> None:
    """Raises TooManyTries where a bound is reached."""
    ahead = moment + log_in_rules().log_ins.apart
    for against, bound in tried.bounds:
        when = session.scalars(
            select(LogInFailure.created_at)
            .where(
                against,
                LogInFailure.created_at > moment - bound.within,
                LogInFailure.created_at <= ahead,
            )
            .order_by(LogInFailure.created_at.desc())
            .limit(bound.most)
        ).all()
        if len(when) >= bound.most:
            raise TooManyTries(seconds_until(when[-1] + bound.within, moment))


def seconds_until(opens: datetime, moment: datetime) -> int:
    """Whole seconds until then, at least one."""
    return max(1, int((opens - moment).total_seconds()) + 1)


def note_failure(session: Session, tried: Tried, moment: datetime) -> None:
    """Counts a wrong one, and lets go of what is too old or lies ahead."""
    rules = log_in_rules()
    old = LogInFailure.created_at <= moment - timedelta(days=rules.failures_kept_days)
    never = LogInFailure.created_at > moment + rules.log_ins.apart
    session.execute(delete(LogInFailure).where(or_(old, never)))
    session.add(
        LogInFailure(what=tried.what, whose=tried.whose, whence=tried.whence, created_at=moment)
    )
    session.flush()


def forget_failures(session: Session, tried: Tried) -> None:
    """After a right one: a typing error a day never adds up."""
    against, _ = tried.bounds[0]
    session.execute(delete(LogInFailure).where(against))
