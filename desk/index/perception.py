"""A year's scores: judgements and surveys of all assessed units, blended under a scheme."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.actors import Actor, Forbidden, require_analyst, visible_units
from analysis.collecting import collecting_paused
from analysis.index.composite import Column
from analysis.index.institutions import (
    Assessed,
    Result,
    replaced,
    score_again,
    score_institutions,
)
from analysis.rulebook.fieldwork import blends
from analysis.rulebook.scheme import Scheme
from desk.assessment.completeness import Fieldwork, blank_indicators, fieldwork_of
from desk.assessment.counted import count_judgements
from desk.assessment.interviews import INTERVIEWS, Interviewed
from desk.assessment.lacks import INTERVIEWS as TOO_FEW_USERS
from desk.assessment.lacks import Lack, StandingWaiver
from desk.assessment.sampled import FEW_UNITS, sampled_units
from desk.assessment.secondary import EVIDENCE as SECONDARY
from desk.assessment.secondary import SecondaryFigures, figures_of_units, secondary_columns
from desk.index.concerned import institutions_concerned
from desk.index.declarations import declared
from desk.index.kept import KeptResults, ToldEvent
from desk.index.scoring import Scoring as Scoring
from desk.index.surveyed import Surveyed
from desk.index.surveys import numbers_known, survey_units
from models import Assessment, Institution, Unit

# What is stored here for a scheme: judgements, citizens' surveys, interviews, others' figures.
STORED = (None, "judgement", "satisfaction_index", *INTERVIEWS, SECONDARY)
YEARS_SHOWN = 8
T = TypeVar("T")


@dataclass(frozen=True)
class ScoredRound:
    """A year's scores with their evidence: surveys, judgements, interviews, declared facts.

    ``columns``: the raw value of each indicator, by its key; ``without``: what does not count
    of the survey, "open_link", "import" or both; ``declared``: the codes of the institutions of
    which the fact of the scheme's suffix holds; ``interviews``: what users told the Ombudsman, by
    unit and area; ``not_independent``: whether a unit's own survey stands in for them; ``lacks``:
    what keeps a unit from a score, by its id; ``waivers``: by which it has one nonetheless;
    ``secondary``: others' figures, by unit and indicator.
    """

    year: int
    not_independent: bool
    without: tuple[str, ...]
    units: list[Unit]
    surveyed: list[Surveyed]
    columns: Mapping[str, Column]
    declared: set[str]
    result: Result
    interviews: Mapping[tuple[int, str], Interviewed] = field(default_factory=dict)
    lacks: Mapping[int, Sequence[Lack]] = field(default_factory=dict)
    waivers: Mapping[int, StandingWaiver] = field(default_factory=dict)
    secondary: SecondaryFigures = field(default_factory=dict)


def score_year(session: Session, actor: Actor, scoring: Scoring) -> ScoredRound:
    """Scores, zones and ranks of the units of a year's round. Raises Forbidden.

    Those are its sample, also while one is not complete: its institution is then provisional.
    In a year without a round they are the units of which anything was judged, none with a score.

    The satisfaction index of a unit pools its closed periods that ended in the year and used
    the instrument of the latest; surveys with an index on another scale (service quality,
    anti-corruption) are no part of it.
    """
    require_analyst(actor)
    sample = sampled_units(session, scoring.year)
    judged = select(Assessment.unit_id).where(Assessment.year == scoring.year).distinct()
    assessed = set(session.scalars(judged)) if sample is None else sample
    return _score(session, scoring, _units(session, assessed))


def year_shown(session: Session, actor: Actor, scoring: Scoring) -> ScoredRound:
    """The same to look at: as it was derived last, unless something was done since.

    With squares: the year is not scored for them again. Raises Forbidden.
    """
    require_analyst(actor)

    here: list[Unit] = []  # read while deriving

    def derive() -> _Derived:
        if not scoring.squares:
            scored = score_year(session, actor, scoring)
        else:
            scored = year_shown(session, actor, replace(scoring, squares=False))
            numbers = numbers_known(scored.units, scored.surveyed)
            surveyed = survey_units(session, scoring, scored.units, numbers)
            scored = replace(scored, surveyed=surveyed)
        here[:] = scored.units
        return _apart(scored)

    def amend(known: _Derived, events: Sequence[ToldEvent]) -> _Derived | None:
        places = institutions_concerned(session, events)
        if places is None:
            return None
        here[:] = _units(session, set(known.units))
        return _amended(session, scoring, known, here, places)

    without = tuple(scoring.without)
    key = scoring.scheme.hash, scoring.year, scoring.stand_in, without, scoring.squares
    with collecting_paused():
        derived = _shown.get(session, key, derive, amend)
    units = {unit.id: unit for unit in here or _units(session, set(derived.units))}
    return replace(derived.scored, units=[units[one] for one in derived.units])


@dataclass(frozen=True)
class _Derived:
    """A scored round without its units, which are rows of one session, and their ids."""

    units: Sequence[int]
    scored: ScoredRound


def _apart(scored: ScoredRound) -> _Derived:
    return _Derived([unit.id for unit in scored.units], replace(scored, units=[]))


def score_visible(
    session: Session, actor: Actor, scoring: Scoring, institution_id: int
) -> ScoredRound:
    """The same of one institution alone: of those of its units that the actor may see.

    To its official an institution is the official's own units. Which units will be assessed is
    told to nobody but analysts before they are. Raises Forbidden where none of the
    institution's units is the actor's to see.
    """
    own = visible_units(actor).where(Unit.institution_id == institution_id)
    seen = {unit.id for unit in session.scalars(own)}
    if not seen:
        raise Forbidden(f"institution {institution_id}")
    sample = sampled_units(session, scoring.year, seen) or set()
    judged = {unit for unit, _ in count_judgements(session, scoring.year, seen).means}
    assessed = sample if actor.analyst else sample & judged
    return _score(session, scoring, _units(session, assessed))


@dataclass(frozen=True)
class _Found:
    """What is stored of some units, one place a unit or by its id, before anything is scored."""

    surveyed: list[Surveyed]
    columns: Mapping[str, Column]
    interviews: Mapping[tuple[int, str], Interviewed]
    lacks: Mapping[int, Sequence[Lack]]
    waivers: Mapping[int, StandingWaiver]
    secondary: SecondaryFigures


def _score(session: Session, scoring: Scoring, units: list[Unit]) -> ScoredRound:
    found, of_whom = _find(session, scoring, units), declared(session, scoring.scheme, scoring.year)
    result = score_institutions(scoring.scheme, _assessed(units, found, of_whom))
    return _round(scoring, units, found, of_whom, result)


def _amended(
    session: Session,
    scoring: Scoring,
    known: _Derived,
    units: list[Unit],
    places: Collection[int],
) -> _Derived | None:
    """What is derived anew of these institutions, in the place of what was known of them.

    None where other units are assessed now or stand in another order, or where all that many
    institutions have is as quickly found for all.
    """
    at = [at for at, unit in enumerate(units) if unit.institution_id in places]
    own = session.scalars(select(Unit.id).where(Unit.institution_id.in_(places))).all()
    sample = sampled_units(session, scoring.year, own)
    if (
        len(own) > FEW_UNITS
        or [unit.id for unit in units] != known.units
        or sample != {units[place].id for place in at}
    ):
        return None
    few = [units[place] for place in at]
    found = _instead(known.scored, at, few, _find(session, scoring, few))
    of_whom = declared(session, scoring.scheme, scoring.year)
    result = score_again(known.scored.result, _assessed(units, found, of_whom), at)
    return _apart(_round(scoring, units, found, of_whom, result))


def _instead(known: ScoredRound, at: Sequence[int], few: Sequence[Unit], found: _Found) -> _Found:
    """What was known, and of a few units what was found now, at their places."""
    gone = {unit.id for unit in few}

    def of_others(by_unit: Mapping[tuple[int, str], T]) -> dict[tuple[int, str], T]:
        return {key: one for key, one in by_unit.items() if key[0] not in gone}

    return _Found(
        surveyed=replaced(known.surveyed, at, found.surveyed),
        columns={
            key: replaced(column, at, found.columns[key]) for key, column in known.columns.items()
        },
        interviews=of_others(known.interviews) | dict(found.interviews),
        lacks={unit: one for unit, one in known.lacks.items() if unit not in gone}
        | dict(found.lacks),
        waivers={unit: one for unit, one in known.waivers.items() if unit not in gone}
        | dict(found.waivers),
        secondary=of_others(known.secondary) | dict(found.secondary),
    )


def _find(session: Session, scoring: Scoring, units: Sequence[Unit]) -> _Found:
    scheme, year = scoring.scheme, scoring.year
    work = fieldwork_of(session, year, scheme, [unit.id for unit in units])
    lacks = {unit.id: short for unit in units if (short := _lacks(scoring, work, unit.id))}
    blank = {
        (unit, key)
        for unit, short in lacks.items()
        for key in blank_indicators(year, scheme, short)
    }
    told = _interviews(scheme, work, blank)
    surveyed = survey_units(session, scoring, units)
    evidence = _evidence(units, surveyed, told, scoring.survey_stands_in)
    values: dict[str, Column] = {
        node.key: evidence[node.evidence]
        if node.evidence in evidence
        else [work.judgements.get((unit.id, node.key)) for unit in units]
        for node in scheme.indicators()
    }
    figures = figures_of_units(session, scheme, year, units)
    values |= secondary_columns(scheme, units, figures)
    columns: dict[str, Column] = {
        key: [
            None if (unit.id, key) in blank else value
            for unit, value in zip(units, column, strict=True)
        ]
        for key, column in values.items()
    }
    waivers = {unit.id: one for unit in units if (one := work.waived(unit.id))}
    return _Found(surveyed, columns, told, lacks, waivers, figures)


def _assessed(units: Sequence[Unit], found: _Found, of_whom: Collection[str]) -> Assessed:
    return Assessed(
        institutions=[unit.institution.code for unit in units],
        units=[unit.code for unit in units],
        columns=found.columns,
        provinces=[_province(unit.institution) for unit in units],
        facts=[unit.institution.code in of_whom for unit in units],
    )


def _round(
    scoring: Scoring, units: list[Unit], found: _Found, of_whom: set[str], result: Result
) -> ScoredRound:
    alone = any((unit.id, "experience") not in found.interviews for unit in units)
    return ScoredRound(
        year=scoring.year,
        not_independent=scoring.survey_stands_in and alone,
        without=tuple(scoring.without),
        units=units,
        surveyed=found.surveyed,
        columns=found.columns,
        declared=of_whom,
        result=result,
        interviews=found.interviews,
        lacks=found.lacks,
        waivers=found.waivers,
        secondary=found.secondary,
    )


def _lacks(scoring: Scoring, work: Fieldwork, unit: int) -> list[Lack]:
    """What keeps a unit from a score; where a survey stands in, no interview needs to be held."""
    stands_in = scoring.survey_stands_in and INTERVIEWS["perceived_maladministration"]
    return [
        one
        for one in work.open_lacks(unit)
        if not (one.kind == TOO_FEW_USERS and one.area == stands_in and one.found == 0)
    ]


def _interviews(
    scheme: Scheme, work: Fieldwork, blank: Collection[tuple[int, str]]
) -> dict[tuple[int, str], Interviewed]:
    """Of those units only of which as many users answered as is needed, and five at least."""
    asked = {
        INTERVIEWS[node.evidence]: node.key
        for node in scheme.indicators()
        if node.evidence in INTERVIEWS
    }
    return {
        (unit, area): one
        for (unit, area), one in work.told.items()
        if area in asked and (unit, asked[area]) not in blank and one.score is not None
    }


def is_scored_here(scheme: Scheme) -> bool:
    """Whether all the evidence that the scheme asks for is stored here, and blends units."""
    indicators = {node.evidence for node in scheme.indicators()}
    return blends(scheme) and indicators <= set(STORED)


def assessed_years(session: Session, actor: Actor) -> list[int]:
    """The years in which anything was assessed, newest first. Raises Forbidden."""
    require_analyst(actor)
    years = session.scalars(select(Assessment.year).distinct().order_by(Assessment.year.desc()))
    return list(years)


def _evidence(
    units: Sequence[Unit],
    surveyed: Sequence[Surveyed],
    told: Mapping[tuple[int, str], Interviewed],
    stand_in: bool,
) -> dict[str | None, Column]:
    """The columns that are no judgements, by what they are evidence of."""

    def scores(area: str) -> list[Fraction | None]:
        found = [told.get((unit.id, area)) for unit in units]
        return [None if one is None else one.score for one in found]

    columns: dict[str | None, Column] = {kind: scores(area) for kind, area in INTERVIEWS.items()}
    if stand_in:
        columns["perceived_maladministration"] = [
            survey.clean if own is None else own
            for own, survey in zip(columns["perceived_maladministration"], surveyed, strict=True)
        ]
    return columns | {"satisfaction_index": [one.index for one in surveyed]}


def _units(session: Session, keys: set[int]) -> list[Unit]:
    query = (
        select(Unit)
        .where(Unit.id.in_(keys))
        .join(Institution)
        .options(joinedload(Unit.institution).joinedload(Institution.province))
        .order_by(Institution.name, Unit.name)
    )
    return list(session.scalars(query))


def _province(institution: Institution) -> str | None:
    if institution.kind == "province":
        return institution.code
    return institution.province.code if institution.province else None


_shown: KeptResults[_Derived] = KeptResults(YEARS_SHOWN)
