"""What a publication states: the evidence of a year's scores, without small groups."""

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import enough, few
from analysis.exact import half_up
from analysis.index.composite import Column
from analysis.publication.evidence import (
    FORMAT,
    Asked,
    Evidence,
    Experiences,
    Interviews,
    OfInstitution,
    OfPeriod,
    OfUnit,
    Range,
    RuleFile,
    Survey,
)
from analysis.publication.publication import min_max_indicators, subtraction_tells
from analysis.publication.published_scores import PublishedScores
from desk.index.perception import INTERVIEWS, Round, Surveyed
from models import Period, Unit, now
from survey.counts import Responses
from survey.names import names_on

SQUARES_DECIMALS = 9


def complete_institutions(scored: Round) -> set[str]:
    """The codes of the institutions whose units all have a score: only these are published."""
    return {one.institution for one in scored.result.institutions if not one.provisional}


def evidence_of(
    session: Session,
    scored: Round,
    earlier: Sequence[PublishedScores],
    corrects: str | None,
    version: str,
    of: Collection[str] | None = None,
) -> Evidence:
    """The evidence of the complete institutions, or of those of these codes.

    ``earlier``: the documents of the same year, from which nobody may subtract this one's
    counts and be left with one to four people.
    """
    scheme, complete = scored.result.scheme, of or complete_institutions(scored)
    published = [
        (unit, surveyed, at)
        for at, (unit, surveyed) in enumerate(zip(scored.units, scored.surveyed, strict=True))
        if unit.institution.code in complete
    ]
    latest = [surveyed.latest for _, surveyed, _ in published if surveyed.latest]
    rules = {_rules(period): period for period in latest}
    places = list(rules)
    found = [_surveys_of(one) for one in earlier]
    codes = dict(session.execute(select(Period.id, Period.code)).all())
    provinces = {one.institution: one.province for one in scored.result.institutions}
    institutions = {unit.institution.code: unit.institution for unit, _, _ in published}
    day = min(date(scored.year, 12, 31), now().date())
    names = names_on(session, [one.id for one in institutions.values()], day)
    return Evidence(
        format=FORMAT,
        year=scored.year,
        scheme=RuleFile(id=scheme.id, text=scheme.yaml),
        instruments=[_asked(period) for period in rules.values()],
        not_independent=scored.not_independent,
        without=list(scored.without),
        corrects=corrects,
        provisional_institutions=sum(
            one.institution not in complete for one in scored.result.institutions
        ),
        ranges={key: _range(scored.columns[key]) for key in min_max_indicators(scheme)},
        institutions=[
            OfInstitution(
                code=code,
                name=names.of(place),
                kind=place.kind,
                province=provinces[code],
                demonstration=place.demonstration,
                declared=code in scored.declared if scheme.suffix else None,
            )
            for code, place in institutions.items()
        ],
        units=[
            OfUnit(
                institution=unit.institution.code,
                code=unit.code,
                name=names.of(unit),
                inputs={key: column[at] for key, column in scored.columns.items()},
                responses=[
                    _period(codes[period], one) for period, one in surveyed.responses.items()
                ],
                survey=_survey(
                    surveyed,
                    places.index(_rules(surveyed.latest)),
                    [one[unit.code] for one in found if unit.code in one],
                )
                if surveyed.latest
                else None,
                interviews=_interviews(scored, unit),
            )
            for unit, surveyed, at in published
        ],
        software=f"suara-layanan {version}",
    )


def _interviews(scored: Round, unit: Unit) -> dict[str, Interviews] | None:
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
        return survey.model_copy(update={"answers": None, "squares": None})
    return survey


def _small(surveyed: Surveyed) -> bool:
    """Whether all together are under five, or those who answered one of the items."""
    answered = [sum(counts) for counts in surveyed.answers.values()]
    return not enough(surveyed.respondents) or any(map(few, answered))


def _surveys_of(document: PublishedScores) -> dict[str, Survey]:
    return {unit.code: unit.survey for unit in document.units if unit.survey}


def _rules(period: Period) -> tuple[str, str]:
    return period.instrument_hash, period.scheme_hash


def _asked(period: Period) -> Asked:
    return Asked(
        id=period.instrument.key,
        text=period.instrument.text,
        scheme=RuleFile(id=period.scheme.key, text=period.scheme.text),
    )


def _range(column: Column) -> Range:
    present = [value for value in column if value is not None]
    return Range(min=min(present), max=max(present))


def _period(code: str, responses: Responses) -> OfPeriod:
    return OfPeriod(
        period=code,
        counted=responses.counted,
        withdrawn=responses.withdrawn,
        excluded=responses.excluded,
        left_out=responses.left_out,
    )
