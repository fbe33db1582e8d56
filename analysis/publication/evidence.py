"""What a publication states as evidence, format 2: every other number follows from it."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from analysis.errors import BadInput, Place, Written
from analysis.rulebook.instrument import Instrument, parse_instrument
from analysis.rulebook.scheme import Scheme, parse_scheme
from analysis.rules import Text, broken, problem_of

Content: TypeAlias = dict[str, Any]  # of a JSON file, as it stands there
FORMAT: Final = 2
EXACT = re.compile(r"-?\d{1,999}(/\d{1,999})?", re.ASCII)
SQUARES = re.compile(r"\d{1,12}\.\d{9}", re.ASCII)
RULES_KEPT = 8


@lru_cache(RULES_KEPT)
def _scheme(text: str, name: str) -> Scheme:
    return parse_scheme(text, name)


@lru_cache(RULES_KEPT)
def _instrument(text: str, name: str) -> Instrument:
    return parse_instrument(text, name)


def _exact(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if not (isinstance(value, str) and EXACT.fullmatch(value)):
        raise broken("no_fraction", found=Written(str(value)))
    try:
        return Fraction(value)
    except ZeroDivisionError:
        raise broken("no_fraction", found=Written(value)) from None


def _squares(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not (isinstance(value, str) and SQUARES.fullmatch(value)):
        raise broken("no_squares", found=Written(str(value)))
    return Decimal(value)


ExactText = Annotated[Fraction, BeforeValidator(_exact), PlainSerializer(str)]
Squares = Annotated[
    Decimal, BeforeValidator(_squares), PlainSerializer(lambda squares: format(squares, "f"))
]
StatedNumber = Annotated[int, Field(ge=0, le=10**12)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Stated(BaseModel):
    """Base of the evidence: keys beside it are what follows from it."""

    model_config = ConfigDict(frozen=True, strict=True, arbitrary_types_allowed=True)


class RuleFile(Stated):
    """A scheme or an instrument, word for word as it was used."""

    id: str
    text: str

    def as_scheme(self) -> Scheme:
        """What the text says, read as a scheme. Raises BadInput."""
        return _scheme(self.text, self.id)


class StatedInstrument(RuleFile):
    """An instrument with the scheme of its index."""

    scheme: RuleFile

    def as_instrument(self) -> Instrument:
        """What the text says, read as an instrument. Raises BadInput."""
        return _instrument(self.text, self.id)


class Range(Stated, extra="forbid"):
    """The smallest and the largest raw value of an indicator, among all who were assessed."""

    min: ExactText
    max: ExactText


class StatedPeriod(Stated):
    """The responses of a unit in a closed period, by what became of them."""

    period: str
    counted: StatedNumber
    withdrawn: StatedNumber
    excluded: StatedNumber
    left_out: StatedNumber


class Experiences(Stated, extra="forbid"):
    """How many said what they experienced, and how many of them nothing bad."""

    answered: StatedNumber
    none: StatedNumber


class Survey(Stated):
    """What citizens answered, of whom ``rules`` says what they were asked (a place in the list).

    ``answers``: how often each item was answered with each allowed value, in ascending order;
    ``squares``: the second moment of the index, the sum of its squared linear errors over the
    respondents (``analysis.uncertainty.moments``). Both are None where they are withheld.
    """

    rules: StatedNumber
    respondents: StatedNumber
    answers: dict[str, list[StatedNumber]] | None
    squares: Squares | None
    experienced: Experiences | None


class Interviews(Stated, extra="forbid"):
    """What users of a unit told the Ombudsman: their points of the most possible.

    ``squares``: the second moment of the score, as of a survey.
    """

    respondents: StatedNumber
    points: StatedNumber
    most: StatedNumber
    squares: Squares


class StatedLack(Stated, extra="forbid"):
    """What a unit's fieldwork lacked: ``found`` of ``needed`` in an area.

    ``kind``: "chosen", products or people looked at; "judgement", of the item of a subject;
    "interviews", users who answered.
    """

    kind: Literal["chosen", "judgement", "interviews"]
    area: str
    subject: str
    item: str
    found: StatedNumber
    needed: StatedNumber


class StatedWaiver(Stated, extra="forbid"):
    """That a unit has a score though something is lacking, as two analysts agreed, and why."""

    lacking: Sequence[StatedLack]
    reason: str
    proposed: str
    confirmed: str


class StatedSecondary(Stated, extra="forbid"):
    """Another body's figure on its own scale, with the title and year of what it was read in.

    ``of``: whether it is the unit's own or its institution's.
    """

    value: ExactText
    source: str
    year: StatedNumber
    of: Literal["unit", "institution"]


class StatedProducts(Stated, extra="forbid"):
    """How many products the Ombudsman gave an institution, and how many were followed up."""

    issued: StatedNumber
    followed_up: StatedNumber


class StatedUnit(Stated):
    """A unit with the raw value of each indicator; ``interviews``: by evidence, where held.

    ``waiver``: by which it has a score though its fieldwork is not complete; None: it is;
    ``secondary``: other bodies' figures by indicator, where the scheme asks for them.
    """

    institution: str
    code: str
    name: str
    inputs: dict[str, ExactText | None]
    responses: Sequence[StatedPeriod]
    survey: Survey | None
    interviews: dict[str, Interviews] | None = None
    waiver: StatedWaiver | None = None
    secondary: dict[str, StatedSecondary] | None = None


class StatedShortKind(Stated, extra="forbid"):
    """Of a kind of unit fewer in the sample than the year's rule asks."""

    kind: str
    chosen: StatedNumber
    asked: StatedNumber


