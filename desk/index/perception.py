"""A year's scores: judgements and surveys of all assessed units, blended under a scheme."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sqlalchemy import extract, select
from sqlalchemy.orm import Session, joinedload

from accounts.actors import Actor, Forbidden, require_analyst, visible_units
from analysis.disclosure import enough
from analysis.federation.counted_ways import experienced_of, tally_of
from analysis.federation.district_bundle import DistrictBundle, SentUnit
from analysis.index.composite import Column
from analysis.index.experience import Experienced
from analysis.index.institutions import Assessed, Result, score_institutions
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.index.tally import Tally
from analysis.rulebook.fieldwork import blends
from analysis.rulebook.scheme import Scheme
from analysis.uncertainty.moments import linear, moments, scale_of
from desk.assessment.completeness import Fieldwork, blank_indicators, fieldwork_of
from desk.assessment.counted import count_judgements
from desk.assessment.interviews import INTERVIEWS, Interviewed
from desk.assessment.lacks import INTERVIEWS as TOO_FEW_USERS
from desk.assessment.lacks import Lack, StandingWaiver
from desk.assessment.sampled import sampled_units
from desk.assessment.secondary import EVIDENCE as SECONDARY
from desk.assessment.secondary import SecondaryFigures, figures_of_units, secondary_columns
from desk.index.declarations import declared
from desk.index.kept import KeptResults
from desk.index.sent import bundles_in_force, looked_at, responses_of, survey_of
from models import Assessment, Batch, Institution, Period, Unit
from models.unfinished import all_in
from survey.counts import (
    ResponseCounts,
    Selection,
    count_answers,
    count_experiences,
    count_responses,
)
from survey.periods import asked_instrument
from survey.schemes import used_scheme

IMPORT = "import"
# What is stored here for a scheme: judgements, citizens' surveys, interviews, others' figures.
STORED = (None, "judgement", "satisfaction_index", *INTERVIEWS, SECONDARY)
YEARS_SHOWN = 8
ScaleRange = tuple[Fraction, Fraction]
Asks = Mapping[str | None, ScaleRange | None]  # what a scheme asks for, on which scale


@dataclass(frozen=True)
class Scoring:
    """Under which scheme a year is scored, and on which evidence.

    ``stand_in``: a unit's own survey's score of perceived maladministration serves where the
    scheme asks for the Ombudsman's interviews and the unit has none; the result is then marked
    "not independent". ``without``: responses that do not count, those of the "open_link" or of
    each "import". ``squares``: also the second moments of the indices.
    """

    scheme: Scheme
    year: int
    stand_in: bool = False
    without: Sequence[str] = ()
    squares: bool = False

    @property
    def asks(self) -> Asks:
        """The evidence that the scheme asks for, each with its scale."""
        return {node.evidence: node.span for node in self.scheme.indicators()}

    @property
    def indexed(self) -> bool:
        """Whether satisfaction indices are counted."""
        return self.squares or "satisfaction_index" in self.asks

    @property
    def cleaned(self) -> bool:
        """Whether perceived maladministration is counted."""
        return self.squares or "perceived_maladministration" in self.asks

    @property
    def survey_stands_in(self) -> bool:
        """Whether a survey may stand in for interviews that the scheme asks for."""
        return self.stand_in and "perceived_maladministration" in self.asks


@dataclass(frozen=True)
class Surveyed:
    """What the surveys of a unit say in a year; None where fewer than five answered.

    Empty where the scheme asks nothing of them: then no response counts in its scores. What the
    scheme does not ask for is counted only together with the squares.
    ``index``: 25-100; ``clean``: the perceived-maladministration score, 0-100;
    ``responses``: by the id of each closed period that is pooled; ``latest``: the id of the last
    of them, whose rules hold for all; ``answers``: how often each item was answered with each
    allowed value, in ascending order; ``squares``: of the index's linear errors, where asked;
    ``few_in_source``: whether one to four answered an item in one source alone, where that came
    with a district's bundle; None: the rows here tell.
    """

    index: Fraction | None = None
    clean: Fraction | None = None
    respondents: int = 0
    responses: Mapping[int, ResponseCounts] = field(default_factory=dict)
    latest: int | None = None
    answers: Mapping[str, list[int]] = field(default_factory=dict)
    squares: float | None = None
    experienced: Experienced | None = None
    few_in_source: bool | None = None


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

    def derive() -> _Derived:
        if not scoring.squares:
            return _apart(score_year(session, actor, scoring))
        scored = year_shown(session, actor, replace(scoring, squares=False))
        return _apart(replace(scored, surveyed=_surveys(session, scoring, scored.units)))

    without = tuple(scoring.without)
    key = scoring.scheme.hash, scoring.year, scoring.stand_in, without, scoring.squares
    derived = _shown.get(session, key, derive)
    units = {unit.id: unit for unit in _units(session, set(derived.units))}
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


def _score(session: Session, scoring: Scoring, units: list[Unit]) -> ScoredRound:
    scheme, year = scoring.scheme, scoring.year
    work = fieldwork_of(session, year, scheme, [unit.id for unit in units])
    lacks = {unit.id: short for unit in units if (short := _lacks(scoring, work, unit.id))}
    blank = {
        (unit, key)
        for unit, short in lacks.items()
        for key in blank_indicators(year, scheme, short)
    }
    told = _interviews(scheme, work, blank)
    surveyed = _surveys(session, scoring, units)
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
    of_whom = declared(session, scheme, year)
    assessed = Assessed(
        institutions=[unit.institution.code for unit in units],
        units=[unit.code for unit in units],
        columns=columns,
        provinces=[_province(unit.institution) for unit in units],
        facts=[unit.institution.code in of_whom for unit in units],
    )
    alone = any((unit.id, "experience") not in told for unit in units)
    return ScoredRound(
        year=year,
        not_independent=scoring.survey_stands_in and alone,
        without=tuple(scoring.without),
        units=units,
        surveyed=surveyed,
        columns=columns,
        declared=of_whom,
        result=score_institutions(scheme, assessed),
        interviews=told,
        lacks=lacks,
        waivers={unit.id: one for unit in units if (one := work.waived(unit.id))},
        secondary=figures,
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


def _surveys(session: Session, scoring: Scoring, units: Sequence[Unit]) -> list[Surveyed]:
    """What the surveys of each unit say, where the scheme asks anything of them."""
    counts = "satisfaction_index" in scoring.asks or scoring.survey_stands_in
    found = _survey(session, scoring, units) if counts else {}
    return [found.get(unit.id, Surveyed()) for unit in units]


def _survey(session: Session, scoring: Scoring, units: Sequence[Unit]) -> dict[int, Surveyed]:
    """By unit; one query of each kind for all units that were asked and are indexed alike.

    An institution whose year came as a bundle is surveyed as that says, all others by their rows.
    """
    places = {unit.institution_id for unit in units}
    pooled = pooled_periods(session, places, scoring.year, scoring.asks.get("satisfaction_index"))
    sent = bundles_in_force(session, scoring.year, pooled)
    alike: dict[tuple[str, str, bool], dict[int, list[Period]]] = {}
    for institution, periods in pooled.items():
        rules = periods[0].instrument_hash, periods[0].scheme_hash, institution in sent
        alike.setdefault(rules, {})[institution] = periods
    found: dict[int, Surveyed] = {}
    for (*_, as_sent), same in alike.items():
        asked = [unit for unit in units if unit.institution_id in same]
        found |= (
            _survey_sent(scoring, asked, same, sent)
            if as_sent
            else _survey_alike(session, scoring, asked, same)
        )
    return found


def _survey_alike(
    session: Session,
    scoring: Scoring,
    units: Sequence[Unit],
    pooled: Mapping[int, Sequence[Period]],
) -> dict[int, Surveyed]:
    """By unit; all ``units`` were asked the same and are indexed alike."""
    period_ids = [period.id for group in pooled.values() for period in group]
    sources = left_out_sources(session, scoring.without, period_ids)
    selection = Selection(period_ids, [unit.id for unit in units], sources)
    latest = next(iter(pooled.values()))[0]
    instrument = asked_instrument(latest)
    answered: Mapping[int, AnsweredUnit] = {}
    if scoring.indexed:
        answered = answered_units(session, latest, selection, scoring.squares)
    experienced = count_experiences(session, instrument, selection) if scoring.cleaned else {}
    numbers = count_responses(session, selection)
    return {
        unit.id: _surveyed(
            answered.get(unit.id, AnsweredUnit()),
            experienced.get(unit.id),
            {
                period.id: numbers.get((unit.id, period.id), ResponseCounts())
                for period in pooled[unit.institution_id]
            },
            pooled[unit.institution_id][0],
        )
        for unit in units
    }


def _survey_sent(
    scoring: Scoring,
    units: Sequence[Unit],
    pooled: Mapping[int, Sequence[Period]],
    sent: Mapping[int, DistrictBundle],
) -> dict[int, Surveyed]:
    """The same of institutions whose bundles are in ``sent``, from the counts that stand there."""
    told: dict[int, SentUnit] = {}
    for institution, periods in pooled.items():
        survey = survey_of(sent[institution], periods)
        by_code = {one.code: one for one in survey.units} if survey else {}
        of_it = (unit for unit in units if unit.institution_id == institution)
        told |= {unit.id: by_code[unit.code] for unit in of_it if unit.code in by_code}
    looks = {
        unit: look
        for unit in sorted(told)
        if (look := looked_at(told[unit], scoring.without)) is not None
    }
    latest = next(iter(pooled.values()))[0]
    answered: Mapping[int, AnsweredUnit] = {}
    if scoring.indexed:
        tally = tally_of(list(looks.values()), list(looks), asked_instrument(latest))
        squares = [one.squares for one in looks.values()] if scoring.squares else None
        answered = _answered(tally, used_scheme(latest), squares)
    found = {}
    for unit in units:
        periods, own, look = pooled[unit.institution_id], told.get(unit.id), looks.get(unit.id)
        experienced = experienced_of(look.experienced) if look and scoring.cleaned else None
        one = _surveyed(
            answered.get(unit.id, AnsweredUnit()),
            experienced,
            responses_of(own, periods, scoring.without)
            if own
            else {period.id: ResponseCounts() for period in periods},
            periods[0],
        )
        few = own.respondents if own and not own.ways and scoring.indexed else one.respondents
        in_source = bool(look and look.few_in_source)
        found[unit.id] = replace(one, respondents=few, few_in_source=in_source)
    return found


def _surveyed(
    answers: "AnsweredUnit",
    experience: Experienced | None,
    responses: Mapping[int, ResponseCounts],
    latest: Period,
) -> Surveyed:
    index = answers.index
    told = experience is not None and enough(experience.answered)
    return Surveyed(
        index=index.index if index and enough(index.n) else None,
        clean=experience.score if experience and told else None,
        respondents=index.n if index else 0,
        responses=responses,
        latest=latest.id,
        answers=answers.counts,
        squares=answers.squares,
        experienced=experience,
    )


@dataclass(frozen=True)
class AnsweredUnit:
    """A unit's index, with the counts and the second moment that it came from."""

    index: Satisfaction | None = None
    counts: Mapping[str, list[int]] = field(default_factory=dict)
    squares: float | None = None


