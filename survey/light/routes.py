"""The light door's pages: the form at /s/UNIT, and a receipt at /r/CODE."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from anyio import to_thread
from jinja2 import Environment, FileSystemLoader
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from analysis.instrument import Instrument
from locales import LANGUAGES, Language, chosen, say
from models import Unit, now, reading
from models.responses import LONGEST_COMMENT
from survey.checks import Refusal, Refused
from survey.light import forms
from survey.light.forms import Filled, read_form
from survey.periods import asked_instrument, open_period
from survey.receipts import Received, find_receipt
from survey.refusals import sentence
from survey.writer import Overloaded, Writer

LARGEST_FORM = 64_000
SECONDS_TO_WAIT = 10
# What a citizen can be; the other provenances are given by those who interview.
WHO = ("self", "companion", "on_behalf")

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals |= {"languages": LANGUAGES, "names": forms, "longest": LONGEST_COMMENT}


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
    engine: Callable[[], Engine], secret: Callable[[], bytes], writer: Callable[[], Writer]
) -> list[BaseRoute]:
    """The routes of the light door."""
    door = _Door(engine, secret, writer)
    compressed = [Middleware(GZipMiddleware, minimum_size=500)]
    return [
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
    ) -> None:
        self.engine = engine
        self.secret = secret
        self.writer = writer

    async def form(self, request: Request) -> Response:
        language = _language(request)
        try:
            asked = await to_thread.run_sync(self._asked, request.path_params["unit"])
        except SQLAlchemyError:
            return _message(language, "unreachable", 503)
        if asked is None:
            return _message(language, "unknown_unit", 404)
        if asked.instrument is None:
            return _message(language, "closed", 404, unit=asked.name)
        token = request.query_params.get("v", "")[:20]
        service = request.query_params.get("l", "")[:60]
        filled = Filled(period=asked.period, service=service, token=token)
        return _form(language, asked, filled)

    async def submit(self, request: Request) -> Response:
        language, unit = _language(request), request.path_params["unit"]
        body = await _body(request)
        if body is None:
            return _message(language, "too_large", 413)
        try:
            filled = read_form(body)
        except ValueError:
            return _message(language, "too_large", 413)
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
        language, code = _language(request), request.path_params["code"]
        try:
            received = await to_thread.run_sync(self._receipt, code)
        except SQLAlchemyError:
            return _message(language, "unreachable", 503)
        if received is None:
            return _message(language, "unknown_receipt", 404)
        return _page(
            "receipt.html",
            language,
            received=received,
            code=code,
            new="new" in request.query_params,
        )

    async def _again(
        self, language: Language, unit: str, filled: Filled, refusals: list[Refusal], status: int
    ) -> Response:
        """The form with what was typed in it, and why it was not sent."""
        try:
            asked = await to_thread.run_sync(self._asked, unit)
        except SQLAlchemyError:
            return _message(language, "unreachable", 503)
        if asked is None or asked.instrument is None:
            return _message(language, "closed" if asked else "unknown_unit", 404, unit=unit)
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


def _language(request: Request) -> Language:
    return chosen(request.query_params.get("lang"), request.cookies.get("lang"))


async def _body(request: Request) -> bytes | None:
    """The posted body; None where it is too large to be a form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return None
    return body


def _form(
    language: Language,
    asked: _Asked,
    filled: Filled,
    problems: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    carried = urlencode({"v": filled.token, "l": filled.service})
    return _page(
        "form.html",
        language,
        status,
        asked=asked,
        filled=filled,
        problems=problems or [],
        who=WHO,
        carried=f"&{carried}",
    )


def _message(language: Language, name: str, status: int, **values: object) -> Response:
    return _page("message.html", language, status, text=say(language, f"light.{name}", **values))


def _page(template: str, language: Language, status: int = 200, **values: object) -> Response:
    text = _templates.get_template(template).render(
        language=language, say=lambda key, **blanks: say(language, key, **blanks), **values
    )
    # Not "no-store": with it, going back from an error would lose what was typed.
    return HTMLResponse(text, status, headers={"Cache-Control": "private, no-cache"})
