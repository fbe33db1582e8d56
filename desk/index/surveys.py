"""The surveys of a year's units, each institution's from its rows or from its bundle."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import extract, select
from sqlalchemy.orm import Session

from desk.index.scoring import ScaleRange, Scoring
from desk.index.sent import bundles_in_force, surveys_sent
from desk.index.surveyed import Surveyed, surveys_of_rows
from models import Period, Unit
from survey.counts import ResponseCounts
from survey.pairs import UnitPeriod
from survey.schemes import used_scheme

ResponseNumbers = Mapping[UnitPeriod, ResponseCounts]


def survey_units(
    session: Session,
    scoring: Scoring,
    units: Sequence[Unit],
    numbers: ResponseNumbers | None = None,
) -> list[Surveyed]:
    """What the surveys of each unit say, where the scheme asks anything of them.

    ``numbers``: of responses, where they are known already.
    """
    counts = "satisfaction_index" in scoring.asks or scoring.survey_stands_in
    found = _survey(session, scoring, units, numbers) if counts else {}
    return [found.get(unit.id, Surveyed()) for unit in units]


def numbers_known(units: Sequence[Unit], surveyed: Sequence[Surveyed]) -> ResponseNumbers:
    """The numbers of responses that the surveys of units tell."""
    return {
        (unit.id, period): number
        for unit, one in zip(units, surveyed, strict=True)
        for period, number in one.responses.items()
    }


def _survey(
    session: Session, scoring: Scoring, units: Sequence[Unit], numbers: ResponseNumbers | None
) -> dict[int, Surveyed]:
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
            surveys_sent(scoring, asked, same, sent)
            if as_sent
            else surveys_of_rows(session, scoring, asked, same, numbers)
        )
    return found


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
