"""The way in by the provider of identities: there, and back.

What comes back holds a code, so nothing is shown there but that the database failed: all other
answers lead on to another address.
"""

import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from accounts.carried import Begun, Identity, begin, carry_identity, read_begun
from accounts.check_queue import CheckQueue, QueueFull
from accounts.doorway import Doorway
from accounts.failures import TooManyTries, note_failure, refuse_after_failures
from accounts.forwarded import came_by_tls
from accounts.hosts import WRONG_PLACE, is_own, own_names
from accounts.identities import log_in_by_identity, tried_by
from accounts.identity_page import OWN_PAGE, PROVEN
from accounts.log_in import COOKIE
from accounts.pages import asked_language
from accounts.provider import IdentityRefused, Provider, ProviderUnreachable
from accounts.rules import log_in_rules
from locales import Language
from models import now, reading, writing

LEAVE, BACK, DOOR = "/masuk/instansi", "/masuk/kembali", "/masuk"
BEGUN = "menuju"
# What keeps somebody out, and the news that the next page tells of it.
FAULTS: Mapping[type[Exception], str] = {
    ProviderUnreachable: "unreachable",
    IdentityRefused: "refused",
    TooManyTries: "too_many",
    QueueFull: "queue_full",
}


class ProviderPages:
    """The addresses /masuk/instansi and /masuk/kembali."""

    def __init__(self, doorway: Doorway, provider: Provider) -> None:
        self._doorway, self._provider = doorway, provider
        # A line of its own: a provider that hangs keeps no password waiting.
        self._queue = CheckQueue(log_in_rules().provider.asked)

    async def leave(self, request: Request) -> Response:
        """Off to the provider, with what will be known again on the way back."""
        language, back = asked_language(request), _own_address(request)
        if back is None:
            return PlainTextResponse("Ditolak. Refused (ALLOWED_HOSTS).\n", WRONG_PLACE)
        begun = begin(self._doorway.secret(), language, now())
        try:
            address = await self._queue.check(
                self._doorway.door(request).address,
                lambda: self._provider.address(begun, back, now()),
            )
        except tuple(FAULTS) as fault:
            return await self._told(request, language, FAULTS[type(fault)])
        answer = _on_to(address)
        _give(request, answer, BEGUN, begun.cookie, DOOR)
        return answer

    async def come_back(self, request: Request) -> Response:
        """In, on to the link where somebody is signed in, or to what keeps them out."""
        begun = read_begun(self._doorway.secret(), request.cookies.get(BEGUN, ""), now())
        if begun is None or not _same(request.query_params.get("state", ""), begun.state):
            return await self._told(request, asked_language(request), "begin_again")
        try:
            answer = await self._back_with_code(request, begun)
        except tuple(FAULTS) as fault:
            answer = await self._told(request, begun.language, FAULTS[type(fault)])
        answer.headers["Cache-Control"] = "no-store"
        answer.delete_cookie(BEGUN, DOOR, httponly=True, samesite="lax")
        return answer

    async def _back_with_code(self, request: Request, begun: Begun) -> Response:
        code, back = request.query_params.get("code", ""), _own_address(request)
        if not code or back is None:
            return await self._told(request, begun.language, "not_given")
        identity = await self._queue.check(
            self._doorway.door(request).address,
            lambda: self._identify(request, begun, code, back),
        )
        if await self._is_signed_in(request):
            carried = carry_identity(
                self._doorway.secret(), identity, request.cookies.get(COOKIE, ""), now()
            )
            answer: Response = _on_to(OWN_PAGE, lang=begun.language)
            _give(request, answer, PROVEN, carried, OWN_PAGE)
            return answer
        cookie = await to_thread.run_sync(self._log_in, request, identity)
        if cookie is None:
            return await self._told(request, begun.language, "not_linked")
        return await self._doorway.welcome(request, cookie)

    def _identify(self, request: Request, begun: Begun, code: str, back: str) -> Identity:
        """Raises ProviderUnreachable, IdentityRefused, which is counted, and TooManyTries."""
        tried = tried_by(self._doorway.door(request), None)
        with reading(self._doorway.engine()) as session:
            refuse_after_failures(session, tried, now())
        try:
            return self._provider.identify(code, begun, back, now())
        except IdentityRefused:
            with writing(self._doorway.engine()) as session:
                note_failure(session, tried, now())
            raise

    def _log_in(self, request: Request, identity: Identity) -> str | None:
        with writing(self._doorway.engine()) as session:
            return log_in_by_identity(session, self._doorway.door(request), identity, now())

    async def _is_signed_in(self, request: Request) -> bool:
        entry = await self._doorway.entry(request)
        return entry is not None and entry.missing is None

    async def _told(self, request: Request, language: Language, news: str) -> Response:
        page = OWN_PAGE if await self._is_signed_in(request) else DOOR
        return _on_to(page, lang=language, kabar=news)


def _on_to(address: str, **query: str) -> RedirectResponse:
    """On to another address; no cache keeps where to."""
    told = f"{address}?{urlencode(query)}" if query else address
    return RedirectResponse(told, status_code=303, headers={"Cache-Control": "no-store"})


def _give(request: Request, answer: Response, name: str, value: str, path: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=int(log_in_rules().provider.lasts.total_seconds()),
        path=path,
        httponly=True,
        samesite="lax",
        secure=came_by_tls(request.scope),
    )


def _own_address(request: Request) -> str | None:
    """Where to the provider sends people back; None under a name that is none of ours."""
    host = request.headers.get("host", "")
    if not host or not is_own(host, own_names()):
        return None
    scheme = "https" if came_by_tls(request.scope) else "http"
    return f"{scheme}://{host}{BACK}"


def _same(told: str, expected: str) -> bool:
    return hmac.compare_digest(told.encode(errors="replace"), expected.encode())
