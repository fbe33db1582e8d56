"""Questions read aloud, as a unit has recorded them."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from models import reading
from survey.aids import sound_of
from survey.asking import find_unit
from survey.light.scripts import LASTING


def recording(engine: Callable[[], Engine]) -> Callable[[Request], Awaitable[Response]]:
    """The page /s/UNIT/suara/NUMBER: a recording, in the parts that a player asks for."""

    def find(unit_code: str, number: int) -> tuple[Path, str] | None:
        with reading(engine()) as session:
            unit = find_unit(session, unit_code)
            return sound_of(session, unit.id, number) if unit else None

    async def endpoint(request: Request) -> Response:
        unit, number = request.path_params["unit"], request.path_params["number"]
        try:
            found = await to_thread.run_sync(find, unit, number)
        except SQLAlchemyError:
            return PlainTextResponse("", 503)
        if found is None:
            return PlainTextResponse("", 404)
        file, kind = found
        return FileResponse(file, media_type=kind, headers={"Cache-Control": LASTING})

    return endpoint
