"""The pages to log in and out; where the pages of the door stand.

Plain HTML, no scripts, so that the cookie stays out of reach.
"""

from collections.abc import Callable

from anyio import to_thread
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from accounts.actors import Actor
from accounts.devices import Door
from accounts.doorway import Doorway
from accounts.factor_pages import FactorPages
from accounts.first_day import FirstDay
from accounts.first_day_page import FirstDayPage
from accounts.log_in import COOKIE, find_candidate, log_in, log_out
from accounts.pages import (
    SLOWED,
    PageAnswer,
    asked_language,
    asked_news,
    log_in_page,
    news_text,
    refusal_page,
    told,
    typed_into,
)
from accounts.password_page import PasswordPage
from accounts.passwords import fits
from accounts.provider_settings import provider_settings
from locales import say
from models import now, reading, writing


def log_in_routes(
    engine: Callable[[], Engine],
    secret: Callable[[], bytes],
    first_page: Callable[[Actor], str],
    first_day: FirstDay,
) -> list[Route]:
    """The routes /masuk, /keluar, /kode, /sandi, /faktor and /mulai, and those by a provider.

    ``secret``: the instance's; ``first_page``: the path to go to after log-in; ``first_day``: the
    code of /mulai.
    """
    doorway = Doorway(engine, secret, first_page)
    doors, password, factor = LogInPage(doorway), PasswordPage(doorway), FactorPages(doorway)
    beginning = FirstDayPage(doorway, first_day)
    answers: list[tuple[str, str, PageAnswer]] = [
        ("/masuk", "GET", doors.form),
        ("/masuk", "POST", doors.log_in),
        ("/keluar", "POST", doors.log_out),
        ("/kode", "GET", factor.code_form),
        ("/kode", "POST", factor.give_code),
        ("/sandi", "GET", password.form),
        ("/sandi", "POST", password.change),
        ("/faktor", "GET", factor.form),
        ("/faktor", "POST", factor.change),
        ("/mulai", "GET", beginning.form),
        ("/mulai", "POST", beginning.make),
        *by_provider(doorway),
    ]
    return [Route(path, told(answer), methods=[method]) for path, method, answer in answers]


def by_provider(doorway: Doorway) -> list[tuple[str, str, PageAnswer]]:
    """What answers where an instance has a provider of identities; nothing where it has none.

    Raises UnfitProvider.
    """
    settings = provider_settings()
    if settings is None:
        return []
    from accounts.identity_page import OWN_PAGE, IdentityPage
    from accounts.provider import Provider  # takes memory, which most instances have no need of
    from accounts.provider_pages import BACK, LEAVE, ProviderPages

    way, own = ProviderPages(doorway, Provider(settings)), IdentityPage(doorway, settings)
    return [
        (LEAVE, "GET", way.leave),
        (BACK, "GET", way.come_back),
        (OWN_PAGE, "GET", own.form),
        (OWN_PAGE, "POST", own.change),
    ]


class LogInPage:
    """The page /masuk, and the way out."""

    def __init__(self, doorway: Doorway) -> None:
        self._doorway = doorway

    async def form(self, request: Request) -> Response:
        """The empty form; on to work for who is signed in."""
        if await self._doorway.entry(request):
            return await self._doorway.enter(request.cookies.get(COOKIE))
        language, (news, status) = asked_language(request), asked_news(request)
        return log_in_page(language, status, error=news_text(language, news) if news else "")

    async def log_in(self, request: Request) -> Response:
        """Checks name and password in their turn."""
        language, typed = asked_language(request), await typed_into(request)
        username, password = typed.get("username", ""), typed.get("password", "")
        door = self._doorway.door(request)
        try:
            cookie = await self._doorway.queue.check(
                door.address, lambda: self._try(door, username, password)
            )
        except SLOWED as refusal:
            return refusal_page(
                language,
                refusal,
                lambda status, error: log_in_page(language, status, username, error),
            )
        if cookie is None:
            return log_in_page(language, 401, username, say(language, "log_in.wrong"))
        return await self._doorway.welcome(request, cookie)

    async def log_out(self, request: Request) -> Response:
        """Ends the log-in, in every tab."""
        await to_thread.run_sync(self._end, request.cookies.get(COOKIE))
        answer = RedirectResponse("/", status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    def _try(self, door: Door, username: str, password: str) -> str | None:
        with reading(self._doorway.engine()) as session:
            candidate = find_candidate(session, door, username, now())
        right = fits(password, candidate.password_hash)
        with writing(self._doorway.engine()) as session:
            return log_in(session, candidate, right, now())

    def _end(self, cookie: str | None) -> None:
        with writing(self._doorway.engine()) as session:
            log_out(session, cookie, now())
