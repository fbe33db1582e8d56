"""A form as it travels: its fields' names, and what a browser sent as a submission."""

import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from survey.asking import OpenUnit
from survey.checks import Submission
from survey.receipts import mint_key

# Names of the fields, short for slow networks; items, answers and options keep their own keys.
KEY, PERIOD, SEEN_AT = "k", "p", "t"
PARTLY, SHOW = "n", "x"  # the buttons: send although some are unanswered; in another language
SECONDS = "z"  # measured on the device, which may send them much later
FILLED_AT = "f"  # when it was filled in, in milliseconds of the device's clock that kept it
AGAIN = "u"  # "this is my own form once more", said of a key that is known
SERVICE, EXPERIENCE, PROVENANCE, TOKEN = "s", "e", "w", "v"
COMMENT, READERS = "c", "r"
# Programs that fill in whatever they find know this name; people don't see the field.
TRAP = "website"
ITEM, RESPONDENT = "a-", "d-"
MOST_FIELDS = 200


@dataclass(frozen=True)
class Filled:
    """What stands in a form, new or sent back with an error."""

    key: str = field(default_factory=mint_key)
    seen_at: int = field(default_factory=lambda: int(time.time()))
    period: str = ""
    service: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    experience: Sequence[str] = ()
    provenance: str = ""
    respondent: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    readers: str = "ombudsman"
    token: str = ""
    trap: str = ""
    partly: bool = False
    only_show: bool = False
    filled_at: int | None = None
    again: bool = False

    def fields(self) -> Iterator[tuple[str, str]]:
        """What a page sends that sends the form once more, as names and values."""
        yield from {
            KEY: self.key,
            PERIOD: self.period,
            SEEN_AT: str(self.seen_at),
            SERVICE: self.service,
            PROVENANCE: self.provenance,
            COMMENT: self.comment,
            READERS: self.readers,
            TOKEN: self.token,
            TRAP: self.trap,
            PARTLY: "1" if self.partly else "",
            **{f"{ITEM}{item}": answer for item, answer in self.answers.items()},
            **{f"{RESPONDENT}{name}": option for name, option in self.respondent.items()},
        }.items()
        yield from ((EXPERIENCE, form) for form in self.experience)

    def submission(self, **of_the_door: Any) -> Submission:
        """The form as it is handed to the writer, which checks all of it.

        ``of_the_door``: what the door knows of it, by the fields of ``Submission``.
        """
        return Submission(
            key=self.key,
            period=self.period,
            answers={item: answer or None for item, answer in self.answers.items()},
            service=self.service or None,
            experience=self.experience,
            respondent={name: option for name, option in self.respondent.items() if option},
            comment=self.comment,
            readers=self.readers,
            provenance=self.provenance,
            seconds=time.time() - self.seen_at,
            token=self.token.strip(),
            trap=self.trap,
            partly=self.partly,
            **of_the_door,
        )


def shown_fields(asked: OpenUnit, filled: Filled, wrong: Collection[str], kiosk: bool) -> list[str]:
    """The fields of the form, as refusals name them, in the order of the page.

    The visit's code is among them where the unit wants one, or somebody brought or needs one.
    """
    token = not kiosk and (filled.token or "token" in wrong or not asked.open_link)
    return [
        *(["token"] if token else []),
        *(item.key for item in asked.instrument.questions),
        *("experience", "provenance"),
        *(["service"] if asked.services else []),
        *(one.key for one in asked.instrument.respondent.fields),
        *("comment", "readers"),
    ]


class Doubled(ValueError):
    """A body that gives a field twice: no page of ours does."""


def read_form(body: bytes) -> Filled:
    """The form in a posted body.

    Raises ValueError where it has more fields than any form, and Doubled.
    """
    fields = parse_qs(
        body.decode(errors="replace"),
        keep_blank_values=True,
        errors="replace",
        max_num_fields=MOST_FIELDS,
    )
    experience = fields.pop(EXPERIENCE, [])
    if any(len(values) > 1 for values in fields.values()):
        raise Doubled
    given = {name: value for name, (value,) in fields.items()}

    def one(name: str) -> str:
        return given.get(name, "")

    def those(prefix: str) -> dict[str, str]:
        start = len(prefix)
        return {name[start:]: given[name] for name in given if name.startswith(prefix)}

    filled_at = one(FILLED_AT)
    return Filled(
        key=one(KEY),
        seen_at=_seen_at(one(SEEN_AT), one(SECONDS)),
        period=one(PERIOD),
        service=one(SERVICE),
        answers=those(ITEM),
        experience=[form for form in experience if form],
        provenance=one(PROVENANCE),
        respondent=those(RESPONDENT),
        comment=one(COMMENT),
        readers=one(READERS) or Filled.readers,
        token=one(TOKEN),
        trap=one(TRAP),
        partly=one(PARTLY) == "1",
        only_show=bool(one(SHOW)),
        filled_at=int(filled_at) if re.fullmatch("[0-9]{1,14}", filled_at) else None,
        again=bool(one(AGAIN)),
    )


def _seen_at(sent: str, measured: str) -> int:
    """When the form was first seen, by the seconds that a device measured, or as sent with it.

    Just now, where that can't be read or is still to come.
    """
    present = int(time.time())
    seconds = re.fullmatch(r"([0-9]{1,9})(\.[0-9]+)?", measured)
    if seconds:
        return present - int(seconds[1])
    return min(int(sent), present) if re.fullmatch("[0-9]{1,12}", sent) else present
