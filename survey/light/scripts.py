"""The light door's scripts: small, kept by browsers until they change."""

import hashlib
import re
from pathlib import Path

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "scripts"
# What is served, and of which files: together they take fewer bytes and journeys.
PARTS = {
    "page": ("form", "steps"),
    "kept": ("mending", "queue", "seal", "waiting", "offline", "listen"),
    "worker": ("queue", "worker"),
    "kiosk": ("kiosk",),
    "later": ("later",),
    "left": ("queue", "left"),
}
LASTING, CHECKED = "public, max-age=31536000, immutable", "no-cache"
# Indents and lines of comment, which are for those who read the files.
FOR_READERS = re.compile(r"^\s*(//.*\n)?", re.MULTILINE)


def _served(parts: tuple[str, ...]) -> str:
    texts = [(FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in parts]
    return FOR_READERS.sub("", "".join(texts))


_SCRIPTS = {f"{name}.js": _served(parts) for name, parts in PARTS.items()}
# One for all of them: they work together.
VERSION = hashlib.sha256("".join(_SCRIPTS.values()).encode()).hexdigest()[:8]


def script_address(name: str) -> str:
    """Where a script is, as it is now."""
    return f"/light/{name}.js?{VERSION}"


def script_route() -> Route:
    """The route of the scripts."""
    compressed = [Middleware(GZipMiddleware, minimum_size=500)]
    return Route("/light/{name}", _script, methods=["GET"], middleware=compressed)


async def _script(request: Request) -> Response:
    content = _SCRIPTS.get(request.path_params["name"])
    if content is None:
        return PlainTextResponse("", 404)
    headers = {
        "ETag": f'"{VERSION}"',
        "Cache-Control": LASTING if request.url.query == VERSION else CHECKED,
        # The worker lies outside of what it serves.
        "Service-Worker-Allowed": "/s/",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="text/javascript")
