"""What a publication states: the evidence of a year's scores, without small groups."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.disclosure import enough, few
from analysis.exact import half_up
from analysis.index.composite import Column
from analysis.index.opinion import Compliance
from analysis.publication.evidence import (
    FORMAT,
    CertificateIssuer,
    Experiences,
    Interviews,
    Range,
    RuleFile,
    ScoreEvidence,
    StatedInstitution,
    StatedInstrument,
    StatedLack,
    StatedPeriod,
    StatedProducts,
    StatedRobustness,
    StatedSample,
    StatedSecondary,
    StatedShortKind,
    StatedUnit,
    StatedWaiver,
    StatedWithdrawnUnit,
    Survey,
)
from analysis.publication.publication import min_max_indicators, subtraction_tells
from analysis.publication.published_scores import PublishedScores
from analysis.robustness.robustness import experiment
from analysis.robustness.rules import robustness_text
from desk.assessment.completeness import rests_on_fieldwork
from desk.assessment.disagreements import double_judgements
from desk.assessment.interviews import INTERVIEWS
from desk.assessment.lacks import StandingWaiver
from desk.assessment.products import FACT, compliance_of
from desk.assessment.secondary import secondary_indicators
from desk.assessment.shortfalls import SampleShortfall, sample_shortfalls
from desk.index.perception import ScoredRound
from desk.index.surveyed import Surveyed
from desk.publication.held import betrayed_units, latest_periods
from models import Institution, Period, Unit, now
from survey.counts import ResponseCounts
from survey.names import NamesThen, names_on

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
SQUARES_DECIMALS = 9


def complete_institutions(scored: ScoredRound) -> set[str]:
    """The codes of the institutions whose units all have a score: only these are published."""
    return {one.institution for one in scored.result.institutions if not one.provisional}


@cache
def software_version() -> str:
    """The version of this program."""
    return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])


@dataclass(frozen=True)
class PublicationTerms:
    """What a publication says of itself: see the same names in ``ScoreEvidence``."""

    stand_in: bool = False
    corrects: str | None = None
    issuer: CertificateIssuer | None = None
    robustness: StatedRobustness | None = None


def robustness_terms(session: Session, actor: Actor, year: int) -> StatedRobustness:
    """From what it is drawn how sure ranks are, by the rules of now. Raises Forbidden."""
    pairs, squares = double_judgements(session, actor, year)
    asked = experiment()
    return StatedRobustness(
        rules=RuleFile(id=asked.rules.id, text=robustness_text()),
        seed=asked.seed,
        draws=asked.draws,
        pairs=pairs,
        squares=squares,
    )


def evidence_of(
    session: Session,
    scored: ScoredRound,
    earlier: Sequence[PublishedScores],
    terms: PublicationTerms,
    of: Collection[str] | None = None,
) -> ScoreEvidence:
    """The evidence of the complete institutions, or of those of these codes.

    ``earlier``: the documents of the same year, from which nobody may subtract this one's
    counts and be left with one to four people, nor may a unit its own files.
    """
    scheme, complete = scored.result.scheme, of or complete_institutions(scored)
    published = [at for at, unit in enumerate(scored.units) if unit.institution.code in complete]
    rules = {
        _rules(period): period for period in latest_periods(session, scored, published).values()
    }
    return ScoreEvidence(
        format=FORMAT,
        year=scored.year,
        scheme=RuleFile(id=scheme.id, text=scheme.yaml),
        instruments=[_asked(period) for period in rules.values()],
        not_independent=scored.not_independent,
        without=list(scored.without),
        corrects=terms.corrects,
        provisional_institutions=sum(
            one.institution not in complete for one in scored.result.institutions
        ),
        ranges={key: _range(scored.columns[key]) for key in min_max_indicators(scheme)},
        institutions=_institutions(session, scored, published),
        units=_units(session, scored, published, earlier),
        software=f"suara-layanan {software_version()}",
        stand_in=terms.stand_in,
        issuer=terms.issuer,
        **({"robustness": terms.robustness} if terms.robustness else {}),
    )


def _names(session: Session, scored: ScoredRound, published: Sequence[int]) -> NamesThen:
    """The names at the end of the round's year, or of today."""
    institutions = {scored.units[at].institution_id for at in published}
    return names_on(session, institutions, min(date(scored.year, 12, 31), now().date()))


def _institutions(
    session: Session, scored: ScoredRound, published: Sequence[int]
) -> list[StatedInstitution]:
    """The institutions of the units at these places of the round, each once."""
    names = _names(session, scored, published)
    places = {one.code: one for one in (scored.units[at].institution for at in published)}
    provinces = {one.institution: one.province for one in scored.result.institutions}
    suffix = scored.result.scheme.suffix
    shortfalls = (
        sample_shortfalls(session, scored.year, Institution.code.in_(places))
        if rests_on_fieldwork(scored.result.scheme)
        else {}
    )
    counted = compliance_of(session, scored.year) if suffix and suffix.value.fact == FACT else {}
    return [
        StatedInstitution(
            code=code,
            name=names.of(place),
            kind=place.kind,
            province=provinces[code],
            demonstration=place.demonstration,
            declared=code in scored.declared if suffix else None,
            products=_products(counted.get(code)),
            sample=_sample(shortfalls.get(code), names),
        )
        for code, place in places.items()
    ]


