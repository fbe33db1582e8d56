"""How tests come in: a browser with cookies at the pages of the door, without a server."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

import pyotp
from sqlalchemy import Engine, select
from starlette.applications import Starlette
from starlette.types import ASGIApp

from accounts.actors import Actor
from accounts.devices import Door
from accounts.first_day import FirstDay
from accounts.log_in import COOKIE, find_actor, find_candidate, log_in
from accounts.passwords import fits
from accounts.web import log_in_routes
from models import User, now, reading, writing
from tests.asgi import Answered, ask

SECRET = bytes(range(32))
OWN = "sembilan kucing tidur"  # a password that nobody guesses
FORM = {"content-type": "application/x-www-form-urlencoded"}
KEY = re.compile(r"<code>([A-Z2-7 ]{32,})</code>")
RECOVERY = re.compile(r"<li><code>([a-z0-9-]{19})</code></li>")


def a_door(engine: Engine) -> Starlette:
    """The pages of the door of a database."""
    return Starlette(routes=log_in_routes(lambda: engine, lambda: SECRET, _first, FirstDay()))


def _first(_: Actor) -> str:
    return "/beranda"


def knocking(address: str = "203.0.113.1", devices: str = "") -> Door:
    """Somebody at the door, from an address, with what the browser kept of known devices."""
    return Door(SECRET, address, devices)


def enter(
    engine: Engine,
    username: str,
    password: str,
    moment: datetime | None = None,
    door: Door | None = None,
) -> str | None:
    """Logs in as the door does: the slow check between two transactions."""
    moment, door = moment or now(), door or knocking()
    with reading(engine) as session:
        candidate = find_candidate(session, door, username, moment)
    right = fits(password, candidate.password_hash)
    with writing(engine) as session:
        return log_in(session, candidate, right, moment)


@dataclass
class DoorVisitor:
    """A browser that keeps its cookies, at an address."""

    app: ASGIApp
    address: str = "203.0.113.1"
    cookies: dict[str, str] = field(default_factory=dict)
    key: str = ""
    recovery: list[str] = field(default_factory=list)

    def get(self, path: str) -> Answered:
        """The page."""
        return self._asked(path, "GET", b"")

    def post(self, path: str, **fields: str) -> Answered:
        """What comes of a form."""
        return self._asked(path, "POST", urlencode(fields).encode())

    def knock(self, username: str, password: str) -> Answered:
        """Name and password."""
        return self.post("/masuk", username=username, password=password)

    def change(self, present: str, new: str = OWN) -> Answered:
        """Another password."""
        return self.post("/sandi", password=present, new=new, again=new)

    def enrol(self) -> Answered:
        """Reads the key in, as a telephone does, and gives the first code."""
        found = KEY.search(self.get("/faktor").text)
        assert found
        self.key = found[1].replace(" ", "")
        answer = self.post("/faktor", code=self.code())
        self.recovery = RECOVERY.findall(answer.text)
        return answer

    def code(self, after: int = 0) -> str:
        """What the telephone shows now, or so many steps later."""
        return pyotp.TOTP(self.key).at(now(), counter_offset=after)

    def leads_to(self) -> str:
        """Where somebody with these cookies is led."""
        return self.get("/masuk").headers.get("location", "/masuk")

    def actor(self, engine: Engine) -> Actor | None:
        """Who is signed in with these cookies."""
        with reading(engine) as session:
            return find_actor(session, self.cookies.get(COOKIE), now())

    def _asked(self, path: str, method: str, body: bytes) -> Answered:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = FORM | {"host": "127.0.0.1"} | ({"cookie": kept} if kept else {})
        answer = ask(self.app, path, method, headers, body, self.address)
        for cookie in answer.set_cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer


def id_of(engine: Engine, username: str) -> int:
    """The number of a user."""
    with reading(engine) as session:
        return session.scalars(select(User.id).where(User.username == username)).one()
