"""A paper as a row of blocks, written once and drawn by ``word`` and by ``typeset``.

Texts are plain: no markup is read in them, whoever wrote them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from typing import Any

from locales import Language
from reports.charts import PaperChart, SvgPicture


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 or 2, with its number in its text."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Rows under a head that is repeated on every page.

    ``widths``: of the columns, relative; ``numbers``: the columns that hold numbers. ``small``
    for a table of many columns.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    numbers: Sequence[int] = ()
    small: bool = False


@dataclass(frozen=True)
class Figure:
    """A chart, or a picture as SVG; ``alt`` says to those who can't see it what it shows."""

    caption: str
    alt: str
    chart: PaperChart | SvgPicture


@dataclass(frozen=True)
class Photo:
    """A photograph, as JPEG."""

    caption: str
    alt: str
    picture: bytes


@dataclass(frozen=True)
class SignatureBlock:
    """Who signs: place and date, the office, room for the signature, name and NIP."""

    place_and_date: str
    office: str
    name: str
    nip: str


Block = Heading | Paragraph | Bullets | Table | Figure | Photo | SignatureBlock


@dataclass(frozen=True)
class Document:
    """A paper: its cover, then its blocks; ``mark`` stands on every page."""

    language: Language
    title: str
    subtitle: str
    name: str
    institution: str
    period: str
    year: str
    made: date
    contents: str
    page: str
    blocks: list[Block] = field(default_factory=list)
    mark: str | None = None


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A document, or a part of one, with each of its texts changed alike."""
    match value:
        case str():
            return change(value)
        case list() | tuple():
            return [with_texts(one, change) for one in value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {one.name: with_texts(getattr(value, one.name), change) for one in fields(value)}
    return replace(value, **changed)
