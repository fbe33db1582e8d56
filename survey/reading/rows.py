"""Rows of a table that are no respondents: totals, means, signatures, notes, empty lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.grids.grid import Cells
from survey.reading.answers import MISSING, UNREAD
from survey.reading.meanings import Reader
from survey.reading.rules import in_words, row_rules

# Under a heading: what may be answered ("1-4", "Skala 1 s/d 4"), or the columns' numbers.
SCALE = re.compile(r"^\(?(?:skala|nilai|skor|scale)?\s*\(?1\s*(?:-|–|s/?d|sampai|to)\s*[4-6]\)?$")
# "12", "12.", "R-012": how a row is numbered.
NUMBERED = re.compile(r"[\w\-/.]{0,6}\d+[.)]?")
# Means are shown with decimals, answers are not.
DECIMAL = re.compile(r"\d+[.,]\d+")
# More than this share of the cells of a column are numbers, where it numbers rows.
NUMBERED_ROWS = 0.5
WORD = r"[^\W\d_]{2}"
# Shorter runs of numbers could be answers.
SHORTEST_RUN = 5
# Fewer cells than this share of the items are a note below the table, no row of answers.
NOTE = 0.5
# So many filled cells are somebody who answered nothing, not a note.
SEVERAL = 3
# Means are shown with two decimals at least.
ROUNDED = 0.0051

LeftOutReason = str  # a key of the section "left_out" of the locales


@dataclass(frozen=True)
class Body:
    """The cells below a heading.

    ``cells``: (n, columns) of text; ``answers``: (n, items) as read, 0 missing, -1 unread;
    ``items``: (items,) where they stand among the columns; ``labels``: the columns where a row
    may say what it is; ``spoken``: those of comments, which say anything; ``numbers``: the columns
    that number rows; ``days``: those that say when they were filled in.
    """

    cells: Cells
    answers: NDArray[np.int64]
    items: NDArray[np.int64]
    labels: NDArray[np.int64]
    spoken: NDArray[np.int64]
    numbers: NDArray[np.int64]
    days: NDArray[np.int64]

    @property
    def filled(self) -> NDArray[np.bool_]:
        """(n, items) whether anything stands in the cell of an item."""
        filled: NDArray[np.bool_] = self.cells[:, self.items] != ""
        return filled


def left_out(body: Body, reader: Reader, keys: list[str]) -> dict[int, tuple[LeftOutReason, str]]:
    """Why a row is no respondent, and what it calls itself, by its place from 0.

    ``keys``: the items of the columns. Rows without a text are left out unsaid: they are not here.
    """
    found: dict[int, tuple[LeftOutReason, str]] = {}
    everything = np.arange(len(body.cells))

    def leave(
        rows: NDArray[np.int64], why: LeftOutReason, texts: Mapping[int, str] | None = None
    ) -> None:
        for row in rows.tolist():
            found.setdefault(row, (why, (texts or {}).get(row, _first_text(body.cells[row]))))

    leave(_headings_again(body, reader, keys), "heading")
    totals = _named_totals(body)
    leave(np.array(sorted(totals), dtype=np.int64), "total", totals)
    worded = [row for row in _worded(body).tolist() if not _items_named(body, row, reader, keys)]
    leave(np.array(worded, dtype=np.int64), "note")
    rest = np.setdiff1d(everything, np.array(sorted(found), dtype=np.int64))
    rest = rest[body.filled[rest].any(axis=1)]
    below = _below(body, rest, max(totals, default=len(body.cells)))
    leave(below, "note")
    rest = np.setdiff1d(rest, below)
    leave(_sums_and_means(body, rest), "unnamed_total")
    rest = np.setdiff1d(rest, np.array(sorted(found), dtype=np.int64))
    rest = rest[(body.answers[rest] != MISSING).any(axis=1)]  # what is there is not only missing
    last = rest.max(initial=-1)
    silent = np.setdiff1d(everything, np.concatenate([rest, np.array(sorted(found), dtype=int)]))
    written = silent[(body.cells[silent] != "").any(axis=1)]
    numbered = _only_numbered(body, written)
    leave(numbered, "numbered")
    written = np.setdiff1d(written, numbered)
    several = (body.cells[written] != "").sum(axis=1) >= SEVERAL
    answered_nothing = written[(written < last) | body.filled[written].any(axis=1) | several]
    leave(answered_nothing, "no_answers")
    leave(np.setdiff1d(written, answered_nothing), "note")
    return dict(sorted(found.items()))


def _first_text(row: NDArray[np.object_]) -> str:
    return next((text for text in row if text), "")


def _headings_again(body: Body, reader: Reader, keys: list[str]) -> NDArray[np.int64]:
    """Rows that repeat the heading, number the columns, or say what may be answered."""
    suspects = np.flatnonzero((body.answers == UNREAD).sum(axis=1) > len(keys) * NOTE)
    again = [row for row in suspects.tolist() if _names_items(body, row, reader, keys)]
    if len(body.cells) and _numbers_columns(body.cells[0]):
        again.append(0)
    return np.unique(np.array(again, dtype=np.int64))


def _names_items(body: Body, row: int, reader: Reader, keys: list[str]) -> bool:
    texts = body.cells[row, body.items].tolist()
    if all(SCALE.match(text.casefold()) for text in texts if text):
        return any(texts)
    named = _items_named(body, row, reader, keys)
    in_order = all(found == key for found, key in named)  # else what follows is of other questions
    return in_order and len(named) > len(keys) * NOTE


def _items_named(body: Body, row: int, reader: Reader, keys: list[str]) -> list[tuple[str, str]]:
    """The items that the cells of a row name, each beside the item of its column."""
    meanings = [reader.meaning(text) for text in body.cells[row, body.items].tolist()]
    return [
        (one.key, key)
        for one, key in zip(meanings, keys, strict=True)
        if one and one.key in reader.instrument.allowed
    ]


def _numbers_columns(row: NDArray[np.object_]) -> bool:
    """Whether the cells count up by one: "(1) (2) (3)" under a heading."""
    numbers = [re.fullmatch(r"\(?(\d{1,3})\)?", text) for text in row if text]
    counted = [int(found[1]) for found in numbers if found]
    return len(counted) == len(numbers) >= SHORTEST_RUN and bool((np.diff(counted) == 1).all())


def _named_totals(body: Body) -> dict[int, str]:
    """The rows that call themselves total, mean, index or the like, and how they do."""
    found: dict[int, str] = {}
    first = (body.cells != "").argmax(axis=1)
    for column in np.setdiff1d(np.arange(body.cells.shape[1]), body.spoken).tolist():
        texts = pd.Series(body.cells[:, column], dtype="str")
        named = texts[texts.str.contains(_begin_totals(), regex=True)]
        for row, text in zip(named.index.tolist(), named.tolist(), strict=True):
            kind = _said(body, row, column, column == first[row])
            if kind == "surely" or (kind and _may_be(body, row, kind)):
                found.setdefault(row, text)
    return found


def _said(body: Body, row: int, column: int, first: bool) -> str | None:
    """How surely a cell names its row a total: surely only where a row is named.

    That is its first cell, or one before the answers. What stands behind them may be anything
    that a respondent wrote.
    """
    before = column < body.items.min()
    if not (first and before) and column not in body.labels:
        return None
    text = body.cells[row, column]
    kind = _total(text)
    if kind != "surely" or (first and before):
        return kind
    return "surely" if before and _begins(in_words(text), row_rules().surely) else "mostly"


def _may_be(body: Body, row: int, kind: str) -> bool:
    """Whether a row with a doubtful name is a total: it is no full row of answers."""
    number = int((body.answers[row] > 0).sum())
    full = UNREAD not in body.answers[row] and number > len(body.items) * NOTE
    plain = not any(DECIMAL.fullmatch(text) for text in body.cells[row, body.items])
    return not (full and plain) if kind == "mostly" else not full


@cache
def _begin_totals() -> str:
    """Finds the texts that may name a total, quickly: among a hundred thousand names."""
    words = {name.split()[0] for name in [*row_rules().surely, *row_rules().mostly]}
    return rf"(?i)^\W*(?:{'|'.join(map(re.escape, sorted(words)))}|Σ|∑)"


def _total(text: str) -> str | None:
    """How surely a text names a total: "surely", "mostly" or "doubtful"; None for others.

    >>> _total("NRR per unsur"), _total("Total Wijaya"), _total("Perempuan")
    ('surely', 'mostly', None)
    """
    rules, words = row_rules(), in_words(text)
    if text.startswith(("Σ", "∑")):
        return "surely"
    if _begins(words, rules.surely):
        return "surely"
    if not _begins(words, rules.mostly):
        return None
    if words in rules.doubtful:
        return "doubtful"
    known = all(word in rules.words or not word.isalpha() for word in words.split())
    return "surely" if known else "mostly"


def _begins(words: str, names: list[str]) -> bool:
    return any(words == name or words.startswith(f"{name} ") for name in names)


def _below(body: Body, rows: NDArray[np.int64], last_total: int) -> NDArray[np.int64]:
    """Rows of few cells at the foot: below the last total, without any answer, or not numbered

    where all above are.
    """
    filled, answered = body.filled[rows].sum(axis=1), (body.answers[rows] > 0).any(axis=1)
    few = np.less(filled, max(2, len(body.items) * NOTE))
    foot = np.greater(rows, rows[~few | answered].max(initial=-1))
    ended = rows[~few].max(initial=-1)
    numbered = _numbered(body, rows)
    unlike = numbered[~few].all() & np.greater(rows, ended) & ~numbered
    notes = few & ((foot & ~answered) | ((ended < last_total) & np.greater(rows, last_total)))
    return rows[np.flatnonzero(notes | (few & unlike))]


def _worded(body: Body) -> NDArray[np.int64]:
    """Rows with a word where the others have a number or a day: "Predikat", "Prioritas".

    Above others that have a day it may be one: "kemarin".
    """
    worded = np.zeros(len(body.cells), dtype=bool)
    for column in [*body.numbers.tolist(), *body.days.tolist()]:
        texts = pd.Series(body.cells[:, column], dtype="str")
        digits = texts.str.contains(r"\d").to_numpy()
        words = texts.str.contains(WORD).to_numpy() & ~digits
        if digits.sum() > NUMBERED_ROWS * (texts != "").sum():
            last = np.flatnonzero(digits)[-1] if column in body.days else -1
            worded |= words & np.greater(np.arange(len(words)), last)
    return np.flatnonzero(worded)


def _numbered(body: Body, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(rows,) whether a number stands in a column of numbers."""
    numbered: NDArray[np.bool_] = np.zeros(len(rows), dtype=bool)
    for column in body.numbers.tolist():
        numbered |= pd.Series(body.cells[rows, column], dtype="str").str.contains(r"\d").to_numpy()
    return numbered


