"""Institutions and their units under a scheme: scores, bands and ranks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.exact import exact
from analysis.index.composite import (
    Column,
    MeasureUnit,
    Origin,
    UnitScores,
    institution_score,
    score,
)
from analysis.index.preparing import BesideValues
from analysis.ranking import ranks
from analysis.rulebook.scheme import RESERVED, ROOT, Band, Scheme
from analysis.tables import ROW, FileRows, refuse_empty

YEAR = "year"
IS_YEAR = re.compile(r"[12][0-9]{3}", re.ASCII)
Value = TypeVar("Value")
ANSWERS = {"ya": True, "yes": True, "tidak": False, "no": False}


@dataclass(frozen=True)
class Assessed:
    """n units to be scored, one place a unit.

    ``columns``: raw values by node key; ``provinces``: each unit's, where known; ``facts``:
    whether that of the scheme's suffix is declared of the unit's institution; ``origin`` says
    in errors where the values stand.
    """

    institutions: Sequence[str]
    units: Sequence[str]
    columns: Mapping[str, Column]
    provinces: Sequence[str | None] | None = None
    facts: Sequence[bool] | None = None
    origin: Origin | None = None
    beside: BesideValues | None = None

    @property
    def years(self) -> Sequence[int | None]:
        """The year of each unit's row, where there are several."""
        known = self.beside.years if self.beside else None
        return known or [None] * len(self.units)


@dataclass(frozen=True)
class UnitScore:
    """A unit's unrounded score with its rank among all; None where ``missing`` says why."""

    institution: str
    unit: str
    score: Fraction | None
    band: Band | None
    rank: int | None
    missing: tuple[str, ...]
    year: int | None = None


@dataclass(frozen=True)
class InstitutionScore:
    """The mean of an institution's units, ranked in the nation and in its province.

    Provisional, without score and rank, while only ``scored`` of its ``units`` have a score.
    """

    institution: str
    province: str | None
    score: Fraction | None
    band: Band | None
    rank: int | None
    rank_in_province: int | None
    units: int
    scored: int
    year: int | None = None

    @property
    def provisional(self) -> bool:
        return self.scored < self.units


@dataclass(frozen=True)
class Result:
    """All that a scheme says of units, in the order given; ``weights``: by what they weigh."""

    scheme: Scheme
    scores: UnitScores
    units: list[UnitScore]
    institutions: list[InstitutionScore]
    weights: Column | None = None


def score_institutions(scheme: Scheme, assessed: Assessed, unit: MeasureUnit = "percent") -> Result:
    """Scores, bands and ranks of units and institutions. Raises BadInput, see ``score``.

    An institution's score is the simple mean of its units' unrounded scores, or weighted where
    the scheme says by what. Ranks are by the unrounded score, best first: the lowest where the
    scheme is inverted; of each year apart where there are several.
    """
    scores = score(scheme, assessed.columns, unit, assessed.origin, assessed.beside)
    return _result(scores, assessed)


def score_again(before: Result, assessed: Assessed, changed: Sequence[int]) -> Result:
    """What ``score_institutions`` gives, where ``before`` tells the scores of all others.

    ``assessed``: the same units in the same order, with other values at most at the places that
    ``changed`` holds. Where a value counts by those of other units, all are scored.
    """
    scheme, columns = before.scheme, assessed.columns
    if assessed.beside or not scheme.each_by_itself:
        return score_institutions(scheme, assessed)
    found = score(scheme, {key: [column[at] for at in changed] for key, column in columns.items()})
    if before.scores.changed or found.changed:
        return score_institutions(scheme, assessed)
    nodes = {
        key: replaced(column, changed, found.nodes[key])
        for key, column in before.scores.nodes.items()
    }
    return _result(UnitScores(scheme, nodes, found.changed), assessed)


def replaced(
    column: Sequence[Value], places: Sequence[int], values: Sequence[Value]
) -> list[Value]:
    """The column with other values at some places.

    >>> replaced("abc", [2], "z")
    ['a', 'b', 'z']
    """
    found = list(column)
    for at, value in zip(places, values, strict=True):
        found[at] = value
    return found


