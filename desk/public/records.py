"""What leaves for machines, field by field: from these the interface's description is drawn.

Whole numbers count people; an index is on its scheme's scale, for an IKM 25-100. None stands
where there is nothing, where too few people stand behind it, or where nobody stated it.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
PlaceCode = Annotated[str, Field(description="Stable for good, as in the citizens' links")]
Digest256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, hexadecimal")]
ExactFraction = Annotated[
    str, Field(pattern=r"^-?[0-9]+(/[0-9]+)?$", description="Unrounded, as a fraction")
]
PublicPath = Annotated[str, Field(description="Path on this host")]


class Leaving(BaseModel):
    """Base of what leaves: nothing beside the fields that are named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BothLanguages(Leaving):
    """A text in Indonesian and English."""

    id: str
    en: str


class AnnouncedIndex(Leaving):
    """The index of a unit, or of an institution, as it announced it itself."""

    id: UUID
    url: PublicPath
    page: PublicPath
    institution_code: PlaceCode
    institution: str
    unit_code: PlaceCode | None
    unit: str | None
    demonstration: Annotated[bool, Field(description="Whether the data are invented")]
    period_code: str
    period: str
    starts: date
    ends: date
    scheme: str
    instrument: str
    headline: Annotated[
        Literal["pooled", "averaged"],
        Field(description="All respondents together, or the mean of the services' indices"),
    ]
    index: float
    grade: str | None
    label_id: str | None
    label_en: str | None
    n: Annotated[int | None, Field(description="Respondents that count; of units only")]
    received: int | None
    counted: int | None
    excluded: int | None
    withdrawn: int | None
    visits: int | None
    minimum: Annotated[int | None, Field(description="The minimum sample for so many visits")]
    level: Annotated[float | None, Field(description="Of the interval, 0-1")]
    low: float | None
    high: float | None
    approved: date
    superseded: Annotated[bool, Field(description="Whether a later one corrects it")]
    sha256: Digest256


class AnnouncedMean(Leaving):
    """The mean of an element on the questionnaire's scale, and how many answered."""

    key: str
    number: Annotated[int | None, Field(description="In the regulation's list: U1 to U9")]
    name: BothLanguages
    mean: ExactFraction | None
    n: int | None


class AnnouncedPart(Leaving):
    """A service of the unit or a unit of the institution; ``code``: of units."""

    code: PlaceCode | None
    name: str | None
    index: float | None
    grade: str | None
    n: int | None


class RespondentCount(Leaving):
    """How many respondents of a unit gave a value; None: too few to be told."""

    field: str
    value: Annotated[str, Field(description="Empty: not answered")]
    n: int | None


class PublicStep(Leaving):
    """What the unit does about an element, and what became of it."""

    element: str
    programme: str
    due: date
    status: Literal["planned", "under_way", "done", "dropped"]
    account: str


class AnnouncementRecord(AnnouncedIndex):
    """An announced index with all that was announced, and what was done since."""

    index_exact: ExactFraction
    certainty: Annotated[BothLanguages | None, Field(description="How sure the grade is")]
    assumption: BothLanguages | None
    elements: list[AnnouncedMean]
    services: list[AnnouncedPart]
    units: list[AnnouncedPart]
    respondents: list[RespondentCount]
    steps: list[PublicStep]


class PublicationRecord(Leaving):
    """A publication of the Ombudsman: sealed, signed, in one chain."""

    id: UUID
    url: PublicPath
    institutions: PublicPath
    page: PublicPath
    number: Annotated[int, Field(description="Its place in the chain, from 1")]
    year: int
    scheme: str
    title_id: str
    title_en: str
    published: date
    sha256: Digest256
    previous_sha256: Digest256
    replaces: UUID | None
    replaced_by: UUID | None


class PublishedRow(Leaving):
    """An institution in a publication."""

    code: PlaceCode
    name: str
    kind: str
    province: str | None
    demonstration: bool
    score: float | None
    score_exact: ExactFraction | None
    grade: str | None
    zone: str | None
    label_id: str | None
    label_en: str | None
    rank: int | None
    rank_in_province: int | None
    units: Annotated[int, Field(description="How many of its units were assessed")]
    rank_set_low: Annotated[int | None, Field(description="The best rank that is still possible")]
    rank_set_high: Annotated[int | None, Field(description="The worst rank that is still possible")]
    probability: Annotated[
        float | None, Field(description="Of the zone or band that it is in, under errors of data")
    ]


class SchemeRecord(Leaving):
    """The rules by which answers become an index or a score."""

    id: str
    url: PublicPath
    page: PublicPath
    title_id: str
    title_en: str
    owner: str
    valid_from: date
    valid_until: date | None
    sha256: Digest256


class SchemeBand(Leaving):
    """A named range of values, with its edges as the scheme holds them."""

    low: float
    high: float
    grade: str | None
    zone: str | None
    label: BothLanguages


class SchemeDocument(SchemeRecord):
    """A scheme with its bands and, word for word, its file."""

    bands: list[SchemeBand]
    yaml: str


class InstrumentRecord(Leaving):
    """A questionnaire."""

    id: str
    url: PublicPath
    title_id: str
    title_en: str
    scheme: str
    valid_from: date
    valid_until: date | None
    sha256: Digest256


class InstrumentItem(Leaving):
    """A question that counts; ``answers``: their words by value."""

    key: str
    element: str
    text: BothLanguages
    answers: dict[int, BothLanguages]


class InstrumentDocument(InstrumentRecord):
    """A questionnaire with its questions and, word for word, its file."""

    items: list[InstrumentItem]
    yaml: str
