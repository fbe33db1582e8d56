"""How often ratings may be sent from one address, at both doors, without keeping the address.

Counted is under a keyed hash, in memory; the key and all counts are thrown away every day.
Each process counts for itself: where several workers serve, an address may send as many times
more.
"""

import hashlib
import hmac
import math
import secrets
import time
from datetime import date, datetime
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from survey.checks import Submission

# Generous: a mobile operator, or a waiting room, has one address for everybody. More than
# these in ten minutes, or in a day, rate no one unit from there without visit tokens.
IN_TEN_MINUTES: RateLimitItem = RateLimitItemPerMinute(60, 10)
IN_A_DAY: RateLimitItem = RateLimitItemPerDay(300)
# Who sends from ever new addresses fills no memory and slows nobody (0.4 ms an attempt with
# 5,000 of them): the counts then begin anew.
MOST_COUNTED = 10_000
THIS_COMPUTER = "127.0.0.1"


class AddressLimits:
    """The counts of this process and day; for any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begin(date.min)

    def seconds_to_wait(self, submission: Submission, address: str | None, moment: datetime) -> int:
        """Counts an attempt to send; 0, or the seconds until the next one may succeed.

        Kiosks are not counted. Who may not send but holds a visit token may all the same:
        the door asks ``survey.tokens.is_good``.
        """
        if submission.channel == "kiosk":
            return 0
        with self._lock:
            self._keep_to(moment.date())
            sender = self._hash("sender", address, submission.unit.lower())
            for limit in (IN_TEN_MINUTES, IN_A_DAY):
                if not self._counts.hit(limit, sender):
                    opens = self._counts.get_window_stats(limit, sender).reset_time
                    return max(1, math.ceil(opens - time.time()))
        return 0

    def client(self, address: str | None, browser: str, moment: datetime) -> str:
        """What tells clients apart within a day, and nothing after it: 64 hexadecimal digits."""
        with self._lock:
            self._keep_to(moment.date())
            return self._hash("client", address, browser)

    def _keep_to(self, day: date) -> None:
        if day != self._day or len(self._storage.events) > MOST_COUNTED:
            self._begin(day)

    def _begin(self, day: date) -> None:
        self._day = day
        self._key = secrets.token_bytes()
        self._storage = MemoryStorage()
        self._counts = MovingWindowRateLimiter(self._storage)

    def _hash(self, purpose: str, address: str | None, other: str) -> str:
        text = f"{purpose}\n{_connection(address or THIS_COMPUTER)}\n{other}"
        return hmac.digest(self._key, text.encode(errors="replace"), hashlib.sha256).hex()


def _connection(address: str) -> str:
    """The address; of the sixth version its first half, the rest of which a device may choose."""
    try:
        known = ip_address(address)
    except ValueError:  # a proxy may call its client anything
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))
