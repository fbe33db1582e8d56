"""The light door's pages: the form at /s/UNIT and, on a kiosk, at /k/KEY; a receipt at /r/CODE."""

import asyncio
import math
from collections.abc import Callable, Sequence
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
from survey.asking import Closed, OpenUnit, closed_of, find_unit, place_of
from survey.checks import CITIZENS, Submission, SubmissionRefused, offered_provenances
from survey.kiosks import find_kiosk
from survey.light import sealed
from survey.light.around import privacy, public_key, units
from survey.light.forms import Filled, read_form
from survey.light.pages import asked_language, closed, kiosk_address, message, page
from survey.light.scripts import script_route
from survey.limits import AddressLimits
from survey.receipts import Received, find_receipt
from survey.seal import NotOpened, open_sealed
from survey.tokens import is_good
from survey.writer import Overloaded, Writer

LARGEST_FORM = 64_000
SECONDS_TO_WAIT = 10


def light_routes(
    engine: Callable[[], Engine],
    secret: Callable[[], bytes],
    writer: Callable[[], Writer],
    limits: Callable[[], AddressLimits],
    results: str | None = None,
) -> list[BaseRoute]:
    """The routes of the light door.

    ``results``: the path of the page of published results, where this process has one.
    """
    door = _Door(engine, secret, writer, limits, results)
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
        Route("/k/{kiosk}/{code}", door.thanks, methods=["GET"], middleware=compressed),
        Route("/r/{code}", door.receipt, methods=["GET"], middleware=compressed),
    ]


class _Door:
    def __init__(
        self,
        engine: Callable[[], Engine],
        secret: Callable[[], bytes],
        writer: Callable[[], Writer],
        limits: Callable[[], AddressLimits],
        results: str | None,
    ) -> None:
        self.engine = engine
        self.secret = secret
        self.writer = writer
        self.limits = limits
        self.results = results

    async def form(self, request: Request) -> Response:
        asked = await self._asked(request)
        if isinstance(asked, Response):
            return asked
        token = request.query_params.get("v", "")[:20]
        service = request.query_params.get("l", "")[:60]
        # An interviewer has to say which one; citizens answer for themselves, if nothing else.
        provenance = "" if _interviewer(request) else CITIZENS[0]
        filled = Filled(period=asked.period, service=service, token=token, provenance=provenance)
        return self._form(request, asked, filled)

    async def submit_sealed(self, request: Request) -> Response:
        sealed.mark_sealed(request)
        return await self.submit(request)

    async def submit(self, request: Request) -> Response:
        language = asked_language(request)
        filled = await self._read(request)
        if isinstance(filled, Response):
            return filled
        unit, channel = request.path_params.get("unit"), "open_link"
        if unit is None:
            asked = await self._asked(request)
            if isinstance(asked, Response):
                return asked
            unit, channel = asked.code, "kiosk"
        address = request.client.host if request.client else None
        client = self.limits().client(address, request.headers.get("user-agent", ""), now())
        submission = filled.submission(unit, language, channel, client)
        wait = self.limits().seconds_to_wait(submission, address, now())
        if wait and not await to_thread.run_sync(self._holds_token, submission):
            many = ("", say(language, "light.too_many", minutes=math.ceil(wait / 60)))
            again = await self._again(request, filled, 429, [many])
            again.headers["Retry-After"] = str(wait)
            return again
        try:
            code = await asyncio.wrap_future(self.writer().submit(submission))
        except SubmissionRefused as refused:
            return await self._again(request, filled, 422, refused.problems)
        except (Overloaded, SQLAlchemyError):
            again = await self._again(request, filled, 503, [("", say(language, "light.failed"))])
            again.headers["Retry-After"] = str(SECONDS_TO_WAIT)
            return again
        if sealed.is_sealed(request):
            return sealed.counted(code)
        kiosk = kiosk_address(request)
        thanks = f"{kiosk}/{code}?" if kiosk else f"/r/{code}?new=1&"
        return RedirectResponse(f"{thanks}lang={language}", status_code=303)

    async def receipt(self, request: Request) -> Response:
        return await self._show_receipt(request, new="new" in request.query_params)

    async def thanks(self, request: Request) -> Response:
        return await self._show_receipt(request, new=True)

    async def _show_receipt(self, request: Request, new: bool) -> Response:
        code = request.path_params["code"]
        try:
            received = await to_thread.run_sync(self._receipt, code)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        if received is None:
            return message(request, "unknown_receipt", 404)
        return page(
            request,
            "receipt.html",
            received=received,
            code=code,
            new=new,
            results=self.results,
        )

    async def _read(self, request: Request) -> Filled | Response:
        """The form that was sent; or the page that says why it can't be read."""
        body = await _body(request)
        if body is None:
            return message(request, "too_large", 413)
        try:
            if sealed.is_sealed(request):
                body = open_sealed(self.secret(), body)
            return read_form(body)
        except NotOpened:
            return message(request, "not_opened", 422)
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
        problems = [
            (one.place.key, sentence(language, one)) if isinstance(one, Problem) else one
            for one in reasons
        ]
        return self._form(request, asked, filled, problems, status)

    def _form(
        self,
        request: Request,
        asked: OpenUnit,
        filled: Filled,
        problems: list[tuple[str, str]] | None = None,
        status: int = 200,
    ) -> Response:
        if sealed.is_sealed(request):
            return sealed.refused([told for _, told in problems or []], status)
        typed = urlencode({"v": filled.token, "l": filled.service})
        carried = "" if kiosk_address(request) else f"&{typed}"
        interviewer = _interviewer(request)
        return page(
            request,
            "form.html",
            status,
            asked=asked,
            seal=sealed.seal_key(self.secret()),
            filled=filled,
            problems=problems or [],
            who=offered_provenances(interviewer),
            kept="&e=1" if interviewer else "",
            carried=carried,
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
            return place_of(session, unit, now()) or closed_of(session, unit, now())

    def _unit(self, session: Session, request: Request) -> Unit | None:
        if "unit" in request.path_params:
            return find_unit(session, request.path_params["unit"])
        kiosk = find_kiosk(session, self.secret(), request.path_params["kiosk"])
        return session.get_one(Unit, kiosk.unit_id) if kiosk else None

    def _holds_token(self, submission: Submission) -> bool:
        with reading(self.engine()) as session:
            return is_good(
                session, self.secret(), submission.unit, submission.period, submission.token
            )

    def _receipt(self, code: str) -> Received | None:
        with reading(self.engine()) as session:
            return find_receipt(session, self.secret(), code)


def _interviewer(request: Request) -> bool:
    return request.query_params.get("e") == "1"


async def _body(request: Request) -> bytes | None:
    """The posted body; None where it is too large to be a form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return None
    return body
