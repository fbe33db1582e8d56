"""Surveys that came as a district's bundle, in the place of rows that are not stored here."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.federation.counted_ways import experienced_of, tally_of
from analysis.federation.district_bundle import (
    CountedWays,
    DistrictBundle,
    SentSurvey,
    SentUnit,
    read_bundle,
)
from desk.index.scoring import Scoring
from desk.index.surveyed import AnsweredUnit, Surveyed, answered_of, told_by
from models import Period, ReceivedBundle, Unit
from survey.counts import ResponseCounts
from survey.periods import asked_instrument
from survey.schemes import used_scheme

BUNDLES_KEPT = 1024  # more than there are institutions


def bundles_in_force(
    session: Session, year: int, institutions: Collection[int]
) -> dict[int, DistrictBundle]:
    """The bundle of the highest number of each of the institutions that sent one of the year."""
    of_year = ReceivedBundle.year == year, ReceivedBundle.institution_id.in_(institutions)
    place, number = ReceivedBundle.institution_id, ReceivedBundle.number
    newest = select(place, func.max(number).label("number")).where(*of_year).group_by(place)
    last = newest.subquery()
    held = (place == last.c.institution_id) & (number == last.c.number)
    rows = session.execute(
        select(place, ReceivedBundle.document).join(last, held).where(ReceivedBundle.year == year)
    )
    return {institution: read_stored(document) for institution, document in rows}


@lru_cache(BUNDLES_KEPT)
def read_stored(document: str) -> DistrictBundle:
    """The bundle in a file that was checked before it was stored."""
    return read_bundle(json.loads(document)["bundle"])


def surveys_sent(
    scoring: Scoring,
    units: Sequence[Unit],
    pooled: Mapping[int, Sequence[Period]],
    sent: Mapping[int, DistrictBundle],
) -> dict[int, Surveyed]:
    """By unit, of institutions whose bundles are in ``sent``, from the counts that stand there."""
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
        answered = answered_of(tally, used_scheme(latest), squares)
    found = {}
    for unit in units:
        periods, own, look = pooled[unit.institution_id], told.get(unit.id), looks.get(unit.id)
        experienced = experienced_of(look.experienced) if look and scoring.cleaned else None
        one = told_by(
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


def survey_of(bundle: DistrictBundle, periods: Sequence[Period]) -> SentSurvey | None:
    """The survey whose periods these are; None where the bundle has none of just these."""
    codes = {period.code for period in periods}
    same = (one for one in bundle.surveys if {period.code for period in one.periods} == codes)
    return next(same, None)


def looked_at(unit: SentUnit, without: Collection[str]) -> CountedWays | None:
    """The counts of a unit without some ways; None where they are too few, or did not travel."""
    if not unit.ways:
        return None
    wanted = set(unit.ways[0].of) - set(without)
    return next((one for one in unit.ways if set(one.of) == wanted), None)


def not_apart(unit: SentUnit, without: Collection[str]) -> bool:
    """Whether it was rated by other ways too, but by so few that they are not told apart."""
    left = {way for one in unit.responses for way in one.counted} - set(without)
    return bool(unit.ways and left) and looked_at(unit, without) is None


def responses_of(
    unit: SentUnit, periods: Sequence[Period], without: Collection[str]
) -> Mapping[int, ResponseCounts]:
    """What became of the unit's responses, by the id of each period."""
    by_code = {one.period: one for one in unit.responses}
    found = {}
    for period in periods:
        one = by_code[period.code]
        left_out = sum(number for way, number in one.counted.items() if way in without)
        found[period.id] = ResponseCounts(
            received=one.received,
            counted=sum(one.counted.values()) - left_out,
            withdrawn=one.withdrawn,
            left_out=left_out,
        )
    return found
