"""How a route's answer goes out: packed for browsers that unpack, by few layers."""

from gzip import compress

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from survey.light.pages import Endpoint

SMALLEST_PACKED = 500  # bytes; what is smaller grows by it
LARGEST_AT_ONCE = 128 * 1024  # what is larger would keep everybody waiting


class Answered:
    """The application that answers by ``endpoint``, whose body is whole before it is sent.

    The errors that the endpoint raises are those of the application around it.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        answer = await self.endpoint(request)
        if len(answer.body) >= SMALLEST_PACKED:
            await _pack(request, answer)
        await answer(scope, receive, send)


async def _pack(request: Request, answer: Response) -> None:
    answer.headers.add_vary_header("Accept-Encoding")
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return
    body = bytes(answer.body)
    if len(body) >= LARGEST_AT_ONCE:
        answer.body = await to_thread.run_sync(_packed, body)
    else:
        answer.body = _packed(body)
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Content-Length"] = str(len(answer.body))


def _packed(body: bytes) -> bytes:
    return compress(body, mtime=0)
