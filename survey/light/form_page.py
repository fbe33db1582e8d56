"""The form's page: fresh, in another language, or with what was typed and why it was not sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from analysis.errors import Place, Problem
from locales import say
from locales.refusals import sentence
from models.settings import contact
from survey.asking import OpenUnit
from survey.checks import offered_provenances
from survey.light import sealed
from survey.light.asked import AskedAt, interviewer_key, kept
from survey.light.forms import Filled, shown_fields
from survey.light.pages import asked_language, kiosk_address, message, page
from survey.light.stored import SENT
from survey.receipts import codes_beforehand, mint_key


@dataclass(frozen=True)
class SentBack:
    """Why a form comes back: what is said, by field.

    ``gaps``: some questions are unanswered, and it may be sent so.
    """

    status: int
    problems: Sequence[tuple[str, str]]
    gaps: bool = False


FRESH = SentBack(200, ())


class FormPage:
    """Draws the form of the unit at a request's address."""

    def __init__(self, places: AskedAt, secret: Callable[[], bytes]) -> None:
        self.places = places
        self.secret = secret

    async def fresh(self, request: Request) -> Response:
        """A form in which nothing stands but what the address brings."""
        asked = await self.places.asked(request)
        if isinstance(asked, Response):
            return asked
        if interviewer_key(request) and not asked.interviewer:
            return message(request, "unknown_interviewer", 404)
        token = request.query_params.get("v", "")[:20]
        service = request.query_params.get("l", "")[:60]
        provenance = asked.interviewer or ""
        filled = Filled(period=asked.period, service=service, token=token, provenance=provenance)
        form = self.draw(request, asked, filled)
        if SENT in request.cookies:
            form.delete_cookie(SENT, path="/s", httponly=True, samesite="lax")
        return form

    async def shown(self, request: Request, filled: Filled) -> Response:
        """The form in another language, with what was typed in it, for the period it was of."""
        asked = await self.places.asked(request)
        if isinstance(asked, OpenUnit) and filled.period == asked.period:
            return self.draw(request, asked, filled)
        old = await self._ended(request, filled.period)
        if old:
            return await self.closed_meanwhile(request, filled, old)
        return asked if isinstance(asked, Response) else self.draw(request, asked, filled)

    async def _ended(self, request: Request, period: str) -> Problem | None:
        """Why nobody rates any more in a period that isn't asked; None where nobody knows."""
        try:
            name = await self.places.period_name(request, period)
        except SQLAlchemyError:
            return None
        return Problem("closed_period", Place(key="period"), found=name) if name else None

    async def closed_meanwhile(
        self, request: Request, filled: Filled, problem: Problem
    ) -> Response:
        """What was filled in for a period that ended: into the next one, or told to be lost."""
        told, old = sentence(asked_language(request), problem), str(problem.values["found"])
        if sealed.is_sealed(request):
            return sealed.refused([told], 422)
        asked = await self.places.asked(request)
        if not isinstance(asked, OpenUnit):
            return page(request, "unsaved.html", 422, told=told, comment=filled.comment)
        moved = replace(filled, period=asked.period, key=mint_key())
        language = asked_language(request)
        problems = [("", say(language, "light.rolled_over", old=old, new=asked.period_name))]
        if not filled.answers.keys() <= asked.instrument.allowed.keys():
            problems.append(("", say(language, "light.other_questions")))
        return self.draw(request, asked, moved, SentBack(422, problems))

    async def again(
        self,
        request: Request,
        filled: Filled,
        status: int,
        reasons: Sequence[Problem | tuple[str, str]],
    ) -> Response:
        """The form with what was typed in it, and why it was not sent; to a script why alone."""
        language = asked_language(request)
        if sealed.is_sealed(request):
            told = [
                sentence(language, one) if isinstance(one, Problem) else one[1] for one in reasons
            ]
            return sealed.refused(told, status)
        asked = await self.places.asked(request)
        if isinstance(asked, Response):
            return asked
        fields = {"answers": asked.instrument.questions[0].key}  # of all: mended from the first on
        problems = [
            (fields.get(one.place.key, one.place.key), sentence(language, one))
            if isinstance(one, Problem)
            else one
            for one in reasons
        ]
        codes = {one.code for one in reasons if isinstance(one, Problem)}
        back = SentBack(status, problems, "incomplete" in codes)
        return self.draw(request, asked, _mended(filled, asked, codes), back)

    def draw(
        self,
        request: Request,
        asked: OpenUnit,
        filled: Filled,
        back: SentBack = FRESH,
    ) -> Response:
        """The form, and why it comes ``back``."""
        kiosk, wrong = bool(kiosk_address(request)), [name for name, _ in back.problems]
        fields = shown_fields(asked, filled, wrong, kiosk)
        place = {name: at for at, name in enumerate(fields)}  # what is of the whole comes first
        return page(
            request,
            "form.html",
            back.status,
            asked=asked,
            seal=sealed.seal_key(self.secret()),
            filled=filled,
            problems=sorted(back.problems, key=lambda one: place.get(one[0], -1)),
            gaps=back.gaps,
            fields=fields,
            codes=codes_beforehand(self.secret()) if kiosk else [],
            contact=contact(),
            who=offered_provenances(asked.interviewer),
            kept=kept(request),
            anew=SENT in request.cookies,
        )


def _mended(filled: Filled, asked: OpenUnit, codes: set[str]) -> Filled:
    """The form, without what no person could mend in it."""
    if "bad_key" in codes:
        filled = replace(filled, key=mint_key())
    return replace(filled, period=asked.period) if "unknown_period" in codes else filled
