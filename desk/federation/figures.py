"""What a bundle says of each unit: its index and how sure that is, as the district has it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.federation.counted_ways import tally_of
from analysis.federation.district_bundle import SentSurvey, SentUnit
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.uncertainty.uncertainty import Uncertainty, uncertainty
from desk.index.sent import read_stored
from desk.unit.results import population
from models import Institution, Period, ReceivedBundle
from survey.periods import asked_instrument
from survey.schemes import used_scheme


@dataclass(frozen=True)
class SentFigure:
    """A unit with what its respondents said; no index where they are under five.

    ``visits``: of all the survey's periods, None where those of one are not known.
    """

    name: str
    respondents: int
    visits: int | None
    index: Satisfaction | None
    certainty: Uncertainty | None


def figures_of_bundle(
    session: Session, actor: Actor, bundle_id: int
) -> list[tuple[str, list[SentFigure]]]:
    """The units of each survey of a bundle, by the name of its instrument. Raises Forbidden."""
    require_analyst(actor)
    received = session.get_one(ReceivedBundle, bundle_id)
    bundle = read_stored(received.document)
    place = session.get_one(Institution, received.institution_id)
    names = {unit.code: unit.name for unit in place.units}
    periods = session.scalars(select(Period).where(Period.institution_id == place.id))
    by_code = {period.code: period for period in periods}
    return [
        (survey.instrument.id, _figures(survey, by_code[survey.periods[0].code], names))
        for survey in bundle.surveys
    ]


def _figures(survey: SentSurvey, latest: Period, names: dict[str, str]) -> list[SentFigure]:
    told = [unit for unit in survey.units if unit.ways]
    visits = [population(_visits(unit), unit.respondents) for unit in told]
    looks = [unit.ways[0] for unit in told]
    tally = tally_of(looks, range(len(looks)), asked_instrument(latest))
    scheme = used_scheme(latest)
    squares = [look.squares for look in looks]
    found = dict(
        zip(
            [unit.code for unit in told],
            zip(
                satisfaction(tally, scheme),
                uncertainty(tally, scheme, visits, squares=squares),
                strict=True,
            ),
            strict=True,
        )
    )
    return [
        SentFigure(
            names.get(unit.code, unit.code),
            unit.respondents,
            _visits(unit),
            *found.get(unit.code, (None, None)),
        )
        for unit in survey.units
    ]


def _visits(unit: SentUnit) -> int | None:
    known = [one.visits for one in unit.responses if one.visits is not None]
    return sum(known) if len(known) == len(unit.responses) else None
