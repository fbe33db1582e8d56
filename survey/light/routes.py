"""The light door's pages: the form at /s/UNIT and, on a kiosk, at /k/KEY; a receipt at /r/CODE.

/s/UNIT?e=KEY is the form of a registered interviewer.
"""

import asyncio
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from analysis.errors import Problem
from locales import say
from locales.refusals import sentence
from models import Unit, now, reading
from models.settings import contact
from survey.asking import Closed, OpenUnit, closed_of, find_unit, place_of
from survey.checks import Submission, SubmissionRefused, offered_provenances
from survey.kiosks import find_kiosk, interviewers_by_key, provenance_of
from survey.light import sealed
from survey.light.addresses import forgiving_routes
from survey.light.around import privacy, public_key, units
from survey.light.forms import Doubled, Filled, read_form, shown_fields
from survey.light.pages import (
    NOT_HERE,
    FullPages,
    asked_language,
    closed,
    kiosk_address,
    message,
    page,
)
from survey.light.receipt import Receipts
from survey.light.scripts import script_route
from survey.light.unit import unit_page
from survey.limits import AddressLimits, Turn, Visitor
from survey.receipts import codes_beforehand, mint_key, receipt_code
from survey.rhythm import usual_day
from survey.seal import NotOpened, open_sealed
from survey.submission import Taken, is_known
from survey.tokens import is_good
from survey.writer import Overloaded, Writer

LARGEST_FORM = 64_000
SECONDS_TO_WAIT = 10
SENT, SECONDS_OF_A_DAY = "sent", 86_400
LONGEST_KEY = 40
LONGEST_KEPT = 10**12  # milliseconds; a clock that tells more is wrong
FORM_TYPE = "application/x-www-form-urlencoded"


def light_routes(
    engine: Callable[[], Engine],
    secret: Callable[[], bytes],
    writer: Callable[[], Writer],
    limits: Callable[[], AddressLimits],
    full_pages: FullPages = NOT_HERE,
) -> list[BaseRoute]:
    """The routes of the light door; ``full_pages``: where this process has them."""
    door = _Door(engine, secret, writer, limits)
    receipts = Receipts(engine, secret, full_pages.published)
    known = unit_page(engine, full_pages.announced)
    compressed = [Middleware(GZipMiddleware, minimum_size=500)]
    return [
        Route("/s", units(engine), methods=["GET"], middleware=compressed),
        Route("/privasi", privacy(engine), methods=["GET"], middleware=compressed),
        Route("/kunci", public_key(secret), methods=["GET"]),
        script_route(),
        Route("/s/{unit}/sealed", door.submit_sealed, methods=["POST"]),
        Route("/k/{kiosk}/sealed", door.submit_sealed, methods=["POST"]),
        Route("/s/{unit}", door.form, methods=["GET"], middleware=compressed),
        Route("/s/{unit}", door.submit, methods=["POST"], middleware=compressed),
        Route("/k/{kiosk}", door.form, methods=["GET"], middleware=compressed),
        Route("/k/{kiosk}", door.submit, methods=["POST"], middleware=compressed),
        Route("/k/{kiosk}/{code}", receipts.thanks, methods=["GET"], middleware=compressed),
        Route("/r", receipts.look_up, methods=["GET"], middleware=compressed),
        Route("/r/{code}", receipts.receipt, methods=["GET"], middleware=compressed),
        Route("/r/{code}/resi.txt", receipts.save, methods=["GET"]),
        Route("/u/{unit}", known, methods=["GET"], middleware=compressed),
        *forgiving_routes(),
    ]


