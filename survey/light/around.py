"""The pages around the light form: which units take answers, and the privacy notice."""

from collections.abc import Callable
from urllib.parse import urlencode

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from models import now, reading
from models.settings import contact
from survey.asking import find_unit
from survey.finding.finder import readable
from survey.finding.listing import Listing, list_units
from survey.light.pages import Endpoint, message, page
from survey.signing import public_pem


def public_key(secret: Callable[[], bytes]) -> Endpoint:
    """The page /kunci: the key by which anyone checks a publication of this instance."""

    async def endpoint(_request: Request) -> Response:
        return PlainTextResponse(
            await to_thread.run_sync(lambda: public_pem(secret())),
            media_type="application/x-pem-file",
            headers={"Content-Disposition": 'inline; filename="kunci.pem"'},
        )

    return endpoint


def units(engine: Callable[[], Engine]) -> Endpoint:
    """The page /s: the units that take answers now; ?q= finds some, ?i= those of an institution."""

    async def endpoint(request: Request) -> Response:
        typed, code = (readable(request.query_params.get(name, "")) for name in ("q", "i"))
        try:
            listing = await to_thread.run_sync(_listed, engine(), typed, code)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        return page(
            request,
            "units.html",
            wanted=typed,
            carried=f"&{urlencode({'q': typed, 'i': code})}",
            listing=listing,
        )

    return endpoint


def privacy(engine: Callable[[], Engine]) -> Endpoint:
    """The page /privasi; ?unit= names the institution that is answerable."""

    async def endpoint(request: Request) -> Response:
        code = request.query_params.get("unit", "")
        try:
            controller = await to_thread.run_sync(_institution, engine(), code)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        carried = f"&{urlencode({'unit': code})}" if controller else ""
        return page(
            request, "privacy.html", controller=controller, contact=contact(), carried=carried
        )

    return endpoint


def _listed(engine: Engine, typed: str, institution: str) -> Listing:
    with reading(engine) as session:
        return list_units(session, now(), typed, institution)


def _institution(engine: Engine, code: str) -> str:
    """The name of the unit's institution; empty where there is no such unit."""
    with reading(engine) as session:
        unit = find_unit(session, code)
        return unit.institution.name if unit else ""
