"""The routes below /api: each address answers GET, HEAD and OPTIONS, and refuses in JSON."""

import json
from collections.abc import Awaitable, Callable
from functools import cache

from anyio import to_thread
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from analysis.errors import BadInput, Problem, Written
from interface.addresses import ADDRESSES, ApiAddress, Asked, Found
from interface.below import all_below
from interface.caching import Representation, cached
from interface.description import description
from interface.formats import CSV, JSON, SHORT_NAMES, as_csv, preferred
from interface.problems import refusal
from interface.queries import ListQuery, NoQuery, read_query
from models import reading

METHODS = ("GET", "HEAD", "OPTIONS")
TO_ALL = {"Access-Control-Allow-Origin": "*", "Vary": "Accept"}
EXPOSED = {"Access-Control-Expose-Headers": "ETag, Last-Modified, Link"}
PREFLIGHT = {
    "Allow": ", ".join(METHODS),
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "Accept, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
SECONDS_TO_WAIT = 10

Answering = Callable[[Request], Awaitable[Response]]


def api_routes(engine: Callable[[], Engine]) -> list[BaseRoute]:
    """The interface for machines, at /api."""
    doors = [Route(f"/v1{one.path}", OpenDoor(_answering(one, engine))) for one in ADDRESSES]
    app = Starlette(
        routes=[Route("/v1/openapi.json", OpenDoor(_describe)), *doors],
        middleware=[Middleware(GZipMiddleware, minimum_size=500)],
    )
    app.router.redirect_slashes = False
    app.router.default = OpenDoor(_no_address)
    return [Route("/api", OpenDoor(_no_address)), all_below(Mount("/api", app=app))]


class OpenDoor:
    """What stands at an address: reads for everybody, from pages of any site; changes nothing."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method == "OPTIONS":
            response = Response(status_code=204, headers=PREFLIGHT)
        elif request.method in METHODS:
            response = await self.answer(request)
            response.headers.update(EXPOSED)
        else:
            why = Problem("api_method", found=Written(request.method), known=METHODS)
            response = refusal(405, [why], {"Allow": ", ".join(METHODS)})
        response.headers.update(TO_ALL)
        await response(scope, receive, send)


async def _describe(request: Request) -> Response:
    return cached(request, Representation(_description(), JSON))


@cache
def _description() -> bytes:
    return json.dumps(description(), ensure_ascii=False).encode()


async def _no_address(request: Request) -> Response:
    return refusal(404, [Problem("api_no_address", found=Written(request.url.path))])


def _answering(address: ApiAddress, engine: Callable[[], Engine]) -> Answering:
    """What answers at the address's address."""

    def find(asked: Asked) -> Found | None:
        with reading(engine()) as session:
            return address.find(session, asked)

    async def answer(request: Request) -> Response:
        try:
            query = read_query(address.query, request.query_params)
        except BadInput as error:
            return refusal(400, error.problems)
        kind = _kind(request, address, query)
        if kind is None:
            why = Problem(
                "api_not_acceptable",
                found=Written(request.headers.get("accept", "")),
                known=_offered(address),
            )
            return refusal(406, [why])
        key = request.path_params.get("key", "")
        try:
            found = await to_thread.run_sync(find, Asked(key, query))
        except SQLAlchemyError:
            wait = {"Retry-After": str(SECONDS_TO_WAIT)}
            return refusal(503, [Problem("api_unavailable")], wait)
        if found is None:
            return refusal(404, [Problem("api_no_record", found=Written(key))])
        return _sent(request, address, kind, found)

    return answer


def _offered(address: ApiAddress) -> tuple[str, ...]:
    return (JSON, CSV) if address.row else (JSON,)


def _kind(request: Request, address: ApiAddress, query: NoQuery) -> str | None:
    """The media type to send; None where none that is offered is wanted."""
    if isinstance(query, ListQuery) and query.format:
        return SHORT_NAMES[query.format]
    return preferred(request.headers.get("accept"), _offered(address))


def _sent(request: Request, address: ApiAddress, kind: str, found: Found) -> Response:
    if kind == CSV and address.row:
        body = as_csv(address.row, found.rows)
    else:
        body = _as_json(found.content)
    response = cached(request, Representation(body, kind, found.modified, found.lasting))
    if found.following:
        response.headers["Link"] = f'<{found.following}>; rel="next"'
    if kind == CSV and response.status_code == 200:
        response.headers["Content-Disposition"] = f'attachment; filename="{address.name}.csv"'
    return response


def _as_json(content: BaseModel | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.model_dump_json().encode()
