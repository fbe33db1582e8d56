"""What is asked where and when."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from analysis.rulebook.instrument import Instrument, parse_instrument
from models import Institution, Period, Unit
from models.places import TIMEZONES

# By the hash of its text.
_read: dict[str, Instrument] = {}


def asked_instrument(period: Period) -> Instrument:
    """The instrument of a period, from the text that was kept when it was opened.

    A text never changes, so one that was read once is not asked for again.
    """
    known = _read.get(period.instrument_hash)
    if known is None:
        used = period.instrument
        known = _read[used.hash] = parse_instrument(used.text, used.key)
    return known


def open_period(session: Session, unit: Unit, moment: datetime) -> Period | None:
    """The period in which the unit takes answers at ``moment``, if any."""
    today = local_day(unit, moment)
    if not unit.stands_on(today):
        return None
    return session.scalar(
        select(Period)
        .where(
            Period.institution_id == unit.institution_id,
            Period.closed_at.is_(None),
            Period.starts <= today,
            Period.ends >= today,
        )
        .order_by(Period.starts.desc(), Period.id.desc())
        .limit(1)
    )


def local_day(unit: Unit, moment: datetime) -> date:
    """The day at ``moment`` in the time zone of the unit's institution."""
    return moment.astimezone(ZoneInfo(unit.institution.timezone)).date()


def stays_open(session: Session, period_id: int) -> bool:
    """Whether the period is open; whoever would close it waits until the transaction ends."""
    still = select(Period.id).where(Period.id == period_id, Period.closed_at.is_(None))
    return session.scalar(still.with_for_update(read=True)) is not None


def open_units(session: Session, moment: datetime, institution: str = "") -> list[Unit]:
    """The units that take answers at ``moment``, by name, with their institutions.

    ``institution``: the code of the one that is meant; all where it is empty.
    """
    found = (
        select(Unit)
        .join(Unit.institution)
        .where(takes_answers(moment))
        .order_by(Unit.name, Unit.code)
        .options(contains_eager(Unit.institution))
    )
    if institution:
        found = found.where(Institution.code == institution)
    return list(session.scalars(found))


def open_institutions(session: Session, moment: datetime) -> list[tuple[Institution, int]]:
    """The institutions of units that take answers at ``moment``, by name, with their number."""
    found = session.execute(
        select(Institution, func.count())
        .join(Institution.units)
        .where(takes_answers(moment))
        .group_by(*Institution.__table__.columns)
        .order_by(Institution.name, Institution.code)
    )
    return [(institution, number) for institution, number in found]


def takes_answers(moment: datetime) -> ColumnElement[bool]:
    """That the unit of a row, joined to its institution, takes answers at ``moment``."""
    today = {zone: moment.astimezone(ZoneInfo(zone)).date() for zone in TIMEZONES}
    open_today = or_(
        *(
            and_(Institution.timezone == zone, Period.starts <= day, Period.ends >= day)
            for zone, day in today.items()
        )
    )
    stands_today = or_(
        *(
            and_(
                Institution.timezone == zone,
                or_(Unit.opened_on.is_(None), Unit.opened_on <= day),
                or_(Unit.closed_on.is_(None), Unit.closed_on > day),
            )
            for zone, day in today.items()
        )
    )
    institutions = (
        select(Period.institution_id)
        .join(Period.institution)
        .where(Period.closed_at.is_(None), open_today)
    )
    return and_(Unit.institution_id.in_(institutions), stands_today)
