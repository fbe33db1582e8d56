"""What is asked at an address of the light door, and by whose key."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from models import Unit, now, reading
from survey.asking import Closed, OpenUnit, closed_of, find_unit, period_name, place_of
from survey.kiosks import find_kiosk, interviewers_by_key, kiosk_of, provenance_of
from survey.light.pages import closed, kiosk_address, message

LONGEST_KEY = 40


@dataclass(frozen=True)
class SendingKiosk:
    """A kiosk's unit, by its code, and when the kiosk was ``withdrawn``, if it was."""

    unit: str
    withdrawn: datetime | None


class AskedAt:
    """The units that forms are of, found by the addresses of requests."""

    def __init__(self, engine: Callable[[], Engine], secret: Callable[[], bytes]) -> None:
        self.engine = engine
        self.secret = secret

    async def asked(self, request: Request) -> OpenUnit | Response:
        """What is asked at the request's address; or the page that says why nothing is."""
        try:
            asked = await to_thread.run_sync(self._find, request)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        if asked is None:
            return self._unknown(request)
        if isinstance(asked, Closed):
            return closed(request, asked)
        return asked

    async def kiosk(self, request: Request) -> SendingKiosk | Response:
        """The kiosk that sends, whether or not its unit asks anything now."""
        try:
            kiosk = await to_thread.run_sync(self._kiosk, request)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        return kiosk or self._unknown(request)

    def _kiosk(self, request: Request) -> SendingKiosk | None:
        with reading(self.engine()) as session:
            kiosk = kiosk_of(session, self.secret(), request.path_params["kiosk"])
            if kiosk is None:
                return None
            return SendingKiosk(session.get_one(Unit, kiosk.unit_id).code, kiosk.closed_at)

    async def period_name(self, request: Request, code: str) -> str | None:
        """The name of a period of the unit at the address; None where it has no such period."""
        return await to_thread.run_sync(self._period_name, request, code)

    def _unknown(self, request: Request) -> Response:
        unknown = "unknown_kiosk" if kiosk_address(request) else "unknown_unit"
        return message(request, unknown, 404)

    def _period_name(self, request: Request, code: str) -> str | None:
        with reading(self.engine()) as session:
            unit = self._unit(session, request)
            return period_name(session, unit, code) if unit else None

    def _find(self, request: Request) -> OpenUnit | Closed | None:
        """What is asked; where it asks nothing now, where to go instead; None: unknown."""
        with reading(self.engine()) as session:
            unit = self._unit(session, request)
            if unit is None:
                return None
            place = place_of(session, unit, now())
            if place is None:
                return closed_of(session, unit, now())
            key = interviewer_key(request)
            asking = interviewers_by_key(session, self.secret(), [key]).get(key)
            return replace(place, interviewer=provenance_of(asking, unit))

    def _unit(self, session: Session, request: Request) -> Unit | None:
        if "unit" in request.path_params:
            return find_unit(session, request.path_params["unit"])
        kiosk = find_kiosk(session, self.secret(), request.path_params["kiosk"])
        return session.get_one(Unit, kiosk.unit_id) if kiosk else None


def interviewer_key(request: Request) -> str:
    """The key of an interviewer; a kiosk asks for nobody."""
    return "" if kiosk_address(request) else request.query_params.get("e", "")[:LONGEST_KEY]


def kept(request: Request) -> str:
    """What stays in the address of an interviewer's pages."""
    key = interviewer_key(request)
    return f"&{urlencode({'e': key})}" if key else ""
