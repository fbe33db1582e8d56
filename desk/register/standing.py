"""Which units there are on a day, and which belong to a period."""

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from analysis.errors import bad
from models import Period, Response, Unit
from survey.names import last_day


def units_in(period: Period) -> Select[Unit]:
    """The units of a period, by name: those that there were in it, and all that were rated.

    A unit that ended before or began after is none of its units.
    """
    rated = exists().where(Response.unit_id == Unit.id, Response.period_id == period.id)
    return (
        select(Unit)
        .where(Unit.institution_id == period.institution_id, or_(_stood(period), rated))
        .order_by(Unit.name, Unit.id)
    )


def require_in(unit: Unit, period: Period) -> None:
    """Raises BadInput for a unit that ended before the period or began after it."""
    ended = unit.closed_on is not None and unit.closed_on <= period.starts
    if ended or (unit.opened_on is not None and unit.opened_on > period.ends):
        raise bad("register_not_in_period", unit=unit.name, period=period.name)


def _stood(period: Period) -> ColumnElement[bool]:
    return and_(
        or_(Unit.opened_on.is_(None), Unit.opened_on <= last_day(period)),
        or_(Unit.closed_on.is_(None), Unit.closed_on > period.starts),
    )
