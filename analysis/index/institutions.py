"""Institutions and their units under a scheme: scores, bands and ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

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
from analysis.ranking import ranks
from analysis.rulebook.scheme import RESERVED, ROOT, Band, Scheme
from analysis.tables import ROW, FileRows, refuse_empty

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


@dataclass(frozen=True)
class UnitScore:
    """A unit's unrounded score with its rank among all; None where ``missing`` says why."""

    institution: str
    unit: str
    score: Fraction | None
    band: Band | None
    rank: int | None
    missing: tuple[str, ...]


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

    @property
    def provisional(self) -> bool:
        return self.scored < self.units


@dataclass(frozen=True)
class Result:
    """All that a scheme says of a set of units, in the order given."""

    scheme: Scheme
    scores: UnitScores
    units: list[UnitScore]
    institutions: list[InstitutionScore]


def score_institutions(scheme: Scheme, assessed: Assessed, unit: MeasureUnit = "percent") -> Result:
    """Scores, bands and ranks of units and institutions. Raises BadInput, see ``score``.

    An institution's score is the simple mean of its units' unrounded scores. Ranks are by
    the unrounded score, best first: the lowest where the scheme is inverted.
    """
    scores = score(scheme, assessed.columns, unit, assessed.origin)
    unit_ranks = ranks(scores.total, inverted=scheme.inverted)
    units = [
        UnitScore(
            institution=assessed.institutions[at],
            unit=assessed.units[at],
            score=value,
            band=None if value is None else scheme.band_of_unit(value),
            rank=unit_ranks[at],
            missing=() if value is not None else tuple(scores.missing(at)) or (ROOT,),
        )
        for at, value in enumerate(scores.total)
    ]
    return Result(scheme, scores, units, _institutions(scheme, units, assessed))


def _institutions(
    scheme: Scheme, units: Sequence[UnitScore], assessed: Assessed
) -> list[InstitutionScore]:
    members: dict[str, list[UnitScore]] = {}
    for unit in units:
        members.setdefault(unit.institution, []).append(unit)
    province_of: dict[str, str | None] = dict.fromkeys(members)
    if assessed.provinces:
        province_of |= zip(assessed.institutions, assessed.provinces, strict=True)
    fact_of: dict[str, bool] = dict.fromkeys(members, False)
    if assessed.facts:
        fact_of |= zip(assessed.institutions, assessed.facts, strict=True)
    totals = [institution_score([unit.score for unit in group]) for group in members.values()]
    nation = ranks(totals, inverted=scheme.inverted)
    province = ranks(totals, list(province_of.values()), scheme.inverted)
    return [
        InstitutionScore(
            institution=name,
            province=province_of[name],
            score=total,
            band=None if total is None else scheme.band(total, fact_of[name]),
            rank=nation[at],
            rank_in_province=province[at] if province_of[name] else None,
            units=len(members[name]),
            scored=sum(unit.score is not None for unit in members[name]),
        )
        for at, (name, total) in enumerate(zip(members, totals, strict=True))
    ]


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
    _refuse_unnamed(texts["institution"], texts["unit"], origin)
    fact = scheme.suffix.value.fact.casefold() if scheme.suffix else ""
    assessed = Assessed(
        institutions=texts["institution"],
        units=texts["unit"],
        columns=_numbers({nodes[name]: texts[name] for name in texts if name in nodes}, origin),
        provinces=_of_institution(texts, "province", origin) if "province" in texts else None,
        facts=_facts(texts, fact, origin) if fact in texts else None,
        origin=origin,
    )
    used = {*nodes, *RESERVED, fact}
    return assessed, [headings[name] for name in headings if name not in used]


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


def _refuse_unnamed(institutions: Sequence[str], units: Sequence[str], origin: Origin) -> None:
    seen: set[tuple[str, str]] = set()
    for position, (institution, unit) in enumerate(zip(institutions, units, strict=True)):
        for key, text in (("institution", institution), ("unit", unit)):
            if not text:
                raise bad("unnamed_row", origin.cell(position, key))
        if (institution, unit) in seen:
            place = origin.cell(position, "unit")
            raise bad("unit_again", place, unit=Written(unit), institution=institution)
        seen.add((institution, unit))
