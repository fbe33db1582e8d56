"""The pages around the light form: which units take answers, and the privacy notice."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from models import Unit, now, reading
from models.settings import contact
from survey.asking import find_unit
from survey.light.pages import message, page
from survey.periods import open_units
from survey.signing import public_pem

MOST_SHOWN = 50
LONGEST_SEARCH = 100
Endpoint = Callable[[Request], Awaitable[Response]]


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
    """The page /s: the units that take answers now; ?q= searches their names."""

    async def endpoint(request: Request) -> Response:
        wanted = request.query_params.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        try:
            found = await to_thread.run_sync(_open_units, engine(), wanted)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        return page(
            request,
            "units.html",
            wanted=wanted,
            units=found[:MOST_SHOWN],
            more=len(found) > MOST_SHOWN,
            carried=f"&{urlencode({'q': wanted})}",
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


def _open_units(engine: Engine, wanted: str) -> list[Unit]:
    with reading(engine) as session:
        return open_units(session, now(), wanted.split(), MOST_SHOWN + 1)


def _institution(engine: Engine, code: str) -> str:
    """The name of the unit's institution; empty where there is no such unit."""
    with reading(engine) as session:
        unit = find_unit(session, code)
        return unit.institution.name if unit else ""
