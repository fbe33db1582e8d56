"""A publication's document: what is stated as evidence, and every number that follows from it.

Format 2. The desk builds it and anyone recomputes it by ``derive``, the one place of both.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import pandas as pd
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from analysis.disclosure import SMALLEST_GROUP
from analysis.errors import BadInput, Place, Written, bad
from analysis.exact import half_up
from analysis.index.composite import Origin
from analysis.index.institutions import (
    Assessed,
    InstitutionScore,
    Result,
    UnitScore,
    score_institutions,
)
from analysis.index.satisfaction import index_scores
from analysis.index.tally import Tally
from analysis.rulebook.instrument import Instrument, parse_instrument
from analysis.rulebook.scheme import Node, Scheme, parse_scheme
from analysis.rules import broken, problem_of, rule_hash

Document = dict[str, Any]
FORMAT: Final = 2
PARTS_OF_RECEIVED = ("counted", "withdrawn", "excluded", "left_out")
EXACT = re.compile(r"-?\d{1,999}(/\d{1,999})?", re.ASCII)
SQUARES = re.compile(r"\d{1,12}\.\d{9}", re.ASCII)
# Enough that no digit of the squares changes unseen.
ERROR_DECIMALS = 12
RULES_KEPT = 8


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


Exact = Annotated[Fraction, BeforeValidator(_exact), PlainSerializer(str)]
Squares = Annotated[
    Decimal, BeforeValidator(_squares), PlainSerializer(lambda squares: format(squares, "f"))
]
Number = Annotated[int, Field(ge=0, le=10**12)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Stated(BaseModel):
    """Base of the evidence: keys beside it are what follows from it."""

    model_config = ConfigDict(frozen=True, strict=True, arbitrary_types_allowed=True)


class RuleFile(Stated):
    """A scheme or an instrument, word for word as it was used."""

    id: str
    text: str


class Asked(RuleFile):
    """An instrument with the scheme of its index."""

    scheme: RuleFile


class Range(Stated):
    """The smallest and the largest raw value of an indicator, among all who were assessed."""

    min: Exact
    max: Exact


class OfPeriod(Stated):
    """The responses of a unit in a closed period, by what became of them."""

    period: str
    counted: Number
    withdrawn: Number
    excluded: Number
    left_out: Number


class Experiences(Stated):
    """How many said what they experienced, and how many of them nothing bad."""

    answered: Number
    none: Number


class Survey(Stated):
    """What citizens answered, of whom ``rules`` says what they were asked (a place in the list).

    ``answers``: how often each item was answered with each allowed value, in ascending order;
    ``squares``: the second moment of the index, the sum of its squared linear errors over the
    respondents (``analysis.uncertainty.moments``). Both are None where they are withheld.
    """

    rules: Number
    respondents: Number
    answers: dict[str, list[Number]] | None
    squares: Squares | None
    experienced: Experiences | None


class Interviews(Stated):
    """What users of a unit told the Ombudsman: their points of the most possible.

    ``squares``: the second moment of the score, as of a survey.
    """

    respondents: Number
    points: Number
    most: Number
    squares: Squares


class OfUnit(Stated):
    """A unit with the raw value of each indicator; ``interviews``: by evidence, where held."""

    institution: str
    code: str
    name: str
    inputs: dict[str, Exact | None]
    responses: list[OfPeriod]
    survey: Survey | None
    interviews: dict[str, Interviews] | None = None


class OfInstitution(Stated):
    """An institution; ``province``: the code of the one in which it is ranked.

    ``declared``: whether the fact of the scheme's suffix holds of it; None without a suffix.
    """

    code: str
    name: str
    kind: str
    province: str | None
    demonstration: bool
    declared: bool | None = None


class Evidence(Stated):
    """All that a publication states; every other number follows.

    ``without``: sources of responses that do not count; ``corrects``: the hash of the
    publication that this one corrects; ``ranges``: of each indicator under min-max.
    """

    format: Literal[2]
    year: int
    scheme: RuleFile
    instruments: list[Asked]
    not_independent: bool
    without: list[str]
    corrects: Hash | None
    provisional_institutions: Number
    ranges: dict[str, Range]
    institutions: list[OfInstitution]
    units: list[OfUnit]
    software: str


def read_evidence(document: Document) -> Evidence:
    """What a document states. Raises BadInput naming each path that has no such value."""
    try:
        return Evidence.model_validate(document)
    except ValidationError as error:
        raise BadInput([problem_of(one, _place) for one in error.errors()]) from error


def derive(evidence: Evidence) -> Document:
    """The document: the evidence and, beside it, every number that follows from it.

    The satisfaction index follows from the counts of answers where these are given, the score
    of perceived maladministration likewise, those of interviews from their points; scores
    from the inputs under the scheme's own text, with the stated minima and maxima; ranks
    among those published. The standard error is sqrt(n / (n - 1) x squares), without finite
    population correction. Raises BadInput where nothing follows.
    """
    scheme = with_ranges(
        _scheme(evidence.scheme.text, evidence.scheme.id),
        {key: (found.min, found.max) for key, found in evidence.ranges.items()},
    )
    inputs = _inputs(evidence, scheme)
    result = _result(evidence, scheme, inputs)
    document = evidence.model_dump(exclude_unset=True)  # older documents declare nothing
    document["scheme"]["sha256"] = rule_hash(evidence.scheme.text)
    for asked in document["instruments"]:
        for rules in (asked, asked["scheme"]):
            rules["sha256"] = rule_hash(rules["text"])
    found = {one.institution: one for one in result.institutions}
    for place in document["institutions"]:
        place.update(_of_institution(found[place["code"]], scheme))
    for at, unit in enumerate(document["units"]):
        nodes = {key: _text(column[at]) for key, column in result.scores.nodes.items()}
        inputs_of = {key: _text(column[at]) for key, column in inputs.items()}
        unit.update(_of_unit(result.units[at], scheme), inputs=inputs_of, nodes=nodes)
        for period in unit["responses"]:
            period["received"] = sum(period[part] for part in PARTS_OF_RECEIVED)
        if unit["survey"]:
            unit["survey"]["standard_error"] = _standard_error(evidence.units[at].survey)
        if unit.get("interviews") is None:  # as in documents from before interviews were held
            unit.pop("interviews", None)
    return document


def subtraction_tells(survey: Survey | None, other: Survey | None) -> bool:
    """Whether subtracting the two tells what one to four people answered."""
    if survey is None or other is None or not (survey.answers and other.answers):
        return False
    gaps = [survey.respondents - other.respondents]
    gaps += [
        sum(counts) - sum(other.answers[item])
        for item, counts in survey.answers.items()
        if item in other.answers
    ]
    return any(0 < abs(gap) < SMALLEST_GROUP for gap in gaps)


def with_ranges(scheme: Scheme, ranges: Mapping[str, tuple[Fraction, Fraction]]) -> Scheme:
    """The scheme with these minima and maxima in place of those of who is present."""
    wanted = min_max_indicators(scheme)
    if set(ranges) != set(wanted):
        place = Place(key="ranges")
        raise bad("other_ranges", place, found=sorted(ranges), indicators=wanted)
    for key, (low, high) in ranges.items():
        if low >= high:
            raise bad("range_not_rising", Place(key=f"ranges.{key}"), low=low, high=high)

    def fixed(node: Node) -> Node:
        if node.key not in ranges:
            return node.model_copy(update={"children": [fixed(child) for child in node.children]})
        change = {"kind": "goalposts", "between": ranges[node.key]}
        rule = node.normalise.value.model_copy(update=change)
        return node.model_copy(
            update={"normalise": node.normalise.model_copy(update={"value": rule})}
        )

    return scheme.model_copy(update={"children": [fixed(child) for child in scheme.children]})


def min_max_indicators(scheme: Scheme) -> list[str]:
    """The indicators whose scores depend on who is present."""
    return [node.key for node in scheme.indicators() if node.normalise.value.kind == "min_max"]


@lru_cache(RULES_KEPT)
def _scheme(text: str, name: str) -> Scheme:
    return parse_scheme(text, name)


@lru_cache(RULES_KEPT)
def _instrument(text: str, name: str) -> Instrument:
    return parse_instrument(text, name)


def _inputs(evidence: Evidence, scheme: Scheme) -> dict[str, list[Fraction | None]]:
    """The raw value of each indicator: recomputed from the counts of answers, else as stated."""
    indices, columns = _indices(evidence), dict[str, list[Fraction | None]]()
    for node in scheme.indicators():
        column = []
        for at, unit in enumerate(evidence.units):
            if node.key not in unit.inputs:
                place = Place(key=f"units[{unit.code}].inputs")
                raise bad("absent_input", place, indicator=node.key)
            value = unit.inputs[node.key]
            if node.evidence == "satisfaction_index":
                value = indices.get(at, value)
            elif unit.interviews and node.evidence in unit.interviews:
                value = _told(unit, unit.interviews[node.evidence])
            elif node.evidence == "perceived_maladministration":
                value = _clean(unit, value)
            column.append(value)
        columns[node.key] = column
    return columns


def _told(unit: OfUnit, one: Interviews) -> Fraction:
    if not 0 < one.most >= one.points:
        place = Place(key=f"units[{unit.code}].interviews")
        raise bad("points_over_most", place, points=one.points, most=one.most)
    return Fraction(100 * one.points, one.most)


def _clean(unit: OfUnit, stated: Fraction | None) -> Fraction | None:
    experienced = unit.survey and unit.survey.experienced
    if not experienced:
        return stated
    if not 0 < experienced.answered >= experienced.none:
        place = Place(key=f"units[{unit.code}].survey.experienced")
        none, answered = experienced.none, experienced.answered
        raise bad("none_over_answered", place, none=none, answered=answered)
    return Fraction(100 * experienced.none, experienced.answered)


def _indices(evidence: Evidence) -> dict[int, Fraction | None]:
    """The satisfaction index of each unit, by its place, whose counts are given."""
    counted: dict[int, list[int]] = {}
    for at, unit in enumerate(evidence.units):
        if unit.survey and unit.survey.rules >= len(evidence.instruments):
            place, known = Place(key=f"units[{unit.code}].survey.rules"), len(evidence.instruments)
            raise bad("no_such_instrument", place, found=unit.survey.rules, instruments=known)
        if unit.survey and unit.survey.answers is not None:
            counted.setdefault(unit.survey.rules, []).append(at)
    found: dict[int, Fraction | None] = {}
    for rules, places in counted.items():
        asked = evidence.instruments[rules]
        instrument = _instrument(asked.text, asked.id)
        scheme = _scheme(asked.scheme.text, asked.scheme.id)
        tally = _tally([evidence.units[at] for at in places], instrument)
        found |= dict(zip(places, index_scores(tally, scheme).total, strict=True))
    return found


def _tally(units: Sequence[OfUnit], instrument: Instrument) -> Tally:
    items = [item for group in instrument.items_of.values() for item in group]
    rows = []
    for unit in units:
        answers = unit.survey.answers if unit.survey and unit.survey.answers else {}
        sizes = {item: len(instrument.allowed[item]) for item in items}
        if {item: len(counts) for item, counts in answers.items()} != sizes:
            place = Place(key=f"units[{unit.code}].survey.answers")
            raise bad("other_counts", place, found=list(answers), instrument=instrument.id)
        rows.append(
            {
                f"{item}_{value}": count
                for item in items
                for value, count in zip(instrument.allowed[item], answers[item], strict=True)
            }
        )
    frame = pd.DataFrame(rows, dtype="int64")
    return Tally(frame, (), instrument.items_of, instrument.allowed)


def _result(
    evidence: Evidence, scheme: Scheme, inputs: Mapping[str, list[Fraction | None]]
) -> Result:
    provinces = {place.code: place.province for place in evidence.institutions}
    declared = {place.code for place in evidence.institutions if place.declared}
    members = Counter(unit.institution for unit in evidence.units)
    if set(members) != set(provinces) or len(provinces) < len(evidence.institutions):
        found = sorted(set(members) ^ set(provinces))
        raise bad("other_institutions", Place(key="institutions"), found=found)
    assessed = Assessed(
        institutions=[unit.institution for unit in evidence.units],
        units=[unit.code for unit in evidence.units],
        columns=inputs,
        provinces=[provinces[unit.institution] for unit in evidence.units],
        facts=[unit.institution in declared for unit in evidence.units],
        origin=Origin("units"),
    )
    return score_institutions(scheme, assessed)


def _of_institution(one: InstitutionScore, scheme: Scheme) -> Document:
    return {
        "units": one.units,
        **_score(one, scheme),
        "rank": one.rank,
        "rank_in_province": one.rank_in_province,
    }


def _of_unit(one: UnitScore, scheme: Scheme) -> Document:
    return {**_score(one, scheme), "rank": one.rank}


def _score(one: UnitScore | InstitutionScore, scheme: Scheme) -> Document:
    return {
        "score": None if one.score is None else str(scheme.round(one.score)),
        "score_exact": _text(one.score),
        "grade": one.band and one.band.grade,
        "zone": one.band and one.band.zone,
        "label": one.band and one.band.label.model_dump(),
    }


def _standard_error(survey: Survey | None) -> str | None:
    if survey is None or survey.squares is None or survey.respondents < 2:
        return None
    with localcontext() as context:
        context.prec = 50
        error = (survey.squares * survey.respondents / (survey.respondents - 1)).sqrt()
    return str(half_up(Fraction(error), ERROR_DECIMALS))


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _place(*keys: str | int) -> Place:
    path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return Place(key=path.removeprefix("."))