class StatedWithdrawnUnit(Stated, extra="forbid"):
    """A unit that was taken out of the sample after something of it was judged, and why."""

    code: str
    name: str
    reason: str


class StatedSample(Stated, extra="forbid"):
    """Where an institution's sample is not what the year's rule asks."""

    short: Sequence[StatedShortKind]
    withdrawn: Sequence[StatedWithdrawnUnit]


class StatedInstitution(Stated):
    """An institution; ``province``: the code of the one in which it is ranked.

    ``declared``: whether the fact of the scheme's suffix holds of it; None without a suffix;
    ``products``: the Ombudsman's, where the register has any and the fact depends on them;
    ``sample``: where it is smaller than the rule asks, or a judged unit was taken out of it.
    """

    code: str
    name: str
    kind: str
    province: str | None
    demonstration: bool
    declared: bool | None = None
    products: StatedProducts | None = None
    sample: StatedSample | None = None


class CertificateIssuer(Stated, extra="forbid"):
    """Who issues the certificates of a publication, where, and who signs them in which office."""

    body: Text
    place: str
    signatory: str
    office: Text


class StatedRobustness(Stated):
    """From what it is drawn how sure ranks are: the text of its rules, a seed, and how many runs.

    ``pairs``: of judgements that two assessors gave the same things, ``squares``: the sum of their
    squared differences; without any, assessors stray as the rules assume.
    """

    rules: RuleFile
    seed: StatedNumber
    draws: StatedNumber
    pairs: StatedNumber
    squares: StatedNumber


class ScoreEvidence(Stated):
    """All that a publication states; every other number follows.

    ``without``: sources of responses that do not count; ``corrects``: the hash of the
    publication that this one corrects; ``ranges``: of each indicator under min-max;
    ``stand_in``: whether a unit's own survey was let stand in for the Ombudsman's interviews;
    ``issuer``: None where no certificates are given; ``robustness``: from what it follows how
    sure ranks are. Older documents state none of the three.
    """

    format: Literal[2]
    year: int
    scheme: RuleFile
    instruments: Sequence[StatedInstrument]
    not_independent: bool
    without: list[str]
    corrects: Hash | None
    provisional_institutions: StatedNumber
    ranges: dict[str, Range]
    institutions: Sequence[StatedInstitution]
    units: Sequence[StatedUnit]
    software: str
    stand_in: bool | None = None
    issuer: CertificateIssuer | None = None
    robustness: StatedRobustness | None = None


def read_evidence(content: Content) -> ScoreEvidence:
    """What a document states. Raises BadInput naming each path that has no such value."""
    try:
        return ScoreEvidence.model_validate(content)
    except ValidationError as error:
        raise BadInput([problem_of(one, place_of) for one in error.errors()]) from error


def place_of(*keys: str | int) -> Place:
    """The path of keys in a document, such as ``units[0].survey``."""
    path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return Place(key=path.removeprefix("."))
