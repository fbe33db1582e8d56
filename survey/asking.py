"""Where a form asks, and what: the same at both doors."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.rulebook.instrument import Instrument
from models import Unit
from survey.checks import UNREADABLE
from survey.periods import asked_instrument, open_period


@dataclass(frozen=True)
class Place:
    """A unit that takes answers now; plain values, which need no database any more."""

    code: str
    name: str
    institution: str
    demonstration: bool
    open_link: bool
    services: dict[str, str]
    period: str
    period_name: str
    instrument: Instrument


def find_unit(session: Session, code: str) -> Unit | None:
    """The unit with this code, however a phone's keyboard wrote it; the exact one first."""
    if UNREADABLE.search(code):
        return None
    exact = session.scalar(select(Unit).where(Unit.code == code))
    return exact or session.scalar(select(Unit).where(func.lower(Unit.code) == code.lower()))


def place_of(session: Session, unit: Unit, moment: datetime) -> Place | None:
    """What the unit asks at ``moment``; None while it takes no answers."""
    period = open_period(session, unit, moment)
    if period is None:
        return None
    return Place(
        code=unit.code,
        name=unit.name,
        institution=unit.institution.name,
        demonstration=unit.institution.demonstration,
        open_link=unit.open_link,
        services={service.code: service.name for service in unit.services},
        period=period.code,
        period_name=period.name,
        instrument=asked_instrument(period),
    )
