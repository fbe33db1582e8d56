"""The pages of the second factor: its code at the door, and how one sets it up or lets go of it."""

from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from accounts.account_history import AccountTeller
from accounts.credentials import SECOND_FACTOR, note_change
from accounts.doorway import Doorway
from accounts.keyed import keyed
from accounts.log_in import COOKIE, HeldLogIn, give_code, note, renew, renewed_just_now
from accounts.pages import SLOWED, asked_language, refusal_page, rendered, typed_into
from accounts.second_factor import (
    NewFactor,
    ProvenKey,
    codes_left,
    enrol,
    fits_key,
    has_factor,
    needs_factor,
    new_factor,
    remove_factor,
)
from locales import Language, say
from models import now, one_at_a_time, reading, writing


@dataclass(frozen=True)
class OwnFactor:
    """Whose second factor; ``new``: what a telephone is to read in, None where there is one."""

    entry: HeldLogIn
    language: Language
    needed: bool
    told: str
    left: int
    new: NewFactor | None

    def page(self, status: int = 200, error: str = "", codes: tuple[str, ...] = ()) -> HTMLResponse:
        """The form to set it up, or to let go of it; ``codes``: recovery codes, shown once."""
        return rendered(
            "second_factor.html",
            self.language,
            status,
            error=error,
            told=self.told,
            needed=self.needed,
            forced=self.entry.missing == "second_factor",
            left=self.left,
            codes=codes,
            key=_in_fours(self.new.key) if self.new else "",
            picture=_picture(self.new.address) if self.new else "",
        )


class FactorPages:
    """The pages /kode and /faktor."""

    def __init__(self, doorway: Doorway) -> None:
        self._doorway = doorway

    async def code_form(self, request: Request) -> Response:
        """Where the code is asked after the password."""
        entry = await self._doorway.entry(request)
        if entry is None or entry.missing != "code":
            return await self._elsewhere(request)
        return _code_page(asked_language(request))

    async def give_code(self, request: Request) -> Response:
        """Takes the code."""
        entry, language = await self._doorway.entry(request), asked_language(request)
        typed = (await typed_into(request)).get("code", "")
        cookie = self._renewed(request.cookies.get(COOKIE, ""), typed)
        if entry is None and await to_thread.run_sync(self._just_now, cookie):
            return await self._doorway.welcome(request, cookie)
        if entry is None or entry.missing != "code":
            return await self._elsewhere(request)
        try:
            right = await to_thread.run_sync(self._give, entry, typed, cookie)
        except SLOWED as refusal:
            return refusal_page(
                language, refusal, lambda status, error: _code_page(language, status, error)
            )
        if not right:
            return _code_page(language, 401, say(language, "log_in.wrong_code"))
        return await self._doorway.welcome(request, cookie)

    async def form(self, request: Request) -> Response:
        """What to read in with the telephone, or what there is."""
        own = await self._own(request)
        return own.page() if own else await self._elsewhere(request)

    async def change(self, request: Request) -> Response:
        """Sets it up where there is none, or lets go of it: both against a code of it."""
        own, typed = await self._own(request), await typed_into(request)
        if own is None:
            return await self._elsewhere(request)
        work = self._remove if own.new is None else self._enrol
        try:
            done = await to_thread.run_sync(work, own, typed.get("code", ""))
        except SLOWED as refusal:
            return refusal_page(own.language, refusal, own.page)
        if done is None:
            wrong = "wrong_code" if own.new is None else "wrong_first_code"
            return own.page(401, say(own.language, f"log_in.{wrong}"))
        return own.page(codes=done) if done else await self.form(request)

    async def _elsewhere(self, request: Request) -> Response:
        return await self._doorway.enter(request.cookies.get(COOKIE))

    async def _own(self, request: Request) -> OwnFactor | None:
        entry = await self._doorway.entry(request)
        if entry is None or entry.missing in ("code", "password"):
            return None
        return await to_thread.run_sync(self._told, entry, asked_language(request))

    def _told(self, entry: HeldLogIn, language: Language) -> OwnFactor:
        user = entry.user
        with reading(self._doorway.engine()) as session:
            has = has_factor(session, user.id)
            return OwnFactor(
                entry,
                language,
                needed=needs_factor(session, user),
                told=AccountTeller(session, user, language).of_factor(),
                left=codes_left(session, user.id),
                new=None if has else new_factor(session, self._doorway.secret(), entry.log_in),
            )

    def _renewed(self, cookie: str, typed: str) -> str:
        """The cookie that comes with the code, which who knows the one before cannot tell."""
        return keyed(self._doorway.secret(), "renewed", cookie, typed)

    def _just_now(self, cookie: str) -> bool:
        with reading(self._doorway.engine()) as session:
            return renewed_just_now(session, cookie, now())

    def _give(self, entry: HeldLogIn, typed: str, cookie: str) -> bool:
        with writing(self._doorway.engine()) as session:
            right = give_code(session, self._doorway.secret(), entry, typed, now())
            if right:
                renew(session, entry.log_in, cookie)
            return right

    def _enrol(self, own: OwnFactor, typed: str) -> tuple[str, ...] | None:
        """The recovery codes; None where the code is wrong."""
        assert own.new is not None
        step = fits_key(own.new.key, typed, now())
        if step is None:
            return None
        user, secret = own.entry.user, self._doorway.secret()
        with writing(self._doorway.engine()) as session:
            one_at_a_time(session, f"second factor {user.id}")
            if has_factor(session, user.id):
                return ()
            note(session, user, "enrol_second_factor", now())
            proven = ProvenKey(own.new.key, step)
            return enrol(session, secret, own.entry.log_in, proven, now())

    def _remove(self, own: OwnFactor, typed: str) -> tuple[str, ...] | None:
        """Nothing to be shown; None where the code is wrong."""
        user = own.entry.user
        with writing(self._doorway.engine()) as session:
            if not give_code(session, self._doorway.secret(), own.entry, typed, now()):
                return None
            remove_factor(session, user.id)
            note_change(session, user.id, SECOND_FACTOR, user.id, now())
            note(session, user, "drop_second_factor", now())
            return ()


def _code_page(language: Language, status: int = 200, error: str = "") -> HTMLResponse:
    return rendered("code.html", language, status, error=error)


def _in_fours(key: str) -> str:
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


def _picture(address: str) -> str:
    import segno  # few pages show a code

    return segno.make_qr(address, error="m").svg_data_uri(scale=5, border=3)