def _result(scores: UnitScores, assessed: Assessed) -> Result:
    scheme = scores.scheme
    unit_ranks = ranks(scores.total, assessed.years, scheme.inverted)
    units = [
        UnitScore(
            institution=assessed.institutions[at],
            unit=assessed.units[at],
            score=value,
            band=None if value is None else scheme.band_of_unit(value),
            rank=unit_ranks[at],
            missing=() if value is not None else tuple(scores.missing(at)) or (ROOT,),
            year=assessed.years[at],
        )
        for at, value in enumerate(scores.total)
    ]
    weights = _weights(scheme, assessed)
    found = _institutions(scheme, units, assessed, weights)
    return Result(scheme, scores, units, found, weights)


def _institutions(
    scheme: Scheme, units: Sequence[UnitScore], assessed: Assessed, weights: Column | None
) -> list[InstitutionScore]:
    members: dict[tuple[str, int | None], list[int]] = {}
    for at, unit in enumerate(units):
        members.setdefault((unit.institution, unit.year), []).append(at)
    province_of: dict[str, str | None] = dict.fromkeys(name for name, _ in members)
    if assessed.provinces:
        province_of |= zip(assessed.institutions, assessed.provinces, strict=True)
    fact_of: dict[str, bool] = dict.fromkeys(province_of, False)
    if assessed.facts:
        fact_of |= zip(assessed.institutions, assessed.facts, strict=True)
    totals = [
        institution_score(
            [units[at].score for at in group], weights and [weights[at] for at in group]
        )
        for group in members.values()
    ]
    years = [year for _, year in members]
    nation = ranks(totals, years, scheme.inverted)
    of_province = [(province_of[name], year) for name, year in members]
    province = ranks(totals, of_province, scheme.inverted)
    return [
        InstitutionScore(
            institution=name,
            province=province_of[name],
            score=total,
            band=None if total is None else scheme.band(total, fact_of[name]),
            rank=nation[at],
            rank_in_province=province[at] if province_of[name] else None,
            units=len(members[name, year]),
            scored=sum(units[place].score is not None for place in members[name, year]),
            year=year,
        )
        for at, ((name, year), total) in enumerate(zip(members, totals, strict=True))
    ]


def _weights(scheme: Scheme, assessed: Assessed) -> Column | None:
    """By what units weigh. Raises BadInput where a unit has no such number above 0."""
    if scheme.units is None:
        return None
    key, origin = scheme.units.value.column, assessed.origin or Origin()
    numbers = assessed.beside.numbers if assessed.beside else {}
    if key not in numbers:
        raise bad("no_weights_of_units", Place(origin.file), column=key)
    problems = [
        Problem("unit_without_weight", origin.cell(at, key))
        for at, number in enumerate(numbers[key])
        if number is None or number <= 0
    ]
    if problems:
        raise BadInput(problems)
    return numbers[key]


def read_assessed(rows: FileRows, scheme: Scheme, file: str) -> tuple[Assessed, list[str]]:
    """The units in a file, and the headings that were not used. Raises BadInput.

    Columns ``institution`` and ``unit``, one a node, ``province`` where ranks within it are
    wanted, and the fact of the scheme's suffix (yes or no); case is ignored.
    """
    nodes = {key.casefold(): key for key in (ROOT, *(node.key for node in scheme.nodes()))}
    frame = rows.frame()
    origin = Origin(file, frame.pop(ROW).to_list())
    headings = {heading.casefold(): heading for heading in frame.columns}
    needed = ["institution", "unit"]
    if absent := [name for name in needed if name not in headings]:
        raise bad("absent_columns", Place(file), columns=absent, needed=needed)
    refuse_empty(rows, file)
    texts = {name: frame[heading].to_list() for name, heading in headings.items()}
    years = _years(texts, scheme, origin)
    _refuse_unnamed(texts["institution"], texts["unit"], origin, years)
    fact = scheme.suffix.value.fact.casefold() if scheme.suffix else ""
    assessed = Assessed(
        institutions=texts["institution"],
        units=texts["unit"],
        columns=_numbers({nodes[name]: texts[name] for name in texts if name in nodes}, origin),
        provinces=_of_institution(texts, "province", origin) if "province" in texts else None,
        facts=_facts(texts, fact, origin) if fact in texts else None,
        origin=origin,
        beside=_beside(texts, scheme, origin, years),
    )
    named = {one.casefold() for one in (*scheme.numbers, *scheme.groups)}
    used = {*nodes, *RESERVED, fact, *named, *([YEAR] if scheme.of_years else [])}
    return assessed, [headings[name] for name in headings if name not in used]


