"""Uploads: who may send files, and how much of them."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import Field

from accounts.actors import Actor
from analysis.rules import Rule, Source, Validity, check, parse_yaml, read_rules
from analysis.standing import Standing

FILE = Path(__file__).parent / "uploads.yaml"
MEGABYTE = 2**20  # as Streamlit counts
# What a browser writes around a file.
AROUND = 64 * 1024
MOST_COUNTED = 20_000

Megabytes = Annotated[int, Field(ge=1)]


class UploadRules(Rule):
    """How much may be sent: in a file, by a log-in, from an address; the latter two in a while."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    file_megabytes: Megabytes
    log_in_megabytes: Megabytes
    address_megabytes: Megabytes
    minutes: Annotated[int, Field(ge=1)]

    @property
    def largest_body(self) -> int:
        """How many bytes a request may have."""
        return self.file_megabytes * MEGABYTE + AROUND


@cache
def load_upload_rules() -> UploadRules:
    """The rules that come with the program."""
    return check(UploadRules, parse_yaml(read_rules(FILE), FILE.name), FILE.name)


def may_upload(actor: Actor | None) -> bool:
    """Whether any page asks the actor for a file: every role has one, nobody else."""
    return actor is not None and actor.anything


@dataclass
class _Sent:
    since: datetime
    sent: int = 0


class UploadTotals:
    """What was sent of late, of this process; for one thread."""

    def __init__(self, rules: UploadRules) -> None:
        self.rules = rules
        self._sent: OrderedDict[str, _Sent] = OrderedDict()

    def add(self, cookie: str, address: str, sent: int, moment: datetime) -> int:
        """Counts what a log-in sent from an address.

        Gives 0, or where it is too much now, the seconds until it begins anew.
        """
        kept = sha256(cookie.encode(errors="replace")).hexdigest()
        bounds = {
            f"log-in {kept}": self.rules.log_in_megabytes,
            f"address {address}": self.rules.address_megabytes,
        }
        found = [(self._so_far(key, moment), most * MEGABYTE) for key, most in bounds.items()]
        for one, _ in found:
            one.sent += sent
        over = [one.since for one, most in found if one.sent > most]
        return max((self._seconds_left(since, moment) for since in over), default=0)

    def _so_far(self, key: str, moment: datetime) -> _Sent:
        found = self._sent.pop(key, None)
        if found is None or not self._seconds_left(found.since, moment):
            found = _Sent(moment)
        self._sent[key] = found
        while len(self._sent) > MOST_COUNTED:  # whoever was quiet the longest
            self._sent.popitem(last=False)
        return found

    def _seconds_left(self, since: datetime, moment: datetime) -> int:
        whole = timedelta(minutes=self.rules.minutes)
        # A clock that was set back must not make anybody wait longer.
        return max(0, int((min(since, moment) + whole - moment).total_seconds()))
