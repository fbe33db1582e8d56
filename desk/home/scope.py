"""On whose behalf the home page asks: the units that somebody runs, and what day it is there."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from models import Institution, Unit, now
from models.places import TIMEZONES


def run_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on units that the actor works for them: what an analyst only sees is not."""
    return or_(Unit.id.in_(actor.units), Unit.institution_id.in_(actor.institutions))


def today_for(session: Session, actor: Actor) -> date:
    """The day that it is now where the actor works; in the capital for whom that is everywhere."""
    own = select(Institution.timezone).where(Institution.units.any(run_by(actor)))
    zone = session.scalar(own.order_by(Institution.id).limit(1)) or TIMEZONES[0]
    return now().astimezone(ZoneInfo(zone)).date()