class _Door:
    def __init__(
        self,
        engine: Callable[[], Engine],
        secret: Callable[[], bytes],
        writer: Callable[[], Writer],
        limits: Callable[[], AddressLimits],
    ) -> None:
        self.engine = engine
        self.secret = secret
        self.writer = writer
        self.limits = limits

    async def form(self, request: Request) -> Response:
        asked = await self._asked(request)
        if isinstance(asked, Response):
            return asked
        if _interviewer_key(request) and not asked.interviewer:
            return message(request, "unknown_interviewer", 404)
        token = request.query_params.get("v", "")[:20]
        service = request.query_params.get("l", "")[:60]
        provenance = asked.interviewer or ""
        filled = Filled(period=asked.period, service=service, token=token, provenance=provenance)
        form = self._form(request, asked, filled)
        if SENT in request.cookies:
            form.delete_cookie(SENT, path="/s", httponly=True, samesite="lax")
        return form

    async def submit_sealed(self, request: Request) -> Response:
        sealed.mark_sealed(request)
        return await self.submit(request)

    async def submit(self, request: Request) -> Response:
        language = asked_language(request)
        filled = await self._read(request)
        if isinstance(filled, Response):
            return filled
        if filled.only_show or filled.again:
            return await self._show(request, filled)
        submission = await self._submission(request, filled)
        if isinstance(submission, Response):
            return submission
        turn = await self._turn(submission, _visitor(request))
        if turn.wait:
            return self._later(request, filled, turn.wait)
        taken: Taken | None = None
        try:
            taken = await asyncio.wrap_future(self.writer().submit(submission))
        except SubmissionRefused as refused:
            if _is_closed(refused):
                return await self._closed_meanwhile(request, filled, refused.problems[0])
            return await self._again(request, filled, 422, refused.problems)
        except (Overloaded, SQLAlchemyError):
            again = await self._again(request, filled, 503, [("", say(language, "light.failed"))])
            again.headers["Retry-After"] = str(SECONDS_TO_WAIT)
            return again
        finally:
            if taken is None or taken.known:
                self.limits().give_back(turn)
        if sealed.is_sealed(request):
            return _remembered(sealed.taken(taken))
        return self._known(request, filled) if taken.known else _thanks(request, taken.code)

    async def _submission(self, request: Request, filled: Filled) -> Submission | Response:
        """The form as the writer takes it; or the page of a kiosk that is none, or asks nothing."""
        unit, channel = request.path_params.get("unit"), "open_link"
        if unit is None:
            asked = await self._asked(request)
            if isinstance(asked, Response):
                return asked
            unit, channel = asked.code, "kiosk"
        client = self.limits().client(_visitor(request), now())
        submission = filled.submission(unit, asked_language(request), channel, client)
        kept = sealed.is_sealed(request)
        filled_at = _filled_at(request, filled) if kept else None
        key = _interviewer_key(request)
        return replace(submission, interviewer=key, kept=kept, filled_at=filled_at)

    async def _turn(self, submission: Submission, visitor: Visitor) -> Turn:
        """Whether the form may be stored now; the database is asked only of who would wait."""
        turn = self.limits().turn(submission, visitor, now())
        if not turn.wait:
            return turn
        passes, usual = await to_thread.run_sync(self._passes, submission)
        return Turn() if passes else self.limits().turn(submission, visitor, now(), usual)

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

    def _later(self, request: Request, filled: Filled, wait: int) -> Response:
        """A page that holds what was typed until it may be sent."""
        if sealed.is_sealed(request):
            told = say(asked_language(request), "light.in_line", minutes=math.ceil(wait / 60))
            later = sealed.refused([told], 429)
        else:
            later = page(request, "later.html", 429, filled=filled, wait=wait, kept=_kept(request))
        later.headers["Retry-After"] = str(wait)
        return later

    def _known(self, request: Request, filled: Filled) -> Response:
        """Never the thanks: whether what was just typed is what is stored, nobody can tell."""
        other = replace(filled, key=mint_key())
        kept = _kept(request)
        return page(request, "known.html", 409, filled=filled, other=other, kept=kept)

    async def _show(self, request: Request, filled: Filled) -> Response:
        """What is asked for without sending: another language of the form, or its receipt."""
        if filled.again:
            return await self._show_own(request, filled)
        asked = await self._asked(request)
        return asked if isinstance(asked, Response) else self._form(request, asked, filled)

    async def _show_own(self, request: Request, filled: Filled) -> Response:
        """The receipt of a form that was stored, for whoever says that it is their own."""
        try:
            known = await to_thread.run_sync(self._is_known, filled.key)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        if not known:
            return message(request, "unknown_receipt", 404)
        return _to_receipt(request, receipt_code(self.secret(), filled.key))

    def _is_known(self, key: str) -> bool:
        with reading(self.engine()) as session:
            return is_known(session, self.secret(), key)

    async def _closed_meanwhile(
        self, request: Request, filled: Filled, problem: Problem
    ) -> Response:
        """What was filled in for a period that ended: into the next one, or told to be lost."""
        told, old = sentence(asked_language(request), problem), str(problem.values["found"])
        if sealed.is_sealed(request):
            return sealed.refused([told], 422, closed=True)
        asked = await self._asked(request)
        if not isinstance(asked, OpenUnit):
            return page(request, "unsaved.html", 422, told=told, comment=filled.comment)
        moved = replace(filled, period=asked.period, key=mint_key())
        language = asked_language(request)
        problems = [("", say(language, "light.rolled_over", old=old, new=asked.period_name))]
        if not filled.answers.keys() <= asked.instrument.allowed.keys():
            problems.append(("", say(language, "light.other_questions")))
        return self._form(request, asked, moved, problems, 422)

    async def _read(self, request: Request) -> Filled | Response:
        """The form that was sent; or the page that says why it can't be read."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not sealed.is_sealed(request) and kind != FORM_TYPE:
            return message(request, "no_form", 415)
        body = await _body(request)
        if body is None:
            return message(request, "too_large", 413)
        try:
            if sealed.is_sealed(request):
                # The script has told what is unanswered, before it sealed.
                return replace(read_form(open_sealed(self.secret(), body)), partly=True)
            return read_form(body)
        except NotOpened:
            return message(request, "not_opened", 422)
        except Doubled:
            return message(request, "no_form", 422)
        except ValueError:
            return message(request, "too_large", 413)

    async def _again(
        self,
        request: Request,
        filled: Filled,
        status: int,
        reasons: Sequence[Problem | tuple[str, str]],
    ) -> Response:
        """The form with what was typed in it, and why it was not sent."""
        asked = await self._asked(request)
        if isinstance(asked, Response):
            return asked
        language = asked_language(request)
        fields = {"answers": asked.instrument.questions[0].key}  # of all: mended from the first on
        problems = [
            (fields.get(one.place.key, one.place.key), sentence(language, one))
            if isinstance(one, Problem)
            else one
            for one in reasons
        ]
        gaps = any(isinstance(one, Problem) and one.code == "incomplete" for one in reasons)
        return self._form(request, asked, filled, problems, status, gaps)

    def _form(
        self,
        request: Request,
        asked: OpenUnit,
        filled: Filled,
        problems: list[tuple[str, str]] | None = None,
        status: int = 200,
        gaps: bool = False,
    ) -> Response:
        if sealed.is_sealed(request):
            return sealed.refused([told for _, told in problems or []], status)
        kiosk, wrong = bool(kiosk_address(request)), [name for name, _ in problems or []]
        return page(
            request,
            "form.html",
            status,
            asked=asked,
            seal=sealed.seal_key(self.secret()),
            filled=filled,
            problems=problems or [],
            gaps=gaps,
            fields=shown_fields(asked, filled, wrong, kiosk),
            codes=codes_beforehand(self.secret()) if kiosk else [],
            contact=contact(),
            who=offered_provenances(asked.interviewer),
            kept=_kept(request),
            anew=SENT in request.cookies,
        )

    async def _asked(self, request: Request) -> OpenUnit | Response:
        """What is asked at the request's address; or the page that says why nothing is."""
        try:
            asked = await to_thread.run_sync(self._find, request)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        if asked is None:
            unknown = "unknown_kiosk" if kiosk_address(request) else "unknown_unit"
            return message(request, unknown, 404)
        if isinstance(asked, Closed):
            return closed(request, asked)
        return asked

    def _find(self, request: Request) -> OpenUnit | Closed | None:
        """What is asked; where it asks nothing now, where to go instead; None: unknown."""
        with reading(self.engine()) as session:
            unit = self._unit(session, request)
            if unit is None:
                return None
            place = place_of(session, unit, now())
            if place is None:
                return closed_of(session, unit, now())
            key = _interviewer_key(request)
            asking = interviewers_by_key(session, self.secret(), [key]).get(key)
            return replace(place, interviewer=provenance_of(asking, unit))

    def _unit(self, session: Session, request: Request) -> Unit | None:
        if "unit" in request.path_params:
            return find_unit(session, request.path_params["unit"])
        kiosk = find_kiosk(session, self.secret(), request.path_params["kiosk"])
        return session.get_one(Unit, kiosk.unit_id) if kiosk else None


