"""The page /mulai, open while nobody administers to who has the code of the console."""

from collections.abc import Mapping

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from accounts.doorway import Doorway
from accounts.first_day import Administered, FirstDay, make_first_administrator, needs_administrator
from accounts.log_in import COOKIE
from accounts.pages import SLOWED, asked_language, refusal_page, rendered, typed_into
from accounts.passwords import hash_password, require_strong
from accounts.rules import log_in_rules
from analysis.errors import BadInput, bad
from locales import Language, say
from locales.refusals import sentences
from models import now


class FirstDayPage:
    """The page /mulai."""

    def __init__(self, doorway: Doorway, first_day: FirstDay) -> None:
        self._doorway = doorway
        self._first_day = first_day

    async def form(self, request: Request) -> Response:
        """The empty form."""
        if not await self._is_open():
            return await self._doorway.enter(request.cookies.get(COOKIE))
        return _page(asked_language(request), {})

    async def make(self, request: Request) -> Response:
        """Makes the first administrator, who sets up the second factor next."""
        language, typed = asked_language(request), await typed_into(request)
        if not await self._is_open():
            return await self._doorway.enter(request.cookies.get(COOKIE))
        address = self._doorway.door(request).address
        try:
            if not self._first_day.fits(typed.get("code", ""), address, now()):
                return _page(language, typed, 401, say(language, "log_in.first_wrong"))
            _require_password(typed)
            cookie = await self._doorway.queue.check(address, lambda: self._make(typed))
        except SLOWED as refusal:
            return refusal_page(
                language, refusal, lambda status, error: _page(language, typed, status, error)
            )
        except BadInput as refusal:
            return _page(language, typed, 422, " ".join(sentences(language, refusal)))
        except Administered:
            return await self._doorway.enter(None)
        return await self._doorway.welcome(request, cookie)

    async def _is_open(self) -> bool:
        return await to_thread.run_sync(needs_administrator, self._doorway.engine())

    def _make(self, typed: Mapping[str, str]) -> str:
        password_hash = hash_password(typed["password"])
        username, name = typed.get("username", ""), typed.get("name", "")
        return make_first_administrator(
            self._doorway.engine(), username, name, password_hash, now()
        )


def _require_password(typed: Mapping[str, str]) -> None:
    password = typed.get("password", "")
    if password != typed.get("again"):
        raise bad("password_repeated_otherwise")
    require_strong(password, typed.get("username", ""), typed.get("name", ""))


def _page(
    language: Language, typed: Mapping[str, str], status: int = 200, error: str = ""
) -> HTMLResponse:
    shown = {key: typed.get(key, "") for key in ("code", "name", "username")}
    rules = log_in_rules().passwords
    return rendered("first_day.html", language, status, typed=shown, error=error, rules=rules)
