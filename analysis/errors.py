"""What a person is told when the input cannot be used."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where it stands, what was found, what is expected."""

    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.place}: found {self.found}, expected {self.expected}"


class BadInput(ValueError):
    """An input that cannot be used. Nothing was computed or stored.

    Holds the first 20 problems; ``more`` counts the others.

    >>> print(BadInput([Problem("data.csv: row 3, column U1", '"5"', "1, 2, 3, 4 or blank")]))
    data.csv: row 3, column U1: found "5", expected 1, 2, 3, 4 or blank
    """

    def __init__(self, problems: Sequence[Problem], more: int = 0) -> None:
        self.problems = list(problems[:SHOWN])
        self.more = more + len(problems) - len(self.problems)
        lines = [str(problem) for problem in self.problems]
        if self.more:
            lines.append(f"... and {self.more} more")
        super().__init__("\n".join(lines))


def bad(place: str, found: object, expected: str) -> BadInput:
    """The error for a single problem."""
    return BadInput([Problem(place, str(found), expected)])


def quote(text: str) -> str:
    """What somebody wrote, on one line and cut short, as it is shown in a problem.

    >>> print(quote("baik\\n"))
    "baik\\n"
    """
    return json.dumps(text if len(text) <= 40 else text[:40] + "...", ensure_ascii=False)


def first_line(error: Exception) -> str:
    """What a library's error says, without the query or the details below it."""
    return (str(error).splitlines() or [type(error).__name__])[0]
