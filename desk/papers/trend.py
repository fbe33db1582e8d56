"""The index over five years, as it was the headline of each period."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.disclosure import enough
from analysis.exact import mean_of
from analysis.index.satisfaction import satisfaction
from desk.papers.announcing import headline_of
from desk.unit.certainty import certainty_of_mean
from desk.unit.changes import with_year
from desk.unit.results import unit_results
from models import Period, Unit
from reports.contents import Point
from survey.counts import Selection, count_answers
from survey.periods import asked_instrument
from survey.schemes import used_scheme

YEARS = 5


def trend(
    session: Session, actor: Actor, period: Period, of: Callable[[Period], Sequence[Unit]]
) -> tuple[Point, ...]:
    """The simple mean of the units' indices in each closed period, the given one last.

    ``of``: the units of a period, so that no unit's end changes what was before. Units of fewer
    than five respondents are in no mean.
    """
    first = date(period.ends.year - YEARS + 1, 1, 1)
    periods = session.scalars(
        select(Period)
        .where(
            Period.institution_id == period.institution_id,
            Period.closed_at.is_not(None),
            Period.ends >= first,
            Period.starts <= period.starts,
        )
        .order_by(Period.starts)
    )
    return tuple(_point(session, actor, one, [unit.id for unit in of(one)]) for one in periods)


def _point(session: Session, actor: Actor, period: Period, units: Collection[int]) -> Point:
    index = mean_of(_indices(session, actor, period, units))
    band = None if index is None else used_scheme(period).band(index)
    sure = None if index is None else certainty_of_mean(session, period, units, index)
    interval = sure.bounded if sure else None
    return Point(with_year(period), index, band.grade if band else None, interval)


def _indices(
    session: Session, actor: Actor, period: Period, units: Collection[int]
) -> list[Fraction]:
    if period.headline == "averaged":
        results = [unit_results(session, actor, unit, period.id) for unit in units]
        return [index for one in results if (index := headline_of(one)) is not None]
    tally = count_answers(
        session, asked_instrument(period), ["unit_id"], Selection([period.id], units)
    )
    return [
        one.index
        for one in satisfaction(tally, used_scheme(period))
        if enough(one.n) and one.index is not None
    ]
