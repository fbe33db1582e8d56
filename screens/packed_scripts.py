"""Streamlit's scripts and styles as browsers fetch them: packed once, and kept so."""

import gzip
import re
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

PACKED = re.compile(r"/(static/(?:js|css)/[\w-][\w.-]*\.(?:js|css))", re.ASCII)
HEADERS = {
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
    # The names hold a hash of what stands in the files.
    "Cache-Control": "public, immutable, max-age=31536000",
}


class PackedScripts:
    """Middleware: scripts and styles packed, for whoever can read that.

    Streamlit leaves them as they are, since it would pack them anew at each request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = _asked(scope)
        await (await _packed_answer(file) if file else self.app)(scope, receive, send)


def _asked(scope: Scope) -> Path | None:
    """The file that is to go out packed, if any."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    headers, named = Headers(scope=scope), PACKED.fullmatch(scope["path"])
    if named is None or "range" in headers or "gzip" not in headers.get("accept-encoding", ""):
        return None
    file = Path(get_static_dir()) / named[1]
    return file if file.is_file() else None


async def _packed_answer(file: Path) -> Response:
    content, (kind, _) = await to_thread.run_sync(_packed, file), guess_type(file.name)
    return Response(content, headers=HEADERS, media_type=kind)


@cache
def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)
