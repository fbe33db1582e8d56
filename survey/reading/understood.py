"""A file of an office, understood: what will be stored, what is left out and why."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.characters import entered
from analysis.errors import SHOWN, BadInput, Place, Problem, Value, Written, bad
from analysis.grids import read_sheets
from analysis.index.counting import count_frame
from analysis.index.satisfaction import Satisfaction, satisfaction
from models.responses import LONGEST_COMMENT, READERS
from survey.reading import people, rows
from survey.reading.answers import MISSING, UNREAD, AnswerReader
from survey.reading.meanings import NOT_KEPT, NUMBER, PERSONAL, UNIT
from survey.reading.tables import (
    JOINED,
    LEFT_OUT,
    AnswersColumn,
    AnswersTable,
    ReadingOptions,
    find_table,
)

IMPORT = "import"
# Texts of respondents, wherever they stand.
SPOKEN = ("comment", "readers")
# So many different texts are named where some are not understood.
NAMED = 5


@dataclass(frozen=True)
class LeftOut:
    """A row that is no respondent: its number, why, and what it says of itself."""

    row: int
    why: rows.LeftOutReason
    text: str


@dataclass(frozen=True)
class Warned:
    """What a person should know of a file: a code with its values (locales, ``understood``)."""

    code: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Understood:
    """A file that was read and could be stored; nothing in it tells who the respondents are.

    ``heading_row``: from 1; ``columns``: what each heading means, None where it is not kept;
    ``answers``: a column an item, one row a respondent, by row number of the file; by the same
    rows ``respondents`` (a column a field), ``visits`` (service, comment, readers as written,
    "" where there is none; date; provenance); ``index``: what the file says by itself;
    ``again``: why answers that are stored already shall be stored once more, if somebody said.
    """

    name: str
    file_hash: str
    sheet: str
    heading_row: int
    columns: Mapping[str, str | None]
    answers: pd.DataFrame
    respondents: pd.DataFrame
    visits: pd.DataFrame
    left_out: Sequence[LeftOut]
    warnings: Sequence[Warned]
    index: Satisfaction
    again: str | None = None

    @property
    def asked(self) -> set[str]:
        """The questions that it has columns for: items, and fields about the respondent."""
        items = set(self.columns.values()) & set(self.answers.columns)
        return {*map(str, items), *self.respondents.columns}

    @cached_property
    def content_hash(self) -> str:
        """The SHA-256 of all answers in any order: the same for the same answers once more."""
        return hash_of_answers(self.answers)

    def heading_of(self, key: str) -> str | None:
        """The heading of the column that holds this."""
        return next((heading for heading, held in self.columns.items() if held == key), None)


def read_file(content: bytes, name: str, asked: ReadingOptions) -> Understood:
    """What a file says. Raises BadInput naming what cannot be read."""
    return understand(find_table(read_sheets(content, name), asked, name), content, asked)


def hash_of_answers(answers: pd.DataFrame) -> str:
    """The SHA-256 of answers, a column an item in alphabetical order, in any order of rows."""
    names = sorted(answers.columns)
    given = answers[names].fillna(MISSING).to_numpy(np.uint8)
    ordered = given[np.lexsort(given.T[::-1])] if len(given) else given
    return sha256("\n".join(names).encode() + b"\0" + ordered.tobytes()).hexdigest()


def understand(table: AnswersTable, content: bytes, asked: ReadingOptions) -> Understood:
    """What the table says. Raises BadInput naming every row that cannot be read."""
    columns = _columns_of_items(table, asked)
    read = _read(table, columns, asked)
    out = _left_out(table, columns, read, asked)
    kept = np.setdiff1d(np.arange(len(table.rows)), np.array([*out], dtype=np.int64))
    left_out = [LeftOut(int(table.rows[at]), *why) for at, why in out.items()]
    if not len(kept):
        raise _nobody(table, left_out)
    _refuse(_misplaced(table, kept))
    _refuse(_unread(table, columns, read[kept], kept, asked))
    answers = pd.DataFrame(
        np.where(read[kept] == MISSING, np.nan, read[kept]),
        index=pd.Index(table.rows[kept], name="row"),
        columns=list(columns),
    ).astype("Int64")
    about = _About(table, kept, asked)
    respondents, visits = about.respondents(), about.visits()
    _refuse(_bad_comments(table, visits))
    return Understood(
        name=table.name,
        file_hash=sha256(content).hexdigest(),
        sheet=table.sheet,
        heading_row=table.heading.row + 1,
        columns={
            one.heading: None if one.key in (*NOT_KEPT, LEFT_OUT) else one.key
            for one in table.columns
        },
        answers=answers,
        respondents=respondents,
        visits=visits,
        left_out=left_out,
        warnings=[*_warnings(table, kept, asked), *about.warned, *_outside(visits, asked)],
        index=_index(answers, asked),
    )


def _columns_of_items(table: AnswersTable, asked: ReadingOptions) -> dict[str, AnswersColumn]:
    """Each item's column, as the questionnaire asks. Raises BadInput for none or several."""
    instrument = asked.instrument
    place = Place(table.name, row=table.heading.row + 1)
    wanted = [item.key for item in instrument.items]
    if table.heading.items == 0 and not any(one.key in wanted for one in table.columns):
        raise bad("no_heading", place)
    held = {key: [one for one in table.columns if one.key == key] for key in instrument.allowed}
    problems = [
        Problem(
            "element_twice",
            place,
            columns=[Written(one.heading) for one in columns],
            element=asked.names([key])[0],
        )
        for key, columns in held.items()
        if len(columns) > 1
    ]
    if absent := [key for key in wanted if not held[key]]:
        unknown = [Written(one.heading) for one in table.columns if one.meaning is None]
        problems.append(
            Problem(
                "elements_absent",
                place,
                elements=asked.names(absent),
                unknown=unknown[:NAMED] or "–",
            )
        )
    _refuse(problems)
    return {key: columns[0] for key, columns in held.items() if columns}


