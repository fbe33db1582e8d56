"""Who may send now, and who is asked to wait a moment with what was typed."""

import math
from collections.abc import Callable

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from locales import say
from models import now, reading
from survey.checks import Submission
from survey.light import sealed
from survey.light.asked import kept
from survey.light.forms import Filled
from survey.light.pages import asked_language, page
from survey.limits import AddressLimits, Turn, Visitor
from survey.rhythm import usual_day
from survey.submission import is_known
from survey.tokens import is_good


class Line:
    """Where forms wait for their turn: only those beyond what is usual in their unit."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        secret: Callable[[], bytes],
        limits: Callable[[], AddressLimits],
    ) -> None:
        self.engine = engine
        self.secret = secret
        self.limits = limits

    def client(self, request: Request) -> str:
        """The day's code of whoever sends."""
        return self.limits().client(_visitor(request), now())

    async def turn(self, request: Request, submission: Submission) -> Turn:
        """Whether the form may be stored now; the database is asked only of who would wait."""
        visitor = _visitor(request)
        turn = self.limits().turn(submission, visitor, now())
        if not turn.wait:
            return turn
        passes, usual = await to_thread.run_sync(self._passes, submission)
        return Turn() if passes else self.limits().turn(submission, visitor, now(), usual)

    def give_back(self, turn: Turn) -> None:
        """Leaves the turn to others: what it was for is not stored, or was before."""
        self.limits().give_back(turn)

    def _passes(self, submission: Submission) -> tuple[bool, int]:
        """Whether the form is bound to no limit; how many are usual in the unit."""
        unit, period, token = submission.unit, submission.period, submission.token
        try:
            with reading(self.engine()) as session:
                known = is_known(session, self.secret(), submission.key)
                passes = known or is_good(session, self.secret(), unit, period, token)
                return passes, usual_day(session, unit, now())
        except SQLAlchemyError:
            return False, 0


def later(request: Request, filled: Filled, wait: int) -> Response:
    """A page that holds what was typed until it may be sent, in ``wait`` seconds."""
    if sealed.is_sealed(request):
        told = say(asked_language(request), "light.in_line", minutes=math.ceil(wait / 60))
        answer = sealed.refused([told], 429)
    else:
        answer = page(request, "later.html", 429, filled=filled, wait=wait, kept=kept(request))
    answer.headers["Retry-After"] = str(wait)
    return answer


def _visitor(request: Request) -> Visitor:
    address = request.client.host if request.client else None
    return Visitor(address, request.headers.get("user-agent", ""))