def _years(texts: Mapping[str, Sequence[str]], scheme: Scheme, origin: Origin) -> list[int] | None:
    """The year of each row, where the scheme is of several. Raises BadInput."""
    if not scheme.of_years:
        return None
    if YEAR not in texts:
        raise bad("absent_columns", Place(origin.file), columns=[YEAR], needed=[YEAR])
    problems = [
        Problem("no_year_of_row", origin.cell(at, YEAR), found=Written(text))
        for at, text in enumerate(texts[YEAR])
        if not IS_YEAR.fullmatch(text)
    ]
    if problems:
        raise BadInput(problems)
    return [int(text) for text in texts[YEAR]]


def _beside(
    texts: Mapping[str, Sequence[str]], scheme: Scheme, origin: Origin, years: list[int] | None
) -> BesideValues | None:
    """What the scheme's operations need besides the indicators. Raises BadInput."""
    wanted = [*scheme.numbers, *scheme.groups]
    if not wanted and years is None:
        return None
    if absent := [name for name in wanted if name.casefold() not in texts]:
        raise bad("absent_columns", Place(origin.file), columns=absent, needed=wanted)
    return BesideValues(
        years=years,
        who=list(zip(texts["institution"], texts["unit"], strict=True)),
        texts={name: texts[name.casefold()] for name in scheme.groups},
        numbers=_numbers({name: texts[name.casefold()] for name in scheme.numbers}, origin),
    )


def _numbers(columns: Mapping[str, Sequence[str]], origin: Origin) -> dict[str, Column]:
    values: dict[str, list[Fraction | None]] = {key: [] for key in columns}
    problems: list[Problem] = []
    for key, texts in columns.items():
        for position, text in enumerate(texts):
            try:
                values[key].append(exact(text) if text else None)
            except ValueError:
                place = origin.cell(position, key)
                problems.append(Problem("no_number", place, found=Written(text)))
    if problems:
        raise BadInput(problems)
    return dict(values)


def _of_institution(
    texts: Mapping[str, Sequence[str]], key: str, origin: Origin
) -> list[str | None]:
    """What is said of each unit's institution, blank cells from its other units."""
    known: dict[str, str] = {}
    for position, (name, said) in enumerate(zip(texts["institution"], texts[key], strict=True)):
        if said and known.setdefault(name, said) != said:
            place = origin.cell(position, key)
            above = Written(known[name])
            raise bad("other_than_above", place, found=Written(said), above=above, name=name)
    return [known.get(name) for name in texts["institution"]]


def _facts(texts: Mapping[str, Sequence[str]], key: str, origin: Origin) -> list[bool]:
    """Whether the fact is declared of each unit's institution; blank: it is not."""
    problems = [
        Problem("no_yes_or_no", origin.cell(position, key), found=Written(text), known=[*ANSWERS])
        for position, text in enumerate(texts[key])
        if text and text.casefold() not in ANSWERS
    ]
    if problems:
        raise BadInput(problems)
    said = _of_institution(texts, key, origin)
    return [text is not None and ANSWERS[text.casefold()] for text in said]


def _refuse_unnamed(
    institutions: Sequence[str],
    units: Sequence[str],
    origin: Origin,
    years: Sequence[int] | None,
) -> None:
    seen: set[tuple[str, str, int]] = set()
    for position, (institution, unit) in enumerate(zip(institutions, units, strict=True)):
        for key, text in (("institution", institution), ("unit", unit)):
            if not text:
                raise bad("unnamed_row", origin.cell(position, key))
        row = institution, unit, years[position] if years else 0
        if row in seen:
            place = origin.cell(position, "unit")
            raise bad("unit_again", place, unit=Written(unit), institution=institution)
        seen.add(row)
