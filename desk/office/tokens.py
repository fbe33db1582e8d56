"""Visit tokens, handed out by those who serve: each good for one rating."""

from sqlalchemy.orm import Session

from accounts.actors import Actor, require_staff
from analysis.errors import bad
from desk.audit import log
from models import now
from survey.periods import open_period
from survey.tokens import issue_tokens

MOST_AT_ONCE = 1_000


def issue(session: Session, actor: Actor, secret: bytes, unit_id: int, number: int) -> list[str]:
    """New tokens for the unit's running period; they can't be shown again.

    Logged with their number, so that it can be held against the visits. Raises Forbidden,
    and BadInput without a running period or for a number that is none.
    """
    unit = require_staff(session, actor, unit_id)
    if not 1 <= number <= MOST_AT_ONCE:
        raise bad("number_of_tokens", found=number, most=MOST_AT_ONCE)
    period = open_period(session, unit, now())
    if period is None:
        raise bad("no_period_runs")
    tokens = issue_tokens(session, secret, unit, period, number)
    log(session, actor, "issue_tokens", unit=unit.code, period=period.code, number=number)
    return tokens
