"""The register as a file: a row for each institution, unit, service and counter.

Reads what stands in a row by itself; ``desk.register.plan`` holds it against the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import pandas as pd

from analysis.errors import Place, Problem, Written, bad
from analysis.rules import Rule, check, parse_yaml, read_rules
from analysis.tables import ROW, read_frame
from desk.register.codes import code_problem, name_problem, tidy

FILE = Path(__file__).parent / "file.yaml"
NEEDED = ("level", "name", "parent")
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d %H:%M:%S")
LEVELS = ("institution", "unit", "service", "counter")

_Words = dict[str, list[str]]


class FileWords(Rule):
    """The headings and words of the file, and rows that show how it is filled in."""

    headings: _Words
    levels: _Words
    kinds: _Words
    timezones: _Words
    examples: list[list[str]]


@dataclass(frozen=True)
class RegisterRow:
    """What a row says of a place; empty where it says nothing. ``parent``: a code or a name."""

    row: int
    level: str
    code: str
    name: str
    parent: str
    kind: str
    timezone: str
    since: date | None


@dataclass(frozen=True)
class RegisterFile:
    """A file as it was read; ``columns``: its own headings, by key.

    ``problems``: cells that say nothing that is understood.
    """

    name: str
    file_hash: str
    columns: Mapping[str, str]
    rows: list[RegisterRow]
    problems: list[Problem]

    def place(self, row: int, key: str = "") -> Place:
        """Where something stands in the file."""
        return Place(file=self.name, row=row, column=self.columns.get(key, key))


@dataclass
class _Reader:
    """Reads cell after cell, and keeps what is wrong."""

    name: str
    columns: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def place(self, row: int, key: str) -> Place:
        """Where a cell stands in the file."""
        return Place(file=self.name, row=row, column=self.columns.get(key, key))

    def word(self, row: int, key: str, text: str, words: _Words) -> str:
        """The key of a word; empty for none."""
        found = _by_word(words).get(text.casefold(), "") if text else ""
        if text and not found:
            expected = [first for first, *_ in words.values()]
            problem = Problem(
                "register_cell_word", self.place(row, key), found=Written(text), known=expected
            )
            self.problems.append(problem)
        return found

    def day(self, row: int, text: str) -> date | None:
        """The day as people and spreadsheets write it; None for none."""
        for form in DATES if text else ():
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
        if text:
            place = self.place(row, "since")
            self.problems.append(Problem("register_cell_day", place, found=Written(text)))
        return None

    def checked(
        self, row: int, key: str, text: str, problem_of: Callable[[str, Place], Problem | None]
    ) -> str:
        """The text, whatever is wrong with it."""
        if problem := problem_of(text, self.place(row, key)):
            self.problems.append(problem)
        return text


@cache
def file_words() -> FileWords:
    """The words that come with the program."""
    return check(FileWords, parse_yaml(read_rules(FILE), FILE.name), FILE.name)


def read_register(content: bytes, name: str) -> RegisterFile:
    """The rows of a CSV or XLSX file, good and bad. Raises BadInput for one that is no register."""
    frame = read_frame(content, name)
    reader = _Reader(name, _columns(frame, name))
    cells = frame.rename(columns={heading: key for key, heading in reader.columns.items()})
    for key in file_words().headings:
        if key not in cells:
            cells[key] = ""
    told = cells[[ROW, *file_words().headings]].itertuples(index=False, name=None)
    rows = [_read_row(reader, row, cells) for row, *cells in told]
    if not rows:
        raise bad("register_no_rows", Place(file=name))
    return RegisterFile(name, sha256(content).hexdigest(), reader.columns, rows, reader.problems)


def _columns(frame: pd.DataFrame, name: str) -> dict[str, str]:
    headings = _by_word(file_words().headings)
    columns = {
        headings[tidy(heading).casefold()]: heading
        for heading in frame.columns
        if tidy(heading).casefold() in headings
    }
    if missing := [key for key in NEEDED if key not in columns]:
        expected = [file_words().headings[key][0] for key in missing]
        raise bad("register_headings", Place(file=name), needed=expected)
    return columns


def _read_row(reader: _Reader, row: int, cells: Sequence[str]) -> RegisterRow:
    level, code, name, parent, kind, timezone, since = cells
    words = file_words()
    if not level:
        expected = [first for first, *_ in words.levels.values()]
        place = reader.place(row, "level")
        reader.problems.append(Problem("register_cell_word", place, found="–", known=expected))
    return RegisterRow(
        row=row,
        level=reader.word(row, "level", level, words.levels),
        code=reader.checked(row, "code", code, code_problem) if code else "",
        name=reader.checked(row, "name", tidy(name), name_problem),
        parent=parent,
        kind=reader.word(row, "kind", kind, words.kinds),
        timezone=reader.word(row, "timezone", timezone, words.timezones),
        since=reader.day(row, since),
    )


def _by_word(words: _Words) -> dict[str, str]:
    return {word.casefold(): key for key, same in words.items() for word in same}
