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
from survey.admission import usual_unless_free
from survey.checks import Submission
from survey.light import sealed
from survey.light.asked import kept
from survey.light.forms import Filled
from survey.light.pages import asked_language, page
from survey.limits import AddressLimits, Turn, Visitor

VISITOR = "suara.visitor"  # of a request's scope


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
        turn = await self.limits().next_turn(submission, visitor, now())
        if not turn.wait:
            return turn
        usual = await to_thread.run_sync(self._usual_unless_free, submission)
        if usual is None:
            return Turn()
        return await self.limits().next_turn(submission, visitor, now(), usual)

    def give_back(self, turn: Turn) -> None:
        """Leaves the turn to others: what it was for is not stored, or was before."""
        self.limits().give_back(turn)

    def _usual_unless_free(self, submission: Submission) -> int | None:
        try:
            with reading(self.engine()) as session:
                return usual_unless_free(session, self.secret(), submission, now())
        except SQLAlchemyError:
            return 0


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
    """Whoever sends the request, asked for once."""
    known = request.scope.get(VISITOR)
    if isinstance(known, Visitor):
        return known
    address = request.client.host if request.client else None
    request.scope[VISITOR] = visitor = Visitor(address, request.headers.get("user-agent", ""))
    return visitor