def _interviewer_key(request: Request) -> str:
    """The key of an interviewer; a kiosk asks for nobody."""
    return "" if kiosk_address(request) else request.query_params.get("e", "")[:LONGEST_KEY]


def _kept(request: Request) -> str:
    """What stays in the address of an interviewer's pages."""
    key = _interviewer_key(request)
    return f"&{urlencode({'e': key})}" if key else ""


def _visitor(request: Request) -> Visitor:
    address = request.client.host if request.client else None
    return Visitor(address, request.headers.get("user-agent", ""))


def _filled_at(request: Request, filled: Filled) -> datetime | None:
    """When a device filled the form in: by our clock, where it sends along what its own says."""
    if filled.filled_at is None:
        return None
    sent, moment = request.query_params.get("d", ""), now()
    known = re.fullmatch("[0-9]{1,14}", sent)
    clock = int(sent) if known else int(moment.timestamp() * 1000)
    return moment - timedelta(milliseconds=min(max(0, clock - filled.filled_at), LONGEST_KEPT))


def _is_closed(refused: SubmissionRefused) -> bool:
    return any(one.code == "closed_period" for one in refused.problems)


def _thanks(request: Request, code: str) -> Response:
    return _remembered(_to_receipt(request, code, "new=1&"))


def _remembered(thanks: Response) -> Response:
    """Lets the next form's page know that a form was sent from this browser, and no more.

    Without it, browsers would fill in for whoever goes back what was just sent.
    """
    thanks.set_cookie(SENT, "1", SECONDS_OF_A_DAY, path="/s", httponly=True, samesite="lax")
    return thanks


def _to_receipt(request: Request, code: str, new: str = "") -> Response:
    kiosk = kiosk_address(request)
    address = f"{kiosk}/{code}?" if kiosk else f"/r/{code}?{new}"
    return RedirectResponse(f"{address}lang={asked_language(request)}", status_code=303)


async def _body(request: Request) -> bytes | None:
    """The posted body; None where it is too large to be a form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return None
    return body
