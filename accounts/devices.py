"""Devices on which somebody signed in before: told by a signed cookie, of which nothing is stored.

The right password passes there, whatever strangers have tried elsewhere. A new password makes
all devices unknown.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.keyed import keyed
from accounts.rules import log_in_rules
from models import User

DEVICES = "dikenal"
BETWEEN = "~"
TOKEN = re.compile(r"(\d{1,10})\.([\w-]{16})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True)
class Door:
    """Whence somebody asks: the address, and the cookie of known devices, of this instance."""

    secret: bytes
    address: str
    devices: str = ""


def known_device(door: Door, user: User, moment: datetime) -> str | None:
    """The device's own mark where the user signed in on it before; None elsewhere."""
    return next((token for token in _tokens(door) if _is_of(door, token, user, moment)), None)


def with_device(door: Door, user: User, moment: datetime) -> str:
    """The cookie by which this device will be known to the user too; it forgets the oldest."""
    others = [token for token in _tokens(door) if not _is_of(door, token, user, moment)]
    issued, mark = str(int(moment.timestamp())), secrets.token_urlsafe(12)
    new = f"{issued}.{mark}.{_signature(door, user, issued, mark)}"
    return BETWEEN.join([new, *others][: log_in_rules().devices.people])


def _tokens(door: Door) -> list[str]:
    parts = door.devices.split(BETWEEN)[: log_in_rules().devices.people]
    return [part for part in parts if TOKEN.fullmatch(part)]


def _is_of(door: Door, token: str, user: User, moment: datetime) -> bool:
    issued, mark, signature = token.split(".")
    rules = log_in_rules()
    since = datetime.fromtimestamp(int(issued), UTC)
    lasts = timedelta(days=rules.devices.days)
    recent = moment - lasts < since <= moment + rules.log_ins.apart
    return recent and hmac.compare_digest(signature, _signature(door, user, issued, mark))


def _signature(door: Door, user: User, issued: str, mark: str) -> str:
    return keyed(door.secret, "device", str(user.id), user.password_hash, issued, mark)
