"""One thing that waits for somebody: since when or until when, and where it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class WaitingTask:
    """What waits; ``kind`` names its sentence, ``about`` what stands in it.

    ``day``: by when it must be done if ``due``, else since when it waits; ``path``: of the screen
    on which it is done; ``choices``: what is chosen there, by its name in the address; ``row``:
    the key of the stored thing that it is about, if one.
    """

    kind: str
    day: date
    path: str
    due: bool = False
    about: Mapping[str, str | int] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    row: object = ""

    def late(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.due and self.day < today

    @property
    def uid(self) -> str:
        """What tells it from all others, today and tomorrow."""
        return "-".join([self.kind, *self.choices.values(), *filter(None, [str(self.row)])])