def _read(
    table: AnswersTable, columns: Mapping[str, AnswersColumn], asked: ReadingOptions
) -> NDArray[np.int64]:
    """(n, items) the answers as read."""
    reader = AnswerReader(asked.instrument, asked.zero_is_empty)
    return np.column_stack(
        [reader.column(table.texts(column), item) for item, column in columns.items()]
    )


def _left_out(
    table: AnswersTable,
    columns: Mapping[str, AnswersColumn],
    read: NDArray[np.int64],
    asked: ReadingOptions,
) -> dict[int, tuple[rows.LeftOutReason, str]]:
    items = [one.at for one in columns.values()]
    meant = {one.at: one.key for one in table.columns}
    quiet = (*asked.fields, "comment", "date", "channel", "readers")
    body = rows.Body(
        cells=table.cells,
        answers=read,
        items=np.array(items),
        labels=np.array([at for at in range(table.cells.shape[1]) if meant.get(at) not in quiet]),
        spoken=np.array([at for at, key in meant.items() if key in SPOKEN], dtype=np.int64),
        numbers=np.array([at for at, key in meant.items() if key == NUMBER], dtype=np.int64),
        days=np.array([at for at, key in meant.items() if key == "date"], dtype=np.int64),
    )
    return rows.left_out(body, asked.reader, list(columns))


def _nobody(table: AnswersTable, left_out: Sequence[LeftOut]) -> BadInput:
    silent = [one for one in left_out if one.why in ("no_answers", "note")]
    if silent:
        problems = [Problem("empty_row", Place(table.name, row=one.row)) for one in silent]
        return BadInput(problems)
    return bad("no_rows", Place(table.name))


def _misplaced(table: AnswersTable, kept: NDArray[np.int64]) -> Iterator[Problem]:
    """Rows of a text file with fewer or more cells than the heading: cut off, or a stray comma."""
    if table.widths is None:
        return
    wide = max(one.at for one in table.columns) + 1
    for at in kept[table.widths[kept] != wide].tolist():
        width, spare = int(table.widths[at]), table.cells[at, wide:]
        if width < wide or (spare != "").any():
            place = Place(table.name, row=int(table.rows[at]))
            yield Problem("ragged_row", place, found=width, width=wide)


def _unread(
    table: AnswersTable,
    columns: Mapping[str, AnswersColumn],
    read: NDArray[np.int64],
    kept: NDArray[np.int64],
    asked: ReadingOptions,
) -> Iterator[Problem]:
    items = list(columns.items())
    for row, column in np.argwhere(read == UNREAD).tolist():
        item, where = items[column]
        text = table.cells[kept[row], where.at]
        place = Place(table.name, row=int(table.rows[kept[row]]), column=where.heading)
        allowed = list(asked.instrument.allowed[item])
        if JOINED in text:
            shown = Written(text.split(JOINED)[0])
            yield Problem("answer_merged", place, found=shown, allowed=allowed)
        elif text.strip("0,.") == "":
            yield Problem("zero_unread", place, found=Written(text), allowed=allowed)
        else:
            yield Problem("answer_unread", place, found=Written(text), allowed=allowed)


def _bad_comments(table: AnswersTable, visits: pd.DataFrame) -> Iterator[Problem]:
    comments, readers = visits["comment"], visits["readers"]
    for row, text in _cells(comments[comments.str.len() > LONGEST_COMMENT]):
        place = Place(table.name, row=row, column="comment")
        yield Problem("long_text", place, found=len(text), most=LONGEST_COMMENT)
    for row, text in _cells(readers[~readers.isin(["", *READERS])]):
        place = Place(table.name, row=row, column="readers")
        yield Problem("unknown_readers", place, found=Written(text), known=READERS)


