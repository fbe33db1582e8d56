"""Why something cannot be used, done or computed: a code with values.

The sentence of each code stands in ``locales/refusals/``, in every language.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:  # who asks for help waits for none of them
    from datetime import date
    from decimal import Decimal
    from fractions import Fraction

SHOWN = 20


class Bilingual(Protocol):
    """What reads otherwise in another language, such as ``analysis.rules.Text``."""

    def __getitem__(self, language: str, /) -> str: ...


@dataclass(frozen=True)
class Written:
    """What somebody wrote: in quotes, on one line and cut short, the same in every language.

    >>> print(Written("baik\\n")["id"])
    "baik\\n"
    """

    text: str

    def __getitem__(self, language: str) -> str:
        short = self.text if len(self.text) <= 40 else self.text[:40] + "..."
        # Half a surrogate pair is no character.
        return json.dumps(short, ensure_ascii=False).encode("utf-8", "replace").decode()


# A bare string is a name or a code, shown as it is; never prose.
Value: TypeAlias = "str | int | float | Fraction | Decimal | date | Bilingual | Sequence[Value]"


@dataclass(frozen=True)
class Place:
    """Where something stands, from the widest part to the narrowest; as the author wrote it."""

    file: str = ""
    line: int = 0
    row: int = 0
    column: Value = ""
    key: str = ""


@dataclass(frozen=True, init=False)
class Problem:
    """One thing in the way of an input, an act or a figure.

    ``code``: of its sentences in ``locales``; ``values``: what they name; ``place``: where it
    stands in a file or form, where it stands in one.

    >>> print(Problem("no_answer", Place("data.csv", row=3)))
    no_answer file='data.csv' row=3
    """

    code: str
    place: Place
    values: Mapping[str, Value]

    def __init__(self, code: str, place: Place | None = None, /, **values: Value) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "place", place or Place())
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        named = {**vars(self.place), **self.values}
        return " ".join([self.code, *(f"{name}={one!r}" for name, one in named.items() if one)])


class BadInput(ValueError):
    """What cannot be used or done. Nothing was computed or stored.

    Holds the first 20 problems; ``more`` counts the others.
    """

    def __init__(self, problems: Sequence[Problem], more: int = 0) -> None:
        self.problems = list(problems[:SHOWN])
        self.more = more + len(problems) - len(self.problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type["BadInput"], tuple[list[Problem], int]]:
        """So that another process may hand it on."""
        return type(self), (self.problems, self.more)


def bad(code: str, place: Place | None = None, /, **values: Value) -> BadInput:
    """The error for a single problem."""
    return BadInput([Problem(code, place, **values)])


def unreadable(file: str, error: OSError) -> BadInput:
    """The error for a file that the system does not open."""
    place = Place(file)
    if isinstance(error, FileNotFoundError):
        return bad("no_such_file", place)
    return bad("directory" if isinstance(error, IsADirectoryError) else "unreadable_file", place)