def _sums_and_means(body: Body, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows at the foot that no answer could be, and that are the sums or means of those above."""
    foot = _foot(body, rows)
    if not len(foot):
        return rows[:0]
    values = _numbers(body.cells[np.ix_(rows, body.items)])
    above = values[: len(rows) - len(foot)]
    count, sums = (~np.isnan(above)).sum(axis=0), np.nansum(above, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums / count
    candidates = (sums, means, means / len(body.items))
    below = values[len(above) :]
    all_numbers = (~np.isnan(below) == body.filled[foot]).all(axis=1)
    alike = np.array([_is_one_of(row, candidates) for row in below], dtype=bool)
    return foot[np.flatnonzero(alike & all_numbers)]


def _foot(body: Body, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The last rows that cannot be answers, or are not numbered where all others are."""
    cannot = np.equal(body.answers[rows], UNREAD).any(axis=1)
    numbered = _numbered(body, rows)
    proper = np.flatnonzero(~(cannot | (~numbered & numbered[:1].any())))
    return rows[proper[-1] + 1 :] if len(proper) else rows[:0]


def _is_one_of(row: NDArray[np.float64], candidates: tuple[NDArray[np.float64], ...]) -> bool:
    """Whether the numbers of a row are one of these rows of numbers, rounded."""
    given = ~np.isnan(row)
    return bool(given.sum() > 1) and any(
        bool((np.abs(row[given] - one[given]) < ROUNDED).all()) for one in candidates
    )


def _numbers(cells: Cells) -> NDArray[np.float64]:
    """Cells as decimal numbers, NaN where they are none."""
    codes, texts = np.unique(cells.astype(str), return_inverse=True)
    number = re.compile(r"\d+(?:[.,]\d+)?")
    values = np.array(
        [float(text.replace(",", ".")) if number.fullmatch(text) else np.nan for text in codes]
    )
    return values[texts].reshape(cells.shape)


def _only_numbered(body: Body, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of which nothing is filled but a number."""
    filled: NDArray[np.bool_] = np.asarray(body.cells[rows] != "")
    alone: NDArray[np.bool_] = np.asarray(filled.sum(axis=1) == 1)
    text = body.cells[rows, filled.argmax(axis=1)]
    number = np.array([NUMBERED.fullmatch(one) is not None for one in text], dtype=bool)
    only: NDArray[np.int64] = rows[alone & number]
    return only
