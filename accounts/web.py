"""The pages to log in and out, to change one's password, and to make the first administrator.

Plain HTML, no scripts, so that the cookie stays out of reach.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from jinja2 import Environment, FileSystemLoader
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from accounts.actors import Actor
from accounts.first_day import Administered, FirstDay, make_first_administrator, needs_administrator
from accounts.forwarded import came_by_tls
from accounts.log_in import (
    COOKIE,
    LASTS,
    PasswordChange,
    TooManyTries,
    change_password,
    find_actor,
    find_candidate,
    log_in,
    log_out,
)
from accounts.passwords import SHORTEST, fits, hash_password
from analysis.errors import BadInput
from locales import LANGUAGES, Language, say
from locales.refusals import sentences
from models import User, now, reading, writing

LARGEST_FORM = 10_000
# Each check takes 64 MB for a moment; a flood of wrong passwords must not fill the memory.
CHECKS_AT_ONCE = 2

_Answer = Callable[[Request], Awaitable[Response]]

logger = logging.getLogger(__name__)

_templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


def log_in_routes(
    engine: Callable[[], Engine], first_page: Callable[[Actor], str], first_day: FirstDay
) -> list[Route]:
    """The routes /masuk, /keluar, /sandi and /mulai.

    ``first_page``: the path to go to after log-in; ``first_day``: the code of /mulai.
    """
    doors, beginning = _Doors(engine, first_page), _Beginning(engine, first_page, first_day)
    answers: list[tuple[str, str, _Answer]] = [
        ("/masuk", "GET", doors.form),
        ("/masuk", "POST", doors.log_in),
        ("/keluar", "POST", doors.log_out),
        ("/sandi", "GET", doors.password_form),
        ("/sandi", "POST", doors.change_password),
        ("/mulai", "GET", beginning.form),
        ("/mulai", "POST", beginning.make),
    ]
    return [Route(path, _told(answer), methods=[method]) for path, method, answer in answers]


def _told(answer: _Answer) -> _Answer:
    """Answers the same, and says so where the database is locked, full or gone."""

    async def told(request: Request) -> Response:
        try:
            return await answer(request)
        except SQLAlchemyError as error:
            logger.error("the database failed: %s", type(error).__name__)
            language = asked_language(request)
            return _page(language, 503, error=say(language, "log_in.unreachable"))

    return told


def asked_language(request: Request) -> Language:
    """The language of ?lang=, or of the page seen before; Indonesian at first."""
    for asked in (request.query_params.get("lang"), request.cookies.get("lang")):
        for language in LANGUAGES:
            if asked == language:
                return language
    return "id"


class _Doors:
    def __init__(self, engine: Callable[[], Engine], first_page: Callable[[Actor], str]) -> None:
        self.engine = engine
        self.first_page = first_page
        self.limiter: CapacityLimiter | None = None

    async def form(self, request: Request) -> Response:
        actor = await to_thread.run_sync(self._actor, request.cookies.get(COOKIE))
        return self._enter(actor) if actor else _page(asked_language(request))

    async def log_in(self, request: Request) -> Response:
        language = asked_language(request)
        typed = await _typed(request)
        if typed is None:
            return _page(language, 413, error=say(language, "log_in.too_large"))
        username, password = typed.get("username", ""), typed.get("password", "")
        self.limiter = self.limiter or CapacityLimiter(CHECKS_AT_ONCE)
        try:
            cookie = await to_thread.run_sync(self._try, username, password, limiter=self.limiter)
        except TooManyTries as refusal:
            minutes = -(-refusal.seconds // 60)
            error = say(language, "log_in.too_many_tries", minutes=minutes)
            page = _page(language, 429, username, error)
            page.headers["Retry-After"] = str(refusal.seconds)
            return page
        if cookie is None:
            return _page(language, 401, username, say(language, "log_in.wrong"))
        return await self._welcome(request, cookie)

    async def password_form(self, request: Request) -> Response:
        username = await to_thread.run_sync(self._username, request.cookies.get(COOKIE))
        return _password_page(asked_language(request), username) if username else self._enter(None)

    async def change_password(self, request: Request) -> Response:
        language, cookie = asked_language(request), request.cookies.get(COOKIE)
        username = await to_thread.run_sync(self._username, cookie)
        if cookie is None or username is None:
            return self._enter(None)
        typed = await _typed(request) or {}
        present, new = typed.get("password", ""), typed.get("new", "")
        if len(new) < SHORTEST or new == present:
            error = say(language, "log_in.too_short", shortest=SHORTEST)
            return _password_page(language, username, 422, error)
        if new != typed.get("again"):
            return _password_page(language, username, 422, say(language, "log_in.not_the_same"))
        self.limiter = self.limiter or CapacityLimiter(CHECKS_AT_ONCE)
        change = partial(self._change, username, present, new, cookie)
        try:
            changed = await to_thread.run_sync(change, limiter=self.limiter)
        except TooManyTries as refusal:
            minutes = -(-refusal.seconds // 60)
            error = say(language, "log_in.too_many_tries", minutes=minutes)
            return _password_page(language, username, 429, error)
        if not changed:
            error = say(language, "log_in.wrong_present")
            return _password_page(language, username, 401, error)
        return _password_page(language, username, done=True)

    async def log_out(self, request: Request) -> Response:
        await to_thread.run_sync(self._end, request.cookies.get(COOKIE))
        answer = RedirectResponse("/", status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    async def _welcome(self, request: Request, cookie: str) -> Response:
        """The first page of whom the cookie is, which the browser keeps."""
        answer = self._enter(await to_thread.run_sync(self._actor, cookie))
        answer.set_cookie(
            COOKIE,
            cookie,
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=came_by_tls(request.scope),
        )
        return answer

    def _enter(self, actor: Actor | None) -> Response:
        return RedirectResponse(self.first_page(actor) if actor else "/masuk", status_code=303)

    def _actor(self, cookie: str | None) -> Actor | None:
        with reading(self.engine()) as session:
            return find_actor(session, cookie, now())

    def _try(self, username: str, password: str) -> str | None:
        with reading(self.engine()) as session:
            candidate = find_candidate(session, username, now())
        right = fits(password, candidate.password_hash)
        with writing(self.engine()) as session:
            return log_in(session, candidate, right, now())

    def _username(self, cookie: str | None) -> str | None:
        with reading(self.engine()) as session:
            actor = find_actor(session, cookie, now())
            return session.get_one(User, actor.user_id).username if actor else None

    def _change(self, username: str, present: str, new: str, cookie: str) -> bool:
        with reading(self.engine()) as session:
            candidate = find_candidate(session, username, now())
        right, password_hash = fits(present, candidate.password_hash), hash_password(new)
        with writing(self.engine()) as session:
            return change_password(
                session, PasswordChange(candidate, right, password_hash, cookie), now()
            )

    def _end(self, cookie: str | None) -> None:
        with writing(self.engine()) as session:
            log_out(session, cookie, now())


class _Beginning(_Doors):
    """The page /mulai, open while nobody administers to who has the code of the console."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        first_page: Callable[[Actor], str],
        first_day: FirstDay,
    ) -> None:
        super().__init__(engine, first_page)
        self.first_day = first_day

    async def form(self, request: Request) -> Response:
        if not await to_thread.run_sync(needs_administrator, self.engine()):
            return self._enter(None)
        return _first_page(asked_language(request), {})

    async def make(self, request: Request) -> Response:
        language, typed = asked_language(request), await _typed(request)
        if typed is None:
            return _page(language, 413, error=say(language, "log_in.too_large"))
        if not await to_thread.run_sync(needs_administrator, self.engine()):
            return self._enter(None)
        if error := self._error(language, typed):
            status, told = error
            return _first_page(language, typed, status, told)
        self.limiter = self.limiter or CapacityLimiter(CHECKS_AT_ONCE)
        try:
            cookie = await to_thread.run_sync(self._make, typed, limiter=self.limiter)
        except BadInput as refusal:
            return _first_page(language, typed, 422, " ".join(sentences(language, refusal)))
        except Administered:
            return self._enter(None)
        return await self._welcome(request, cookie)

    def _error(self, language: Language, typed: Mapping[str, str]) -> tuple[int, str] | None:
        """Status and sentence for what keeps the form from being used."""
        password = typed.get("password", "")
        try:
            if not self.first_day.fits(typed.get("code", ""), now()):
                return 401, say(language, "log_in.first_wrong")
        except TooManyTries as refusal:
            minutes = -(-refusal.seconds // 60)
            return 429, say(language, "log_in.too_many_tries", minutes=minutes)
        if len(password) < SHORTEST:
            return 422, say(language, "log_in.first_too_short", shortest=SHORTEST)
        if password != typed.get("again"):
            return 422, say(language, "log_in.not_the_same")
        return None

    def _make(self, typed: Mapping[str, str]) -> str:
        password_hash = hash_password(typed["password"])
        username, name = typed.get("username", ""), typed.get("name", "")
        return make_first_administrator(self.engine(), username, name, password_hash, now())


async def _typed(request: Request) -> dict[str, str] | None:
    """The fields of a posted form; None where it is too large to be one, or broken off."""
    body = b""
    with suppress(ClientDisconnect):
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_FORM:
                return None
    fields = parse_qs(body.decode(errors="replace"), errors="replace")
    return {name: values[0] for name, values in fields.items()}


def _page(
    language: Language, status: int = 200, username: str = "", error: str = ""
) -> HTMLResponse:
    return _rendered("log_in.html", language, status, username=username[:60], error=error)


def _password_page(
    language: Language, username: str, status: int = 200, error: str = "", done: bool = False
) -> HTMLResponse:
    told = {"username": username, "error": error, "done": done, "shortest": SHORTEST}
    return _rendered("password.html", language, status, **told)


def _first_page(
    language: Language, typed: Mapping[str, str], status: int = 200, error: str = ""
) -> HTMLResponse:
    shown = {key: typed.get(key, "") for key in ("code", "name", "username")}
    told = {"typed": shown, "error": error, "shortest": SHORTEST}
    return _rendered("first_day.html", language, status, **told)


def _rendered(name: str, language: Language, status: int, **told: object) -> HTMLResponse:
    text = _templates.get_template(name).render(
        language=language,
        languages=LANGUAGES,
        say=lambda name, **values: say(language, f"log_in.{name}", **values),
        **told,
    )
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})
