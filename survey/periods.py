"""What is asked where and when."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, contains_eager

from analysis.rulebook.instrument import Instrument, parse_instrument
from models import Institution, Period, Unit
from models.places import TIMEZONES


def asked_instrument(period: Period) -> Instrument:
    """The instrument of a period, from the text that was kept when it was opened."""
    return _instrument(period.instrument.text, period.instrument.key)


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


def open_units(
    session: Session, moment: datetime, words: Iterable[str] = (), most: int | None = None
) -> list[Unit]:
    """The units that take answers at ``moment``, by name, with their institutions.

    Each of ``words`` must stand in the unit's or its institution's name; ``most`` are given.
    """
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
    found = session.scalars(
        select(Unit)
        .join(Unit.institution)
        .where(
            Unit.institution_id.in_(institutions),
            stands_today,
            *(
                or_(
                    Unit.name.icontains(word, autoescape=True),
                    Institution.name.icontains(word, autoescape=True),
                )
                for word in words
            ),
        )
        .order_by(Unit.name, Unit.code)
        .options(contains_eager(Unit.institution))
        .limit(most)
    )
    return list(found)


@cache
def _instrument(text: str, name: str) -> Instrument:
    return parse_instrument(text, name)
