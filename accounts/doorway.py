"""What all pages of the door know: the instance, where people go, who waits, and who is there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

from anyio import to_thread
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accounts.actors import Actor, actor_of
from accounts.check_queue import CheckQueue
from accounts.devices import DEVICES, Door, with_device
from accounts.forwarded import came_by_tls
from accounts.log_in import COOKIE, HeldLogIn, find_entry
from accounts.rules import log_in_rules
from models import now, reading

HOUSE = 64  # bits of an IPv6 address that one customer has to give away
# Where what is missing is mended.
MENDED = {"code": "/kode", "password": "/sandi", "second_factor": "/faktor"}


@dataclass(frozen=True)
class Doorway:
    """The instance's database and secret, the page to begin with, the line of the checks."""

    engine: Callable[[], Engine]
    secret: Callable[[], bytes]
    first_page: Callable[[Actor], str]
    queue: CheckQueue = field(default_factory=lambda: CheckQueue(log_in_rules().checks))

    def door(self, request: Request) -> Door:
        """Whence the request comes."""
        return Door(self.secret(), address_of(request), request.cookies.get(DEVICES, ""))

    async def entry(self, request: Request) -> HeldLogIn | None:
        """The log-in of the browser, while it holds."""
        return await to_thread.run_sync(self._entry, request.cookies.get(COOKIE))

    async def enter(self, cookie: str | None) -> Response:
        """To what is missing, to the first page, or to the log-in where nobody is."""
        return RedirectResponse(await to_thread.run_sync(self._goes_to, cookie), status_code=303)

    async def welcome(self, request: Request, cookie: str) -> Response:
        """On to where the log-in of the cookie leads; the browser keeps it and knows the user."""
        answer = await self.enter(cookie)
        devices = await to_thread.run_sync(self._devices, self.door(request), cookie)
        rules = log_in_rules()
        for name, value, seconds in (
            (DEVICES, devices, rules.devices.days * 86_400),
            (COOKIE, cookie, rules.log_ins.lasts.total_seconds()),
        ):
            answer.set_cookie(
                name,
                value,
                max_age=int(seconds),
                httponly=True,
                samesite="lax",
                secure=came_by_tls(request.scope),
            )
        return answer

    def _entry(self, cookie: str | None) -> HeldLogIn | None:
        with reading(self.engine()) as session:
            return find_entry(session, cookie, now())

    def _goes_to(self, cookie: str | None) -> str:
        with reading(self.engine()) as session:
            entry = find_entry(session, cookie, now())
            if entry is None:
                return "/masuk"
            if entry.missing is not None:
                return MENDED[entry.missing]
            actor = actor_of(session, entry.user)
        return self.first_page(actor)

    def _devices(self, door: Door, cookie: str) -> str:
        with reading(self.engine()) as session:
            entry = find_entry(session, cookie, now())
            return with_device(door, entry.user, now()) if entry else door.devices


def address_of(request: Request) -> str:
    """The address that failures are counted for; of IPv6 the network that one house has."""
    return network_of(request.client.host if request.client else "")


def network_of(host: str) -> str:
    """The host, or its network of 64 bits where it is one of IPv6.

    >>> network_of("2001:db8::1:2"), network_of("203.0.113.9"), network_of("::ffff:203.0.113.9")
    ('2001:db8::/64', '203.0.113.9', '203.0.113.9')
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, HOUSE), strict=False))
