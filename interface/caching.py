"""What keeps a page from being sent twice: ETag, Last-Modified, and the answer 304."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

SHORT, LASTING = "public, max-age=300", "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Representation:
    """What is sent: its bytes and type, when they last changed, whether they never will."""

    body: bytes
    media_type: str
    modified: datetime | None = None
    lasting: bool = False


def cached(request: Request, sent: Representation) -> Response:
    """The answer with what caches need; 304 without a body where the asker has it already."""
    # Weak: on the way it may be compressed.
    tag = f'W/"{sha256(sent.body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": LASTING if sent.lasting else SHORT}
    if sent.modified:
        whole = sent.modified.astimezone(UTC).replace(microsecond=0)
        headers["Last-Modified"] = format_datetime(whole, usegmt=True)
    if _has_it(request.headers, tag, sent.modified):
        return Response(status_code=304, headers=headers)
    return Response(sent.body, headers=headers, media_type=sent.media_type)


def _has_it(asked: Headers, tag: str, modified: datetime | None) -> bool:
    """By If-None-Match; by If-Modified-Since where that is not sent (RFC 9110, 13.1.3)."""
    if (known := asked.get("if-none-match")) is not None:
        tags = [one.strip().removeprefix("W/") for one in known.split(",")]
        return "*" in tags or tag.removeprefix("W/") in tags
    since = _date(asked.get("if-modified-since"))
    return since is not None and modified is not None and modified.replace(microsecond=0) <= since


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
