"""Under which names the service answers: a page of a name that is not its own gets nothing.

Else a foreign site whose name leads here would be the same site to a browser.
"""

import os
import re
from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from analysis.characters import fit

HOST = re.compile(r"(?:\[([0-9a-f:.%]+)\]|([^:\[\]]*))(?::[0-9]{0,5})?", re.ASCII | re.IGNORECASE)
ALL = "*"
LONGEST_TOLD = 80
WRONG_PLACE, POLICY_VIOLATION = 421, 1008


def own_names() -> frozenset[str]:
    """The names of ALLOWED_HOSTS, separated by commas; none where it is not set.

    A name may be given with its port, which does not matter.
    """
    given = os.environ.get("ALLOWED_HOSTS", "").split(",")
    return frozenset(name for one in given if (name := name_of(one.strip())))


class AllowedHosts:
    """Middleware: answers 421 under a name that is none of ours, and opens no socket there."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] in ("http", "websocket")
        host = Headers(scope=scope).get("host", "") if asks else ""
        if not asks or is_own(host, self.names):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await open_no_socket(receive, send)
        else:
            told = fit(host[:LONGEST_TOLD])
            refusal = PlainTextResponse(
                f"Ditolak: layanan ini tidak beralamat di {told} (ALLOWED_HOSTS).\n"
                f"Refused: {told} is no address of this service (ALLOWED_HOSTS).\n",
                status_code=WRONG_PLACE,
                headers={"X-Content-Type-Options": "nosniff"},
            )
            await refusal(scope, receive, send)


async def open_no_socket(receive: Receive, send: Send) -> None:
    """Refuses a socket before it is open: to the browser that is a 403."""
    await receive()
    await send({"type": "websocket.close", "code": POLICY_VIOLATION})


def is_own(host: str, names: Collection[str]) -> bool:
    """Whether a Host header names us: by a name that is ours, or by what no stranger can own.

    Nobody else can own an address in figures, a name without a dot, or one that is only known
    in the local network. Programs that name no host carry nobody's cookie.

    >>> is_own("127.0.0.1:8501", ()), is_own("[::1]:8501", ()), is_own("kantor.local", ())
    (True, True, True)
    >>> is_own("skm.example.id", ()), is_own("SKM.example.id:443", {"skm.example.id"})
    (False, True)
    """
    if not host:
        return True
    name = name_of(host)
    if name is None:
        return False
    local = "." not in name or name.endswith((".local", ".localhost"))
    return ALL in names or name in names or local or _is_address(name)


def name_of(host: str) -> str | None:
    """The name in small letters, without the port; None where it is none."""
    found = HOST.fullmatch(host)
    name = (found[1] or found[2]).lower().removesuffix(".") if found else ""
    return name or None


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
