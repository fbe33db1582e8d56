"""The one route by which files leave: it asks who signed in, with which roles, at each request."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from accounts.actors import Forbidden
from accounts.log_in import COOKIE, find_actor
from accounts.pages import asked_language
from analysis.errors import BadInput
from locales import say
from locales.refusals import sentences
from models import UNUSABLE, now
from screens.frame import told_page
from screens.looks import look_in
from screens.offers import BELOW, AnyOffer, Offer, offered

HARMLESS = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME = 120
NOT_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Denied:
    """Why there is no file: the answer's status, which words tell it, and what is wrong with it."""

    status: int
    words: str
    problem: BadInput | None = None


def offer_routes() -> list[Route]:
    """The route of all that screens offer."""
    return [Route(f"{BELOW}/{{number}}", _give, methods=["GET"])]


async def _give(request: Request) -> Response:
    offer = offered(request.path_params["number"])
    if offer is None:
        return _refusal(request, Denied(404, "gone"))
    given = await to_thread.run_sync(_given, offer, request.cookies.get(COOKIE))
    return _refusal(request, given) if isinstance(given, Denied) else _sent(offer, given)


def _given(offer: AnyOffer, cookie: str | None) -> bytes | Denied:
    try:
        with look_in() as session:
            asking = find_actor(session, cookie, now())
            if asking is None and isinstance(offer, Offer):
                return Denied(401, "first")
            return offer.content(session, asking)
    except Forbidden:
        return Denied(403, "refused")
    except BadInput as error:
        return Denied(404, "none", error)
    except UNUSABLE:
        return Denied(503, "unreachable")


def _sent(offer: AnyOffer, content: bytes) -> Response:
    kind = "inline" if offer.shown else "attachment"
    headers = NOT_KEPT | {"Content-Disposition": f"{kind}; {disposition(offer.file_name)}"}
    return Response(content, media_type=offer.media_type, headers=headers)


def disposition(file_name: str) -> str:
    """How a file's name is told to every browser, whatever is in it.

    >>> disposition('laporan "akhir".pdf')
    'filename="laporan-akhir-.pdf"; filename*=UTF-8\\'\\'laporan%20%22akhir%22.pdf'
    """
    whole = file_name.replace("/", "-").replace("\\", "-")[-LONGEST_NAME:]
    plain = HARMLESS.sub("-", whole).lstrip(".-") or "berkas"
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='')}"


def _refusal(request: Request, denied: Denied) -> Response:
    language = asked_language(request)
    title, why, back = (say(language, f"taking.{denied.words}{end}") for end in ("", "_why", "_to"))
    if denied.problem:
        why = " ".join(sentences(language, denied.problem))
    to = f"/masuk?lang={language}" if denied.status == 401 else "/"
    page = told_page(language, title, escape(why), (to, back))
    return HTMLResponse(page, denied.status, headers=NOT_KEPT)
