"""How fast ratings may come from one network, at both doors, without keeping its address.

Counted is what is stored, in memory, under a keyed hash; the key and all counts are thrown away
every day. Nobody is refused: who comes beyond the bounds of ``survey.rhythm`` waits in a line
that moves at a slow pace. Workers of one service count together (``survey.shared_limits``).
"""

import hashlib
import math
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from survey.checks import Submission
from survey.rhythm import load_limit_rules

TEN_MINUTES, DAY = timedelta(minutes=10), timedelta(days=1)
# Whoever has ever new addresses fills no memory, and pushes out only who was quiet the longest.
MOST_COUNTED = 20_000
THIS_COMPUTER = "127.0.0.1"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Visitor:
    """Whence a form comes: the address of its network, and what its browser calls itself."""

    address: str | None = None
    browser: str = ""

    @cached_property
    def network(self) -> str:
        """What the visitor's devices have in common."""
        return _connection(self.address or THIS_COMPUTER)


@dataclass(frozen=True)
class Turn:
    """Whether a form may be stored now: ``wait`` is 0, or the seconds until it may.

    ``counts``: the hashes under which it was counted, should it be stored.
    """

    wait: int = 0
    moment: datetime | None = None
    counts: tuple[bytes, ...] = ()


@dataclass(slots=True)  # there are many, most of one rating
class Sent:
    """What one network has sent: when, and which forms stand in line, until when each has to.

    ``passed``: when the last one's turn had come.
    """

    stored: list[datetime] = field(default_factory=list)
    line: dict[bytes, datetime] = field(default_factory=dict)
    passed: datetime = NEVER

    def within(self, span: timedelta, moment: datetime) -> int:
        """How many were stored in the span before the moment."""
        return sum(1 for one in self.stored if one > moment - span)

    def forget(self, moment: datetime, patience: timedelta) -> None:
        """Lets go of what is older than any bound asks for."""
        self.stored = [one for one in self.stored if one > moment - DAY]
        for form in [one for one, opens in self.line.items() if opens + patience < moment]:
            del self.line[form]


class AddressLimits:
    """The counts of this process and day; for any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begin(date.min)

    def turn(
        self, submission: Submission, visitor: Visitor, moment: datetime, usual: int = 0
    ) -> Turn:
        """Counts a form that is about to be stored, or says how long it has to wait.

        ``give_back`` what was not stored after all. ``usual``: of ``survey.rhythm.usual_day``,
        which only who would have to wait need ask for. Kiosks are not counted. Who has to wait
        but holds a good visit token, or sends what is known already, need not: the door asks.
        """
        if submission.channel == "kiosk":
            return Turn()
        with self._lock:
            self._keep_to(moment.date())
            rules, unit = load_limit_rules(), submission.unit.lower()
            ten_minutes, day = rules.bounds(usual)
            here = self._hash("network", visitor.network, unit)
            alike = self._hash("browser", visitor.network, f"{unit}\n{visitor.browser}")
            full = any(
                count.within(TEN_MINUTES, moment) >= times * ten_minutes
                or count.within(DAY, moment) >= times * day
                for sender, times in ((here, rules.browsers), (alike, 1))
                if (count := self._touched(sender, moment))
            )
            form = self._hash("form", "", submission.key) if full else b""
            if full and (wait := self._seconds_in_line(self._counts[here], form, moment)):
                self._make_room()
                return Turn(wait)
            for sender in (here, alike):
                self._counts.setdefault(sender, Sent()).stored.append(moment)
            self._make_room()
            return Turn(0, moment, (here, alike))

    async def next_turn(
        self, submission: Submission, visitor: Visitor, moment: datetime, usual: int = 0
    ) -> Turn:
        """As ``turn``; where others count too, theirs are asked for."""
        return self.turn(submission, visitor, moment, usual)

    def give_back(self, turn: Turn) -> None:
        """Counts no more what was not stored."""
        with self._lock:
            for sender in turn.counts:
                count = self._counts.get(sender)
                if count and turn.moment and turn.moment in count.stored:
                    count.stored.remove(turn.moment)

    def client(self, visitor: Visitor, moment: datetime) -> str:
        """What tells clients apart within a day, and nothing after it: 64 hexadecimal digits."""
        with self._lock:
            self._keep_to(moment.date())
            return self._hash("client", visitor.network, visitor.browser).hex()

    def _touched(self, sender: bytes, moment: datetime) -> Sent | None:
        count = self._counts.get(sender)
        if count:
            self._counts.move_to_end(sender)
            count.forget(moment, timedelta(minutes=load_limit_rules().patience_minutes))
        return count

    def _seconds_in_line(self, count: Sent, form: bytes, moment: datetime) -> int:
        """The seconds until the form's turn comes in the line of its network; 0: it has come.

        Only who comes back has a place in it: a flood of ever new forms leaves it to the others.
        """
        rules, line = load_limit_rules(), count.line
        pace = timedelta(seconds=rules.pace_seconds)
        opens = self._asked.setdefault(form, moment) + pace
        if opens <= moment and form not in line and len(line) < rules.line:
            line[form] = max([moment, *(one + pace for one in (count.passed, *line.values()))])
        opens = line.get(form) or max(opens, moment + pace)
        if opens > moment:
            return math.ceil((opens - moment).total_seconds())
        del line[form]
        count.passed = moment
        return 0

    def _make_room(self) -> None:
        while len(self._counts) > MOST_COUNTED:
            self._counts.popitem(last=False)
        while len(self._asked) > MOST_COUNTED:
            self._asked.popitem(last=False)

    def _keep_to(self, day: date) -> None:
        if day != self._day:
            self._begin(day)

    def _begin(self, day: date) -> None:
        self._day = day
        self._key = secrets.token_bytes()
        self._counts: OrderedDict[bytes, Sent] = OrderedDict()
        # When each form had to wait first.
        self._asked: OrderedDict[bytes, datetime] = OrderedDict()

    def _hash(self, purpose: str, network: str, other: str) -> bytes:
        text = f"{purpose}\n{network}\n{other}".encode(errors="replace")
        return hashlib.blake2b(text, key=self._key, digest_size=32).digest()


def _connection(address: str) -> str:
    """The address; of the sixth version its first half, the rest of which a device may choose."""
    if ":" not in address:  # of the fourth version, or none
        return address
    try:
        known = ip_address(address)
    except ValueError:  # a proxy may call its client anything
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))
