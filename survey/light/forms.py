"""A form as it travels: its fields' names, and what a browser sent as a submission."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from survey.checks import Submission
from survey.receipts import mint_key

# Names of the fields, short for slow networks; items, answers and options keep their own keys.
KEY, PERIOD, SEEN_AT = "k", "p", "t"
SECONDS = "z"  # measured on the device, which may send them much later
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
    provenance: str = "self"
    respondent: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    readers: str = "ombudsman"
    token: str = ""
    trap: str = ""

    def submission(self, unit: str, language: str, channel: str, client: str) -> Submission:
        """The form as it is handed to the writer, which checks all of it."""
        return Submission(
            key=self.key,
            unit=unit,
            period=self.period,
            answers={item: answer or None for item, answer in self.answers.items()},
            service=self.service or None,
            experience=self.experience,
            respondent={name: option for name, option in self.respondent.items() if option},
            comment=self.comment,
            readers=self.readers,
            language=language,
            channel=channel,
            provenance=self.provenance,
            seconds=time.time() - self.seen_at,
            token=self.token.strip(),
            trap=self.trap,
            client=client,
        )


def read_form(body: bytes) -> Filled:
    """The form in a posted body. Raises ValueError where it has more fields than any form."""
    fields = parse_qs(body.decode(errors="replace"), errors="replace", max_num_fields=MOST_FIELDS)

    def one(name: str) -> str:
        return fields.get(name, [""])[0]

    def those(prefix: str) -> dict[str, str]:
        return {
            name.removeprefix(prefix): values[0]
            for name, values in fields.items()
            if name.startswith(prefix)
        }

    return Filled(
        key=one(KEY),
        seen_at=_seen_at(one(SEEN_AT), one(SECONDS)),
        period=one(PERIOD),
        service=one(SERVICE),
        answers=those(ITEM),
        experience=fields.get(EXPERIENCE, []),
        provenance=one(PROVENANCE),
        respondent=those(RESPONDENT),
        comment=one(COMMENT),
        readers=one(READERS) or Filled.readers,
        token=one(TOKEN),
        trap=one(TRAP),
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
