"""How places were called on a day: results of earlier periods keep the names of their time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import FormerName, Institution, Period, Service, Unit, now

Named = Institution | Unit | Service
OWN_COLUMN: Mapping[type[Named], str] = {
    Institution: "institution_id",
    Unit: "unit_id",
    Service: "service_id",
}


@dataclass(frozen=True)
class NamesThen:
    """The names of institutions, their units and services on a day.

    ``former``: those that have changed since, by kind of place and its key.
    """

    day: date
    former: Mapping[tuple[str, int], str]

    def of(self, place: Named) -> str:
        """The place's name on that day."""
        return self.former.get((OWN_COLUMN[type(place)], place.id), place.name)

    def of_services(self, unit: Unit) -> dict[int, str]:
        """The names of a unit's services on that day, by key."""
        return {service.id: self.of(service) for service in unit.services}


def names_then(session: Session, period: Period) -> NamesThen:
    """The names in a period: of its last day, or of today while it runs."""
    return names_on(session, [period.institution_id], last_day(period))


def last_day(period: Period) -> date:
    """The last day of a period so far, in its institution's time zone: today while it runs."""
    zone = ZoneInfo(period.institution.timezone)
    return min(period.ends, (period.closed_at or now()).astimezone(zone).date())


def names_on(session: Session, institutions: Collection[int], day: date) -> NamesThen:
    """The names of institutions and what belongs to them on a day.

    What bore a name until a later day bore it then; of several, the one that ended first.
    """
    units = select(Unit.id).where(Unit.institution_id.in_(institutions))
    found = session.scalars(
        select(FormerName)
        .where(
            FormerName.until > day,
            or_(
                FormerName.institution_id.in_(institutions),
                FormerName.unit_id.in_(units),
                FormerName.service_id.in_(select(Service.id).where(Service.unit_id.in_(units))),
            ),
        )
        .order_by(FormerName.until.desc(), FormerName.id.desc())
    )
    return NamesThen(day, {_place(one): one.name for one in found})


def _place(one: FormerName) -> tuple[str, int]:
    return next(
        (column, key) for column in OWN_COLUMN.values() if (key := getattr(one, column)) is not None
    )