def answered_units(
    session: Session, latest: Period, selection: Selection, squares: bool
) -> dict[int, AnsweredUnit]:
    """By unit, by the rules of the period ``latest``; one without any response is absent."""
    instrument, scheme = asked_instrument(latest), used_scheme(latest)
    tally = count_answers(session, instrument, ["unit_id"], selection, pairs=squares)
    errors = linear(moments(tally), scale_of(tally, scheme)).squares.tolist() if squares else None
    return _answered(tally, scheme, errors)


def _answered(
    tally: Tally, scheme: Scheme, squares: Sequence[float] | None
) -> dict[int, AnsweredUnit]:
    items = [item for group in tally.items_of.values() for item in group]
    columns = {item: tally.counts(item).tolist() for item in items}
    return {
        unit: AnsweredUnit(
            index,
            {item: column[at] for item, column in columns.items()},
            None if squares is None else squares[at],
        )
        for at, (unit, index) in enumerate(
            zip(tally.counted["unit_id"].tolist(), satisfaction(tally, scheme), strict=True)
        )
    }


def left_out_sources(
    session: Session, without: Sequence[str], periods: Collection[int]
) -> list[str]:
    """The sources of these names in ``survey.counts``; each import is one of its own."""
    batches = select(Batch.id).where(Batch.period_id.in_(periods), all_in())
    imported = map(str, session.scalars(batches)) if IMPORT in without else ()
    return [*(name for name in without if name != IMPORT), *imported]


def pooled_periods(
    session: Session, institutions: Collection[int], year: int, scale: ScaleRange | None
) -> dict[int, list[Period]]:
    """By institution: the closed periods of the year that asked what the latest of them asked.

    ``scale``: of the index that is wanted; periods whose index has another are passed over.
    """
    periods = session.scalars(
        select(Period)
        .where(
            Period.institution_id.in_(institutions),
            Period.closed_at.is_not(None),
            extract("year", Period.ends) == year,
        )
        .order_by(Period.ends.desc())
    )
    pooled: dict[int, list[Period]] = {}
    for period in periods:
        if scale and used_scheme(period).span != scale:
            continue
        group = pooled.setdefault(period.institution_id, [])
        if not group or group[0].instrument.key == period.instrument.key:
            group.append(period)
    return pooled


_shown: KeptResults[_Derived] = KeptResults(YEARS_SHOWN)
