"""A paper as a row of blocks, written once and drawn by ``word`` and by ``typeset``.

Texts are plain: no markup is read in them, whoever wrote them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from locales import Language
from reports.charts import PaperChart


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
    """A chart; ``alt`` says to those who can't see it what it shows."""

    caption: str
    alt: str
    chart: PaperChart


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
