"""The light door's pages: the form at /s/UNIT, a receipt at /r/CODE, and those around them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from anyio import to_thread
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from analysis.instrument import Instrument
from locales import say
from models import Unit, now, reading
from survey.checks import Refusal, Refused
from survey.light.around import privacy, units
from survey.light.forms import Filled, read_form
from survey.light.pages import asked_language, message, page
from survey.periods import asked_instrument, open_period
from survey.receipts import Received, find_receipt
from survey.refusals import sentence
from survey.writer import Overloaded, Writer

LARGEST_FORM = 64_000
SECONDS_TO_WAIT = 10
# What a citizen can be; the other provenances are given by those who interview.
WHO = ("self", "companion", "on_behalf")


@dataclass(frozen=True)
class _Asked:
    """What a unit asks now; ``instrument`` is None while no period is open."""

    code: str
    name: str
    institution: str
    demonstration: bool
    services: dict[str, str]
    period: str = ""
    period_name: str = ""
    instrument: Instrument | None = None


def light_routes(
    engine: Callable[[], Engine],
    secret: Callable[[], bytes],
    writer: Callable[[], Writer],
    results: str | None = None,
) -> list[BaseRoute]:
    """The routes of the light door.

    ``results``: the path of the page of published results, where this process has one.
    """
    door = _Door(engine, secret, writer, results)
    compressed = [Middleware(GZipMiddleware, minimum_size=500)]
    return [
        Route("/s", units(engine), methods=["GET"], middleware=compressed),
        Route("/privasi", privacy(engine), methods=["GET"], middleware=compressed),
        Route("/s/{unit}", door.form, methods=["GET"], middleware=compressed),
        Route("/s/{unit}", door.submit, methods=["POST"], middleware=compressed),
        Route("/r/{code}", door.receipt, methods=["GET"], middleware=compressed),
    ]


class _Door:
    def __init__(
        self,
        engine: Callable[[], Engine],
        secret: Callable[[], bytes],
        writer: Callable[[], Writer],
        results: str | None,
    ) -> None:
        self.engine = engine
        self.secret = secret
        self.writer = writer
        self.results = results

    async def form(self, request: Request) -> Response:
        language = asked_language(request)
        try:
            asked = await to_thread.run_sync(self._asked, request.path_params["unit"])
        except SQLAlchemyError:
            return message(language, "unreachable", 503)
        if asked is None:
            return message(language, "unknown_unit", 404)
        if asked.instrument is None:
            return message(language, "closed", 404, unit=asked.name)
        token = request.query_params.get("v", "")[:20]
        service = request.query_params.get("l", "")[:60]
        filled = Filled(period=asked.period, service=service, token=token)
        return _form(language, asked, filled)

    async def submit(self, request: Request) -> Response:
        language, unit = asked_language(request), request.path_params["unit"]
        body = await _body(request)
        if body is None:
            return message(language, "too_large", 413)
        try:
            filled = read_form(body)
        except ValueError:
            return message(language, "too_large", 413)
        try:
            code = await asyncio.wrap_future(
                self.writer().submit(filled.submission(unit, language))
            )
        except Refused as refused:
            return await self._again(language, unit, filled, refused.refusals, 422)
        except (Overloaded, SQLAlchemyError):
            again = await self._again(language, unit, filled, [], 503)
            again.headers["Retry-After"] = str(SECONDS_TO_WAIT)
            return again
        return RedirectResponse(f"/r/{code}?new=1&lang={language}", status_code=303)

    async def receipt(self, request: Request) -> Response:
        language, code = asked_language(request), request.path_params["code"]
        try:
            received = await to_thread.run_sync(self._receipt, code)
        except SQLAlchemyError:
            return message(language, "unreachable", 503)
        if received is None:
            return message(language, "unknown_receipt", 404)
        return page(
            "receipt.html",
            language,
            received=received,
            code=code,
            new="new" in request.query_params,
            results=self.results,
        )

    async def _again(
        self, language: str, unit: str, filled: Filled, refusals: list[Refusal], status: int
    ) -> Response:
        """The form with what was typed in it, and why it was not sent."""
        try:
            asked = await to_thread.run_sync(self._asked, unit)
        except SQLAlchemyError:
            return message(language, "unreachable", 503)
        if asked is None or asked.instrument is None:
            return message(language, "closed" if asked else "unknown_unit", 404, unit=unit)
        told = [(one.field, sentence(language, one, asked.instrument)) for one in refusals]
        problems = told or [("", say(language, "light.failed"))]
        return _form(language, asked, filled, problems, status)

    def _asked(self, code: str) -> _Asked | None:
        with reading(self.engine()) as session:
            unit = session.scalar(select(Unit).where(Unit.code == code.lower()))
            if unit is None:
                return None
            services = {service.code: service.name for service in unit.services}
            place = unit.institution
            period = open_period(session, unit, now())
            if period is None:
                return _Asked(unit.code, unit.name, place.name, place.demonstration, services)
            return _Asked(
                unit.code,
                unit.name,
                place.name,
                place.demonstration,
                services,
                period.code,
                period.name,
                asked_instrument(period),
            )

    def _receipt(self, code: str) -> Received | None:
        with reading(self.engine()) as session:
            return find_receipt(session, self.secret(), code)


async def _body(request: Request) -> bytes | None:
    """The posted body; None where it is too large to be a form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return None
    return body


def _form(
    language: str,
    asked: _Asked,
    filled: Filled,
    problems: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    carried = urlencode({"v": filled.token, "l": filled.service})
    return page(
        "form.html",
        language,
        status,
        asked=asked,
        filled=filled,
        problems=problems or [],
        who=WHO,
        carried=f"&{carried}",
    )
