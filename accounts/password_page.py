"""The page /sandi: one changes the own password, and learns who has set it."""

from collections.abc import Mapping
from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from accounts.account_history import AccountTeller
from accounts.devices import Door
from accounts.doorway import Doorway
from accounts.log_in import COOKIE, HeldLogIn, PasswordChange, change_password, find_candidate
from accounts.pages import SLOWED, asked_language, refusal_page, rendered, typed_into
from accounts.passwords import fits, hash_password, require_strong
from accounts.rules import log_in_rules
from analysis.errors import BadInput, bad
from locales import Language, say
from locales.refusals import sentences
from models import User, now, reading, writing


@dataclass(frozen=True)
class OwnPassword:
    """Whose password, for which browser, and what is told of it."""

    entry: HeldLogIn
    cookie: str
    language: Language
    told: str
    history: list[str]

    @property
    def forced(self) -> bool:
        """Whether nothing else opens before it is changed."""
        return self.entry.missing == "password"

    def page(self, status: int = 200, error: str = "", done: bool = False) -> HTMLResponse:
        """The form."""
        return rendered(
            "password.html",
            self.language,
            status,
            username=self.entry.user.username,
            error=error,
            done=done,
            told=self.told,
            forced=self.forced,
            history=self.history,
            rules=log_in_rules().passwords,
        )


class PasswordPage:
    """The page /sandi."""

    def __init__(self, doorway: Doorway) -> None:
        self._doorway = doorway

    async def form(self, request: Request) -> Response:
        """The empty form."""
        own = await self._own(request)
        return own.page() if own else await self._elsewhere(request)

    async def change(self, request: Request) -> Response:
        """Checks the present password, and what makes a new one, in their turn."""
        own = await self._own(request)
        if own is None:
            return await self._elsewhere(request)
        typed, door = await typed_into(request), self._doorway.door(request)
        try:
            _require_new(typed, own.entry.user)
            changed = await self._doorway.queue.check(
                door.address, lambda: self._change(own, door, typed)
            )
        except BadInput as refusal:
            return own.page(422, " ".join(sentences(own.language, refusal)))
        except SLOWED as refusal:
            return refusal_page(own.language, refusal, own.page)
        if not changed:
            return own.page(401, say(own.language, "log_in.wrong_present"))
        answer = await self._doorway.welcome(request, own.cookie)
        return answer if own.forced else await self._done(request, answer)

    async def _done(self, request: Request, answer: Response) -> Response:
        """Says so on the form; with the cookies of the answer that leads to work."""
        own = await self._own(request)
        if own is None:
            return answer
        page = own.page(done=True)
        page.raw_headers += [one for one in answer.raw_headers if one[0] == b"set-cookie"]
        return page

    async def _elsewhere(self, request: Request) -> Response:
        return await self._doorway.enter(request.cookies.get(COOKIE))

    async def _own(self, request: Request) -> OwnPassword | None:
        entry, cookie = await self._doorway.entry(request), request.cookies.get(COOKIE, "")
        if entry is None or entry.missing == "code":
            return None
        return await to_thread.run_sync(self._told, entry, cookie, asked_language(request))

    def _told(self, entry: HeldLogIn, cookie: str, language: Language) -> OwnPassword:
        with reading(self._doorway.engine()) as session:
            tell = AccountTeller(session, entry.user, language)
            return OwnPassword(entry, cookie, language, tell.of_password(), tell.history())

    def _change(self, own: OwnPassword, door: Door, typed: Mapping[str, str]) -> bool:
        with reading(self._doorway.engine()) as session:
            candidate = find_candidate(session, door, own.entry.user.username, now())
        right = fits(typed.get("password", ""), candidate.password_hash)
        new = hash_password(typed["new"])
        with writing(self._doorway.engine()) as session:
            return change_password(
                session, PasswordChange(candidate, right, new, own.cookie), now()
            )


def _require_new(typed: Mapping[str, str], user: User) -> None:
    """Raises BadInput for a new password that is the old one, another than repeated, or weak."""
    new = typed.get("new", "")
    if new == typed.get("password", ""):
        raise bad("password_same")
    if new != typed.get("again"):
        raise bad("password_repeated_otherwise")
    require_strong(new, user.username, user.name)
