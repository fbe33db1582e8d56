"""Where a form asks, and what: the same at both doors."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from analysis.rulebook.instrument import Instrument
from models import Period, Succession, Unit, UnitChange
from survey.aids import Aids, aids_of
from survey.checks import UNREADABLE
from survey.periods import asked_instrument, local_day, open_period

AROUND = " .,;:!?'\"()<>[]"

# Nearly all who look for a unit ask its institution what day it is there.
FOUND = select(Unit).options(joinedload(Unit.institution, innerjoin=True))


@dataclass(frozen=True)
class OpenUnit:
    """A unit that takes answers now; plain values, which need no database any more.

    ``interviewer``: as whom the form's reader is registered; empty: as nobody.
    """

    code: str
    name: str
    institution: str
    demonstration: bool
    open_link: bool
    services: dict[str, str]
    period: str
    period_name: str
    instrument: Instrument
    interviewer: str = ""
    aids: Aids = field(default_factory=Aids)


@dataclass(frozen=True)
class Closed:
    """A unit that takes no answers now; ``successors``: who goes on from it, name by code."""

    name: str
    successors: dict[str, str]


def find_unit(session: Session, code: str) -> Unit | None:
    """The unit with this code, however a phone's keyboard wrote it; the exact one first.

    What a message has put around the code is left out.
    """
    code = code.strip(AROUND)
    if UNREADABLE.search(code):
        return None
    exact = session.scalar(FOUND.where(Unit.code == code))
    return exact or session.scalar(FOUND.where(func.lower(Unit.code) == code.lower()))


def place_of(session: Session, unit: Unit, moment: datetime) -> OpenUnit | None:
    """What the unit asks at ``moment``; None while it takes no answers."""
    period = open_period(session, unit, moment)
    if period is None:
        return None
    instrument = asked_instrument(period)
    return OpenUnit(
        code=unit.code,
        name=unit.name,
        institution=unit.institution.name,
        demonstration=unit.institution.demonstration,
        open_link=unit.open_link,
        services={
            service.code: service.name
            for service in unit.services
            if service.closed_on is None or local_day(unit, moment) < service.closed_on
        },
        period=period.code,
        period_name=period.name,
        instrument=instrument,
        aids=aids_of(session, unit.id, instrument.id),
    )


def period_name(session: Session, unit: Unit, code: str) -> str | None:
    """The name of the period with this code; None where the unit's institution has none."""
    if UNREADABLE.search(code):
        return None
    of = Period.institution_id == unit.institution_id
    return session.scalar(select(Period.name).where(of, Period.code == code))


def closed_of(session: Session, unit: Unit, moment: datetime) -> Closed:
    """What is said of a unit that takes no answers now."""
    after = successors_of(session, unit, moment)
    return Closed(unit.name, {one.code: one.name for one in after})


def successors_of(session: Session, unit: Unit, moment: datetime) -> list[Unit]:
    """The units that go on from one that is no more, by name: its successors, or theirs."""
    found, asked = {unit.id: unit}, [unit]
    while asked:
        after = session.scalars(
            select(Unit)
            .join(Succession, Succession.successor_id == Unit.id)
            .join(UnitChange, UnitChange.id == Succession.change_id)
            .where(UnitChange.unit_id.in_([one.id for one in asked]), Unit.id.not_in(found))
        ).all()
        asked = [one for one in after if one.closed_on is not None]
        found |= {one.id: one for one in after}
    standing = (one for one in found.values() if one.stands_on(local_day(one, moment)))
    return sorted((one for one in standing if one is not unit), key=lambda one: one.name)
