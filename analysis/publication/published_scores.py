"""The document of a publication, format 2: what is stated and, beside it, what follows from it.

Its JSON has these keys and no others, and is sealed as it was written: whoever checks a seal
takes the file's own bytes, never those of what was read here.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, PlainSerializer, ValidationError

from analysis.errors import BadInput, Written
from analysis.publication.evidence import (
    Content,
    Hash,
    RuleFile,
    ScoreEvidence,
    Stated,
    StatedInstitution,
    StatedInstrument,
    StatedNumber,
    StatedPeriod,
    StatedRobustness,
    StatedUnit,
    Survey,
    place_of,
)
from analysis.rules import Text, broken, problem_of


def _follows(value: object) -> Fraction:
    """Of any length, unlike what is stated: a mean of many units is a long fraction."""
    if isinstance(value, Fraction):
        return value
    try:
        fraction = Fraction(value) if isinstance(value, str) else None
    except (ValueError, ZeroDivisionError):
        fraction = None
    if fraction is None or str(fraction) != value:
        raise broken("no_fraction", found=Written(str(value)))
    return fraction


def _rounded(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None or str(number) != value:
        raise broken("no_rounded", found=Written(str(value)))
    return number


FollowingFraction = Annotated[Fraction, BeforeValidator(_follows), PlainSerializer(str)]
Rounded = Annotated[Decimal, BeforeValidator(_rounded), PlainSerializer(str)]


class UsedRules(RuleFile, extra="forbid"):
    """A file of rules with the hash of its text."""

    sha256: Hash


class UsedInstrument(StatedInstrument, UsedRules, extra="forbid"):
    """An instrument and the scheme of its index, each with the hash of its text."""

    scheme: UsedRules


class PublishedPeriod(StatedPeriod, extra="forbid"):
    """The responses of a period; ``received``: all of them together."""

    received: int


class PublishedSurvey(Survey, extra="forbid"):
    """A survey with the standard error of its index, on the scale of the index."""

    standard_error: Rounded | None


class Scored(Stated):
    """A score as shown and unrounded, its band, and its place; None where there is none."""

    score: Rounded | None
    score_exact: FollowingFraction | None
    grade: str | None
    zone: str | None
    label: Text | None
    rank: StatedNumber | None


class UnitCertainty(Stated, extra="forbid"):
    """What a rank and a zone are worth, under the errors of the data.

    ``rank_set``: the least and the greatest rank at the rules' level; ``probability``: of each
    zone, or of each band where there are no zones. None where nothing can be said.
    """

    rank_set: list[StatedNumber] | None
    probability: dict[str, Rounded] | None


class PublishedCertainty(UnitCertainty, extra="forbid"):
    """That of an institution. ``rank_set_of_all``: the set that holds for all institutions at once;
    ``choice_ranks``: between which the rank lies under nearly all other choices of the method.
    """

    rank_set_of_all: list[StatedNumber] | None
    choice_ranks: list[StatedNumber] | None


class PublishedUnit(StatedUnit, Scored, extra="forbid"):
    """A unit with its score; ``nodes``: the value of each node of the scheme on its scale.

    ``how_sure``: where the document's rules of robustness say it of units.
    """

    responses: Sequence[PublishedPeriod]
    survey: PublishedSurvey | None
    nodes: dict[str, FollowingFraction | None]
    how_sure: UnitCertainty | None = None


class SobolPart(Stated, extra="forbid"):
    """What part a factor makes of how far ranks move: alone, and with all others."""

    question: Literal["data", "choices"]
    first: Rounded
    total: Rounded


class PublishedRobustness(StatedRobustness, extra="forbid"):
    """From what it was drawn, and the parts of the factors that move ranks at all."""

    factors: dict[str, SobolPart]


class PublishedInstitution(StatedInstitution, Scored, extra="forbid"):
    """An institution with the mean score of its ``units``, of which that is the number.

    ``how_sure``: where the document states from what it follows.
    """

    units: StatedNumber
    rank_in_province: StatedNumber | None
    how_sure: PublishedCertainty | None = None


class PublishedScores(ScoreEvidence, extra="forbid"):
    """The document: a year's scores under a scheme, with all that they follow from."""

    scheme: UsedRules
    instruments: Sequence[UsedInstrument]
    institutions: Sequence[PublishedInstitution]
    units: Sequence[PublishedUnit]
    robustness: PublishedRobustness | None = None

    @property
    def demonstration(self) -> bool:
        """Whether any of its institutions is invented."""
        return any(one.demonstration for one in self.institutions)

    def of_institution(self, code: str) -> Self:
        """The document with this institution and its units only."""
        return self.model_copy(
            update={
                "institutions": [one for one in self.institutions if one.code == code],
                "units": [one for one in self.units if one.institution == code],
            }
        )

    def content(self) -> Content:
        """What its JSON holds. Keys that a document from before has not stay away."""
        return self.model_dump(exclude_unset=True)


def read_scores(text: str) -> PublishedScores:
    """The document of this JSON. Raises BadInput naming each path that is not of the format."""
    try:
        return PublishedScores.model_validate_json(text)
    except ValidationError as error:
        raise BadInput([problem_of(one, place_of) for one in error.errors()]) from error
