"""Which forms are bound to no limit, at either door."""

from datetime import datetime

from sqlalchemy.orm import Session

from survey.checks import Submission
from survey.rhythm import usual_day
from survey.submission import is_known
from survey.tokens import is_good


def usual_unless_free(
    session: Session, secret: bytes, submission: Submission, moment: datetime
) -> int | None:
    """How many forms are usual in the form's unit on a day.

    None where it waits for nobody: it is stored already, or has a good visit code.
    """
    code, period, token = submission.unit, submission.period, submission.token
    if is_known(session, secret, submission.key) or is_good(session, secret, code, period, token):
        return None
    return usual_day(session, code, moment)