def _cells(texts: pd.Series) -> Iterator[tuple[int, str]]:
    return zip(texts.index.tolist(), texts.tolist(), strict=True)


def _refuse(problems: Iterator[Problem] | Sequence[Problem]) -> None:
    if found := list(problems):
        raise BadInput(found[:SHOWN], more=max(0, len(found) - SHOWN))


@dataclass
class _About:
    """What a table says beside the answers, and what of it was not understood."""

    table: AnswersTable
    kept: NDArray[np.int64]
    asked: ReadingOptions

    def __post_init__(self) -> None:
        self.warned: list[Warned] = []
        self.rows = pd.Index(self.table.rows[self.kept], name="row")
        self.reader = people.PeopleReader(self.asked.instrument, self.asked.on)

    def respondents(self) -> pd.DataFrame:
        """A column a field that the file has, None where nothing is said or sure."""
        fields = [
            one.key for one in self.asked.instrument.respondent.fields if self.table.column(one.key)
        ]
        return pd.DataFrame({field: self._field(field) for field in fields}, index=self.rows)

    def visits(self) -> pd.DataFrame:
        """Service and the comment's readers as written, the comment; the day; how it came."""
        told = self._known(self._texts("channel"), people.provenances, "channel")
        return pd.DataFrame(
            {
                "service": self._texts("service"),
                "comment": self._texts("comment").map(entered),
                "readers": self._texts("readers"),
                "date": self._known(self._texts("date"), people.days, "date"),
                "provenance": told.where(told.notna() & (told != ""), IMPORT),
            }
        )

    def _field(self, field: str) -> pd.Series:
        read = self._known(
            self._texts(field), lambda texts: self.reader.column(texts, field), field
        )
        return read.where(read != "", None)

    def _texts(self, key: str) -> pd.Series:
        column = self.table.column(key)
        if column is None:
            return pd.Series("", self.rows, dtype="str")
        texts: pd.Series = self.table.texts(column).loc[self.rows]
        return texts

    def _known(
        self, texts: pd.Series, read: Callable[[pd.Series], pd.Series], key: str
    ) -> pd.Series:
        """What is read of the texts; those that are not understood are told."""
        known = read(texts)
        unknown = texts[known.isna() & (texts != "")]
        if len(unknown):
            named = [Written(text) for text in unknown.unique()[:NAMED]]
            # A day of birth is forgotten, here too.
            values: dict[str, Value] = {"what": key, "number": len(unknown)}
            personal = key in ("age", "date")
            self.warned.append(
                Warned("some_unread" if personal else "unread", values | {"texts": named})
            )
        return known


def _warnings(
    table: AnswersTable, kept: NDArray[np.int64], asked: ReadingOptions
) -> Iterator[Warned]:
    if table.hidden:
        yield Warned("hidden", {"sheets": list(table.hidden)})
    if number := int(table.unseen[kept].sum()):
        yield Warned("hidden_rows", {"number": number})
    if table.fitting:
        yield Warned("sheets", {"sheet": table.sheet, "others": list(table.fitting)})
    if personal := [one.heading for one in table.columns if one.key == PERSONAL]:
        yield Warned("personal", {"columns": personal})
    if unused := [one.heading for one in table.columns if one.key in (None, UNIT)]:
        yield Warned("unused", {"columns": unused})
    if asked.order is None and _order_matters(table, asked):
        yield Warned("order", {"complaints": "U8", "facilities": "U9"})
    if (column := table.column(UNIT)) and len(
        units := set(table.cells[kept, column.at]) - {""}
    ) > 1:
        yield Warned("units", {"number": len(units), "column": column.heading})


def _outside(visits: pd.DataFrame, asked: ReadingOptions) -> Iterator[Warned]:
    """Whether some visits were not in the period."""
    if asked.within and (days := visits["date"].dropna()).size:
        first, last = asked.within
        if number := int(((days < first) | (days > last)).sum()):
            yield Warned("outside", {"number": number})


def _order_matters(table: AnswersTable, asked: ReadingOptions) -> bool:
    """Whether an element is known by a number that it does not have in the other order."""
    differing = {
        item
        for node in asked.scheme.children
        if node.number and node.number.list != node.number.form
        for item in asked.instrument.items_of.get(node.key, ())
    }
    return any(
        one.meaning and one.meaning.numbered and one.key in differing for one in table.columns
    )


def _index(answers: pd.DataFrame, asked: ReadingOptions) -> Satisfaction:
    return satisfaction(count_frame(answers, asked.instrument), asked.scheme)[0]
