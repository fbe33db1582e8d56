"""Visits of a unit in a period: noted while it runs, corrected by adding once it has closed.

What was published or announced of the period stays as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_staff, require_unit
from analysis.errors import bad
from desk.audit import log
from desk.office.periods import own_period
from desk.reasons import worded
from models import (
    ServiceVisitCorrection,
    ServiceVisits,
    Unit,
    VisitCorrection,
    Visits,
    current_service_visits,
    current_visits,
    now,
)


@dataclass(frozen=True)
class VisitCount:
    """How many visits a unit had in a period, and for which service, by its id.

    ``services``: as far as it is known; None leaves them as they are; ``reason``: why it is
    said only after the period has closed.
    """

    number: int
    services: Mapping[int, int] | None = None
    reason: str = ""


def record_visits(
    session: Session, actor: Actor, unit_id: int, period_id: int, new: VisitCount
) -> None:
    """Notes how many visits a unit had in a period: its officials and its coordinator do.

    After the period has closed nothing is replaced: a correction is added, with its reason, and
    the newest counts. Raises Forbidden or BadInput.
    """
    unit = require_staff(session, actor, unit_id)
    period = own_period(session, unit.institution_id, period_id)
    known = service_visits(session, actor, unit_id, period_id)
    before = unit_visits(session, unit_id, period_id)
    after = known if new.services is None else new.services
    _refuse_visits(unit, new.number, after)
    place = {"unit_id": unit_id, "period_id": period_id, "institution_id": unit.institution_id}
    told: dict[str, object] = {"before": before, "after": new.number}
    if after != known:
        codes = {service.id: service.code for service in unit.services}
        told["services"] = [f"{codes[key]} = {visits}" for key, visits in after.items()]
    if period.closed_at is None:
        _replace(session, place, new.number, after)
    else:
        told["reason"] = worded("reason", new.reason)
        _correct(session, actor, place, VisitCount(new.number, after, str(told["reason"])))
    log(session, actor, "record_visits", unit=unit.code, period=period.code, **told)


def unit_visits(session: Session, unit_id: int, period_id: int) -> int | None:
    """The unit's visits in the period as they count; None where they were not noted."""
    of = current_visits.c.unit_id == unit_id, current_visits.c.period_id == period_id
    return session.scalar(select(current_visits.c.number).where(*of))


def visits_by_unit(session: Session, period_id: int) -> dict[int, int]:
    """The visits of the period as they count, by unit, where they were noted."""
    found = current_visits.c
    query = select(found.unit_id, found.number).where(found.period_id == period_id)
    return dict(session.execute(query).all())


def visits_by_period(session: Session, unit_id: int) -> dict[int, int]:
    """The visits of the unit as they count, by period, where they were noted."""
    found = current_visits.c
    query = select(found.period_id, found.number).where(found.unit_id == unit_id)
    return dict(session.execute(query).all())


def service_visits(
    session: Session, actor: Actor, unit_id: int, period_id: int
) -> Mapping[int, int]:
    """The visits by service, where they were noted. Raises Forbidden."""
    require_unit(session, actor, unit_id)
    found = current_service_visits.c
    query = select(found.service_id, found.number).where(
        found.unit_id == unit_id, found.period_id == period_id
    )
    return dict(session.execute(query).all())


def _refuse_visits(unit: Unit, number: int, services: Mapping[int, int]) -> None:
    if number < 1:
        raise bad("visits_none", found=number)
    if services.keys() - {service.id for service in unit.services}:
        raise Forbidden(f"services of unit {unit.id}")
    if any(visits < 1 for visits in services.values()):
        raise bad("visits_of_service_none", found=min(services.values()))
    if sum(services.values()) > number:
        raise bad("visits_below_services", found=number, sum=sum(services.values()))


def _replace(
    session: Session, place: Mapping[str, int], number: int, services: Mapping[int, int]
) -> None:
    row = session.get(Visits, (place["unit_id"], place["period_id"]))
    if row is None:
        row = Visits(**place)
        session.add(row)
    row.number = number
    where = ServiceVisits.unit_id == place["unit_id"], ServiceVisits.period_id == place["period_id"]
    session.execute(delete(ServiceVisits).where(*where))
    session.add_all(
        ServiceVisits(**place, service_id=service, number=visits)
        for service, visits in services.items()
    )
    session.flush()


def _correct(session: Session, actor: Actor, place: Mapping[str, int], new: VisitCount) -> None:
    correction = VisitCorrection(
        **place, number=new.number, reason=new.reason, user_id=actor.user_id, created_at=now()
    )
    correction.parts = [
        ServiceVisitCorrection(service_id=service, unit_id=place["unit_id"], number=visits)
        for service, visits in (new.services or {}).items()
    ]
    session.add(correction)
    session.flush()