def _sample(found: SampleShortfall | None, names: NamesThen) -> StatedSample | None:
    if found is None:
        return None
    return StatedSample(
        short=[
            StatedShortKind(kind=kind, chosen=chosen, asked=asked)
            for kind, (chosen, asked) in found.short.items()
        ],
        withdrawn=[
            StatedWithdrawnUnit(code=unit.code, name=names.of(unit), reason=reason)
            for unit, reason in found.withdrawn
        ],
    )


def _units(
    session: Session,
    scored: ScoredRound,
    published: Sequence[int],
    earlier: Sequence[PublishedScores],
) -> list[StatedUnit]:
    """The units at these places of the round."""
    names = _names(session, scored, published)
    codes = dict(session.execute(select(Period.id, Period.code)).all())
    surveys = _surveys(scored, latest_periods(session, scored, published), earlier)
    betrayed = betrayed_units(session, scored, list(surveys))
    surveys |= {at: _without_counts(surveys[at]) for at in betrayed}
    return [
        StatedUnit(
            institution=scored.units[at].institution.code,
            code=scored.units[at].code,
            name=names.of(scored.units[at]),
            inputs={key: column[at] for key, column in scored.columns.items()},
            responses=[
                _period(codes[period], one) for period, one in scored.surveyed[at].responses.items()
            ],
            survey=surveys.get(at),
            interviews=_interviews(scored, scored.units[at]),
            waiver=_waiver(scored.waivers.get(scored.units[at].id)),
            secondary=_secondary(scored, scored.units[at]),
        )
        for at in published
    ]


def _surveys(
    scored: ScoredRound, latest: Mapping[int, Period], earlier: Sequence[PublishedScores]
) -> dict[int, Survey]:
    """The surveys of units by their place in the round; ``latest``: the last period of each.

    ``rules`` of a survey: the place of its instrument among those of the document.
    """
    before = [_surveys_of(one) for one in earlier]
    rules: list[tuple[str, str]] = []
    surveys: dict[int, Survey] = {}
    for at, period in latest.items():
        code, surveyed = scored.units[at].code, scored.surveyed[at]
        if (asked := _rules(period)) not in rules:
            rules.append(asked)
        stated = [one[code] for one in before if code in one]
        surveys[at] = _survey(surveyed, rules.index(asked), stated)
    return surveys


def _interviews(scored: ScoredRound, unit: Unit) -> dict[str, Interviews] | None:
    asked = {node.evidence for node in scored.result.scheme.indicators()}
    found = {
        kind: scored.interviews[unit.id, area]
        for kind, area in INTERVIEWS.items()
        if kind in asked and (unit.id, area) in scored.interviews
    }
    return {
        kind: Interviews(
            respondents=one.respondents,
            points=one.points,
            most=one.most,
            squares=half_up(one.squares, SQUARES_DECIMALS),
        )
        for kind, one in found.items()
    } or None


def _waiver(waiver: StandingWaiver | None) -> StatedWaiver | None:
    if waiver is None:
        return None
    return StatedWaiver(
        lacking=[StatedLack(**asdict(one)) for one in waiver.lacking],
        reason=waiver.reason,
        proposed=waiver.proposed_at.date().isoformat(),
        confirmed=waiver.confirmed_at.date().isoformat(),
    )


def _secondary(scored: ScoredRound, unit: Unit) -> dict[str, StatedSecondary] | None:
    return {
        key: StatedSecondary(
            value=Fraction(one.value),
            source=one.source,
            year=one.source_year,
            of="institution" if one.unit_id is None else "unit",
        )
        for key in secondary_indicators(scored.result.scheme)
        if (one := scored.secondary.get((unit.id, key)))
    } or None


def _products(counted: Compliance | None) -> StatedProducts | None:
    if counted is None:
        return None
    return StatedProducts(issued=counted.issued, followed_up=counted.followed_up)


def _survey(surveyed: Surveyed, rules: int, earlier: Sequence[Survey]) -> Survey:
    """The survey of a unit; its counts are withheld where they would tell of one to four."""
    told = surveyed.experienced if surveyed.clean is not None else None
    survey = Survey(
        rules=rules,
        respondents=surveyed.respondents,
        answers={item: list(counts) for item, counts in surveyed.answers.items()},
        squares=half_up(Fraction(surveyed.squares or 0), SQUARES_DECIMALS),
        experienced=Experiences(answered=told.answered, none=told.none) if told else None,
    )
    if _small(surveyed) or any(subtraction_tells(survey, one) for one in earlier):
        return _without_counts(survey)
    return survey


def _without_counts(survey: Survey) -> Survey:
    return survey.model_copy(update={"answers": None, "squares": None})


def _small(surveyed: Surveyed) -> bool:
    """Whether all together are under five, or those who answered one of the items."""
    answered = [sum(counts) for counts in surveyed.answers.values()]
    return not enough(surveyed.respondents) or any(map(few, answered))


def _surveys_of(document: PublishedScores) -> dict[str, Survey]:
    return {unit.code: unit.survey for unit in document.units if unit.survey}


def _rules(period: Period) -> tuple[str, str]:
    return period.instrument_hash, period.scheme_hash


def _asked(period: Period) -> StatedInstrument:
    return StatedInstrument(
        id=period.instrument.key,
        text=period.instrument.text,
        scheme=RuleFile(id=period.scheme.key, text=period.scheme.text),
    )


def _range(column: Column) -> Range:
    present = [value for value in column if value is not None]
    return Range(min=min(present), max=max(present))


def _period(code: str, responses: ResponseCounts) -> StatedPeriod:
    return StatedPeriod(
        period=code,
        counted=responses.counted,
        withdrawn=responses.withdrawn,
        excluded=responses.excluded,
        left_out=responses.left_out,
    )
