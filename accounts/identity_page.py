"""The page /identitas: one links an identity of the provider to one's account, or lets go of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from accounts.actors import actor_of
from accounts.carried import Identity, read_identity
from accounts.devices import Door
from accounts.doorway import Doorway
from accounts.identities import LinkOutcome, link_identity, link_of, unlink_identity
from accounts.log_in import COOKIE, HeldLogIn, find_candidate
from accounts.pages import (
    SLOWED,
    asked_language,
    asked_news,
    news_text,
    refusal_page,
    rendered,
    typed_into,
)
from accounts.passwords import fits
from accounts.provider_settings import ProviderSettings
from locales import Language, say, show_date
from models import now, reading, writing

OWN_PAGE = "/identitas"
PROVEN = "terbukti"


@dataclass(frozen=True)
class OwnIdentity:
    """Whose account; ``since``: the day from which an identity is linked; ``proven``: a new one."""

    entry: HeldLogIn
    cookie: str
    language: Language
    since: str
    proven: Identity | None

    def page(self, status: int = 200, error: str = "", done: str = "") -> HTMLResponse:
        """What is linked, or how to link it; ``done``: what has been done just now."""
        answer = rendered(
            "identity.html",
            self.language,
            status,
            username=self.entry.user.username,
            since=self.since,
            shown=self.proven.shown if self.proven and not self.since else "",
            error=error,
            done=done,
        )
        if self.since or done:
            answer.delete_cookie(PROVEN, OWN_PAGE, httponly=True, samesite="lax")
        return answer


class IdentityPage:
    """The page /identitas."""

    def __init__(self, doorway: Doorway, provider: ProviderSettings) -> None:
        self._doorway, self._provider = doorway, provider

    async def form(self, request: Request) -> Response:
        """What is linked, what waits to be confirmed, or how to begin."""
        own = await self._own(request)
        if own is None:
            return await self._elsewhere(request)
        news, status = asked_news(request)
        return own.page(status, news_text(own.language, news) if news else "")

    async def change(self, request: Request) -> Response:
        """Links what was proven, or lets go of what is linked: both against the password."""
        own = await self._own(request)
        if own is None:
            return await self._elsewhere(request)
        typed, door = await typed_into(request), self._doorway.door(request)
        linking = typed.get("do") == "link"
        if linking and own.proven is None:
            return own.page(409, news_text(own.language, "begin_again"))
        try:
            outcome = await self._doorway.queue.check(
                door.address, lambda: self._change(own, door, typed)
            )
        except SLOWED as refusal:
            return refusal_page(own.language, refusal, own.page)
        if outcome != "done":
            status = 401 if outcome == "wrong_present" else 409
            return own.page(status, say(own.language, f"log_in.{outcome}"))
        now_own = await self._own(request)
        done = "identity_linked" if linking else "identity_unlinked"
        return now_own.page(done=done) if now_own else await self._elsewhere(request)

    async def _elsewhere(self, request: Request) -> Response:
        return await self._doorway.enter(request.cookies.get(COOKIE))

    async def _own(self, request: Request) -> OwnIdentity | None:
        entry = await self._doorway.entry(request)
        if entry is None or entry.missing is not None:
            return None
        return await to_thread.run_sync(self._told, request, entry)

    def _told(self, request: Request, entry: HeldLogIn) -> OwnIdentity:
        language, cookie = asked_language(request), request.cookies.get(COOKIE, "")
        proven = read_identity(
            self._doorway.secret(), request.cookies.get(PROVEN, ""), cookie, now()
        )
        with reading(self._doorway.engine()) as session:
            link = link_of(session, entry.user.id, self._provider.issuer)
            since = ""
            if link:
                day = actor_of(session, entry.user).day_of(link.created_at)
                since = show_date(language, day)
        return OwnIdentity(entry, cookie, language, since, proven)

    def _change(self, own: OwnIdentity, door: Door, typed: Mapping[str, str]) -> LinkOutcome:
        with reading(self._doorway.engine()) as session:
            candidate = find_candidate(session, door, own.entry.user.username, now())
        right = fits(typed.get("password", ""), candidate.password_hash)
        with writing(self._doorway.engine()) as session:
            if typed.get("do") == "link" and own.proven:
                return link_identity(session, candidate, right, own.proven, now())
            return unlink_identity(session, candidate, right, own.cookie, now())
